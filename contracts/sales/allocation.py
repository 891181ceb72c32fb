"""What sales can be asked about who waits for a vehicle, and for whom one is kept (配车排队; R47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import Model, OwnerId, StoreId
from contracts.operation import query


class OfferEnd(StrEnum):
    """Why a vehicle is kept for an order no more: it was taken, the time passed, or the order needs none."""

    TAKEN = "taken"
    LAPSED = "lapsed"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class ListWaiting:
    """Who waits for a vehicle in the caller's stores, by store, model, deposit; of one model, or all."""

    store_id: StoreId | None = None
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order with its deposit and without a vehicle, `since` then; `stock_id` is kept for it `until`."""

    order_id: UUID
    number: str
    store_id: StoreId
    model: str
    customer_id: UUID
    consultant_id: OwnerId
    since: datetime
    stock_id: UUID | None
    vin: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingOrders:
    """Who waits, of each store and model the first first; the first thousand."""

    items: list[WaitingOrder]


list_waiting = query("sales.list_waiting", ListWaiting, WaitingOrders, summary="Who waits for which vehicle")

"""What an order costs: its price is written, submitted, and approved where it gives away more than the store may."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import Model, OwnerId, PriceFen, Reason, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.sales.catalogue import CHOSEN
from contracts.sales.lines import PRICED, Lines, PriceLine, Total
from contracts.sales.operations import Order, OrderById, OrderStatus


@dataclass(frozen=True, slots=True)
class PriceOrder:
    """What a draft is for and at what price, said anew and whole (see `CreateOrder`)."""

    order_id: UUID
    model: Model
    total_fen: Total
    lines: Lines = field(default_factory=list)
    expected_version: Version | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SubmitOrder:
    """The draft is what was agreed; a price beyond the limits waits for somebody else's word."""

    order_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ApproveOrder:
    """A price beyond the limits may stand."""

    order_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RejectOrder:
    """It may not; the order is a draft again, and says why."""

    order_id: UUID
    reason: Reason
    expected_version: Version | None = None


class AmendmentStatus(StrEnum):
    """Whether an amendment changed the price."""

    PENDING = "pending"
    STANDS = "stands"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a price that stood: from `before_fen` to `total_fen`."""

    number: int
    status: AmendmentStatus
    before_fen: PriceFen
    total_fen: PriceFen
    reason: str
    written_by: StaffId
    written_at: datetime
    decided_by: StaffId | None
    decided_at: datetime | None
    reject_reason: str | None


@dataclass(frozen=True, slots=True)
class OrderPrice:
    """What an order's price is made of: Σ `amount_fen` = `total_fen`; `discount_fen` and `gift_fen` were given."""

    order_id: UUID
    store_id: StoreId
    consultant_id: OwnerId
    status: OrderStatus
    version: int
    lines: list[PriceLine]
    total_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    created_by: StaffId
    edited_by: StaffId
    approved_by: StaffId | None
    approved_at: datetime | None
    amendments: list[Amendment]


order_price = query(
    "sales.order_price", OrderById, OrderPrice, refuses=("ORDER_NOT_FOUND",), summary="What an order's price is made of"
)
price_order = command(
    "sales.price_order",
    PriceOrder,
    Order,
    refuses=(
        "ORDER_NOT_FOUND",
        "ORDER_STATE",
        "PAYERS_BEYOND_PRICE",
        *CHOSEN,
        *PRICED,
    ),
    summary="Say anew what a draft is for and at what price",
)
submit_order = command(
    "sales.submit_order",
    SubmitOrder,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "IDENTITY_INCOMPLETE"),
    summary="Submit a draft: it is approved, or waits for approval",
)
approve_order = command(
    "sales.approve_order",
    ApproveOrder,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "OWN_PRICE"),
    summary="Approve a price beyond the limits",
)
reject_order = command(
    "sales.reject_order",
    RejectOrder,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "OWN_PRICE"),
    summary="Refuse a price beyond the limits",
)

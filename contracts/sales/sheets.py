"""An order on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contracts.fields import OwnerId, PriceFen, SheetFormat, StoreId
from contracts.operation import query
from contracts.sales.lines import PriceLine
from contracts.sales.operations import OrderStatus, PaymentKind
from contracts.sales.parties import Party


@dataclass(frozen=True, slots=True)
class OrderSheetAsked:
    """An order on paper."""

    order_id: UUID
    format: SheetFormat = SheetFormat.PDF


@dataclass(frozen=True, slots=True)
class PaymentTold:
    """Money that came in for an order."""

    kind: PaymentKind
    amount_fen: PriceFen
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """What stands on an order's sheet. `changed_at` is when this version of the order came to be."""

    order_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    model: str
    colour: str
    status: OrderStatus
    total_fen: PriceFen
    paid_fen: PriceFen
    balance_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    lines: list[PriceLine]
    payments: list[PaymentTold]
    parties: list[Party]
    contract_no: str | None
    signer: str | None
    signed_at: datetime | None
    promised_date: date | None
    vin: str | None
    allocated_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime
    version: int
    changed_at: datetime


order_sheet = query(
    "sales.order_sheet",
    OrderSheetAsked,
    OrderSheet,
    refuses=("ORDER_NOT_FOUND",),
    summary="An order to print and sign",
)

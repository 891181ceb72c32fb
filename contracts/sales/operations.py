"""What the sales service can be asked about orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import After, Km, Model, OwnerId, Page, PriceFen, Size, StaffId, StoreId, Version, Vin
from contracts.operation import command, query
from contracts.sales.catalogue import CHOSEN
from contracts.sales.lines import PRICED, Lines, Total
from contracts.sales.steps import DeliveryTerms
from contracts.shapes import Between, Text


class OrderStatus(StrEnum):
    """Where an order stands (C4). Its money and its steps say how far they are themselves."""

    DRAFT = "draft"
    APPROVAL_PENDING = "approval_pending"
    APPROVED = "approved"
    SIGNED = "signed"
    ALLOCATED = "allocated"
    READY = "ready"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """Because of whom an order is cancelled: it decides over the deposit (Civil Code, 586 and 587)."""

    BUYER = "buyer"
    SELLER = "seller"
    NEITHER = "neither"


class PaymentKind(StrEnum):
    """What a payment is, by name, for the law asks: 定金 is forfeited or doubled by fault, 订金 is always returned.

    What was paid as a deposit above a fifth of the price is prepayment; a loan's disbursement comes from the lender.
    """

    DEPOSIT = "deposit"
    EARNEST = "earnest"
    PREPAYMENT = "prepayment"
    BALANCE = "balance"
    LOAN = "loan"


MOST_DEPOSIT_PERCENT = 20
"""A deposit is at most so much of the price (Civil Code, 586)."""


class PaymentChannel(StrEnum):
    """By which way money came; a reference is one payment of its channel."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    WECHAT = "wechat"
    ALIPAY = "alipay"
    LENDER = "lender"


Reference = Annotated[str, Text(1, 64)]
"""What a payment is known by at its channel; letter case, width and blanks are no difference."""


@dataclass(frozen=True, slots=True)
class CreateOrder:
    """An order at the price that was agreed, submitted unless it is a `draft`.

    `definition_id` is which car of the catalogue it is, if it was chosen there; `model` is its name then.
    `consultant_id` is who is credited with the deal: a consultant of the store, or without one the caller.
    `lines` are what it is for, at list prices; without any, the car at the whole price. What they come to above
    `total_fen` is a discount on the whole, spread over what the store sells itself.
    """

    customer_id: UUID
    store_id: StoreId
    model: Model
    total_fen: Total
    lines: Lines = field(default_factory=list)
    draft: bool = False
    consultant_id: StaffId | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignOrder:
    """The contract: its number, who signed, the delivery date promised, and what decides which steps it takes."""

    order_id: UUID
    contract_no: Annotated[str, Text(1, 40, one_width=True)]
    signer: Annotated[str, Text(1, 100)]
    promised_date: date
    expected_version: Version | None = None
    terms: DeliveryTerms = field(default_factory=DeliveryTerms)


@dataclass(frozen=True, slots=True)
class PayOrder:
    """A payment that has come, or (`confirmed` false) is awaited: a cheque, a code that was shown.

    The same `external_ref` of the same channel again is the same payment (R43), and is told as the same; what was
    awaited has come with it. `payer_id` says which of those who were named as payers it came from, as their `party_id`;
    without it, it is the buyer's, or the lender's if it is a loan.
    """

    order_id: UUID
    amount_fen: Annotated[int, Between(1, 10**12)]
    external_ref: Reference
    kind: PaymentKind = PaymentKind.BALANCE
    channel: PaymentChannel = PaymentChannel.TRANSFER
    confirmed: bool = True
    payer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AllocateVehicle:
    """Set a stock vehicle aside for the order; one VIN, one order (R47)."""

    order_id: UUID
    vin: Vin
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class DeliverOrder:
    """Hand the car over (R46). `checklist` are the codes of what was seen to just now, beside what was before."""

    order_id: UUID
    km: Km
    expected_version: Version | None = None
    checklist: list[Annotated[str, Text(1, 20)]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """Nothing more is to be done for a delivered order: its steps are done and its money is settled."""

    order_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class OrderById:
    """One order."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class Order:
    """An order as shown."""

    order_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    model: str
    status: OrderStatus
    total_fen: PriceFen
    paid_fen: PriceFen
    created_at: datetime
    version: int
    discount_fen: PriceFen = 0
    gift_fen: PriceFen = 0
    reject_reason: str | None = None
    price_waits: bool = False
    definition_id: UUID | None = None
    colour: str = ""
    quote_id: UUID | None = None
    quote_version: int | None = None
    promised_date: date | None = None
    first_promise: date | None = None
    vin: str | None = None
    vehicle_id: UUID | None = None
    delivered_at: datetime | None = None
    closed_at: datetime | None = None
    cancel_fault: Fault | None = None
    cancel_reason: str | None = None
    cancel_requested_at: datetime | None = None
    cancelled_at: datetime | None = None


class OrderSort(StrEnum):
    """By when it was written, the last or first first; by the date promised, the next first and what has none last."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    PROMISE = "promised_date"


class Standing(StrEnum):
    """Whether something is still to be done for an order: open until its car is handed over or it is cancelled."""

    ANY = "any"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ListOrders:
    """Orders of the caller's scope, newest first."""

    store_id: StoreId | None = None
    status: OrderStatus | None = None
    standing: Standing = Standing.ANY
    customer_id: UUID | None = None
    sort: OrderSort = OrderSort.NEWEST
    page: Page = 1
    size: Size = 20
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """A page of orders."""

    items: list[Order]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What was paid and what is owed; unused amounts are refused, so it never goes below zero (C4)."""

    order_id: UUID
    total_fen: PriceFen
    paid_fen: PriceFen
    balance_fen: PriceFen


create_order = command(
    "sales.create_order",
    CreateOrder,
    Order,
    refuses=("STORE_CLOSED", "CONSULTANT_UNKNOWN", "IDENTITY_INCOMPLETE", *CHOSEN, *PRICED),
    summary="Write an order",
)
sign_order = command(
    "sales.sign_order",
    SignOrder,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "PROMISE_IN_PAST"),
    summary="Sign the contract",
)
pay_order = command(
    "sales.pay_order",
    PayOrder,
    Balance,
    refuses=(
        "ORDER_NOT_FOUND",
        "ORDER_STATE",
        "OVERPAYMENT",
        "REFERENCE_USED",
        "REFERENCE_DIFFERS",
        "REFERENCE_ENDED",
        "LOAN_NOT_APPROVED",
        "PAYER_UNKNOWN",
    ),
    summary="Record a payment",
)
allocate_vehicle = command(
    "sales.allocate_vehicle",
    AllocateVehicle,
    Order,
    refuses=(
        "ORDER_NOT_FOUND",
        "ORDER_STATE",
        "DEPOSIT_MISSING",
        "VEHICLE_NOT_FOUND",
        "VEHICLE_TAKEN",
        "VEHICLE_OFFERED",
        "VIN_INVALID",
        "MODEL_DIFFERS",
    ),
    summary="Set a stock vehicle aside",
)
deliver_order = command(
    "sales.deliver_order",
    DeliverOrder,
    Order,
    refuses=(
        "ORDER_NOT_FOUND",
        "ORDER_STATE",
        "BALANCE_OPEN",
        "LOAN_LAPSED",
        "VEHICLE_NOT_HERE",
        "STEP_INCOMPLETE",
        "CHECKLIST_INCOMPLETE",
        "INSURANCE_NOT_BEGUN",
    ),
    summary="Hand the car over",
)
close_order = command(
    "sales.close_order",
    CloseOrder,
    Order,
    refuses=("ORDER_NOT_FOUND", "ORDER_STATE", "STEP_INCOMPLETE", "NOT_SETTLED"),
    summary="Close a delivered order",
)
get_order = query("sales.get_order", OrderById, Order, refuses=("ORDER_NOT_FOUND",), summary="One order")
list_orders = query("sales.list_orders", ListOrders, Orders, summary="Orders of my scope")

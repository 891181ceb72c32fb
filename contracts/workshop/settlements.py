"""The money of a repair order: a settlement for each payer, what was paid on it, and its void (结算、收款; C7, C19)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Page, Reason, RepairFen, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Between, Text
from contracts.workshop.operations import MOVING, PayType, RepairOrder, RepairOrderById

RepairSum = Annotated[int, Between(1, 10**12)]
"""Money that moves: at least a fen."""


class SettlementState(StrEnum):
    """Where a settlement stands: owed, paid, or void because another takes its place."""

    OWED = "owed"
    PAID = "paid"
    VOID = "void"


class PaidBy(StrEnum):
    """By which way a payer paid; within the house, and what the house bears, is set off in its books."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    WECHAT = "wechat"
    ALIPAY = "alipay"
    OFFSET = "offset"


class RepairPaymentState(StrEnum):
    """Where a payment stands: come, or taken back after it had come (C19)."""

    CONFIRMED = "confirmed"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class VoidSettlement:
    """The invoice was wrong: the order is ready again, and is settled anew. Money alone moves, no part does (C7)."""

    ro_id: UUID
    reason: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class TakeRepairPayment:
    """Money that a payer of the order paid; a reference of its channel is one payment, however often it is told."""

    ro_id: UUID
    amount_fen: RepairSum
    external_ref: Annotated[str, Text(1, 64)]
    payer: PayType = PayType.CUSTOMER
    channel: PaidBy = PaidBy.TRANSFER


@dataclass(frozen=True, slots=True)
class ReverseRepairPayment:
    """A payment was taken back, or never came: its payer owes again what he had paid by it."""

    payment_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class AllowUnpaid:
    """The vehicle may be handed back though its customer has not paid: by whose word, and why."""

    ro_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one payer owes of an order, by all lines of it that he bears (one document each).

    `vat_fen` is contained in `amount_fen`. `balance_fen` is what he still owes; below 0 he is owed back, for he had
    paid more before the settlement was made anew. `allowed_by` said that the vehicle may go unpaid.
    """

    settlement_id: UUID
    number: str
    ro_id: UUID
    ro_number: str
    store_id: StoreId
    customer_id: UUID
    payer: PayType
    state: SettlementState
    amount_fen: RepairFen
    vat_fen: RepairFen
    paid_fen: RepairFen
    balance_fen: RepairFen
    made_by: StaffId
    made_at: datetime
    allowed_by: StaffId | None
    allowed_reason: str
    voided_by: StaffId | None
    voided_at: datetime | None
    void_reason: str
    version: int


@dataclass(frozen=True, slots=True)
class RepairPayment:
    """Money that came for an order from one of its payers."""

    payment_id: UUID
    ro_id: UUID
    store_id: StoreId
    payer: PayType
    channel: PaidBy
    external_ref: str
    state: RepairPaymentState
    amount_fen: RepairFen
    received_by: StaffId
    received_at: datetime
    reversed_by: StaffId | None
    reversed_at: datetime | None
    reverse_reason: str


@dataclass(frozen=True, slots=True)
class RepairMoney:
    """Every settlement of an order at its `version`, the standing ones first, and every payment, the first first.

    `certificate` is the number of its certificate of completion, null while none was issued.
    """

    ro_id: UUID
    store_id: StoreId
    version: int
    settlements: list[Settlement]
    payments: list[RepairPayment]
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class ListRepairReceivables:
    """What is owed to the workshops within the caller's reach, the oldest first; and what they owe back.

    Of a customer it is what his repairs owe, and what he pays of others'.
    """

    store_id: StoreId | None = None
    payer: PayType | None = None
    customer_id: UUID | None = None
    page: Page = 1
    size: Size = 50


@dataclass(frozen=True, slots=True)
class OwedByPayer:
    """What payers of one kind owe together, of so many settlements."""

    store_id: StoreId
    payer: PayType
    settlements: int
    balance_fen: RepairFen


@dataclass(frozen=True, slots=True)
class RepairReceivables:
    """A page of settlements that are not paid, or paid too much; and the sums of all of them, by store and payer."""

    items: list[Settlement]
    page: int
    size: int
    total: int
    by_payer: list[OwedByPayer] = field(default_factory=list)


void_settlement = command(
    "workshop.void_settlement",
    VoidSettlement,
    RepairOrder,
    refuses=(*MOVING, "SETTLEMENT_STATE"),
    summary="Void the settlements of an order that was not handed back; it is settled anew",
)
take_repair_payment = command(
    "workshop.take_repair_payment",
    TakeRepairPayment,
    RepairPayment,
    refuses=("REPAIR_ORDER_NOT_FOUND", "NOT_SETTLED", "REPAIR_OVERPAYMENT", "REPAIR_REFERENCE_USED"),
    summary="Take what a payer of a settled order paid",
)
reverse_repair_payment = command(
    "workshop.reverse_repair_payment",
    ReverseRepairPayment,
    RepairPayment,
    refuses=("REPAIR_PAYMENT_NOT_FOUND", "REPAIR_PAYMENT_STATE"),
    summary="Take a payment of a repair order back",
)
allow_unpaid = command(
    "workshop.allow_unpaid",
    AllowUnpaid,
    Settlement,
    refuses=("REPAIR_ORDER_NOT_FOUND", "NOT_SETTLED", "NOTHING_OWED"),
    summary="Let the vehicle be handed back though its customer has not paid",
)
repair_money = query(
    "workshop.repair_money",
    RepairOrderById,
    RepairMoney,
    refuses=("REPAIR_ORDER_NOT_FOUND",),
    summary="The settlements and payments of a repair order",
)
list_repair_receivables = query(
    "workshop.list_repair_receivables",
    ListRepairReceivables,
    RepairReceivables,
    summary="What is owed to the workshops, by payer, the oldest first",
)

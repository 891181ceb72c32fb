"""What sales can be asked about the money of orders: payments, notices of channels, refunds (缴款; C19, R43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import After, OwnerId, Page, PriceFen, Reason, Size, StaffId, StoreId
from contracts.operation import command, query
from contracts.sales.operations import PaymentChannel, PaymentKind, Reference
from contracts.sales.receivables import LoanLetter, Receivable
from contracts.shapes import Between, Text

Sum = Annotated[int, Between(1, 10**12)]
"""Money that moves: at least a fen."""


class PaymentState(StrEnum):
    """Where a payment stands: awaited, come, never came, or taken back after it had come (C19)."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    REVERSED = "reversed"


class RefundState(StrEnum):
    """Where a refund stands: asked for, agreed to by another, given back; or refused (C19)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


class RefundKind(StrEnum):
    """Money that goes back, or what we owe on top of a deposit that we return (双倍返还; Civil Code, 587)."""

    RETURN = "return"
    COMPENSATION = "compensation"


class Settled(StrEnum):
    """What became of a payment that was awaited."""

    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SettlePayment:
    """An awaited payment has come, or will not. What is more than the balance by now stays unapplied."""

    payment_id: UUID
    outcome: Settled


@dataclass(frozen=True, slots=True)
class ReversePayment:
    """A payment that had come was taken back, or never came: a cheque that bounced, an entry that was wrong."""

    payment_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class ApplyReceipt:
    """Money that came and is unapplied is for this order, as far as it owes; of the same store."""

    payment_id: UUID
    order_id: UUID


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Money of a payment is to be given back; another person agrees to it."""

    payment_id: UUID
    amount_fen: Sum
    reason: Reason


@dataclass(frozen=True, slots=True)
class RequestCompensation:
    """What we owe on top of a deposit, because the order was cancelled by our fault, is to be paid; all of it.

    It is paid to who paid the deposit: the buyer, or one of those who were named as payers, by his `party_id`.
    """

    order_id: UUID
    reason: Reason
    payer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RefundById:
    """One refund."""

    refund_id: UUID


@dataclass(frozen=True, slots=True)
class RefuseRefund:
    """A refund is not agreed to."""

    refund_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class PayRefund:
    """The money has gone back, by this reference of its channel."""

    refund_id: UUID
    external_ref: Reference


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of a payment that goes back; a compensation is owed on top of it.

    It goes to one of those who were named as payers (`payer_id`), or without one to the buyer or the lender.
    """

    refund_id: UUID
    payment_id: UUID
    order_id: UUID | None
    payer_id: UUID | None
    store_id: StoreId
    kind: RefundKind
    amount_fen: PriceFen
    state: RefundState
    requested_by: StaffId
    requested_at: datetime
    decided_by: StaffId | None
    paid_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came for an order, or is awaited. `unapplied_fen` of it is for nothing yet and goes back, or is used.

    `reported` by its channel: nobody typed it. Without `order_id` nobody knows yet what it is for; `payer_id` is who of
    its order's payers paid it, if not the buyer or the lender. `replaces_id` is a payment that was taken back, or never
    came, whose reference this one has.
    """

    payment_id: UUID
    order_id: UUID | None
    payer_id: UUID | None
    store_id: StoreId
    kind: PaymentKind
    channel: PaymentChannel
    external_ref: str
    state: PaymentState
    amount_fen: PriceFen
    applied_fen: PriceFen
    refunded_fen: PriceFen
    unapplied_fen: PriceFen
    reported: bool
    registered_at: datetime
    confirmed_at: datetime | None
    replaces_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class OrderMoneyAsked:
    """The money of one order."""

    order_id: UUID


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What came for an order and what is owed.

    `deposit_fen` is what of it is a deposit in law (定金): at most a fifth of the price, whatever was called so; the
    rest is prepayment. Of a cancelled order `forfeited_fen` of it stays with us, or `compensation_fen` is still owed on
    top. `receivables` say who owes what of the balance, `letter` what a lender has approved.
    """

    order_id: UUID
    store_id: StoreId
    consultant_id: OwnerId
    total_fen: PriceFen
    paid_fen: PriceFen
    balance_fen: PriceFen
    unapplied_fen: PriceFen
    deposit_fen: PriceFen
    forfeited_fen: PriceFen
    compensation_fen: PriceFen
    payments: list[Payment]
    refunds: list[Refund]
    receivables: list[Receivable]
    letter: LoanLetter | None


@dataclass(frozen=True, slots=True)
class ListReceipts:
    """Money that came and is for nothing yet, in the caller's stores, the oldest first."""

    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 20
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Receipts:
    """A page of unapplied money."""

    items: list[Payment]
    page: int
    size: int
    total: int
    next: str | None


class Outcome(StrEnum):
    """What a channel says of a payment."""

    PAID = "paid"
    FAILED = "failed"


class NoticeResult(StrEnum):
    """What a notice led to.

    APPLIED to its order; UNAPPLIED, wholly or in part, for the order owes less; FAILED what was awaited; REPEATED what
    is known; LATE for what has ended otherwise; CONTRADICTS what is known, by amount or order; PARKED, for nobody knows
    the order; IGNORED, for what failed was never awaited.
    """

    APPLIED = "applied"
    UNAPPLIED = "unapplied"
    FAILED = "failed"
    REPEATED = "repeated"
    LATE = "late"
    CONTRADICTS = "contradicts"
    PARKED = "parked"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """A channel tells what became of a payment, as often as it likes; each notice is acknowledged.

    Its signature was checked before. `order_number` is what our payment code said; `amount` is yuan as the channel
    writes them, `19.90`.
    """

    store_id: StoreId
    channel: PaymentChannel
    external_ref: Reference
    order_number: Annotated[str, Text(1, 40)]
    amount: Annotated[str, Text(1, 20)]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class NoticeTaken:
    """The notice was taken down; it need not be sent again."""

    result: NoticeResult
    acknowledged: bool = True


settle_payment = command(
    "sales.settle_payment",
    SettlePayment,
    Payment,
    refuses=("PAYMENT_NOT_FOUND", "PAYMENT_STATE"),
    summary="Say what became of an awaited payment",
)
reverse_payment = command(
    "sales.reverse_payment",
    ReversePayment,
    Payment,
    refuses=("PAYMENT_NOT_FOUND", "PAYMENT_STATE", "REFUND_STANDS"),
    summary="Take a payment back",
)
apply_receipt = command(
    "sales.apply_receipt",
    ApplyReceipt,
    Payment,
    refuses=("PAYMENT_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_STATE", "NOTHING_UNAPPLIED", "OTHER_ORDER"),
    summary="Use unapplied money for an order",
)
request_refund = command(
    "sales.request_refund",
    RequestRefund,
    Refund,
    refuses=("PAYMENT_NOT_FOUND", "PAYMENT_STATE", "REFUND_TOO_MUCH", "DEPOSIT_FORFEITED"),
    summary="Ask for money to be given back",
)
request_compensation = command(
    "sales.request_compensation",
    RequestCompensation,
    Refund,
    refuses=("ORDER_NOT_FOUND", "NO_COMPENSATION"),
    summary="Ask for what is owed on top of a deposit to be paid",
)
approve_refund = command(
    "sales.approve_refund",
    RefundById,
    Refund,
    refuses=("REFUND_NOT_FOUND", "REFUND_STATE", "OWN_REFUND"),
    summary="Agree to a refund",
)
refuse_refund = command(
    "sales.refuse_refund",
    RefuseRefund,
    Refund,
    refuses=("REFUND_NOT_FOUND", "REFUND_STATE"),
    summary="Refuse a refund",
)
pay_refund = command(
    "sales.pay_refund",
    PayRefund,
    Refund,
    refuses=("REFUND_NOT_FOUND", "REFUND_STATE", "REFUND_REFERENCE_USED"),
    summary="Record that a refund has gone out",
)
payment_notice = command(
    "sales.payment_notice",
    PaymentNotice,
    NoticeTaken,
    refuses=("AMOUNT_UNREADABLE",),
    summary="A channel's notice of a payment",
)
order_money = query(
    "sales.order_money", OrderMoneyAsked, OrderMoney, refuses=("ORDER_NOT_FOUND",), summary="The money of an order"
)
list_receipts = query("sales.list_receipts", ListReceipts, Receipts, summary="Money that is for nothing yet")

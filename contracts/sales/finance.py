"""What finance and the managers work off of the money of all orders: refunds, notices, what waits for a word (C19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import After, OwnerId, Page, PriceFen, Reason, Size, StaffId, StoreId
from contracts.operation import command, query
from contracts.sales.operations import PaymentChannel
from contracts.sales.payments import NoticeResult, Outcome, PaymentState, RefundKind, RefundState


class RefundWaits(StrEnum):
    """What an open refund waits for: that somebody agrees, or that it is paid."""

    AGREE = "agree"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class ListRefunds:
    """Refunds of the caller's stores that are to be agreed to, or to be paid, what was asked for first first."""

    store_id: StoreId | None = None
    waits: RefundWaits | None = None
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class OpenRefund:
    """A refund in the list, with the order it is of; money whose order nobody knew has none.

    It goes to one of those who were named as payers (`payer_id`, a firm with its `payer_name`), else to who bought.
    """

    refund_id: UUID
    payment_id: UUID
    order_id: UUID | None
    payer_id: UUID | None
    payer_name: str | None
    number: str | None
    customer_id: UUID | None
    consultant_id: OwnerId | None
    store_id: StoreId
    kind: RefundKind
    amount_fen: PriceFen
    state: RefundState
    reason: str
    requested_by: StaffId
    requested_at: datetime
    decided_by: StaffId | None


@dataclass(frozen=True, slots=True)
class OpenRefunds:
    """A page of them."""

    items: list[OpenRefund]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class ListNotices:
    """Notices of channels in the caller's stores that say otherwise than what is known, the oldest first."""

    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 50
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A notice that somebody is to look into: what it told, so often, and what is known of the payment it names.

    `known_number` is the order the payment is of, `known_fen` its amount, `known_state` where it stands.
    """

    notice_id: UUID
    store_id: StoreId
    channel: PaymentChannel
    external_ref: str
    result: NoticeResult
    outcome: Outcome
    order_number: str
    amount_fen: PriceFen
    times: int
    first_at: datetime
    last_at: datetime
    payment_id: UUID
    known_order_id: UUID | None
    known_number: str | None
    known_fen: PriceFen
    known_state: PaymentState


@dataclass(frozen=True, slots=True)
class Contradictions:
    """A page of them."""

    items: list[Contradiction]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class CloseNotice:
    """Somebody has looked into a notice, and says what was right."""

    notice_id: UUID
    note: Reason


@dataclass(frozen=True, slots=True)
class NoticeClosed:
    """A notice that nobody need look into any more."""

    notice_id: UUID
    store_id: StoreId
    closed_by: StaffId
    closed_at: datetime
    note: str


class ApprovalKind(StrEnum):
    """What waits for a manager's word: a quote, a price, a change of one, a cancellation, a refund, a compensation."""

    QUOTE = "quote"
    PRICE = "price"
    AMENDMENT = "amendment"
    CANCELLATION = "cancellation"
    REFUND = "refund"
    COMPENSATION = "compensation"


@dataclass(frozen=True, slots=True)
class ListApprovals:
    """What waits for a word in the caller's stores: exceptions first, then what has waited longest."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Something that waits for a word. `amount_fen` is the price, what was paid, or what goes back.

    It is an exception if the customer has waited for the word for more than a day, or was promised his car for today or
    earlier, or if the house is at fault. `not_by_me`: the reader asked for it himself, or is credited with the deal.
    """

    kind: ApprovalKind
    order_id: UUID | None
    refund_id: UUID | None
    quote_id: UUID | None
    number: str | None
    customer_id: UUID | None
    consultant_id: OwnerId | None
    store_id: StoreId
    amount_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    reason: str
    asked_by: StaffId
    asked_at: datetime
    is_exception: bool
    not_by_me: bool
    version: int


@dataclass(frozen=True, slots=True)
class Approvals:
    """What waits, the first thousand of it."""

    items: list[Approval]


list_refunds = query("sales.list_refunds", ListRefunds, OpenRefunds, summary="Refunds to agree to and to pay")
list_notices = query(
    "sales.list_notices", ListNotices, Contradictions, summary="Notices that say otherwise than what is known"
)
close_notice = command(
    "sales.close_notice",
    CloseNotice,
    NoticeClosed,
    refuses=("NOTICE_NOT_FOUND", "NOTICE_CLOSED", "NOTHING_TO_CLOSE"),
    summary="Say what was right of a notice that contradicts",
)
list_approvals = query("sales.list_approvals", ListApprovals, Approvals, summary="What waits for a manager's word")

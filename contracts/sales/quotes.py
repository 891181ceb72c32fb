"""Quotes: what a car is offered for, in versions, until when, and what became of it (C3, R42)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import (
    After,
    Model,
    OwnerId,
    Page,
    PriceFen,
    Reason,
    SheetFormat,
    Size,
    StaffId,
    StoreId,
    Version,
)
from contracts.operation import command, query
from contracts.sales.catalogue import CHOSEN
from contracts.sales.lines import PRICED, Lines, PriceLine, Total
from contracts.sales.operations import Order


class QuoteStatus(StrEnum):
    """Where a version of a quote stands (C3). What the customer said no to is lost, with the reason."""

    DRAFT = "draft"
    APPROVAL_PENDING = "approval_pending"
    APPROVED = "approved"
    PRESENTED = "presented"
    ACCEPTED = "accepted"
    LOST = "lost"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class LostReason(StrEnum):
    """Why a customer does not buy (C2); the words beside it say what is behind it, for "too dear" often hides that."""

    PRICE = "price"
    COMPETITOR = "competitor"
    OTHER_DEALER = "other_dealer"
    MODEL = "model"
    DELIVERY_TIME = "delivery_time"
    FINANCE = "finance"
    PLAN_CANCELLED = "plan_cancelled"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CreateQuote:
    """A quote at an agreed price, submitted unless it is a `draft`; price and lines are said as of an order."""

    customer_id: UUID
    store_id: StoreId
    model: Model
    total_fen: Total
    lines: Lines = field(default_factory=list)
    draft: bool = False
    consultant_id: StaffId | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReviseQuote:
    """What is offered, and at what price, said anew and whole.

    A draft is written over; what was submitted stays as it was, and this is the next version.
    """

    quote_id: UUID
    model: Model
    total_fen: Total
    lines: Lines = field(default_factory=list)
    draft: bool = False
    expected_version: Version | None = None
    definition_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class QuoteById:
    """One quote."""

    quote_id: UUID


@dataclass(frozen=True, slots=True)
class QuoteStep:
    """Do this to the newest version of a quote."""

    quote_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RejectQuote:
    """A price beyond the limits may not be offered; the version is a draft again, and says why."""

    quote_id: UUID
    reason: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class LoseQuote:
    """The customer does not take it, and why, in a word and in his words."""

    quote_id: UUID
    reason: LostReason
    remark: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as its newest version says, the `quote_version`th. `valid_until` is the last day it can be accepted."""

    quote_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    created_at: datetime
    version: int
    quote_version: int
    model: str
    status: QuoteStatus
    total_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    valid_until: date | None
    order_id: UUID | None
    definition_id: UUID | None
    colour: str


@dataclass(frozen=True, slots=True)
class QuoteVersion:
    """A version of a quote, as it was left: Σ `amount_fen` of its lines = `total_fen`.

    `ended_at` is when it was accepted, lost, expired or superseded.
    """

    quote_version: int
    status: QuoteStatus
    model: str
    lines: list[PriceLine]
    total_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    written_by: StaffId
    written_at: datetime
    edited_by: StaffId
    approved_by: StaffId | None
    approved_at: datetime | None
    reject_reason: str | None
    presented_at: datetime | None
    valid_until: date | None
    ended_at: datetime | None
    lost_reason: LostReason | None
    lost_remark: str | None
    definition_id: UUID | None
    colour: str


@dataclass(frozen=True, slots=True)
class QuoteInFull:
    """A quote with every version of it, the newest first."""

    quote_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    created_at: datetime
    version: int
    order_id: UUID | None
    versions: list[QuoteVersion]


class QuoteSort(StrEnum):
    """By when it was written, the last or first first; by its last day, the next first and what has none last."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    VALID = "valid_until"


@dataclass(frozen=True, slots=True)
class ListQuotes:
    """Quotes of the caller's scope, newest first."""

    store_id: StoreId | None = None
    status: QuoteStatus | None = None
    customer_id: UUID | None = None
    sort: QuoteSort = QuoteSort.NEWEST
    page: Page = 1
    size: Size = 20
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Quotes:
    """A page of quotes."""

    items: list[Quote]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class QuoteSheetAsked:
    """A quote on paper: its newest version, if it may be offered."""

    quote_id: UUID
    format: SheetFormat = SheetFormat.PDF


@dataclass(frozen=True, slots=True)
class QuoteSheet:
    """What stands on a quote's sheet. `changed_at` is when this version of the record came to be."""

    quote_id: UUID
    number: str
    store_id: StoreId
    customer_id: UUID
    consultant_id: OwnerId
    model: str
    colour: str
    quote_version: int
    lines: list[PriceLine]
    total_fen: PriceFen
    discount_fen: PriceFen
    gift_fen: PriceFen
    written_at: datetime
    valid_until: date
    version: int
    changed_at: datetime


_STEP = ("QUOTE_NOT_FOUND", "QUOTE_STATE")

create_quote = command(
    "sales.create_quote",
    CreateQuote,
    Quote,
    refuses=("STORE_CLOSED", "CONSULTANT_UNKNOWN", *CHOSEN, *PRICED),
    summary="Write a quote",
)
revise_quote = command(
    "sales.revise_quote",
    ReviseQuote,
    Quote,
    refuses=(*_STEP, *CHOSEN, *PRICED),
    summary="Say a quote anew: a draft is written over, else it is the next version",
)
submit_quote = command(
    "sales.submit_quote",
    QuoteStep,
    Quote,
    refuses=_STEP,
    summary="Submit a draft of a quote: it may be offered, or waits for approval",
)
approve_quote = command(
    "sales.approve_quote",
    QuoteStep,
    Quote,
    refuses=(*_STEP, "OWN_PRICE"),
    summary="Approve the price of a quote beyond the limits",
)
reject_quote = command(
    "sales.reject_quote",
    RejectQuote,
    Quote,
    refuses=(*_STEP, "OWN_PRICE"),
    summary="Refuse the price of a quote beyond the limits",
)
present_quote = command(
    "sales.present_quote",
    QuoteStep,
    Quote,
    refuses=(*_STEP, "QUOTE_EXPIRED"),
    summary="The customer has the quote",
)
accept_quote = command(
    "sales.accept_quote",
    QuoteStep,
    Order,
    refuses=(*_STEP, "QUOTE_EXPIRED", "STORE_CLOSED", "IDENTITY_INCOMPLETE"),
    summary="The customer takes it: an order at this price",
)
lose_quote = command(
    "sales.lose_quote", LoseQuote, Quote, refuses=_STEP, summary="The customer does not take it, and why"
)
get_quote = query(
    "sales.get_quote", QuoteById, QuoteInFull, refuses=("QUOTE_NOT_FOUND",), summary="One quote with its versions"
)
list_quotes = query("sales.list_quotes", ListQuotes, Quotes, summary="Quotes of my scope")
quote_sheet = query(
    "sales.quote_sheet",
    QuoteSheetAsked,
    QuoteSheet,
    refuses=("QUOTE_NOT_FOUND", "QUOTE_NOT_APPROVED"),
    summary="A quote to print",
)

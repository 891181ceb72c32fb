"""Events of the sales service about quotes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from contracts.envelope import event


@event(producer="sales", name="quote_approval_requested", version=1, subject="quote")
class QuoteApprovalRequested:
    """A quote gives away more than the store may without another's word.

    Who wrote it, changed it last or is credited with the deal does not give it.
    """

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    created_by: str
    edited_by: str
    discount_fen: int
    gift_fen: int


@event(producer="sales", name="quote_approved", version=1, subject="quote")
class QuoteApproved:
    """Somebody gave his word for a quote beyond the limits. Of one within them nothing is told."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    approved_by: str


@event(producer="sales", name="quote_rejected", version=1, subject="quote")
class QuoteRejected:
    """Somebody refused it: its version is a draft again."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    rejected_by: str


@event(producer="sales", name="quote_revised", version=1, subject="quote")
class QuoteRevised:
    """A quote has another version than was submitted before; nobody need decide on that one, or call for it."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int


@event(producer="sales", name="quote_presented", version=1, subject="quote")
class QuotePresented:
    """The customer has the quote; `valid_until` is the last day he can accept it."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    model: str
    valid_until: date


@event(producer="sales", name="quote_accepted", version=1, subject="quote")
class QuoteAccepted:
    """He took it: it is an order now."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    order_id: UUID


@event(producer="sales", name="quote_lost", version=1, subject="quote")
class QuoteLost:
    """He does not take it; `reason` says why (`LostReason`)."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int
    reason: str


@event(producer="sales", name="quote_expired", version=1, subject="quote")
class QuoteExpired:
    """The last day of a quote was over before he said anything."""

    quote_id: UUID
    quote_version: int
    customer_id: UUID
    consultant_id: str
    total_fen: int

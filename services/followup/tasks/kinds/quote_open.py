"""QUOTE_OPEN: a customer has a quote, and is asked for his word before it is over (C3)."""

from __future__ import annotations

from datetime import datetime, time

from contracts.envelope import Received
from contracts.sales.quote_events import QuoteAccepted, QuoteExpired, QuoteLost, QuotePresented, QuoteRevised
from contracts.sales.quotes import accept_quote
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening


def presented(event: Received[QuotePresented]) -> Opening:
    """Its consultant's, on the last day it can be accepted."""
    told = event.payload
    return Opening(
        subject_id=event.subject.id,
        store_id=event.store_id,
        role="consultant",
        staff_id=told.consultant_id,
        customer_id=told.customer_id,
        zh=f"{told.model}报价{told.valid_until:%m-%d}到期,请联系客户",
        en=f"The quote for a {told.model} ends on {told.valid_until:%m-%d}: ask the customer for his word",
        due_at=datetime.combine(told.valid_until, time.min, event.occurred_at.tzinfo),  # the stores' zone
        document=(event.subject.type, event.subject.id),
    )


def over(event: Received[QuoteAccepted | QuoteLost | QuoteExpired | QuoteRevised]) -> list[str]:
    """The quote: he has said it, or has no quote any more; the next version asks anew."""
    return [event.subject.id]


QUOTE_OPEN = Kind(
    code="QUOTE_OPEN",
    zh="报价跟进",
    en="Quote to chase",
    done_by=accept_quote,
    console="/console/{store_id}/quotes/{subject_id}",
    api="/api/v1/quotes/{subject_id}",
    all_day=True,
    opens={QuotePresented: presented},
    closes=dict.fromkeys((QuoteAccepted, QuoteLost, QuoteExpired, QuoteRevised), over),
)

"""What quotes look like to who asks."""

from __future__ import annotations

from contracts.picked import picked
from contracts.sales import quotes
from services.sales.quotes.models import Quote


def quote_shown(quote: Quote) -> quotes.Quote:
    """A quote as its newest version says, from its model."""
    newest = quote.newest
    return picked(
        quotes.Quote,
        quote,
        quote_id=quote.id,
        model=newest.model,
        status=newest.status,
        total_fen=newest.total_fen,
        discount_fen=newest.discount_fen,
        gift_fen=newest.gift_fen,
        valid_until=newest.valid_until,
        definition_id=newest.definition_id,
        colour=newest.colour,
    )

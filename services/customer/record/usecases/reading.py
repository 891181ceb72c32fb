"""What a desk typed, read by the rules: what cannot be is refused with the rule's own code (E1 to E6)."""

from __future__ import annotations

from datetime import datetime

from chassis.process.clock import LOCAL
from services.customer.record.errors import refusal_of
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Given, Typed


def read(typed: Typed, *, now: datetime) -> Given:
    """What was typed, in its one form. Raises the refusal of the field that cannot be read."""
    try:
        return giving.read(typed, today=now.astimezone(LOCAL).date())
    except giving.Unreadable as error:
        raise refusal_of(error.code, field=error.field, typed=error.typed) from None

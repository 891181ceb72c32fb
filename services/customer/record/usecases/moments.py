"""When something that is told at a desk happened: not later than now."""

from __future__ import annotations

from datetime import date, datetime

from chassis.process.clock import LOCAL
from services.customer.record.errors import MomentAhead


def happened_at(told: datetime | None, *, now: datetime) -> datetime:
    """The moment told, or now. Raises MomentAhead."""
    if told is not None and told > now:
        raise MomentAhead
    return told or now


def happened_on(told: date | None, *, now: datetime) -> date:
    """The day told, or today. Raises MomentAhead."""
    today = now.astimezone(LOCAL).date()
    if told is not None and told > today:
        raise MomentAhead
    return told or today

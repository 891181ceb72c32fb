"""How far a prediction was off; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

FEW = 5
"""Orders of a kind of which fewer tell nothing."""

_MINUTE = timedelta(minutes=1)


class Hours(Protocol):
    """When a store is open."""

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Its opening time between two moments, below zero if the second is the earlier one."""


def off_minutes(hours: Hours | None, *, eta: datetime, ready_at: datetime) -> int:
    """By how many minutes of opening hours it was ready later than expected; below 0 earlier.

    A car that is ready at nine instead of at closing time is a quarter of an hour late, not a night. What was ready
    while the store was closed counts as then.
    """
    passed = ready_at - eta if hours is None else hours.between(eta, ready_at)
    return round(passed / _MINUTE)

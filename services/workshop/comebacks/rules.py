"""Whether work may be a comeback of work that was done before (C9); pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID


class Done(NamedTuple):
    """A line that passed quality control on an order whose vehicle was returned.

    `km` is what the odometer showed then; None where nobody read it, or the reading is in doubt.
    """

    order_id: UUID
    position: int
    fault_group: str
    returned_at: datetime
    km: int | None


class Guarantee(NamedTuple):
    """Up to so many kilometres or days from the vehicle's return, whichever is reached first."""

    km: int
    days: int


class Window(NamedTuple):
    """For how long it may come back: its guarantees, by law and as it was certified, and in any case so many days."""

    guarantees: tuple[Guarantee, ...]
    days: int


def may_come_back(done: Done, window: Window, *, opened_at: datetime, km: int | None) -> bool:
    """True if the vehicle came within a window: the days in any case, or the days and kilometres of a guarantee.

    A reading in doubt says nothing of kilometres: then the days decide. It may have come at the very moment.
    """
    passed = opened_at - done.returned_at
    if passed < timedelta(0):
        return False
    driven = None if km is None or done.km is None else km - done.km
    in_time = (each for each in window.guarantees if passed <= timedelta(days=each.days))
    return passed <= timedelta(days=window.days) or any(driven is None or driven <= each.km for each in in_time)


def newest(found: Iterable[Done]) -> Done | None:
    """Of several causes the one that was returned last; comebacks themselves are none of them."""
    return max(found, key=lambda one: (one.returned_at, one.position), default=None)

"""When a bay can be had (C6): one vehicle at a time, and of each slot a share is kept for who comes unbooked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

WHOLE = 100
"""Percent: everything."""

EVERY = timedelta(minutes=30)
"""At which times of a stretch that is open it is tried whether a bay is free."""

AHEAD = timedelta(days=14)
"""How far ahead free times are looked for."""

_NONE = timedelta(0)


class Span(NamedTuple):
    """From when to when, half open: who leaves at one makes room for who comes at one."""

    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at

    def shares(self, other: Span) -> timedelta:
        """How long both last at the same time."""
        return max(min(self.ends_at, other.ends_at) - max(self.starts_at, other.starts_at), _NONE)


class Kept(NamedTuple):
    """A bay that is kept for somebody."""

    bay: str
    span: Span


@dataclass(frozen=True, slots=True)
class Place:
    """The bays of one kind in one store: what is kept of them, when the store is open, and how much is booked ahead.

    Of each of the `slots` no more than `percent` of all bays' time is booked, but for a first booking that needs more
    by itself; on the day itself what is left of it is anybody's.
    """

    bays: Sequence[str]
    kept: Sequence[Kept]
    slots: Sequence[Span]
    percent: int

    def bay_for(self, wanted: Span, *, only: str | None = None, today: bool) -> str | None:
        """The first bay that is free for so long, or only this one; None if none is, or too little would be left."""
        if not self._room_for(wanted, percent=WHOLE if today else self.percent):
            return None
        busy = {one.bay for one in self.kept if one.span.shares(wanted)}
        return next((bay for bay in self.bays if bay not in busy and only in (None, bay)), None)

    def _room_for(self, wanted: Span, *, percent: int) -> bool:
        return all(
            not (others := self.booked(slot))
            or (others + wanted.shares(slot)) * WHOLE <= slot.length * len(self.bays) * percent
            for slot in self.slots
            if wanted.shares(slot)
        )

    def booked(self, slot: Span) -> timedelta:
        """How much of these bays' time in a slot is kept."""
        return sum((one.span.shares(slot) for one in self.kept if one.bay in self.bays), _NONE)


def slots(openings: Iterable[Span], *, longest: timedelta) -> list[Span]:
    """The stretches that are open, cut from their beginning into slots of at most so long."""
    return [Span(at, min(at + longest, opening.ends_at)) for opening in openings for at in _times(opening, longest)]


def times(openings: Iterable[Span], *, after: datetime) -> Iterator[datetime]:
    """The times at which somebody may come, from this moment on."""
    return (at for opening in openings for at in _times(opening, EVERY) if at >= after)


def _times(opening: Span, step: timedelta) -> Iterator[datetime]:
    at = opening.starts_at
    while at < opening.ends_at:
        yield at
        at += step

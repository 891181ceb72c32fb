"""Working time: whether a store is open at a moment, and how long it is open between two. Pure; no clock is read.

All of it is local time. Spans are half open: at the moment of closing it is closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from chassis.organisation import law_days
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import WEEKDAYS, DayKind, OpeningHours, OwnDay, Span

FARTHEST = timedelta(days=3 * 366)
"""How far ahead an opening is looked for: who opens later than that is not waited for."""

_DAY = timedelta(days=1)
_SATURDAY = 5
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")

Spans = tuple[tuple[timedelta, timedelta], ...]
"""The spans of a day, each from and to so long after midnight."""


class SpansWrong(ValueError):
    """What should be the spans of a day are none."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a store is open: in its week, on the law's holidays and make-up days (调休), on days of its own.

    `closes_on` is the day from which on it is closed for good.
    """

    week: tuple[Spans, ...]
    holidays: Spans | None
    makeup_days: Spans | None
    own: dict[date, Spans]
    closes_on: date | None

    @classmethod
    def of(cls, hours: OpeningHours, *, own_days: Iterable[OwnDay] = (), closes_on: date | None = None) -> Calendar:
        """The calendar of what a store said. Raises SpansWrong."""
        return cls(
            week=tuple(spans(getattr(hours, weekday)) for weekday in WEEKDAYS),
            holidays=None if hours.holidays is None else spans(hours.holidays),
            makeup_days=None if hours.makeup_days is None else spans(hours.makeup_days),
            own={one.day: spans(one.hours) for one in own_days},
            closes_on=closes_on,
        )

    def kind(self, day: date) -> DayKind:
        """Which of the store's hours are those of this day."""
        if self.closes_on is not None and day >= self.closes_on:
            return DayKind.CLOSED
        if day in self.own:
            return DayKind.OWN
        if law_days.holiday(day) is not None:
            return DayKind.HOLIDAY
        if law_days.is_makeup_day(day):
            return DayKind.MAKEUP
        return DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WEEKDAY

    def openings(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when it is open on this day, in order; none if it is closed."""
        midnight = datetime.combine(day, time.min, LOCAL)
        return [(midnight + opens, midnight + closes) for opens, closes in self._spans(day)]

    def _spans(self, day: date) -> Spans:
        week = self.week[day.weekday()]
        match self.kind(day):
            case DayKind.CLOSED:
                return ()
            case DayKind.OWN:
                return self.own[day]
            case DayKind.HOLIDAY:
                return week if self.holidays is None else self.holidays
            case DayKind.MAKEUP:
                return week if self.makeup_days is None else self.makeup_days
            case _:
                return week

    def is_open(self, moment: datetime) -> bool:
        """True if the store is open then."""
        local = moment.astimezone(LOCAL)
        return any(opens <= local < closes for opens, closes in self.openings(local.date()))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first moment from this one on at which it is open; None if it does not open any more."""
        local = moment.astimezone(LOCAL)
        return next((opens for opens, _ in self._from(local)), None)

    def add(self, moment: datetime, work: timedelta) -> datetime | None:
        """When so much working time has passed since a moment: at the latest when it closes that day.

        None if the store is not open for so long any more. Raises ValueError for less than none.
        """
        if work < timedelta(0):
            raise ValueError(f"no time goes by backwards: {work}")
        done = local = moment.astimezone(LOCAL)
        left = work
        for opens, closes in self._from(local) if left else ():
            done = min(closes, opens + left)
            left -= done - opens
            if not left:
                return done
        return None if left else done

    def between(self, since: datetime, until: datetime) -> timedelta:
        """The working time between two moments; below zero if the second is the earlier one."""
        if until < since:
            return -self.between(until, since)
        first, last = since.astimezone(LOCAL), until.astimezone(LOCAL)
        found = timedelta(0)
        for day in _days(first.date(), last.date()):
            for opens, closes in self.openings(day):
                found += max(min(closes, last) - max(opens, first), timedelta(0))
        return found

    def openings_between(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """From when to when it is open on the days from one moment to the other, in order."""
        days = _days(since.astimezone(LOCAL).date(), until.astimezone(LOCAL).date())
        return [one for day in days for one in self.openings(day)]

    def closing(self, moment: datetime) -> datetime | None:
        """When it closes for the day; of a moment after that, on the next day it opens. None if it opens no more."""
        opens = self.next_opening(moment)
        return None if opens is None else self.openings(opens.date())[-1][1]

    def add_days(self, day: date, count: int) -> date | None:
        """The working day so many after a day, which itself never counts; with none, that day or the next working one.

        None if there are not so many any more. Raises ValueError for less than none.
        """
        if count < 0:
            raise ValueError(f"no days go by backwards: {count}")
        working = (one for one in _days(day + _DAY * (count > 0), day + FARTHEST) if self._spans(one))
        return next(islice(working, max(count - 1, 0), None), None)

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Openings from a moment on, the first of them cut by it."""
        for day in _days(moment.date(), moment.date() + FARTHEST):
            for opens, closes in self.openings(day):
                if closes > moment:
                    yield max(opens, moment), closes


def spans(said: Sequence[Span]) -> Spans:
    """A day's spans. Raises SpansWrong unless each ends after it begins, and the next one begins then or later."""
    found = tuple((_time(span.opens), _time(span.closes)) for span in said)
    ends = timedelta(0)
    for opens, closes in found:
        if not ends <= opens < closes:
            raise SpansWrong(f"{opens} to {closes}")
        ends = closes
    return found


def _time(said: str) -> timedelta:
    """`08:30`, up to `24:00`, as time since midnight."""
    if not _TIME.fullmatch(said):
        raise SpansWrong(said)
    return timedelta(hours=int(said[:2]), minutes=int(said[3:]))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))

"""When a store is open: the hours of its week, of the law's days, and of days of its own; what is asked about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from contracts.fields import StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Text

TimeOfDay = Annotated[str, Text(5, 5)]
"""Local time, `08:30`; `24:00` is the end of the day."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The fields of a week's hours, as `date.weekday` counts them."""


@dataclass(frozen=True, slots=True)
class Span:
    """From a time of day to another, which is no longer in it; what goes over midnight is a span of each day."""

    opens: TimeOfDay
    closes: TimeOfDay


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Each weekday's spans in their order, none if it is closed.

    `holidays` are the law's, `makeup_days` the weekends on which it lets people work for them (调休); null for either:
    as on that day of the week.
    """

    monday: list[Span]
    tuesday: list[Span]
    wednesday: list[Span]
    thursday: list[Span]
    friday: list[Span]
    saturday: list[Span]
    sunday: list[Span]
    holidays: list[Span] | None = None
    makeup_days: list[Span] | None = None


_ALL_DAY = [Span("08:30", "20:00")]
USUAL_HOURS = OpeningHours(*[_ALL_DAY] * len(WEEKDAYS))
"""Of a store that said nothing: every day, as long as customers may be called (C12)."""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day on which a store has other hours than its week or the law say, none if it is closed; and why."""

    day: date
    hours: list[Span]
    why: Annotated[str, Text(0, 100)] = ""


class DayKind(StrEnum):
    """Why a day has the hours it has; of several reasons the last of these."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    MAKEUP = "makeup"
    HOLIDAY = "holiday"
    OWN = "own"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a store: when it is open, none if it is closed, and for which reason.

    `holiday` names the law's, whatever the store makes of it; `why` is the store's word for a day of its own.
    `provisional`: the law has not announced this year yet, so that days worked for holidays are missing.
    """

    day: date
    kind: DayKind
    hours: list[Span]
    holiday: str | None
    why: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class ShowCalendar:
    """A store's days from `since` (today) to before `until` (five weeks later), at most 400."""

    code: StoreId
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ChangeCalendar:
    """Other hours, or other days of its own; each replaces what was said before, and what is not said stays."""

    code: StoreId
    hours: OpeningHours | None = None
    own_days: list[OwnDay] | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class StoreCalendar:
    """What a store said of when it is open, and the days that follow from it. `version` is the store's."""

    store_id: StoreId
    hours: OpeningHours
    own_days: list[OwnDay]
    closes_on: date | None
    version: int
    days: list[CalendarDay]


store_calendar = query(
    "gateway.store_calendar",
    ShowCalendar,
    StoreCalendar,
    refuses=("STORE_NOT_FOUND", "DAYS_INVALID"),
    summary="When a store is open, day by day",
)
change_calendar = command(
    "gateway.change_calendar",
    ChangeCalendar,
    StoreCalendar,
    refuses=("STORE_NOT_FOUND", "HOURS_INVALID", "OWN_DAY_TWICE"),
    summary="Change when a store is open",
)

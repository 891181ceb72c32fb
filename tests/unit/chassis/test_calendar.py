"""Working time: over weekends, holidays and the days worked for them, lunch, midnight, and where nobody ever opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.organisation.calendar import FARTHEST, Calendar, SpansWrong, spans
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import USUAL_HOURS, WEEKDAYS, DayKind, OpeningHours, OwnDay, Span
from tests.support.examples import examples

HOUR = timedelta(hours=1)
MORNING, LATE = Span("08:30", "12:00"), Span("13:00", "17:30")
NEVER = OpeningHours([], [], [], [], [], [], [], holidays=[])


def at(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL)


def hours(*every_day: Span, **other: Any) -> OpeningHours:
    """The same spans on every day of the week, but for what is said otherwise."""
    return OpeningHours(**{**{day: list(every_day) for day in WEEKDAYS}, **other})


STORE = Calendar.of(USUAL_HOURS)
WORKSHOP = Calendar.of(hours(MORNING, LATE))
OFFICE = Calendar.of(
    hours(Span("09:00", "17:00"), saturday=[], sunday=[], holidays=[], makeup_days=[Span("09:00", "17:00")])
)
"""Open on weekdays, closed on the law's holidays, and at work on the weekends that are worked for them."""


# -- whether it is open ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(11, 3, 8, 29), False),
        (at(11, 3, 8, 30), True),
        (at(11, 3, 11, 59), True),
        (at(11, 3, 12), False),
        (at(11, 3, 12, 59), False),
        (at(11, 3, 13), True),
        (at(11, 3, 17, 30), False),
    ],
)
def test_it_is_open_from_the_first_moment_of_a_span_to_before_its_last(moment: datetime, is_open: bool) -> None:
    assert WORKSHOP.is_open(moment) is is_open
    assert WORKSHOP.is_open(moment.astimezone(UTC)) is is_open, "in whatever zone it is told"


def test_the_end_of_the_day_is_its_midnight_and_no_minute_is_lost() -> None:
    round_the_clock = Calendar.of(hours(Span("00:00", "24:00")))
    assert round_the_clock.is_open(datetime(2026, 11, 3, 23, 59, 59, 999_999, LOCAL))
    assert round_the_clock.between(at(11, 3, 22), at(11, 5, 2)) == 28 * HOUR
    assert round_the_clock.add(at(11, 3, 22), 4 * HOUR) == at(11, 4, 2)


def test_what_goes_over_midnight_is_a_span_of_each_day() -> None:
    friday_night = Calendar.of(hours(friday=[Span("18:00", "24:00")], saturday=[Span("00:00", "02:00")]))
    assert friday_night.between(at(11, 6, 12), at(11, 7, 12)) == 8 * HOUR
    assert friday_night.add(at(11, 6, 23), 2 * HOUR) == at(11, 7, 1)
    assert friday_night.next_opening(at(11, 7, 2)) == at(11, 13, 18)


def test_the_usual_store_is_open_every_day_holidays_too() -> None:
    for day in (date(2026, 11, 7), date(2026, 2, 17), date(2026, 10, 1)):
        assert STORE.openings(day) == [
            (
                datetime(day.year, day.month, day.day, 8, 30, tzinfo=LOCAL),
                datetime(day.year, day.month, day.day, 20, tzinfo=LOCAL),
            )
        ]


# -- the law's days ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind", "works"),
    [
        (date(2026, 11, 6), DayKind.WEEKDAY, True),
        (date(2026, 11, 7), DayKind.WEEKEND, False),
        (date(2026, 2, 14), DayKind.MAKEUP, True),  # a Saturday that is worked
        (date(2026, 2, 15), DayKind.HOLIDAY, False),  # the Sunday with which Spring Festival begins
        (date(2026, 2, 16), DayKind.HOLIDAY, False),
        (date(2026, 2, 21), DayKind.HOLIDAY, False),  # a Saturday in the middle of it
        (date(2026, 2, 23), DayKind.HOLIDAY, False),
        (date(2026, 2, 24), DayKind.WEEKDAY, True),
        (date(2026, 2, 28), DayKind.MAKEUP, True),
        (date(2026, 10, 10), DayKind.MAKEUP, True),
    ],
)
def test_an_office_rests_on_holidays_and_works_on_the_weekends_worked_for_them(
    day: date, kind: DayKind, works: bool
) -> None:
    assert OFFICE.kind(day) is kind
    assert bool(OFFICE.openings(day)) is works
    assert STORE.kind(day) is kind
    assert STORE.openings(day), "a store of seven days is open"


def test_a_store_may_have_shorter_hours_on_holidays() -> None:
    short = Calendar.of(replace(USUAL_HOURS, holidays=[Span("10:00", "16:00")]))
    assert short.between(at(2, 16), at(2, 17)) == 6 * HOUR
    assert short.between(at(2, 24), at(2, 25)) == 11.5 * HOUR


def test_a_day_of_its_own_wins_over_law_and_week() -> None:
    own = [OwnDay(date(2026, 2, 17), [MORNING], "值班"), OwnDay(date(2026, 11, 3), [], "盘点")]
    office = replace(OFFICE, own=Calendar.of(USUAL_HOURS, own_days=own).own)
    assert office.kind(date(2026, 2, 17)) is DayKind.OWN
    assert office.is_open(at(2, 17, 9))
    assert not office.is_open(at(11, 3, 10))
    assert office.next_opening(at(11, 3, 10)) == at(11, 4, 9)


def test_from_the_day_it_closes_for_good_it_is_never_open_whatever_its_own_days_say() -> None:
    last = Calendar.of(USUAL_HOURS, own_days=[OwnDay(date(2026, 11, 9), [MORNING])], closes_on=date(2026, 11, 8))
    assert last.is_open(at(11, 7, 19, 59))
    assert last.next_opening(at(11, 7, 20)) is None
    assert last.kind(date(2026, 11, 9)) is DayKind.CLOSED


def test_in_a_year_that_was_not_announced_the_law_s_own_holidays_and_the_week_count() -> None:
    assert OFFICE.kind(date(2090, 10, 1)) is DayKind.HOLIDAY
    assert OFFICE.next_opening(at(9, 30, 17, year=2090)) is not None
    assert OFFICE.add_days(date(2089, 12, 30), 3) == date(2090, 1, 5), "the turn of the year stops nothing"


# -- working time ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "since", "work", "done"),
    [
        (WORKSHOP, at(11, 2, 11, 30), HOUR, at(11, 2, 13, 30)),  # over lunch
        (WORKSHOP, at(11, 2, 9, 30), 2.75 * HOUR, at(11, 2, 13, 15)),
        (WORKSHOP, at(11, 2, 9), 3 * HOUR, at(11, 2, 12)),  # done when lunch begins, not after it
        (WORKSHOP, at(11, 2, 9), 8 * HOUR, at(11, 3, 9)),
        (WORKSHOP, at(11, 2, 9), 24 * HOUR, at(11, 5, 9)),  # three days of eight hours, not tomorrow
        (STORE, at(11, 1, 20), 0.5 * HOUR, at(11, 2, 9)),  # a lead of Sunday evening
        (OFFICE, at(11, 6, 16), 2 * HOUR, at(11, 9, 10)),  # over a weekend
        (OFFICE, at(2, 13, 16), 2 * HOUR, at(2, 14, 10)),  # into a Saturday that is worked
        (OFFICE, at(2, 14, 16), 2 * HOUR, at(2, 24, 10)),  # over Spring Festival
        (OFFICE, at(11, 7, 12), timedelta(0), at(11, 7, 12)),  # nothing to do is done
    ],
)
def test_working_time_is_added_over_what_is_closed(
    calendar: Calendar, since: datetime, work: timedelta, done: datetime
) -> None:
    assert calendar.add(since, work) == done
    assert calendar.between(since, done) == work
    assert calendar.between(done, since) == -work


def test_working_days_never_count_the_day_they_begin_on() -> None:
    friday, saturday, monday = date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 9)
    assert OFFICE.add_days(friday, 1) == OFFICE.add_days(saturday, 1) == monday
    assert (OFFICE.add_days(friday, 0), OFFICE.add_days(saturday, 0)) == (friday, monday)
    assert OFFICE.add_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert STORE.add_days(friday, 1) == saturday


def test_who_is_never_open_is_said_to_be_and_looked_for_no_longer_than_three_years() -> None:
    never = Calendar.of(NEVER)
    assert never.next_opening(at(11, 3)) is None
    assert never.add(at(11, 3), HOUR) is None
    assert never.add_days(date(2026, 11, 3), 1) is None
    assert never.between(at(1, 1), at(12, 31)) == timedelta(0)
    once = (at(11, 3) + FARTHEST).date()
    late = Calendar.of(NEVER, own_days=[OwnDay(once, [MORNING])])
    assert late.next_opening(at(11, 3)) is not None
    assert late.next_opening(at(11, 2)) is None
    assert late.add(at(11, 3), 4 * HOUR) is None, "what is open at last is not enough"


def test_no_time_goes_by_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        STORE.add(at(11, 3), -HOUR)
    with pytest.raises(ValueError, match="backwards"):
        STORE.add_days(date(2026, 11, 3), -1)


@pytest.mark.parametrize(
    "wrong",
    [
        [Span("8:30", "12:00")], [Span("08:30", "24:01")], [Span("08:60", "12:00")], [Span("aa:bb", "12:00")],
        [Span("12:00", "12:00")], [Span("12:00", "08:30")], [Span("22:00", "02:00")], [LATE, MORNING],
        [MORNING, Span("11:59", "13:00")], [Span("٠٨:٣٠", "12:00")], [Span("-1:30", "12:00")],
    ],
)  # fmt: skip
def test_spans_that_are_none_are_refused(wrong: list[Span]) -> None:
    with pytest.raises(SpansWrong):
        spans(wrong)


def test_a_span_may_begin_where_another_ends() -> None:
    whole = Calendar.of(hours(Span("08:00", "12:00"), Span("12:00", "16:00")))
    assert whole.is_open(at(11, 3, 12))
    assert whole.add(at(11, 3, 11), 2 * HOUR) == at(11, 3, 13)


# -- whatever the hours ------------------------------------------------------------------------------------------------


def _spans_of(ends: list[int]) -> list[Span]:
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in sorted(ends)]
    return [Span(opens, closes) for opens, closes in zip(times[::2], times[1::2], strict=True)]


DAYS = st.sampled_from([0, 2, 4, 6]).flatmap(
    lambda count: st.lists(st.integers(0, 24 * 60), unique=True, min_size=count, max_size=count).map(_spans_of)
)
WEEKS = st.builds(OpeningHours, *[DAYS] * 7, st.none() | DAYS, st.none() | DAYS)
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 3, 1)).map(lambda naive: naive.replace(tzinfo=LOCAL))  # noqa: DTZ001
OWN = st.lists(
    st.builds(OwnDay, st.dates(date(2026, 1, 1), date(2026, 12, 31)), DAYS), max_size=5, unique_by=lambda one: one.day
)
CALENDARS = st.builds(lambda week, own: Calendar.of(week, own_days=own), WEEKS, OWN)


@settings(max_examples=examples(50))
@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=200)))
def test_what_was_added_lies_between(calendar: Calendar, since: datetime, work: timedelta) -> None:
    done = calendar.add(since, work)
    if done is None:
        assert calendar.between(since, since + FARTHEST - timedelta(days=1)) < work
    else:
        assert calendar.between(since, done) == work
        assert done >= since


@settings(max_examples=examples(50))
@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_what_lies_between_leads_from_one_open_moment_to_the_other(
    calendar: Calendar, since: datetime, later: timedelta
) -> None:
    until = since + later
    if calendar.is_open(until):
        assert calendar.add(since, calendar.between(since, until)) == until


@settings(max_examples=examples(50))
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_time_between_adds_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted([one, two, three])
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)


@settings(max_examples=examples(50))
@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, moment: datetime) -> None:
    opening = calendar.next_opening(moment)
    if opening is None:
        assert not any(calendar.openings(moment.date() + timedelta(days=number)) for number in range(1, 400))
    else:
        assert calendar.is_open(opening)
        assert calendar.between(moment, opening) == timedelta(0)

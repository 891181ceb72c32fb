"""Customers are called while their store is open (C12), and what gives way where that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.customer.operations import Channel
from contracts.followup.policies import DaysLater, HoursLater
from contracts.gateway.calendars import USUAL_HOURS, OpeningHours, OwnDay, Span
from services.followup.visits.occasions.occasion import Occasion
from services.followup.visits.rules import BY_CALL, WINDOWS, Hours, Way
from services.followup.visits.rules import DAY as DAY_OF_WORK
from tests.support.examples import examples
from tests.support.publishing import planted

CHECK = Occasion(
    policy=planted("CHECK", HoursLater(48), service="followup"),
    asked_by="cr_agent",
    consent=None,
    triggers={},
)
THANKS = replace(CHECK, policy=planted("THANKS", DaysLater(3), service="followup"))
NINE_TO_SIX = [Span("09:00", "18:00")]
WEEKDAYS = replace(OpeningHours(*[*[NINE_TO_SIX] * 5, [], []]), holidays=[])


def local(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    """A moment of November 2026, which begins on a Sunday."""
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def store(hours: OpeningHours = USUAL_HOURS, *own: OwnDay, closes_on: date | None = None) -> Calendar:
    return Calendar.of(hours, own_days=own, closes_on=closes_on)


def shut(*days: int, month: int = 11) -> list[OwnDay]:
    return [OwnDay(date(2026, month, day), []) for day in days]


def due(
    triggered_at: datetime, at: Calendar | None, *, of: Occasion = THANKS, way: Way = BY_CALL, value: Any = None
) -> datetime:
    return of.due_at(triggered_at=triggered_at, value=value or of.policy.default, way=way, store=at)


def prefers(*hours: int, by: Channel = Channel.CALL) -> Way:
    return Way(by, Hours(*hours), None)


def test_nobody_is_called_from_a_store_on_a_day_on_which_it_is_closed() -> None:
    assert due(local(3, 15), store()) == local(6, 15)
    assert due(local(3, 15), store(USUAL_HOURS, *shut(6))) == local(7, 9, 30), "a day of its own"
    assert due(local(3, 15), store(WEEKDAYS)) == local(6, 15)
    assert due(local(4, 15), store(WEEKDAYS)) == local(9, 9, 30), "a weekday without hours"
    assert due(local(12, 15, month=2), store(WEEKDAYS)) == local(24, 9, 30, month=2), "Spring Festival"


def test_windows_are_cut_by_the_hours_of_the_day() -> None:
    early = store(OpeningHours(*[[Span("08:30", "10:00"), Span("15:00", "19:00")]] * 7))
    assert due(local(3, 9, 59), early) == local(6, 9, 59)
    assert due(local(3, 10), early) == local(6, 15), "the window goes on, the store is closed"
    assert due(local(3, 16), early) == local(6, 16)
    assert due(local(3, 18, 45), early) == local(6, 18, 45)
    assert due(local(3, 19), early) == local(7, 9, 30)


@pytest.mark.parametrize("by", [Channel.SMS, Channel.LETTER])
def test_one_is_written_to_while_somebody_is_there_too(by: Channel) -> None:
    assert due(local(3, 19), store(OpeningHours(*[NINE_TO_SIX] * 7)), way=prefers(by=by)) == local(7, 9)


def test_his_hours_win_within_the_store_s() -> None:
    lunch = store(OpeningHours(*[[Span("09:00", "12:00"), Span("13:00", "18:00")]] * 7))
    assert due(local(3, 9), lunch, way=prefers(11, 14)) == local(6, 11)
    assert due(local(3, 12, 30), lunch, way=prefers(11, 14)) == local(6, 13)
    late = store(OpeningHours(*[*[NINE_TO_SIX] * 6, [Span("09:00", "20:00")]]))
    assert due(local(3, 15), late, way=prefers(18, 20)) == local(8, 18), "on the Sunday, when it is open so long"


def test_hours_in_which_the_store_is_never_open_change_nothing() -> None:
    assert due(local(3, 15), store(OpeningHours(*[NINE_TO_SIX] * 7)), way=prefers(18, 20)) == local(6, 15)


def test_a_visit_that_would_be_too_late_is_brought_forward_to_when_the_store_is_open() -> None:
    closing = store(USUAL_HOURS, *shut(5, 6))
    assert due(local(3, 15), closing, of=CHECK) == local(4, 18, 30), "48 hours later it is closed, and 72 too"
    assert due(local(3, 15), closing, of=CHECK, way=prefers(9, 16)) == local(4, 15), "never before 24 hours"


def test_where_the_store_is_not_open_at_all_its_hours_give_way_and_never_the_longest_time() -> None:
    closed = store(USUAL_HOURS, *shut(4, 5, 6, 7))
    assert due(local(3, 15), closed, of=CHECK) == due(local(3, 15), None, of=CHECK) == local(5, 15)
    assert due(local(3, 15), closed, of=CHECK, way=prefers(18, 20)) == local(5, 18)
    gone = store(closes_on=date(2026, 11, 4))
    assert due(local(3, 15), gone) == local(6, 15), "the last customers of a closed store are asked by others"


# -- whatever the hours ------------------------------------------------------------------------------------------------

DAY = st.sampled_from(
    [[], [Span("08:30", "20:00")], [Span("10:00", "12:00"), Span("14:00", "19:00")], [Span("00:00", "24:00")]]
)
STORES = st.builds(
    lambda week, holidays, days: store(replace(OpeningHours(*week), holidays=holidays), *shut(*days)),
    st.lists(DAY, min_size=7, max_size=7),
    st.none() | DAY,
    st.sets(st.integers(1, 30), max_size=10),
)
MOMENTS = st.datetimes(datetime(2026, 10, 28), datetime(2026, 12, 3)).map(lambda naive: naive.replace(tzinfo=LOCAL))  # noqa: DTZ001
WAYS = st.builds(
    lambda by, hours: Way(by, hours, None),
    st.sampled_from(Channel),
    st.builds(Hours, st.none() | st.integers(0, 23), st.none() | st.integers(1, 24)),
)


@settings(max_examples=examples(100))
@given(MOMENTS, STORES, WAYS, st.integers(24, 72))
def test_a_visit_is_within_its_limits_and_while_the_store_is_open_unless_it_never_is(
    triggered_at: datetime, at: Calendar, way: Way, hours: int
) -> None:
    found = due(triggered_at, at, of=CHECK, way=way, value=HoursLater(hours))
    least, most = triggered_at + timedelta(hours=24), triggered_at + timedelta(hours=72)
    assert found <= most
    if at.is_open(found):
        assert found >= least
    else:
        assert found == due(triggered_at, None, of=CHECK, way=way, value=HoursLater(hours))
        windows = WINDOWS if way.channel is Channel.CALL else DAY_OF_WORK
        steps = (least + timedelta(minutes=30 * step) for step in range(97))
        assert not any(
            at.is_open(moment) and any(since <= moment.time() < until for since, until in windows) for moment in steps
        )


@settings(max_examples=examples(50))
@given(MOMENTS, WAYS, st.integers(1, 20))
def test_a_store_that_is_open_as_usual_changes_nothing(triggered_at: datetime, way: Way, days: int) -> None:
    value = DaysLater(days)
    assert due(triggered_at, store(), way=way, value=value) == due(triggered_at, None, way=way, value=value)

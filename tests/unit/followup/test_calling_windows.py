"""When a customer may be called (C12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import LOCAL
from services.followup.rules import WINDOWS, calling_time

LONG = timedelta(days=9)


def local(day: int, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    """A moment of November 2026, which begins on a Sunday."""
    return datetime(2026, 11, day, hour, minute, second, microsecond, LOCAL)


def called(wanted: datetime) -> datetime:
    return calling_time(wanted, latest=wanted + LONG, zone=LOCAL)


def in_a_window(moment: datetime) -> bool:
    return any(opens <= moment.astimezone(LOCAL).time() < closes for opens, closes in WINDOWS)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (local(3, 9, 29, 59, 999_999), local(3, 9, 30)),
        (local(3, 9, 30), local(3, 9, 30)),
        (local(3, 10, 15), local(3, 10, 15)),
        (local(3, 11, 29, 59, 999_999), local(3, 11, 29, 59, 999_999)),
        (local(3, 11, 30), local(3, 14, 30)),
        (local(3, 14, 29, 59), local(3, 14, 30)),
        (local(3, 14, 30), local(3, 14, 30)),
        (local(3, 17, 29, 59), local(3, 17, 29, 59)),
        (local(3, 17, 30), local(3, 18, 30)),
        (local(3, 18, 30), local(3, 18, 30)),
        (local(3, 19, 59, 59, 999_999), local(3, 19, 59, 59, 999_999)),
        (local(3, 20), local(4, 9, 30)),
    ],
)
def test_a_window_begins_with_its_first_minute_and_ends_before_its_last(wanted: datetime, expected: datetime) -> None:
    assert called(wanted) == expected


def test_after_the_last_window_it_is_the_next_morning() -> None:
    assert called(local(3, 23, 59, 59)) == local(4, 9, 30)


def test_midnight_belongs_to_the_new_day() -> None:
    assert called(local(4, 0)) == local(4, 9, 30)


def test_the_last_evening_of_a_month_leads_into_the_next_month() -> None:
    assert called(local(30, 21)) == datetime(2026, 12, 1, 9, 30, tzinfo=LOCAL)


@pytest.mark.parametrize("day", [7, 8])
def test_saturday_and_sunday_are_days_like_any_other(day: int) -> None:
    assert local(day, 10).isoweekday() in (6, 7)
    assert called(local(day, 10)) == local(day, 10)
    assert called(local(day, 8)) == local(day, 9, 30)


def test_friday_night_leads_to_saturday_morning() -> None:
    assert called(local(6, 22)) == local(7, 9, 30)


def test_a_moment_told_in_another_zone_is_judged_by_local_time() -> None:
    assert called(datetime(2026, 11, 3, 1, 29, tzinfo=UTC)) == local(3, 9, 30)
    assert called(datetime(2026, 11, 3, 16, tzinfo=UTC)) == local(4, 9, 30)


def test_what_would_be_too_late_is_brought_forward_to_the_last_opening_before() -> None:
    assert calling_time(local(3, 20, 30), latest=local(3, 20, 30), zone=LOCAL) == local(3, 18, 30)
    assert calling_time(local(3, 12), latest=local(3, 14, 29), zone=LOCAL) == local(3, 9, 30)
    assert calling_time(local(3, 8), latest=local(3, 8), zone=LOCAL) == local(2, 18, 30)


def test_the_latest_moment_itself_is_not_too_late() -> None:
    assert calling_time(local(3, 12), latest=local(3, 14, 30), zone=LOCAL) == local(3, 14, 30)
    assert calling_time(local(3, 10, 15), latest=local(3, 10, 15), zone=LOCAL) == local(3, 10, 15)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda naive: naive.replace(tzinfo=LOCAL))  # noqa: DTZ001


@given(moments)
def test_whatever_is_wanted_lies_in_a_window_and_is_not_moved_by_more_than_a_night(wanted: datetime) -> None:
    moved = called(wanted)
    assert in_a_window(moved)
    assert timedelta(0) <= moved - wanted <= timedelta(hours=13, minutes=30)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_the_call_is_in_a_window_and_never_too_late(wanted: datetime, spare: timedelta) -> None:
    moved = calling_time(wanted, latest=wanted + spare, zone=LOCAL)
    assert in_a_window(moved)
    assert wanted - timedelta(hours=15) < moved <= wanted + spare

"""When a customer may be called or written to (C12), and that it is at the hours he prefers (R12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.customer.operations import Channel
from services.followup.visits.rules import ANY_HOUR, DAY, WINDOWS, Hours, Way, visiting_time

LONG = timedelta(days=9)


def local(day: int, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    """A moment of November 2026, which begins on a Sunday."""
    return datetime(2026, 11, day, hour, minute, second, microsecond, LOCAL)


def called(wanted: datetime) -> datetime:
    return visiting_time(wanted, latest=wanted + LONG, zone=LOCAL)


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
    assert visiting_time(local(3, 20, 30), latest=local(3, 20, 30), zone=LOCAL) == local(3, 18, 30)
    assert visiting_time(local(3, 12), latest=local(3, 14, 29), zone=LOCAL) == local(3, 9, 30)
    assert visiting_time(local(3, 8), latest=local(3, 8), zone=LOCAL) == local(2, 18, 30)


def test_the_latest_moment_itself_is_not_too_late() -> None:
    assert visiting_time(local(3, 12), latest=local(3, 14, 30), zone=LOCAL) == local(3, 14, 30)
    assert visiting_time(local(3, 10, 15), latest=local(3, 10, 15), zone=LOCAL) == local(3, 10, 15)


moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda naive: naive.replace(tzinfo=LOCAL))  # noqa: DTZ001


@given(moments)
def test_whatever_is_wanted_lies_in_a_window_and_is_not_moved_by_more_than_a_night(wanted: datetime) -> None:
    moved = called(wanted)
    assert in_a_window(moved)
    assert timedelta(0) <= moved - wanted <= timedelta(hours=13, minutes=30)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_the_call_is_in_a_window_and_never_too_late(wanted: datetime, spare: timedelta) -> None:
    moved = visiting_time(wanted, latest=wanted + spare, zone=LOCAL)
    assert in_a_window(moved)
    assert wanted - timedelta(hours=15) < moved <= wanted + spare


# -- hours he prefers -------------------------------------------------------------------------------------------------


def asked(wanted: datetime, *hours: int | None, by: Channel = Channel.CALL, spare: timedelta = LONG) -> datetime:
    return visiting_time(wanted, latest=wanted + spare, zone=LOCAL, way=Way(by, Hours(*hours), None))


@pytest.mark.parametrize(
    ("wanted", "hours", "expected"),
    [
        (local(3, 9, 29, 59), (10, 12), local(3, 10)),
        (local(3, 9, 59, 59, 999_999), (10, 12), local(3, 10)),
        (local(3, 10), (10, 12), local(3, 10)),
        (local(3, 11, 29, 59), (10, 12), local(3, 11, 29, 59)),
        (local(3, 11, 59, 59), (10, 12), local(3, 11, 59, 59)),
        (local(3, 12), (10, 12), local(4, 10)),
        (local(3, 10, 59, 59), (10, 11), local(3, 10, 59, 59)),
        (local(3, 11), (10, 11), local(4, 10)),
        (local(3, 9), (12, 14), local(3, 12)),
        (local(3, 9), (18, 20), local(3, 18)),
        (local(3, 9), (19, 23), local(3, 19)),
        (local(3, 19, 59, 59), (18, 20), local(3, 19, 59, 59)),
        (local(3, 20), (18, 20), local(4, 18)),
        (local(3, 10), (10, 16), local(3, 10)),
        (local(3, 12), (10, 16), local(3, 12)),
        (local(3, 16), (10, 16), local(4, 10)),
    ],
)
def test_who_prefers_hours_is_called_within_them_also_outside_the_windows(
    wanted: datetime, hours: tuple[int, int], expected: datetime
) -> None:
    assert asked(wanted, *hours) == expected


@pytest.mark.parametrize(
    ("wanted", "hours", "expected"),
    [
        (local(3, 10), (15, None), local(3, 15)),
        (local(3, 20), (15, None), local(4, 15)),
        (local(3, 10), (None, 10), local(4, 9)),
        (local(3, 9, 59), (None, 10), local(3, 9, 59)),
        (local(3, 12), (19, 10), local(3, 19)),
        (local(3, 21), (19, 10), local(4, 9)),
        (local(3, 10), (19, 10), local(3, 19)),
        (local(3, 9, 59), (19, 10), local(3, 9, 59)),
        (local(3, 12), (0, 24), local(3, 12)),
        (local(3, 12), (9, 9), local(3, 12)),
    ],
)
def test_one_hour_limits_one_side_a_later_first_is_over_midnight_the_same_is_any(
    wanted: datetime, hours: tuple[int | None, int | None], expected: datetime
) -> None:
    assert asked(wanted, *hours) == expected


@pytest.mark.parametrize("hours", [(20, 23), (0, 9), (20, 9), (23, 24)])
def test_hours_when_nobody_is_at_work_change_nothing(hours: tuple[int, int]) -> None:
    for wanted in (local(3, 8), local(3, 12), local(3, 19), local(3, 22)):
        assert asked(wanted, *hours) == called(wanted)


def test_hours_that_come_too_late_bring_the_visit_forward_to_their_last_opening() -> None:
    assert asked(local(3, 12), 18, 20, spare=timedelta(hours=6)) == local(3, 18)
    assert asked(local(3, 12), 18, 20, spare=timedelta(hours=5, minutes=59)) == local(2, 18)
    assert asked(local(3, 20, 30), 9, 11, spare=timedelta(0)) == local(3, 9)


@pytest.mark.parametrize("by", [Channel.SMS, Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize(
    ("wanted", "hours", "expected"),
    [
        (local(3, 8, 59, 59), (), local(3, 9)),
        (local(3, 9), (), local(3, 9)),
        (local(3, 12, 30), (), local(3, 12, 30)),
        (local(3, 19, 59, 59), (), local(3, 19, 59, 59)),
        (local(3, 20), (), local(4, 9)),
        (local(3, 9), (12, 14), local(3, 12)),
        (local(3, 14), (12, 14), local(4, 12)),
        (local(3, 7), (20, 9), local(3, 9)),
        (local(3, 21), (0, 9), local(4, 9)),
    ],
)
def test_one_is_written_to_at_any_time_of_the_day_but_at_night(
    by: Channel, wanted: datetime, hours: tuple[int, ...], expected: datetime
) -> None:
    assert asked(wanted, *hours, by=by) == expected


HOURS = st.builds(Hours, st.none() | st.integers(0, 23), st.none() | st.integers(1, 24))


def wished(hours: Hours, hour: int) -> bool:
    """Whether an hour of the day is one he prefers, told the long way."""
    first, end = hours.from_hour or 0, hours.to_hour or 24
    if first == end:
        return True
    return hour in {(first + step) % 24 for step in range((end - first) % 24 or 24)}


@given(moments, st.timedeltas(timedelta(0), timedelta(days=3)), HOURS, st.sampled_from(Channel))
def test_a_visit_is_in_his_hours_or_else_in_the_windows_and_never_too_late(
    wanted: datetime, spare: timedelta, hours: Hours, by: Channel
) -> None:
    windows = WINDOWS if by is Channel.CALL and hours == ANY_HOUR else DAY
    minutes = [minute for minute in range(24 * 60) if in_one_of(windows, minute) and wished(hours, minute // 60)]
    due_at = asked(wanted, *hours, by=by, spare=spare)
    assert wanted - timedelta(hours=24) < due_at <= wanted + spare
    if minutes:
        assert minute_of(due_at) in minutes
    else:
        assert due_at == asked(wanted, by=by, spare=spare)
    if due_at > wanted:
        skipped = range(1, int((due_at - wanted) / timedelta(minutes=1)))
        assert not any((minute_of(wanted) + passed) % (24 * 60) in minutes for passed in skipped)


def in_one_of(windows: Sequence[tuple[time, time]], minute: int) -> bool:
    return any(opens <= time(*divmod(minute, 60)) < closes for opens, closes in windows)


def minute_of(moment: datetime) -> int:
    local_time = moment.astimezone(LOCAL)
    return local_time.hour * 60 + local_time.minute

"""When a customer who was reached may be reached again (C12, F2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from services.followup.visits.rules import room_from
from tests.support.examples import examples

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=LOCAL)
CAPS = {"a_day": 1, "a_week": 2, "a_month": 4}


def room(*contacts: datetime, now: datetime = NOW) -> datetime:
    return room_from(contacts, **CAPS, now=now, zone=LOCAL)


def test_who_was_never_reached_may_be_now() -> None:
    assert room() == NOW


def test_who_was_reached_today_may_be_from_midnight_on() -> None:
    assert room(NOW - timedelta(hours=1)) == datetime(2026, 3, 6, tzinfo=LOCAL)
    assert room(NOW - timedelta(days=1)) == NOW


def test_the_third_within_seven_days_waits_until_the_first_is_seven_days_old() -> None:
    first, second = datetime(2026, 3, 2, 11, 0, tzinfo=LOCAL), datetime(2026, 3, 4, 15, 0, tzinfo=LOCAL)
    assert room(second, first) == first + timedelta(days=7)
    assert room(second, first, now=first + timedelta(days=7)) == first + timedelta(days=7)


def test_the_fifth_within_thirty_days_waits_until_the_first_is_thirty_days_old() -> None:
    four = [NOW - timedelta(days=days) for days in (8, 15, 22, 29)]
    assert room(*four) == NOW + timedelta(days=1)
    assert room(*four[:3], NOW - timedelta(days=30)) == NOW


def test_what_frees_one_span_may_be_too_much_for_another() -> None:
    contacts = [NOW - timedelta(days=days) for days in (1, 6, 28, 29)]
    assert room(*contacts) == NOW + timedelta(days=1)
    crowded = [NOW - timedelta(days=days) for days in (1, 2, 3, 4)]
    assert room(*crowded) == NOW + timedelta(days=26)


@given(st.lists(st.integers(0, 24 * 60), max_size=12))
@settings(max_examples=examples(200), deadline=None)
def test_whoever_is_only_called_when_there_is_room_is_never_called_too_often(waits: list[int]) -> None:
    contacts: list[datetime] = []
    now = NOW
    for wait in waits:
        now = room(*contacts, now=now + timedelta(hours=wait))
        contacts.append(now)
    days = [each.date() for each in contacts]
    assert all(days.count(day) <= 1 for day in days)
    for span, most in ((timedelta(days=7), 2), (timedelta(days=30), 4)):
        assert all(sum(each - span < other <= each for other in contacts) <= most for each in contacts)

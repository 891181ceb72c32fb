"""When a customer who did not answer is tried again (C12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from chassis.process.clock import LOCAL
from services.followup.visits.rules import next_attempt

MORNING = datetime(2026, 11, 3, 10, 0, tzinfo=LOCAL)
MIDNIGHT = datetime(2026, 11, 4, tzinfo=LOCAL)


def test_who_was_not_tried_or_answered_since_is_tried_at_once() -> None:
    assert next_attempt([], zone=LOCAL) is None


def test_after_the_first_attempt_of_a_day_he_is_tried_four_hours_later() -> None:
    assert next_attempt([MORNING], zone=LOCAL) == MORNING + timedelta(hours=4)


def test_after_the_second_one_of_a_day_he_is_tried_on_the_next_day() -> None:
    assert next_attempt([MORNING + timedelta(hours=4), MORNING], zone=LOCAL) == MIDNIGHT


def test_the_day_is_the_local_one() -> None:
    late = datetime(2026, 11, 3, 19, 0, tzinfo=LOCAL)
    early = datetime(2026, 11, 3, 0, 30, tzinfo=LOCAL)
    assert next_attempt([early, late], zone=LOCAL) == MIDNIGHT
    assert next_attempt([early - timedelta(hours=1), late], zone=LOCAL) == late + timedelta(hours=4)

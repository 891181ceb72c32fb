"""What an occasion makes of what was heard, whichever it is; and what holds of every one in the table (C12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest

from chassis.process.clock import LOCAL
from contracts.followup.policies import VISITS, DaysLater, HoursLater
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.shapes import Between
from contracts.workshop.events import VehicleReturned
from services.followup.visits import occasions
from services.followup.visits.occasions.occasion import Occasion, because_of
from tests.support.publishing import planted

AFTERNOON = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)


@dataclass(frozen=True, slots=True)
class HalfDays:
    """Two units at once."""

    days: Annotated[int, Between(0, 5)]
    hours: Annotated[int, Between(0, 12)]


def occasion(heard: Any, code: str, default: object) -> Occasion:
    kind = planted(code, default, service="followup")
    triggers = {heard: lambda event, _: [because_of(event)]}
    return Occasion(policy=kind, asked_by="cr_agent", consent=None, triggers=triggers)


PLANTED = occasion(VehicleDelivered, "PLANTED", DaysLater(3))
BESIDE = occasion(VehicleDelivered, "BESIDE", HoursLater(24))
ELSEWHERE = occasion(VehicleReturned, "ELSEWHERE", HalfDays(1, 6))


def test_an_event_gives_rise_to_the_visits_of_every_occasion_that_hears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occasions, "OCCASIONS", (PLANTED, ELSEWHERE, BESIDE))
    assert occasions.occasions_of(VehicleDelivered) == [PLANTED, BESIDE]
    assert occasions.occasions_of(VehicleReturned) == [ELSEWHERE]
    assert occasions.occasions_of(OrderSigned) == []


def test_a_visit_is_known_by_its_purpose_and_one_of_former_times_rests_on_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(occasions, "OCCASIONS", (PLANTED, BESIDE))
    assert occasions.occasion_of("BESIDE") is BESIDE
    assert occasions.occasion_of("ELSEWHERE") is None
    assert occasions.consent_for("ELSEWHERE") is None


def test_two_may_be_asked_together_if_one_of_them_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    speaks = replace(ELSEWHERE, asked_with=frozenset({"PLANTED"}))
    monkeypatch.setattr(occasions, "OCCASIONS", (PLANTED, speaks, BESIDE))
    assert occasions.asked_with("PLANTED") == {"ELSEWHERE"}
    assert occasions.asked_with("ELSEWHERE") == {"PLANTED"}
    assert occasions.asked_with("BESIDE") == occasions.asked_with("FORMERLY") == frozenset()


def test_a_due_time_within_the_calling_windows_stays_at_its_hour() -> None:
    assert PLANTED.due_at(triggered_at=AFTERNOON, value=DaysLater(3)) == AFTERNOON + timedelta(days=3)


def test_a_due_time_outside_the_calling_windows_moves_to_the_next_one() -> None:
    at_night = AFTERNOON.replace(hour=21)
    assert PLANTED.due_at(triggered_at=at_night, value=DaysLater(3)) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


def test_a_visit_that_would_come_later_than_the_longest_allowed_is_brought_forward() -> None:
    at_night = AFTERNOON.replace(hour=21)
    assert PLANTED.due_at(triggered_at=at_night, value=DaysLater(30)) == datetime(2026, 12, 3, 18, 30, tzinfo=LOCAL)


def test_days_are_counted_by_local_time_whatever_zone_the_event_speaks() -> None:
    in_utc = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    assert PLANTED.due_at(triggered_at=in_utc, value=DaysLater(3)) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


def test_the_longest_is_what_the_bounds_of_the_policy_allow() -> None:
    assert (PLANTED.longest, BESIDE.longest) == (timedelta(days=30), timedelta(hours=72))
    assert ELSEWHERE.longest == timedelta(days=5, hours=12)


def test_every_unit_of_a_value_counts() -> None:
    assert ELSEWHERE.due_at(triggered_at=AFTERNOON.replace(hour=10), value=HalfDays(1, 6)) == AFTERNOON + timedelta(
        days=1
    )


# -- the table of the house


def test_every_row_has_its_file_and_every_file_its_row() -> None:
    files = {path.stem for path in Path(occasions.__file__).parent.glob("*.py")} - {"__init__", "occasion"}
    assert sorted(files) == sorted(kind.code.lower() for kind in VISITS)
    assert [one.policy for one in occasions.OCCASIONS] == VISITS


def test_whom_an_occasion_names_to_be_asked_with_is_another_one_in_the_table() -> None:
    purposes = {occasion.purpose for occasion in occasions.OCCASIONS}
    for occasion in occasions.OCCASIONS:
        assert occasion.asked_with <= purposes - {occasion.purpose}


@pytest.mark.parametrize("one", occasions.OCCASIONS, ids=lambda one: one.purpose)
def test_by_default_every_visit_is_due_later_than_what_it_is_about_and_not_too_late(one: Occasion) -> None:
    due_at = one.due_at(triggered_at=AFTERNOON, value=one.policy.default)
    assert AFTERNOON < due_at <= AFTERNOON + one.longest

"""What an occasion makes of what was heard, whichever it is; and what holds of every one in the table (C12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.process.clock import LOCAL
from chassis.store.policies import Policy
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits import occasions
from services.followup.visits.errors import PolicyValue
from services.followup.visits.occasions.occasion import Occasion, nobody

AFTERNOON = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)
LIMITS: dict[str, Any] = {"least": 1, "most": 30, "judges": nobody, "consent": None}
PLANTED = Occasion(heard=VehicleDelivered, policy=Policy("PLANTED", {"days": 3}), **LIMITS)
BESIDE = Occasion(heard=VehicleDelivered, policy=Policy("BESIDE", {"hours": 24}), **LIMITS)
ELSEWHERE = Occasion(heard=VehicleReturned, policy=Policy("ELSEWHERE", {"days": 1}), **LIMITS)


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


def test_a_due_time_within_the_calling_windows_stays_at_its_hour() -> None:
    assert PLANTED.due_at(triggered_at=AFTERNOON, value={"days": 3}) == AFTERNOON + timedelta(days=3)


def test_a_due_time_outside_the_calling_windows_moves_to_the_next_one() -> None:
    at_night = AFTERNOON.replace(hour=21)
    assert PLANTED.due_at(triggered_at=at_night, value={"days": 3}) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


def test_a_visit_that_would_come_later_than_the_longest_allowed_is_brought_forward() -> None:
    at_night = AFTERNOON.replace(hour=21)
    assert PLANTED.due_at(triggered_at=at_night, value={"days": 30}) == datetime(2026, 12, 3, 18, 30, tzinfo=LOCAL)


def test_days_are_counted_by_local_time_whatever_zone_the_event_speaks() -> None:
    in_utc = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    assert PLANTED.due_at(triggered_at=in_utc, value={"days": 3}) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


def test_a_policy_takes_its_limits_and_nothing_beyond() -> None:
    for fitting in (1, 30):
        assert PLANTED.delay({"days": fitting}) == timedelta(days=fitting)
    for beyond in (0, 31):
        with pytest.raises(PolicyValue):
            PLANTED.delay({"days": beyond})


@pytest.mark.parametrize(
    "value",
    [{}, {"hours": 3}, {"days": "3"}, {"days": 3.0}, {"days": True}, {"days": None}, {"days": 3, "hours": 1}],
    ids=str,
)
def test_a_policy_of_the_wrong_shape_is_refused_with_what_would_fit(value: dict[str, Any]) -> None:
    with pytest.raises(PolicyValue) as refused:
        PLANTED.delay(value)
    assert refused.value.details == {"policy": "PLANTED", "unit": "days", "least": 1, "most": 30}


# -- the table of the house


def test_no_purpose_stands_in_the_table_twice() -> None:
    purposes = [occasion.purpose for occasion in occasions.OCCASIONS]
    assert sorted(set(purposes)) == sorted(purposes)


@pytest.mark.parametrize("occasion", occasions.OCCASIONS, ids=lambda occasion: occasion.purpose)
def test_the_default_of_every_policy_is_within_its_limits(occasion: Occasion) -> None:
    assert occasion.delay(occasion.policy.default) > timedelta(0)

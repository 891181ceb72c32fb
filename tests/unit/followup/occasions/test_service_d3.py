"""SERVICE_D3: was it fixed? asked one to three days after the vehicle was returned, at its limits (C12)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts import shapes
from contracts.followup.policies import HoursLater
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions import occasions_of
from services.followup.visits.occasions.service_d3 import SERVICE_D3
from tests.support.events import made, received

RETURNED_AT = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))  # noqa: DTZ001


def test_a_returned_vehicle_gives_rise_to_it() -> None:
    assert SERVICE_D3 in occasions_of(VehicleReturned)


def test_by_default_it_is_due_two_days_later_at_the_same_hour() -> None:
    due_at = SERVICE_D3.due_at(triggered_at=RETURNED_AT, value=SERVICE_D3.policy.default)
    assert due_at == RETURNED_AT + timedelta(days=2)


@given(MOMENTS, st.integers(24, 72))
def test_it_is_never_later_than_three_days_and_at_default_never_earlier_than_one(naive: datetime, hours: int) -> None:
    returned_at = naive.replace(tzinfo=LOCAL)
    assert SERVICE_D3.due_at(triggered_at=returned_at, value=HoursLater(hours)) <= returned_at + timedelta(hours=72)
    by_default = SERVICE_D3.due_at(triggered_at=returned_at, value=SERVICE_D3.policy.default)
    assert timedelta(hours=24) <= by_default - returned_at <= timedelta(hours=72)


@given(MOMENTS, st.integers(24, 72))
def test_it_is_never_earlier_than_one_day_whatever_the_policy(naive: datetime, hours: int) -> None:
    returned_at = naive.replace(tzinfo=LOCAL)
    due_at = SERVICE_D3.due_at(triggered_at=returned_at, value=HoursLater(hours))
    assert due_at >= returned_at + timedelta(hours=24)


def test_a_policy_says_24_to_72_hours() -> None:
    for hours in (24, 72):
        value = shapes.load(SERVICE_D3.policy.shape, {"hours": hours})
        assert SERVICE_D3.due_at(triggered_at=RETURNED_AT, value=value) == RETURNED_AT + timedelta(hours=hours)
    for hours in (23, 73):
        with pytest.raises(shapes.InvalidShape):
            shapes.load(SERVICE_D3.policy.shape, {"hours": hours})


def test_nobody_is_known_to_be_judged_and_it_rests_on_the_contract() -> None:
    event = received(made(VehicleReturned))
    (trigger,) = SERVICE_D3.triggers[VehicleReturned](event, SERVICE_D3.policy.default)
    assert (trigger.judges, trigger.asks) == (None, None)
    assert SERVICE_D3.consent is None


def test_customer_relations_make_it() -> None:
    assert SERVICE_D3.asked_by == "cr_agent"

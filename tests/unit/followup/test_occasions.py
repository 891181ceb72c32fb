"""The occasions for visits, at their limits (C12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits.errors import PolicyValue
from services.followup.visits.occasions import OCCASIONS, occasions_of
from services.followup.visits.occasions.delivery_d3 import DELIVERY_D3
from services.followup.visits.occasions.delivery_d7 import DELIVERY_D7
from services.followup.visits.occasions.occasion import Occasion
from services.followup.visits.occasions.service_d3 import SERVICE_D3

DELIVERED_AT = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)

CAR = VehicleDelivered(
    order_id=uuid4(),
    vehicle_id=uuid4(),
    vin="LSVAA4182E2123456",
    model="Lavida",
    customer_id=uuid4(),
    consultant_id="li.na",
    delivered_at=DELIVERED_AT,
    first_promise=DELIVERED_AT.date(),
    total_fen=12_980_000,
    km=12,
)
BACK = VehicleReturned(
    ro_id=uuid4(),
    number="HN-RO-202611-0001",
    vehicle_id=uuid4(),
    customer_id=uuid4(),
    km=9000,
    returned_at=DELIVERED_AT,
)


def test_a_delivery_is_an_occasion_for_two_visits_and_a_returned_vehicle_for_one() -> None:
    assert [occasion.purpose for occasion in occasions_of(VehicleDelivered)] == ["DELIVERY_D3", "DELIVERY_D7"]
    assert [occasion.purpose for occasion in occasions_of(VehicleReturned)] == ["SERVICE_D3"]


def test_other_events_are_no_occasion() -> None:
    assert occasions_of(OrderSigned) == []


@pytest.mark.parametrize(
    ("occasion", "days"), [(DELIVERY_D3, 3), (DELIVERY_D7, 7), (SERVICE_D3, 2)], ids=["D3", "D7", "S3"]
)
def test_by_default_the_visit_is_due_so_many_days_later_at_the_same_hour(occasion: Occasion, days: int) -> None:
    due_at = occasion.due_at(triggered_at=DELIVERED_AT, value=occasion.policy.default)
    assert due_at == DELIVERED_AT + timedelta(days=days)


def test_a_due_time_outside_the_calling_windows_moves_to_the_next_one() -> None:
    at_night = DELIVERED_AT.replace(hour=21)
    assert DELIVERY_D3.due_at(triggered_at=at_night, value={"days": 3}) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


def test_days_are_counted_by_local_time_whatever_zone_the_event_speaks() -> None:
    in_utc = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    assert DELIVERY_D3.due_at(triggered_at=in_utc, value={"days": 3}) == datetime(2026, 11, 7, 9, 30, tzinfo=LOCAL)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.integers(24, 72),
)
def test_a_service_visit_is_never_later_than_three_days_and_at_default_never_earlier_than_one(
    naive: datetime, hours: int
) -> None:
    returned_at = naive.replace(tzinfo=LOCAL)
    assert SERVICE_D3.due_at(triggered_at=returned_at, value={"hours": hours}) <= returned_at + timedelta(hours=72)
    by_default = SERVICE_D3.due_at(triggered_at=returned_at, value=SERVICE_D3.policy.default)
    assert timedelta(hours=24) <= by_default - returned_at <= timedelta(hours=72)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.integers(24, 72),
)
def test_a_service_visit_is_never_earlier_than_one_day_whatever_the_policy(naive: datetime, hours: int) -> None:
    returned_at = naive.replace(tzinfo=LOCAL)
    due_at = SERVICE_D3.due_at(triggered_at=returned_at, value={"hours": hours})
    assert due_at >= returned_at + timedelta(hours=24)


@pytest.mark.parametrize("purpose", sorted(OCCASIONS))
def test_a_policy_takes_its_limits_and_nothing_beyond(purpose: str) -> None:
    occasion = OCCASIONS[purpose]
    (unit,) = occasion.policy.default
    for fitting in (occasion.least, occasion.most):
        assert occasion.delay({unit: fitting}) == timedelta(**{unit: fitting})
    for beyond in (occasion.least - 1, occasion.most + 1):
        with pytest.raises(PolicyValue):
            occasion.delay({unit: beyond})


@pytest.mark.parametrize(
    "value",
    [{}, {"hours": 3}, {"days": "3"}, {"days": 3.0}, {"days": True}, {"days": None}, {"days": 3, "hours": 1}],
    ids=str,
)
def test_a_policy_of_the_wrong_shape_is_refused_with_what_would_fit(value: dict[str, Any]) -> None:
    with pytest.raises(PolicyValue) as refused:
        DELIVERY_D3.delay(value)
    assert refused.value.details == {"policy": "DELIVERY_D3", "unit": "days", "least": 1, "most": 30}


@pytest.mark.parametrize("purpose", sorted(OCCASIONS))
def test_the_default_of_every_policy_is_within_its_limits(purpose: str) -> None:
    assert OCCASIONS[purpose].delay(OCCASIONS[purpose].policy.default) > timedelta(0)


def test_the_survey_after_a_sale_judges_the_consultant_and_the_thanks_before_it_nobody() -> None:
    assert DELIVERY_D7.judges(CAR) == "li.na"
    assert DELIVERY_D3.judges(CAR) is None


def test_after_a_repair_nobody_is_known_to_be_judged() -> None:
    assert SERVICE_D3.judges(BACK) is None

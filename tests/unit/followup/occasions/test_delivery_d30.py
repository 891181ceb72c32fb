"""DELIVERY_D30: a sample of all deliveries after a month, and everybody who was not content before, at its limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts import shapes
from contracts.customer.folder import Purpose
from contracts.followup.events import VisitCompleted
from contracts.followup.policies import SampleLater
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions import occasions_of
from services.followup.visits.occasions.delivery_d30 import DELIVERY_D30
from services.followup.visits.rules import Trigger
from tests.support.events import made, received

DELIVERED_AT = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)
ORDER = UUID("01930000-0000-7000-8000-000000000001")


def of_delivery(order: UUID, *, percent: int) -> list[Trigger]:
    event = received(made(VehicleDelivered), subject_id=order, occurred_at=DELIVERED_AT)
    return list(DELIVERY_D30.triggers[VehicleDelivered](event, SampleLater(30, percent, 8)))


def of_answer(
    score: int, *, purpose: str = "DELIVERY_D7", triggered_at: datetime | None = DELIVERED_AT
) -> list[Trigger]:
    told = made(
        VisitCompleted, purpose=purpose, score=score, trigger_type="order", trigger_id=ORDER, triggered_at=triggered_at
    )
    event = received(told, occurred_at=DELIVERED_AT + timedelta(days=8))
    return list(DELIVERY_D30.triggers[VisitCompleted](event, DELIVERY_D30.policy.default))


def test_a_delivery_and_an_answer_give_rise_to_it() -> None:
    assert DELIVERY_D30 in occasions_of(VehicleDelivered)
    assert DELIVERY_D30 in occasions_of(VisitCompleted)


def test_by_default_it_is_due_thirty_days_later_at_the_same_hour() -> None:
    due_at = DELIVERY_D30.due_at(triggered_at=DELIVERED_AT, value=DELIVERY_D30.policy.default)
    assert due_at == DELIVERED_AT + timedelta(days=30)


def test_of_a_thousand_deliveries_about_three_hundred_are_drawn_and_each_stays_what_it_was() -> None:
    orders = [UUID(int=number) for number in range(1000)]
    drawn = {order for order in orders if of_delivery(order, percent=30)}
    assert 250 < len(drawn) < 350
    assert drawn == {order for order in reversed(orders) if of_delivery(order, percent=30)}
    assert drawn <= {order for order in orders if of_delivery(order, percent=31)}


def test_of_nothing_nobody_is_drawn_and_of_a_hundred_in_a_hundred_everybody() -> None:
    orders = [UUID(int=number) for number in range(100)]
    assert not any(of_delivery(order, percent=0) for order in orders)
    assert all(of_delivery(order, percent=100) for order in orders)


@pytest.mark.parametrize(("score", "asked"), [(1, True), (7, True), (8, False), (10, False)])
def test_who_gave_less_than_eight_after_a_week_is_asked_again_because_of_the_same_delivery(
    score: int, asked: bool
) -> None:
    expected = [Trigger(document=("order", str(ORDER)), at=DELIVERED_AT)] if asked else []
    assert of_answer(score) == expected


def test_an_answer_to_something_else_or_of_former_times_gives_rise_to_nothing() -> None:
    assert of_answer(1, purpose="DELIVERY_D3") == of_answer(1, triggered_at=None) == []


def test_drawn_and_not_content_it_is_the_same_visit() -> None:
    (drawn,) = of_delivery(ORDER, percent=100)
    assert [drawn] == of_answer(1)


def test_a_policy_says_within_which_limits() -> None:
    kind = DELIVERY_D30.policy
    for value in ({"days": 15, "percent": 0, "below": 1}, {"days": 60, "percent": 100, "below": 10}):
        assert shapes.plain(shapes.load(kind.shape, value)) == value
    for wrong in ({"days": 14}, {"days": 61}, {"percent": -1}, {"percent": 101}, {"below": 0}, {"below": 11}):
        with pytest.raises(shapes.InvalidShape):
            shapes.load(kind.shape, {"days": 30, "percent": 30, "below": 8, **wrong})


def test_customer_relations_make_it_and_it_rests_on_the_consent_to_sales() -> None:
    assert (DELIVERY_D30.asked_by, DELIVERY_D30.consent) == ("cr_agent", Purpose.SALES)

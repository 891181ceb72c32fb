"""DELIVERY_D7: how the sale went, asked on the seventh day by somebody else, at its limits (C12)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chassis.process.clock import LOCAL
from contracts import shapes
from contracts.customer.folder import Purpose
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions import occasions_of
from services.followup.visits.occasions.delivery_d7 import DELIVERY_D7
from tests.support.events import made, received

DELIVERED_AT = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)


def test_a_delivery_gives_rise_to_it() -> None:
    assert DELIVERY_D7 in occasions_of(VehicleDelivered)


def test_by_default_it_is_due_seven_days_later_at_the_same_hour() -> None:
    due_at = DELIVERY_D7.due_at(triggered_at=DELIVERED_AT, value=DELIVERY_D7.policy.default)
    assert due_at == DELIVERED_AT + timedelta(days=7)


def test_a_policy_says_one_to_thirty_days() -> None:
    for days in (1, 30):
        value = shapes.load(DELIVERY_D7.policy.shape, {"days": days})
        assert DELIVERY_D7.due_at(triggered_at=DELIVERED_AT, value=value) == DELIVERED_AT + timedelta(days=days)
    for days in (0, 31):
        with pytest.raises(shapes.InvalidShape):
            shapes.load(DELIVERY_D7.policy.shape, {"days": days})


def test_it_judges_the_consultant_and_rests_on_the_consent_to_surveys() -> None:
    event = received(made(VehicleDelivered, consultant_id="li.na"))
    (trigger,) = DELIVERY_D7.triggers[VehicleDelivered](event, DELIVERY_D7.policy.default)
    assert (trigger.judges, trigger.asks) == ("li.na", None)
    assert DELIVERY_D7.consent is Purpose.SURVEY


def test_customer_relations_make_it_whoever_of_them() -> None:
    assert DELIVERY_D7.asked_by == "cr_agent"

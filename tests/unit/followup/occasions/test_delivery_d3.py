"""DELIVERY_D3: the consultant thanks on the third day, at its limits (C12)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chassis.process.clock import LOCAL
from contracts import shapes
from contracts.customer.folder import Purpose
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions import occasions_of
from services.followup.visits.occasions.delivery_d3 import DELIVERY_D3
from tests.support.events import made, received

DELIVERED_AT = datetime(2026, 11, 3, 16, 0, tzinfo=LOCAL)


def test_a_delivery_gives_rise_to_it() -> None:
    assert DELIVERY_D3 in occasions_of(VehicleDelivered)


def test_by_default_it_is_due_three_days_later_at_the_same_hour() -> None:
    due_at = DELIVERY_D3.due_at(triggered_at=DELIVERED_AT, value=DELIVERY_D3.policy.default)
    assert due_at == DELIVERED_AT + timedelta(days=3)


def test_a_policy_says_one_to_thirty_days() -> None:
    for days in (1, 30):
        value = shapes.load(DELIVERY_D3.policy.shape, {"days": days})
        assert DELIVERY_D3.due_at(triggered_at=DELIVERED_AT, value=value) == DELIVERED_AT + timedelta(days=days)
    for days in (0, 31):
        with pytest.raises(shapes.InvalidShape):
            shapes.load(DELIVERY_D3.policy.shape, {"days": days})


def test_the_selling_consultant_makes_it_and_it_judges_nobody() -> None:
    event = received(made(VehicleDelivered, consultant_id="li.na"), occurred_at=DELIVERED_AT)
    (trigger,) = DELIVERY_D3.triggers[VehicleDelivered](event, DELIVERY_D3.policy.default)
    assert (trigger.judges, trigger.asks) == (None, "li.na")
    assert (trigger.document, trigger.at) == ((event.subject.type, event.subject.id), DELIVERED_AT)
    assert DELIVERY_D3.asked_by == "consultant"


def test_it_rests_on_the_consent_to_sales() -> None:
    assert DELIVERY_D3.consent is Purpose.SALES

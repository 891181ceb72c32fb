"""DELIVERY_AT_RISK: its consultant tells the customer within hours, until another day is promised or the keys given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.envelope import read
from contracts.followup import policies
from contracts.sales.events import DeliveryAtRisk, DeliveryRepromised, OrderCancelled, VehicleDelivered
from contracts.sales.steps import DeliveryRisk
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.delivery_at_risk import DELIVERY_AT_RISK, endangered, settled
from services.followup.tasks.rules import may_do
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str):
    return read((SAMPLES / f"{name}.v1.json").read_bytes())


@pytest.mark.parametrize("event", [DeliveryAtRisk, DeliveryRepromised, VehicleDelivered, OrderCancelled])
def test_its_events_are_heard(event) -> None:
    assert DELIVERY_AT_RISK in kinds_that_hear(event)


def test_a_promise_that_will_be_broken_is_its_consultants_task_within_four_hours() -> None:
    event = sample("delivery_at_risk")
    opening = endangered(event)
    assert (opening.staff_id, opening.role) == (event.payload.consultant_id, "consultant")
    assert may_do(DELIVERY_AT_RISK.done_by, ["consultant"])
    assert (opening.due_at, DELIVERY_AT_RISK.within) == (None, policies.DELIVERY_AT_RISK)
    assert policies.DELIVERY_AT_RISK.default == policies.HoursToTell(hours=4)
    assert opening.zh == "承诺2026-11-20交车,将延误,预计2026-11-24"
    assert opening.en == "Promised for 2026-11-20: it will be late, ready on 2026-11-24"


def test_without_a_day_nobody_is_told_one() -> None:
    event = sample("delivery_at_risk")
    told = replace(event.payload, level=DeliveryRisk.AT_RISK, predicted_date=None)
    opening = endangered(replace(event, payload=told))
    assert (opening.zh, opening.en) == ("承诺2026-11-20交车,已无余量", "Promised for 2026-11-20: no reserve is left")


@pytest.mark.parametrize("name", ["delivery_repromised", "vehicle_delivered", "order_cancelled"])
def test_another_promise_the_keys_or_a_cancellation_settle_it(name: str) -> None:
    event = sample(name)
    assert settled(event) == [event.subject.id] != []
    assert event.subject.type == sample("delivery_at_risk").subject.type

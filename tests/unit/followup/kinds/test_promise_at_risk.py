"""PROMISE_AT_RISK: the advisor calls a customer whose car will hardly be ready, until another time was promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.envelope import Received, read
from contracts.followup import policies
from contracts.workshop.events import PromiseAtRisk
from contracts.workshop.progress import RiskReason
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.promise_at_risk import PROMISE_AT_RISK, settled, told
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str) -> Received[PromiseAtRisk]:
    return read((SAMPLES / f"{name}.v1.json").read_bytes())


def test_it_is_the_advisor_s_within_a_quarter_of_an_hour() -> None:
    event = sample("promise_at_risk")
    opening = told(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("advisor", event.payload.advisor_id, "HN")
    assert opening.document == ("repair_order", str(event.payload.ro_id))
    assert (opening.due_at, PROMISE_AT_RISK.within) == (None, policies.PROMISE_AT_RISK)
    assert policies.PROMISE_AT_RISK.default == policies.MinutesToCall(minutes=15)
    assert opening.zh == "不能按时交车(待料):承诺 11-02 16:00,预计 11-02 18:45"
    assert opening.en == "Will be late (waits for parts): promised 11-02 16:00, expected 11-02 18:45"


@pytest.mark.parametrize("reason", [reason for reason in RiskReason if reason is not RiskReason.READY])
def test_why_is_said_in_both_languages(reason: RiskReason) -> None:
    event = sample("promise_at_risk")
    opening = told(replace(event, payload=replace(event.payload, reason=reason.value, risk="at_risk", eta=None)))
    assert "()" not in opening.zh + opening.en
    assert (opening.zh.startswith("可能不能"), opening.en.startswith("May be")) == (True, True)
    assert opening.en.endswith("unknown")


@pytest.mark.parametrize(
    "name", ["promise_renewed", "repair_authorized", "repair_ready", "repair_cancelled", "vehicle_returned"]
)
def test_another_promise_or_the_end_of_the_repair_settles_it(name: str) -> None:
    event = sample(name)
    assert PROMISE_AT_RISK in kinds_that_hear(type(event.payload))
    assert settled(event) == [told(sample("promise_at_risk")).subject_id]

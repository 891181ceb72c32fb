"""GUARANTEE_LIMIT: a manager arranges what a car's guarantee asks for before its customer does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.envelope import Received, read
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.guarantee_limit import GUARANTEE_LIMIT, answered, told
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str) -> Received[Any]:
    return read((SAMPLES / f"{name}.v1.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("guarantee_limit_neared", "三包预警:变速器累计修理3次(限4次)", "Near: 3 repairs of Gearbox, 4 are allowed"),
        (
            "lemon_threshold_reached",
            "三包达到:变速器累计修理5次(限4次)",
            "Reached: 5 repairs of Gearbox, 4 are allowed",
        ),
        (
            "courtesy_car_due",
            "三包达到:本次修理第6日,超过5日须提供备用车或补偿",
            "Reached: day 6 of this repair; a courtesy car is due after 5",
        ),
    ],
)
def test_it_is_a_manager_s_with_what_was_counted(name: str, zh: str, en: str) -> None:
    event = sample(name)
    assert GUARANTEE_LIMIT in kinds_that_hear(type(event.payload))
    opening = told(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("service_manager", None, "HN")
    assert (opening.zh, opening.en) == (zh, en)
    assert opening.due_at == event.occurred_at + timedelta(hours=4)
    assert opening.document == ("repair_order", str(event.payload.ro_id))


def test_what_was_arranged_is_its_end() -> None:
    assert [*answered(sample("guarantee_answered"))] == [told(sample("courtesy_car_due")).subject_id]

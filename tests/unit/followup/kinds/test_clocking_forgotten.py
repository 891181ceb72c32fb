"""CLOCKING_FORGOTTEN: a manager says by the next day when a technician really stopped, who did not stop his clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.envelope import Received, read
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.clocking_forgotten import CLOCKING_FORGOTTEN, confirmed, forgotten
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str) -> Received[Any]:
    return read((SAMPLES / f"{name}.v1.json").read_bytes())


def test_it_is_a_manager_s_until_the_next_day() -> None:
    event = sample("clocking_forgotten")
    opening = forgotten(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("service_manager", None, "HN")
    assert (opening.subject_id, opening.document) == (
        str(event.payload.clocking_id),
        ("repair_order", str(event.payload.ro_id)),
    )
    assert opening.due_at == event.occurred_at + timedelta(days=1)
    assert opening.zh == "技师s-3007忘记停止计时:11-02 14:00 起,系统于 17:30 停止,请确认"
    assert opening.en == "s-3007 forgot to stop his clock: from 11-02 14:00, stopped for him at 17:30; say when he did"


def test_whatever_he_says_is_the_end_of_it() -> None:
    event = sample("clocking_confirmed")
    assert CLOCKING_FORGOTTEN in kinds_that_hear(type(event.payload))
    assert [*confirmed(event)] == [forgotten(sample("clocking_forgotten")).subject_id]

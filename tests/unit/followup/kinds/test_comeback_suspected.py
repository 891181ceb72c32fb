"""COMEBACK_SUSPECTED: a manager who had no part in the first repair says within the hour whether it failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.envelope import Received, read
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.comeback_suspected import COMEBACK_SUSPECTED, decided, suspected
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str) -> Received[Any]:
    return read((SAMPLES / f"{name}.v1.json").read_bytes())


def test_it_is_a_manager_s_who_had_no_part_in_the_first_repair() -> None:
    event = sample("comeback_suspected")
    opening = suspected(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("service_manager", None, "HN")
    assert opening.not_for == ("s-3007", "s-4002")
    assert opening.document == ("repair_order", str(event.payload.ro_id))
    assert opening.due_at == event.occurred_at + timedelta(hours=1)
    assert opening.zh == "疑似返修:制动系,第1次,请判定是否由本店承担"
    assert opening.en == "May be work of ours done again: Brakes, for the 1. time; say whether the house pays"


def test_from_the_second_time_on_it_says_what_the_law_wants() -> None:
    event = sample("comeback_suspected")
    opening = suspected(replace(event, payload=replace(event.payload, times=2)))
    assert "第2次" in opening.zh
    assert opening.zh.endswith("须安排其他修理厂,拒绝须3日内举证")
    assert opening.en.endswith("arrange another workshop, or bring evidence within 3 days")


@pytest.mark.parametrize("name", ["comeback_detected", "comeback_cleared"])
def test_whatever_is_said_of_it_is_its_end(name: str) -> None:
    event = sample(name)
    assert COMEBACK_SUSPECTED in kinds_that_hear(type(event.payload))
    assert [*decided(event)] == [suspected(sample("comeback_suspected")).subject_id]

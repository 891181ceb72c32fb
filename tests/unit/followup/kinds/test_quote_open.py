"""QUOTE_OPEN: who has a quote is asked for his word on its last day, by the consultant it is credited to."""

from __future__ import annotations

from datetime import datetime

import pytest

from chassis.process.clock import LOCAL
from contracts.envelope import read
from services.followup.tasks.kinds.quote_open import QUOTE_OPEN, over, presented
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_its_consultant_has_the_whole_last_day() -> None:
    event = read((SAMPLES / "quote_presented.v1.json").read_bytes())
    opening = presented(event)
    assert (opening.staff_id, opening.role, opening.store_id) == ("s-1021", "consultant", "HN")
    assert (opening.due_at, QUOTE_OPEN.all_day) == (datetime(2026, 11, 9, tzinfo=LOCAL), True)
    assert event.payload.model in opening.zh and event.payload.model in opening.en and "11-09" in opening.zh
    assert opening.document == ("quote", opening.subject_id)


@pytest.mark.parametrize("name", ["quote_accepted", "quote_lost", "quote_expired", "quote_revised"])
def test_his_word_the_end_and_another_version_close_it(name: str) -> None:
    event = read((SAMPLES / f"{name}.v1.json").read_bytes())
    given = read((SAMPLES / "quote_presented.v1.json").read_bytes())
    assert over(event) == [presented(given).subject_id]
    assert type(event.payload) in QUOTE_OPEN.closes

"""MERGE_QUESTION: whether two records are one customer is asked of customer relations until it is decided."""

from __future__ import annotations

from contracts.customer.events import DuplicateDecided, DuplicateSuspected
from contracts.envelope import read
from contracts.followup import policies
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.merge_question import MERGE_QUESTION, answered, asked
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_both_events_are_its_own() -> None:
    assert MERGE_QUESTION in kinds_that_hear(DuplicateSuspected)
    assert MERGE_QUESTION in kinds_that_hear(DuplicateDecided)


def test_a_suspicion_asks_customer_relations_of_its_store_within_two_days() -> None:
    event = read((SAMPLES / "duplicate_suspected.v1.json").read_bytes())
    opening = asked(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("cr_agent", None, "HN")
    assert opening.customer_id == event.payload.customer_id
    assert (opening.due_at, MERGE_QUESTION.within) == (None, policies.MERGE_QUESTION)
    assert policies.MERGE_QUESTION.default == policies.DaysToDecide(days=2)
    assert "82" in opening.zh
    assert "82" in opening.en


def test_the_decision_answers_the_same_question() -> None:
    suspected = read((SAMPLES / "duplicate_suspected.v1.json").read_bytes())
    decided = read((SAMPLES / "duplicate_decided.v1.json").read_bytes())
    assert answered(decided) == [asked(suspected).subject_id]

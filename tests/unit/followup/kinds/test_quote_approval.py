"""QUOTE_APPROVAL: a quote beyond the limits is a manager's task until somebody decides, and never its writer's."""

from __future__ import annotations

import pytest

from contracts.envelope import read
from contracts.followup import policies
from services.followup.tasks.kinds.quote_approval import QUOTE_APPROVAL, asked, decided
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_a_quote_asks_a_manager_of_its_store_but_nobody_whose_own_it_is() -> None:
    event = read((SAMPLES / "quote_approval_requested.v1.json").read_bytes())
    opening = asked(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("sales_manager", None, "HN")
    assert opening.customer_id == event.payload.customer_id
    assert opening.not_for == ("s-1021", "s-1022")
    assert (opening.due_at, QUOTE_APPROVAL.within) == (None, policies.ORDER_APPROVAL)
    assert opening.document == ("quote", opening.subject_id)


@pytest.mark.parametrize("name", ["quote_approved", "quote_rejected", "quote_revised", "quote_lost"])
def test_whatever_becomes_of_the_version_answers_the_question(name: str) -> None:
    event = read((SAMPLES / f"{name}.v1.json").read_bytes())
    requested = read((SAMPLES / "quote_approval_requested.v1.json").read_bytes())
    assert decided(event) == [asked(requested).subject_id]
    assert type(event.payload) in QUOTE_APPROVAL.closes

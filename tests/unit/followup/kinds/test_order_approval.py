"""ORDER_APPROVAL: a price beyond the limits is a manager's task until somebody decides, and never its writer's."""

from __future__ import annotations

import pytest

from contracts.envelope import read
from contracts.followup import policies
from services.followup.tasks.kinds.order_approval import ORDER_APPROVAL, asked, decided
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_a_price_asks_a_manager_of_its_store_within_hours_but_nobody_whose_own_it_is() -> None:
    event = read((SAMPLES / "order_approval_requested.v1.json").read_bytes())
    opening = asked(event)
    assert (opening.role, opening.staff_id, opening.store_id) == ("sales_manager", None, "HN")
    assert opening.customer_id == event.payload.customer_id
    assert opening.not_for == ("s-1021", "s-1022")
    assert (opening.due_at, ORDER_APPROVAL.within) == (None, policies.ORDER_APPROVAL)
    assert policies.ORDER_APPROVAL.default == policies.HoursToDecide(hours=4)


@pytest.mark.parametrize("name", ["order_approved", "order_rejected", "order_cancelled"])
def test_whatever_is_decided_answers_the_same_question(name: str) -> None:
    event = read((SAMPLES / f"{name}.v1.json").read_bytes())
    requested = read((SAMPLES / "order_approval_requested.v1.json").read_bytes())
    assert decided(event) == [asked(requested).subject_id]
    assert type(event.payload) in ORDER_APPROVAL.closes

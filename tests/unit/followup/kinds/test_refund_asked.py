"""REFUND_ASKED: whoever asked for a refund does not decide it; another manager is asked until it is decided."""

from __future__ import annotations

from contracts.envelope import read
from contracts.sales.events import RefundApproved, RefundRefused, RefundRequested
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.refund_asked import REFUND_ASKED, asked, decided
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_all_three_events_are_its_own() -> None:
    for event in (RefundRequested, RefundApproved, RefundRefused):
        assert REFUND_ASKED in kinds_that_hear(event)


def test_the_managers_of_the_store_are_asked_but_not_he_who_asked() -> None:
    event = read((SAMPLES / "refund_requested.v1.json").read_bytes())
    opening = asked(event)
    assert opening is not None
    assert (opening.role, opening.staff_id, opening.not_for) == ("sales_manager", None, (event.payload.requested_by,))
    assert opening.document == ("order", str(event.payload.order_id))
    assert "19.90" in opening.zh
    assert "19.90" in opening.en


def test_either_decision_closes_it() -> None:
    opening = asked(read((SAMPLES / "refund_requested.v1.json").read_bytes()))
    assert opening is not None
    for name in ("refund_approved", "refund_refused"):
        assert decided(read((SAMPLES / f"{name}.v1.json").read_bytes())) == [opening.subject_id]

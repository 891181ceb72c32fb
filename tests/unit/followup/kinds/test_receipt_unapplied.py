"""RECEIPT_UNAPPLIED: money that nobody owed is finance's until it is used or promised back."""

from __future__ import annotations

from contracts.envelope import read
from contracts.sales.events import ReceiptSettled, ReceiptUnapplied
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.receipt_unapplied import RECEIPT_UNAPPLIED, idle, settled
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_both_events_are_its_own() -> None:
    assert RECEIPT_UNAPPLIED in kinds_that_hear(ReceiptUnapplied)
    assert RECEIPT_UNAPPLIED in kinds_that_hear(ReceiptSettled)


def test_finance_of_the_store_has_it_until_the_same_payment_is_settled() -> None:
    event = read((SAMPLES / "receipt_unapplied.v1.json").read_bytes())
    opening = idle(event)
    assert opening is not None
    assert (opening.role, opening.staff_id, opening.store_id) == ("finance", None, event.store_id)
    assert "19.90" in opening.zh
    assert "19.90" in opening.en
    assert settled(read((SAMPLES / "receipt_settled.v1.json").read_bytes())) == [opening.subject_id]

"""VEHICLE_OFFERED: whose order has a vehicle kept for it must set it aside before it goes to the next."""

from __future__ import annotations

from datetime import timedelta

from contracts.envelope import read
from contracts.sales.events import VehicleOffered, VehicleOfferEnded
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.vehicle_offered import VEHICLE_OFFERED, kept, over
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def test_both_events_are_its_own() -> None:
    assert VEHICLE_OFFERED in kinds_that_hear(VehicleOffered)
    assert VEHICLE_OFFERED in kinds_that_hear(VehicleOfferEnded)


def test_the_order_s_consultant_is_to_tell_him_within_two_hours() -> None:
    event = read((SAMPLES / "vehicle_offered.v1.json").read_bytes())
    opening = kept(event)
    told, soon = event.payload, event.occurred_at + timedelta(hours=2)
    assert (opening.staff_id, opening.role, opening.due_at) == (told.consultant_id, "consultant", soon)
    assert soon < told.until
    assert (opening.subject_id, opening.document) == (str(told.order_id), ("order", str(told.order_id)))
    assert told.vin in opening.zh
    assert told.vin in opening.en


def test_the_end_closes_the_same_order_s_task() -> None:
    offered = read((SAMPLES / "vehicle_offered.v1.json").read_bytes())
    ended = read((SAMPLES / "vehicle_offer_ended.v1.json").read_bytes())
    assert over(ended) == [kept(offered).subject_id]

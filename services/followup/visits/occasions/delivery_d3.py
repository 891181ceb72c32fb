"""DELIVERY_D3: on the third day the selling consultant calls: thanks, use, insurance, plate, referral (C12)."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.envelope import Received
from contracts.followup import policies
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, because_of
from services.followup.visits.rules import Trigger


def delivered(event: Received[VehicleDelivered], _: policies.DaysLater) -> list[Trigger]:
    """Of every car; who sold it calls."""
    return [because_of(event, asks=event.payload.consultant_id)]


DELIVERY_D3 = Occasion(
    policy=policies.DELIVERY_D3,
    asked_by="consultant",
    consent=Purpose.SALES,
    triggers={VehicleDelivered: delivered},
)

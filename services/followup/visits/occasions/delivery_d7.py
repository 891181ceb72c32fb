"""DELIVERY_D7: on the seventh day customer relations ask how the sale went, not the consultant who made it (C12)."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.envelope import Received
from contracts.followup import policies
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, because_of
from services.followup.visits.rules import Trigger


def delivered(event: Received[VehicleDelivered], _: policies.DaysLater) -> list[Trigger]:
    """Of every car; it judges who sold it."""
    return [because_of(event, judges=event.payload.consultant_id)]


DELIVERY_D7 = Occasion(
    policy=policies.DELIVERY_D7,
    asked_by="cr_agent",
    consent=Purpose.SURVEY,
    triggers={VehicleDelivered: delivered},
)

"""DELIVERY_D7: on the seventh day customer relations ask how the sale went, not the consultant who made it (C12)."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.followup import policies
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion


def consultant(event: VehicleDelivered) -> str:
    """Who sold the car."""
    return event.consultant_id


DELIVERY_D7 = Occasion(
    heard=VehicleDelivered,
    policy=policies.DELIVERY_D7,
    asked_by="cr_agent",
    judges=consultant,
    consent=Purpose.SURVEY,
)

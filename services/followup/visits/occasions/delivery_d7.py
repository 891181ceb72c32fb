"""DELIVERY_D7: on the seventh day customer relations ask how the sale went, not the consultant who made it (C12)."""

from __future__ import annotations

from chassis.store.policies import Policy
from contracts.customer.folder import Purpose
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion


def consultant(event: VehicleDelivered) -> str:
    """Who sold the car."""
    return event.consultant_id


DELIVERY_D7 = Occasion(
    heard=VehicleDelivered,
    policy=Policy("DELIVERY_D7", {"days": 7}),
    least=1,
    most=30,
    judges=consultant,
    consent=Purpose.SURVEY,
)

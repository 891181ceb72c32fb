"""DELIVERY_D3: on the third day the selling consultant calls: thanks, use, insurance, plate, referral (C12)."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.followup import policies
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, nobody


def consultant(event: VehicleDelivered) -> str:
    """Who sold the car."""
    return event.consultant_id


DELIVERY_D3 = Occasion(
    heard=VehicleDelivered,
    policy=policies.DELIVERY_D3,
    asked_by="consultant",
    judges=nobody,
    consent=Purpose.SALES,
    asks=consultant,
)

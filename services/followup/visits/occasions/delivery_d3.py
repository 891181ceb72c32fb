"""DELIVERY_D3: on the third day the selling consultant calls: thanks, use, insurance, plate, referral (C12)."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.followup import policies
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, nobody

DELIVERY_D3 = Occasion(
    heard=VehicleDelivered,
    policy=policies.DELIVERY_D3,
    judges=nobody,
    consent=Purpose.SALES,
)

"""DELIVERY_D3: on the third day the selling consultant calls: thanks, use, insurance, plate, referral (C12)."""

from __future__ import annotations

from chassis.store.policies import Policy
from contracts.customer.folder import Purpose
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, nobody

DELIVERY_D3 = Occasion(
    heard=VehicleDelivered,
    policy=Policy("DELIVERY_D3", {"days": 3}),
    least=1,
    most=30,
    judges=nobody,
    consent=Purpose.SALES,
)

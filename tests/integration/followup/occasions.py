"""The occasions of these tests: whatever visits the house plans today, what is made of an occasion stays the same."""

from __future__ import annotations

from chassis.store.policies import Policy
from contracts.customer.folder import Purpose
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions.occasion import Occasion, nobody

THANKS = Occasion(
    heard=VehicleDelivered,
    policy=Policy("SALE_THANKS", {"days": 3}),
    least=1,
    most=30,
    judges=nobody,
    consent=Purpose.SALES,
)
SURVEY = Occasion(
    heard=VehicleDelivered,
    policy=Policy("SALE_SURVEY", {"days": 7}),
    least=1,
    most=30,
    judges=lambda delivered: delivered.consultant_id,
    consent=Purpose.SURVEY,
)
REPAIR = Occasion(
    heard=VehicleReturned,
    policy=Policy("REPAIR_CHECK", {"hours": 48}),
    least=24,
    most=72,
    judges=nobody,
    consent=None,
)
PLANTED = (THANKS, SURVEY, REPAIR)

"""The occasions of these tests: whatever visits the house plans today, what is made of an occasion stays the same."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.followup.policies import DaysLater, HoursLater
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions.occasion import Occasion, nobody
from tests.support.publishing import planted

THANKS = Occasion(
    heard=VehicleDelivered,
    policy=planted("SALE_THANKS", DaysLater(3), service="followup"),
    asked_by="consultant",
    judges=nobody,
    consent=Purpose.SALES,
    asks=lambda delivered: delivered.consultant_id,
)
SURVEY = Occasion(
    heard=VehicleDelivered,
    policy=planted("SALE_SURVEY", DaysLater(7), service="followup"),
    asked_by="cr_agent",
    judges=lambda delivered: delivered.consultant_id,
    consent=Purpose.SURVEY,
)
REPAIR = Occasion(
    heard=VehicleReturned,
    policy=planted("REPAIR_CHECK", HoursLater(48), service="followup"),
    asked_by="cr_agent",
    judges=nobody,
    consent=None,
)
PLANTED = (THANKS, SURVEY, REPAIR)

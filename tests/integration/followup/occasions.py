"""The occasions of these tests: whatever visits the house plans today, what is made of an occasion stays the same."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.followup.policies import DaysLater, HoursLater
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions.occasion import Occasion, because_of
from tests.support.publishing import planted

THANKS = Occasion(
    policy=planted("SALE_THANKS", DaysLater(3), service="followup"),
    asked_by="consultant",
    consent=Purpose.SALES,
    triggers={VehicleDelivered: lambda event, _: [because_of(event, asks=event.payload.consultant_id)]},
)
SURVEY = Occasion(
    policy=planted("SALE_SURVEY", DaysLater(7), service="followup"),
    asked_by="cr_agent",
    consent=Purpose.SURVEY,
    triggers={VehicleDelivered: lambda event, _: [because_of(event, judges=event.payload.consultant_id)]},
)
REPAIR = Occasion(
    policy=planted("REPAIR_CHECK", HoursLater(48), service="followup"),
    asked_by="cr_agent",
    consent=None,
    triggers={VehicleReturned: lambda event, _: [because_of(event)]},
)
PLANTED = (THANKS, SURVEY, REPAIR)

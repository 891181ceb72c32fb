"""SERVICE_D3: one to three days after the vehicle was returned customer relations ask: was it fixed? (C12).

The event does not say who did the work; once it does, `judges` names him.
"""

from __future__ import annotations

from contracts.followup import policies
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions.occasion import Occasion, nobody

SERVICE_D3 = Occasion(
    heard=VehicleReturned,
    policy=policies.SERVICE_D3,
    asked_by="cr_agent",
    judges=nobody,
    consent=None,
)

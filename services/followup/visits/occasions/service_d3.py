"""SERVICE_D3: one to three days after the vehicle was returned customer relations ask: was it fixed? (C12).

The event does not say who did the work; once it does, the visit judges him.
"""

from __future__ import annotations

from contracts.envelope import Received
from contracts.followup import policies
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions.occasion import Occasion, because_of
from services.followup.visits.rules import Trigger


def returned(event: Received[VehicleReturned], _: policies.HoursLater) -> list[Trigger]:
    """Of every vehicle."""
    return [because_of(event)]


SERVICE_D3 = Occasion(
    policy=policies.SERVICE_D3,
    asked_by="cr_agent",
    consent=None,
    triggers={VehicleReturned: returned},
)

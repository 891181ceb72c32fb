"""DELIVERY_D30: after a month customer relations ask how the car is used, and invite to the first service (C12).

Of all deliveries a sample, and everybody who was not content with the sale when he was asked a week after it.
"""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.envelope import Received
from contracts.followup import policies
from contracts.followup.events import VisitCompleted
from contracts.sales.events import VehicleDelivered
from services.followup.visits.occasions.occasion import Occasion, because_of
from services.followup.visits.rules import Trigger, is_drawn


def delivered(event: Received[VehicleDelivered], value: policies.SampleLater) -> list[Trigger]:
    """The deliveries that are drawn."""
    drawn = is_drawn(event.subject.id, purpose="DELIVERY_D30", percent=value.percent)
    return [because_of(event)] if drawn else []


def answered(event: Received[VisitCompleted], value: policies.SampleLater) -> list[Trigger]:
    """The delivery of who was not content after a week, drawn or not; counted from the delivery."""
    told = event.payload
    if told.purpose != policies.DELIVERY_D7.code or told.score >= value.below or told.triggered_at is None:
        return []
    return [Trigger(document=(told.trigger_type, str(told.trigger_id)), at=told.triggered_at)]


DELIVERY_D30 = Occasion(
    policy=policies.DELIVERY_D30,
    asked_by="cr_agent",
    consent=Purpose.SALES,
    triggers={VehicleDelivered: delivered, VisitCompleted: answered},
)

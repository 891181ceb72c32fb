"""VEHICLE_OFFERED: a vehicle is kept for an order that has waited, and its consultant must take it in time (R47)."""

from __future__ import annotations

from datetime import timedelta

from contracts.envelope import Received
from contracts.sales.events import VehicleOffered, VehicleOfferEnded
from contracts.sales.operations import allocate_vehicle
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

PROMPTLY = timedelta(hours=2)
"""A customer who has waited is told the same day, however long the vehicle is kept."""


def kept(event: Received[VehicleOffered]) -> Opening:
    """The order's consultant's, promptly: the vehicle goes to the next."""
    told = event.payload
    return Opening(
        subject_id=str(told.order_id),
        store_id=event.store_id,
        role="consultant",
        staff_id=told.consultant_id,
        customer_id=told.customer_id,
        document=("order", str(told.order_id)),
        due_at=min(told.until, event.occurred_at + PROMPTLY),
        zh=f"到车:{told.model} {told.vin}已为该订单保留,请尽快配车",
        en=f"A {told.model} has come, {told.vin}, and is kept for this order: set it aside in time",
    )


def over(event: Received[VehicleOfferEnded]) -> list[str]:
    """The order, whether it took the vehicle or not."""
    return [str(event.payload.order_id)]


VEHICLE_OFFERED = Kind(
    code="VEHICLE_OFFERED",
    zh="到车待配",
    en="Vehicle to set aside",
    done_by=allocate_vehicle,
    console="/console/{store_id}/orders/{subject_id}",
    api="/api/v1/orders/{subject_id}",
    opens={VehicleOffered: kept},
    closes={VehicleOfferEnded: over},
)

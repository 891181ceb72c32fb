"""Odometer readings, out of what sales and the workshop tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.rows import Insert
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.models import Odometer

READ = (VehicleDelivered, RepairOrderOpened, VehicleReturned)
"""Events that tell how far a vehicle was driven."""

_odometer: Any = Odometer.__table__


def readings(received: Sequence[Received[Any]]) -> Insert:
    """The readings in these events, to be written with other rows; events that tell none are passed over.

    They are judged when they are read (`rules/odometer.py`), so that late ones need nobody to wait.
    """
    rows = [_row(event) for event in received if isinstance(event.payload, READ)]
    return Insert(_odometer, rows, "DO NOTHING")


def _row(event: Received[VehicleDelivered | RepairOrderOpened | VehicleReturned]) -> dict[str, Any]:
    """A reading is known by what told it: an event of that kind about that document."""
    return {
        "vehicle_id": event.payload.vehicle_id,
        "at": event.occurred_at,
        "source_id": f"{event.envelope.event_type}/{event.subject.id}",
        "km": event.payload.km,
    }

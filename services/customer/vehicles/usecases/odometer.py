"""Odometer readings, out of what sales and the workshop tell, and departments' files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from chassis.store.rows import Insert
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairOrderKmCorrected, RepairOrderOpened, VehicleReturned
from services.customer.vehicles.models import Odometer

READ = (VehicleDelivered, RepairOrderOpened, RepairOrderKmCorrected, VehicleReturned)
"""Events that tell how far a vehicle was driven, or that it was told wrongly."""

IMPORT = "import"
"""The source of what a department's file says."""


class Imported(NamedTuple):
    """What a department's file says that a vehicle's odometer showed."""

    vehicle_id: UUID
    at: datetime
    km: int


_odometer: Any = Odometer.__table__


def readings(received: Sequence[Received[Any]]) -> Insert:
    """The readings in these events, to be written with other rows; events that tell none are passed over.

    They are judged when they are read (`rules/odometer.py`), so that late ones need nobody to wait.
    """
    rows = [_row(event) for event in received if isinstance(event.payload, READ)]
    return Insert(_odometer, rows, "DO NOTHING")


def imported(told: Sequence[Imported]) -> Insert:
    """The readings in these rows of files, to be written with other rows.

    One is known by its vehicle, moment and kilometres, so that another file that says the same adds nothing.
    """
    rows = [{**one._asdict(), "source_id": f"{IMPORT}/{one.km:07}"} for one in told]
    return Insert(_odometer, rows, "DO NOTHING")


def _row(
    event: Received[VehicleDelivered | RepairOrderOpened | RepairOrderKmCorrected | VehicleReturned],
) -> dict[str, Any]:
    """A reading is known by what told it: an event of that kind about that document."""
    return {
        "vehicle_id": event.payload.vehicle_id,
        "at": event.occurred_at,
        "source_id": f"{event.envelope.event_type}/{event.subject.id}",
        "km": event.payload.km,
    }

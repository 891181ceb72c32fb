"""Odometer readings, out of what sales and the workshop tell, and departments' files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.store.rows import Insert, insert_together
from contracts.envelope import Received
from contracts.odometer import WhichReading
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import OdometerRecorded, RepairOrderKmCorrected, RepairOrderOpened
from services.customer.vehicles.models import Odometer

READ = (VehicleDelivered, RepairOrderOpened, RepairOrderKmCorrected, OdometerRecorded)
"""Events that tell how far a vehicle was driven, or that it was told wrongly.

What a vehicle was taken in with is told by `odometer_recorded`; orders from before there was one have it in
`repair_order_opened` alone. Both make the same row, so no reading counts twice.
"""

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


def keep(session: Session, received: Sequence[Received[OdometerRecorded]]) -> None:
    """What the workshop read."""
    insert_together(session, [readings(received)])


def imported(told: Sequence[Imported]) -> Insert:
    """The readings in these rows of files, to be written with other rows.

    One is known by its vehicle, moment and kilometres, so that another file that says the same adds nothing.
    """
    rows = [{**one._asdict(), "source_id": f"{IMPORT}/{one.km:07}"} for one in told]
    return Insert(_odometer, rows, "DO NOTHING")


def _row(
    event: Received[VehicleDelivered | RepairOrderOpened | RepairOrderKmCorrected | OdometerRecorded],
) -> dict[str, Any]:
    """A reading is known by what told it: an event of that kind about that document, and which of its readings."""
    told, at = event.envelope.event_type, event.occurred_at
    if isinstance(event.payload, OdometerRecorded):
        told, at = _AS_IF[WhichReading(event.payload.reading)], event.payload.read_at
    which = "/out" if getattr(event.payload, "reading", WhichReading.IN) == WhichReading.OUT else ""
    return {
        "vehicle_id": event.payload.vehicle_id,
        "at": at,
        "source_id": f"{told}/{event.subject.id}{which}",
        "km": event.payload.km,
    }


_AS_IF = {WhichReading.IN: "repair_order_opened", WhichReading.OUT: "vehicle_returned"}
"""What a reading of the workshop is shown as: of the taking in, or of the handing back."""

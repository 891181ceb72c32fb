"""Odometer readings, out of what sales and the workshop tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.rows import as_json, insert_all
from contracts.customer.vehicles import ReadingStatus
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.models import Odometer
from services.customer.rules.odometer import Reading, judge

READ = (VehicleDelivered, RepairOrderOpened, VehicleReturned)
"""Events that tell how far a vehicle was driven."""

_odometer: Any = Odometer.__table__
_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(hashtextextended(vehicle::text, 4))
      FROM (SELECT vehicle FROM unnest(CAST(:vehicles AS uuid[])) AS vehicle ORDER BY vehicle) in_one_order
    """
)
"""Two readings of one vehicle must be judged with each other in sight."""

_JUDGED = text(
    """
    UPDATE odometer known SET status = told.status
      FROM jsonb_populate_recordset(NULL::odometer, CAST(:rows AS jsonb)) AS told
     WHERE known.vehicle_id = told.vehicle_id AND known.at = told.at AND known.source_id = told.source_id
    """
)


def keep(session: Session, received: Sequence[Received[Any]]) -> None:
    """Keep the readings in these events, and judge those of their vehicles anew, in whatever order they come.

    Events that tell no reading are passed over. To be called last: it waits for others who read the same vehicles.
    """
    rows = [_row(event) for event in received if isinstance(event.payload, READ)]
    if not rows:
        return
    vehicles = sorted({row["vehicle_id"] for row in rows})
    session.execute(_LOCK, {"vehicles": vehicles})
    insert_all(session, _odometer, rows, on_conflict="DO NOTHING")
    by_vehicle: dict[UUID, dict[Reading, str]] = defaultdict(dict)
    for row in session.execute(select(_odometer).where(_odometer.c.vehicle_id.in_(vehicles))):
        by_vehicle[row.vehicle_id][Reading(row.at, row.source_id, row.km)] = row.status
    changed = [
        {"vehicle_id": vehicle_id, "at": reading.at, "source_id": reading.source_id, "km": reading.km, "status": status}
        for vehicle_id, known in by_vehicle.items()
        for reading, status in judge(list(known)).items()
        if known[reading] != status
    ]
    if changed:
        session.execute(_JUDGED, {"rows": as_json(changed)})


def _row(event: Received[VehicleDelivered | RepairOrderOpened | VehicleReturned]) -> dict[str, Any]:
    """A reading is known by what told it: an event of that kind about that document."""
    return {
        "vehicle_id": event.payload.vehicle_id,
        "at": event.occurred_at,
        "source_id": f"{event.envelope.event_type}/{event.subject.id}",
        "km": event.payload.km,
        "status": ReadingStatus.OK,
    }

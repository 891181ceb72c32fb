"""Vehicles of customers: registered once by VIN, with their plates over time and their parties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Cause, Fact
from chassis.store.rows import Insert, as_json, insert_all, insert_together, values_of
from contracts.customer import events
from contracts.plate import Plate
from services.customer.vehicles.models import Vehicle, VehicleParty, VehiclePlate

OWNER = "owner"

_COMPLETE = text(
    """
    UPDATE vehicle v
       SET model = CASE WHEN v.model = '' THEN told.model ELSE v.model END,
           colour = CASE WHEN v.colour = '' THEN told.colour ELSE v.colour END
      FROM jsonb_populate_recordset(NULL::vehicle, CAST(:rows AS jsonb)) AS told
     WHERE v.id = told.id AND ((v.model = '' AND told.model <> '') OR (v.colour = '' AND told.colour <> ''))
    """
)
_PLATES = text(
    """
    SELECT vehicle_id, plate, kind, since FROM vehicle_plate
     WHERE vehicle_id = ANY(CAST(:vehicles AS uuid[])) AND until IS NULL ORDER BY vehicle_id FOR UPDATE
    """
)
_PLATE_ENDS = text(
    """
    UPDATE vehicle_plate known SET until = ended.until
      FROM jsonb_populate_recordset(NULL::vehicle_plate, CAST(:rows AS jsonb)) AS ended
     WHERE known.vehicle_id = ended.vehicle_id AND known.plate = ended.plate AND known.until IS NULL
    """
)
_EARLIEST = """
    (vehicle_id, first_customer_id, role) DO UPDATE
        SET since = least(known.since, excluded.since),
            until = CASE WHEN excluded.since < known.until THEN known.until END
     WHERE excluded.since < known.since OR excluded.since >= known.until
"""
"""Told of a time at which a role lasted, we learn nothing of its end; told of one after it, the role is there again."""
_vehicles: Any = Vehicle.__table__
_plates: Any = VehiclePlate.__table__
_parties: Any = VehicleParty.__table__


@dataclass(frozen=True, slots=True)
class Seen:
    """A vehicle, the plate it had, and the store that saw it."""

    vehicle: Vehicle
    store_id: str
    at: datetime
    plate: Plate | None = None
    cause: Cause | None = None


class Party(NamedTuple):
    """Who has what to do with a vehicle, since when.

    `origin_customer_id` is of whom it was told, if his record lives on in the customer's (E8).
    """

    vehicle_id: UUID
    customer_id: UUID
    role: str
    since: datetime
    origin_customer_id: UUID | None = None

    @property
    def told(self) -> tuple[UUID, UUID, str]:
        """What there is one row of."""
        return self.vehicle_id, self.origin_customer_id or self.customer_id, self.role


def keep_vehicles(session: Session, seen: Sequence[Seen]) -> list[Fact]:
    """Register the vehicles that are new, complete the others, change plates; the facts to record of it."""
    facts, plates = vehicle_writes(session, seen)
    insert_together(session, plates)
    return facts


def vehicle_writes(session: Session, seen: Sequence[Seen]) -> tuple[list[Fact], list[Insert]]:
    """As `keep_vehicles`, with the plates that begin left to be written together with other rows."""
    if not seen:
        return [], []
    each = {one.vehicle.id: one for one in sorted(seen, key=lambda one: one.vehicle.id)}
    rows = [values_of(one.vehicle) for one in each.values()]
    new = set(insert_all(session, _vehicles, rows, on_conflict="DO NOTHING", returning="id").scalars())
    if known := [row for row in rows if row["id"] not in new]:
        session.execute(_COMPLETE, {"rows": as_json(known)})
    facts = [_registered(each[vehicle_id]) for vehicle_id in each if vehicle_id in new]
    changed, plates = plate_writes(session, [one for one in each.values() if one.plate is not None], new=new)
    return facts + changed, [plates]


def plate_writes(session: Session, seen: Iterable[Seen], *, new: set[UUID]) -> tuple[list[Fact], Insert]:
    """The plate seen last is the current one; a temporary one never follows a plate of the vehicle's own (E5).

    `new` are vehicles that had none. The plates that begin are left to be written; those that end are ended.
    """
    shown = {one.vehicle.id: one for one in seen}
    others = [vehicle_id for vehicle_id in shown if vehicle_id not in new]
    current = {row.vehicle_id: row for row in session.execute(_PLATES, {"vehicles": others})} if others else {}
    begun, ended, facts = [], [], []
    for vehicle_id, one in shown.items():
        assert one.plate is not None
        before = current.get(vehicle_id)
        if before is not None and (
            before.plate == one.plate.number or before.since > one.at or not one.plate.identifies
        ):
            continue
        begun.append(
            {
                "vehicle_id": vehicle_id,
                "plate": one.plate.number,
                "kind": one.plate.kind.value,
                "since": one.at,
                "until": None,
            }
        )
        if before is not None:
            ended.append({"vehicle_id": vehicle_id, "plate": before.plate, "until": one.at})
            facts.append(_plate_changed(one, before=before.plate))
    if ended:
        session.execute(_PLATE_ENDS, {"rows": as_json(ended)})
    return facts, Insert(_plates, begun, "DO NOTHING")


def party_inserts(parties: Sequence[Party]) -> list[Insert]:
    """That these customers have these roles towards these vehicles; the earliest date we know of is kept."""
    earliest = {party.told: party for party in sorted(parties, key=attrgetter("since"), reverse=True)}
    return [Insert(_parties, [earliest[key]._asdict() | {"until": None} for key in sorted(earliest)], _EARLIEST)]


def _registered(seen: Seen) -> Fact:
    vehicle = seen.vehicle
    return Fact(
        event=events.VehicleRegistered(vehicle_id=vehicle.id, vin=vehicle.vin, model=vehicle.model),
        subject_id=vehicle.id,
        subject_version=1,
        store_id=seen.store_id,
        occurred_at=vehicle.registered_at,
        cause=seen.cause,
    )


def _plate_changed(seen: Seen, *, before: str) -> Fact:
    assert seen.plate is not None
    changed = events.VehiclePlateChanged(
        vehicle_id=seen.vehicle.id, old=before, new=seen.plate.number, kind=seen.plate.kind.value, since=seen.at
    )
    return Fact(
        event=changed,
        subject_id=f"{seen.vehicle.id}/{seen.plate.number}",
        subject_version=int(seen.at.timestamp()),
        store_id=seen.store_id,
        occurred_at=seen.at,
        cause=seen.cause,
    )

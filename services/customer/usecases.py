"""What the customer service does: it keeps one record per person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.outbox import Fact, record_all
from chassis.rows import as_json, insert_all, values_of
from contracts import vin as vins
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.operations import CustomerKind, Registered, VehicleGiven
from services.customer.errors import MobileInvalid, PlateInvalid, PossibleDuplicate, ReasonRequired, VinInvalid
from services.customer.models import Customer, Vehicle, VehicleParty
from services.customer.rules import names, phone, plate

OWNER = "owner"

_COMPLETE_VEHICLES = text(
    """
    UPDATE vehicle v
       SET plate = coalesce(told.plate, v.plate), model = CASE WHEN v.model = '' THEN told.model ELSE v.model END
      FROM jsonb_populate_recordset(NULL::vehicle, CAST(:rows AS jsonb)) AS told
     WHERE v.id = told.id AND (coalesce(told.plate, v.plate) IS DISTINCT FROM v.plate OR v.model = '')
    """
)
_EARLIEST = "(vehicle_id, customer_id, role) DO UPDATE SET since = excluded.since WHERE excluded.since < known.since"
_customers: Any = Customer.__table__
_vehicles: Any = Vehicle.__table__
_parties: Any = VehicleParty.__table__
_SAME_NUMBER = text("SELECT id, name FROM customer WHERE mobile = :number ORDER BY id")
_ONE_DESK_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:number, 0))")


def register_customer(
    session: Session,
    *,
    kind: CustomerKind,
    name: str,
    mobile: str,
    source: str,
    store_id: str,
    vehicle: VehicleGiven | None,
    force_new: bool,
    reason: str | None,
    scope: Scope,
    now: datetime,
) -> Registered:
    """Search or create (R21): the same number and name are the same person, from however many desks at once.

    Raises MobileInvalid, VinInvalid, PlateInvalid; PossibleDuplicate when the number is another one's
    and `force_new` is not set; ReasonRequired when it is set without a reason.
    """
    scope.require_store(store_id)
    if force_new and not reason:
        raise ReasonRequired
    number, called = _number(mobile), names.normalise(name)
    given = _vehicle(vehicle, now=now) if vehicle is not None else None
    session.execute(_ONE_DESK_AT_A_TIME, {"number": number})
    same_number = session.execute(_SAME_NUMBER, {"number": number}).all()
    known = next((other.id for other in same_number if other.name == called), None)
    if known is None and same_number and not force_new:
        raise PossibleDuplicate(candidates=[str(other.id) for other in same_number])
    facts: list[Fact] = []
    customer_id = known
    if customer_id is None:
        customer = Customer.register(
            kind=kind, name=called, mobile=number, source=source, store_id=store_id, forced_reason=reason, now=now
        )
        customer_id = customer.id
        insert_all(session, _customers, [values_of(customer)])
        registered = events.CustomerRegistered(customer_id=customer_id, kind=kind, source=source)
        facts.append(
            Fact(event=registered, subject_id=customer_id, subject_version=1, store_id=store_id, occurred_at=now)
        )
    if given is not None:
        facts += keep_vehicles(session, [Seen(given, store_id)])
        add_parties(session, [Party(given.id, customer_id, OWNER, now)])
    record_all(session, facts)
    return Registered(customer_id, known is None, given.id if given is not None else None)


class Party(NamedTuple):
    """Who has what to do with a vehicle, since when."""

    vehicle_id: UUID
    customer_id: UUID
    role: str
    since: datetime


class Seen(NamedTuple):
    """A vehicle, and the store that saw it."""

    vehicle: Vehicle
    store_id: str


def keep_vehicles(session: Session, seen: Sequence[Seen]) -> list[Fact]:
    """Register the vehicles that are new, fill in what was not known of the others; the facts to record of it."""
    each = {one.vehicle.id: one for one in sorted(seen, key=lambda one: one.vehicle.id)}
    rows = [values_of(one.vehicle) for one in each.values()]
    new = set(insert_all(session, _vehicles, rows, on_conflict="DO NOTHING", returning="id").scalars())
    if known := [row for row in rows if row["id"] not in new]:
        session.execute(_COMPLETE_VEHICLES, {"rows": as_json(known)})
    return [_vehicle_registered(*each[vehicle_id]) for vehicle_id in each if vehicle_id in new]


def _vehicle_registered(vehicle: Vehicle, store_id: str) -> Fact:
    return Fact(
        event=events.VehicleRegistered(vehicle_id=vehicle.id, vin=vehicle.vin, model=vehicle.model),
        subject_id=vehicle.id,
        subject_version=1,
        store_id=store_id,
        occurred_at=vehicle.registered_at,
    )


def add_parties(session: Session, parties: Sequence[Party]) -> None:
    """These customers have these roles towards these vehicles; the earliest date we know of is kept."""
    earliest = {party[:3]: party for party in sorted(parties, key=attrgetter("since"), reverse=True)}
    rows = [earliest[key]._asdict() for key in sorted(earliest)]
    insert_all(session, _parties, rows, on_conflict=_EARLIEST)


def _number(typed: str) -> str:
    try:
        return phone.normalise(typed)
    except phone.NotAPhone:
        raise MobileInvalid from None


def _vehicle(given: VehicleGiven, *, now: datetime) -> Vehicle:
    try:
        vin = vins.normalise(given.vin)
        number = plate.normalise(given.plate) if given.plate else None
    except vins.NotAVin:
        raise VinInvalid(vin=given.vin) from None
    except plate.NotAPlate:
        raise PlateInvalid(plate=given.plate) from None
    return Vehicle.register(vin=vin, model=given.model, plate=number, now=now)

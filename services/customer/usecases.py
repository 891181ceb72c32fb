"""What the customer service does: it keeps one record per person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.outbox import record
from contracts import vin as vins
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.operations import CustomerKind, Registered, VehicleGiven
from services.customer.errors import MobileInvalid, PlateInvalid, PossibleDuplicate, ReasonRequired, VinInvalid
from services.customer.models import Customer, Vehicle
from services.customer.rules import names, phone, plate

OWNER = "owner"

_NEW_VEHICLE = text(
    """
    INSERT INTO vehicle (id, vin, model, plate, registered_at) VALUES (:id, :vin, :model, :plate, :registered_at)
    ON CONFLICT DO NOTHING RETURNING id
    """
)
_COMPLETE_VEHICLE = text(
    """
    UPDATE vehicle SET plate = coalesce(:plate, plate), model = CASE WHEN model = '' THEN :model ELSE model END
     WHERE id = :id AND (coalesce(:plate, plate) IS DISTINCT FROM plate OR model = '')
    """
)
_PARTY = text(
    """
    INSERT INTO vehicle_party AS known (vehicle_id, customer_id, role, since)
    VALUES (:vehicle_id, :customer_id, :role, :since)
    ON CONFLICT (vehicle_id, customer_id, role) DO UPDATE SET since = excluded.since WHERE excluded.since < known.since
    """
)
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
    same_number = session.scalars(select(Customer).where(Customer.mobile == number).order_by(Customer.id)).all()
    customer = _same_person(same_number, name=called)
    created = customer is None
    if customer is None:
        if same_number and not force_new:
            raise PossibleDuplicate(candidates=[str(other.id) for other in same_number])
        customer = Customer.register(
            kind=kind, name=called, mobile=number, source=source, store_id=store_id, forced_reason=reason, now=now
        )
        session.add(customer)
        session.flush()
        registered = events.CustomerRegistered(customer_id=customer.id, kind=kind, source=source)
        record(session, registered, subject_id=customer.id, subject_version=1, store_id=store_id, occurred_at=now)
    if given is not None:
        keep_vehicle(session, given, store_id=store_id)
        add_party(session, vehicle_id=given.id, customer_id=customer.id, role=OWNER, since=now)
    return Registered(customer.id, created, given.id if given is not None else None)


def keep_vehicle(session: Session, given: Vehicle, *, store_id: str) -> None:
    """Register the vehicle if it is new, else fill in what was not known of it."""
    values = {
        "id": given.id,
        "vin": given.vin,
        "model": given.model,
        "plate": given.plate,
        "registered_at": given.registered_at,
    }
    if session.scalar(_NEW_VEHICLE, values) is None:
        session.execute(_COMPLETE_VEHICLE, {"id": given.id, "plate": given.plate, "model": given.model})
        return
    registered = events.VehicleRegistered(vehicle_id=given.id, vin=given.vin, model=given.model)
    record(
        session, registered, subject_id=given.id, subject_version=1, store_id=store_id, occurred_at=given.registered_at
    )


def add_party(session: Session, *, vehicle_id: UUID, customer_id: UUID, role: str, since: datetime) -> None:
    """The customer has this role towards the vehicle; the earliest date we know of is kept."""
    session.execute(_PARTY, {"vehicle_id": vehicle_id, "customer_id": customer_id, "role": role, "since": since})


def _same_person(known: Sequence[Customer], *, name: str) -> Customer | None:
    return next((customer for customer in known if customer.name == name), None)


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

"""Adding a vehicle to a customer at a desk, in any role (R29, E7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import record_all
from contracts import vin as vins
from contracts.access import Scope
from contracts.customer.operations import VehicleRole
from contracts.customer.vehicles import AddVehicle, VehicleAdded
from services.customer.record.errors import refusal_of
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.moments import happened_at
from services.customer.vehicles.errors import VehicleHasOwner
from services.customer.vehicles.models import Vehicle
from services.customer.vehicles.usecases.keeping import Seen, keep_vehicles
from services.customer.vehicles.usecases.parties import begin, current, lock_vehicle
from services.customer.vehicles.usecases.plates import put_plate, read_plate

_HAS_A_PLATE = text("SELECT 1 FROM vehicle_plate WHERE vehicle_id = :vehicle_id AND until IS NULL")


def add_vehicle(session: Session, request: AddVehicle, *, scope: Scope, now: datetime) -> VehicleAdded:
    """A vehicle of the customer; registered if it is new, completed if it is known.

    Raises CustomerNotFound, CustomerMerged, VinInvalid, PlateInvalid, MomentAhead; VehicleHasOwner for a second owner;
    PlateElsewhere and PeriodInvalid as a change of the plate does.
    """
    since = happened_at(request.since, now=now)
    vin, shown = _vin(request.vin), read_plate(request.plate) if request.plate else None
    customer = to_change(session, request.customer_id, expected_version=None)
    store_id = scope.stores[0] if scope.stores else customer.store_id
    model, colour = " ".join(request.model.split()), request.colour.strip()
    vehicle = Vehicle.register(vin=vin, model=model, colour=colour, now=now)
    facts = keep_vehicles(session, [Seen(vehicle, store_id, since)])
    lock_vehicle(session, vehicle.id)
    known = current(session, vehicle.id, request.role)
    if customer.id not in (row.customer_id for row in known):
        if request.role is VehicleRole.OWNER and known:
            raise VehicleHasOwner(owner_id=str(known[0].customer_id), vehicle_id=str(vehicle.id))
        facts.append(begin(session, vehicle.id, customer.id, request.role, since=since, now=now, store_id=store_id))
    record_all(session, facts)
    if shown is not None and (shown.identifies or not _has_a_plate(session, vehicle.id)):
        put_plate(session, vehicle.id, shown, since=since, carried_over=False, store_id=store_id)
    doubt = vins.warning(vin)
    return VehicleAdded(vehicle.id, customer.id, request.role, [doubt] if doubt else [])


def _has_a_plate(session: Session, vehicle_id: UUID) -> bool:
    return session.execute(_HAS_A_PLATE, {"vehicle_id": vehicle_id}).one_or_none() is not None


def _vin(typed: str) -> str:
    try:
        return vins.normalise(typed)
    except vins.NotAVin:
        raise refusal_of("VIN_INVALID", field="vin", typed=typed) from None

"""Plates over time: a vehicle gets another one, and an owner takes his along to his next car (E5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.outbox import Cause, Fact, record_all
from chassis.store.rows import insert_all
from contracts import plate
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.vehicles import ChangePlate, PlateChanged
from contracts.envelope import Received
from contracts.plate import Plate
from contracts.sales.events import PlateIssued
from services.customer.record.errors import PeriodInvalid, refusal_of
from services.customer.record.usecases.moments import happened_at
from services.customer.vehicles.errors import PlateElsewhere
from services.customer.vehicles.models import Vehicle, VehiclePlate
from services.customer.vehicles.usecases.keeping import Seen, keep_vehicles
from services.customer.vehicles.usecases.parties import lock_vehicle, owners

_plates: Any = VehiclePlate.__table__

_WHERE = text("SELECT vehicle_id FROM vehicle_plate WHERE plate = :plate AND until IS NULL")
_NEWER = text(
    """
    SELECT 1 FROM vehicle_plate
     WHERE (vehicle_id = :vehicle_id OR plate = :plate) AND until IS NULL AND since >= :at LIMIT 1
    """
)
_CURRENT = text(
    "SELECT vehicle_id, plate, since FROM vehicle_plate WHERE vehicle_id = :vehicle_id AND until IS NULL FOR UPDATE"
)
_END = text(
    "UPDATE vehicle_plate SET until = :until WHERE vehicle_id = :vehicle_id AND plate = :plate AND until IS NULL"
)
_STORE = text(
    """
    SELECT c.store_id FROM vehicle_party p JOIN customer c ON c.id = p.customer_id
     WHERE p.vehicle_id = :vehicle_id ORDER BY p.until IS NOT NULL, p.since DESC LIMIT 1
    """
)


def change_plate(session: Session, request: ChangePlate, *, scope: Scope, now: datetime) -> PlateChanged:
    """The plate the vehicle has since then; the one before ends.

    Raises VehicleNotFound, MomentAhead, and as `read_plate` and `put_plate` do.
    """
    since, shown = happened_at(request.since, now=now), read_plate(request.plate)
    lock_vehicle(session, request.vehicle_id)
    store_id = scope.stores[0] if scope.stores else session.scalar(_STORE, {"vehicle_id": request.vehicle_id}) or ""
    return put_plate(
        session, request.vehicle_id, shown, since=since, carried_over=request.carried_over, store_id=store_id
    )


def put_plate(
    session: Session,
    vehicle_id: UUID,
    shown: Plate,
    *,
    since: datetime,
    carried_over: bool,
    store_id: str,
    cause: Cause | None = None,
) -> PlateChanged:
    """Give the vehicle this plate, and end it on the vehicle it was carried over from.

    Raises PeriodInvalid before the current plate began; PlateElsewhere for a plate of another owner's vehicle that was
    not said to be carried over.
    """
    turns.take(session, "plate", [shown.number])  # two vehicles do not get one plate at once
    others = [row.vehicle_id for row in session.execute(_WHERE, {"plate": shown.number})] if shown.identifies else []
    before = session.execute(_CURRENT, {"vehicle_id": vehicle_id}).one_or_none()
    if before is not None and before.plate == shown.number:
        return PlateChanged(vehicle_id, shown.number, shown.kind.value, shown.number, [])
    taken_from = sorted(other for other in others if other != vehicle_id)
    if taken_from and not carried_over:
        _require_one_owner(session, vehicle_id, taken_from)
    facts = [
        _changed(other, old=shown.number, new=None, since=since, store_id=store_id, cause=cause)
        for other in taken_from
        if _end(session, other, shown.number, until=since)
    ]
    if before is not None:
        _end(session, vehicle_id, before.plate, until=since)
    begun = {
        "vehicle_id": vehicle_id,
        "plate": shown.number,
        "kind": shown.kind.value,
        "since": since,
        "until": None,
    }
    insert_all(session, _plates, [begun])
    old = before.plate if before is not None else ""
    facts.append(_changed(vehicle_id, old=old, new=shown, since=since, store_id=store_id, cause=cause))
    record_all(session, facts)
    return PlateChanged(vehicle_id, shown.number, shown.kind.value, old or None, taken_from)


def keep_issued(session: Session, issued: Sequence[Received[PlateIssued]]) -> None:
    """New cars got their plates: registered if nobody knows them yet; a plate they were given since stays (E5)."""
    for event in sorted(issued, key=lambda event: (event.payload.vehicle_id, event.occurred_at)):
        told, cause = event.payload, Cause.of(event)
        vehicle = Vehicle.register(vin=told.vin, model=told.model, now=event.occurred_at)
        facts = keep_vehicles(session, [Seen(vehicle, event.store_id, event.occurred_at, cause=cause)])
        record_all(session, facts)
        lock_vehicle(session, vehicle.id)
        turns.take(session, "plate", [told.plate])
        newer = {"vehicle_id": vehicle.id, "plate": told.plate, "at": event.occurred_at}
        if session.execute(_NEWER, newer).first() is None:
            where: dict[str, Any] = {"since": event.occurred_at, "store_id": event.store_id, "cause": cause}
            put_plate(session, vehicle.id, read_plate(told.plate), carried_over=True, **where)


def read_plate(typed: str) -> Plate:
    """The plate that was typed. Raises PlateInvalid."""
    try:
        return plate.read(typed)
    except plate.NotAPlate as error:
        raise refusal_of(error.code, field="plate", typed=typed) from None


def _require_one_owner(session: Session, vehicle_id: UUID, taken_from: list[UUID]) -> None:
    mine = owners(session, vehicle_id)
    for other in taken_from:
        if mine.isdisjoint(owners(session, other)):
            raise PlateElsewhere(vehicle_id=str(other))


def _end(session: Session, vehicle_id: UUID, number: str, *, until: datetime) -> bool:
    """End the plate there; False if somebody else ended it just now."""
    current = session.execute(_CURRENT, {"vehicle_id": vehicle_id}).one_or_none()
    if current is None or current.plate != number:
        return False
    if until <= current.since:
        raise PeriodInvalid(since=current.since.isoformat())
    session.execute(_END, {"vehicle_id": vehicle_id, "plate": number, "until": until})
    return True


def _changed(
    vehicle_id: UUID, *, old: str, new: Plate | None, since: datetime, store_id: str, cause: Cause | None
) -> Fact:
    """The plate that came; or, of the vehicle it was taken from, that it went."""
    changed = events.VehiclePlateChanged(
        vehicle_id=vehicle_id,
        old=old,
        new=new.number if new else "",
        kind=new.kind.value if new else "",
        since=since,
    )
    return Fact(
        event=changed,
        subject_id=f"{vehicle_id}/{changed.new}" if new else f"{vehicle_id}/{old}/gone",
        subject_version=int(since.timestamp()),
        store_id=store_id,
        occurred_at=since,
        cause=cause,
    )

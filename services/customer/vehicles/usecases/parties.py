"""Who has what to do with a vehicle: it is sold on, a role begins, a role ends (E7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact, record_all
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.operations import VehicleRole
from contracts.customer.vehicles import ChangeOwner, EndRole, OwnerChanged, RoleEnded
from services.customer.record.errors import PeriodInvalid
from services.customer.record.usecases.editing import to_change
from services.customer.record.usecases.moments import happened_at
from services.customer.vehicles.errors import OwnerAlready, RoleNotFound, VehicleNotFound
from services.customer.vehicles.usecases.keeping import OWNER

_LOCK = text("SELECT id FROM vehicle WHERE id = :vehicle_id FOR UPDATE")
_PARTIES = text(
    """
    SELECT customer_id, first_customer_id, since FROM vehicle_party
     WHERE vehicle_id = :vehicle_id AND role = :role AND until IS NULL ORDER BY since, first_customer_id
    """
)
_BEGIN = text(
    """
    INSERT INTO vehicle_party AS known (vehicle_id, customer_id, role, since)
    VALUES (:vehicle_id, :customer_id, :role, :since)
    ON CONFLICT (vehicle_id, first_customer_id, role) DO UPDATE
       SET since = CASE WHEN excluded.since < known.until THEN least(known.since, excluded.since)
                        ELSE excluded.since END,
           until = NULL, version = known.version + 1
    RETURNING first_customer_id, since, version
    """
)
_END = text(
    """
    UPDATE vehicle_party SET until = :until, version = version + 1
     WHERE vehicle_id = :vehicle_id AND first_customer_id = :first_customer_id AND role = :role
    RETURNING customer_id, first_customer_id, since, version
    """
)


def change_owner(session: Session, request: ChangeOwner, *, scope: Scope, now: datetime) -> OwnerChanged:
    """The vehicle was sold on: whoever owned it no longer does, from the same moment on.

    Raises VehicleNotFound, CustomerNotFound, CustomerMerged, OwnerAlready, PeriodInvalid, MomentAhead.
    """
    since = happened_at(request.since, now=now)
    customer = to_change(session, request.customer_id, expected_version=None)
    lock_vehicle(session, request.vehicle_id)
    owning = current(session, request.vehicle_id, VehicleRole.OWNER)
    if customer.id in (row.customer_id for row in owning):
        raise OwnerAlready
    store_id = scope.stores[0] if scope.stores else customer.store_id
    facts = [
        _end(session, request.vehicle_id, row, VehicleRole.OWNER, until=since, now=now, store_id=store_id)
        for row in owning
    ]
    begun = begin(session, request.vehicle_id, customer.id, VehicleRole.OWNER, since=since, now=now, store_id=store_id)
    record_all(session, [*facts, begun])
    former = dict.fromkeys(row.customer_id for row in owning)
    return OwnerChanged(request.vehicle_id, customer.id, list(former))


def end_role(session: Session, request: EndRole, *, scope: Scope, now: datetime) -> RoleEnded:
    """The role is over. Raises CustomerNotFound, CustomerMerged, RoleNotFound, PeriodInvalid, MomentAhead."""
    until = happened_at(request.until, now=now)
    customer = to_change(session, request.customer_id, expected_version=None)
    session.execute(_LOCK, {"vehicle_id": request.vehicle_id})
    mine = [row for row in current(session, request.vehicle_id, request.role) if row.customer_id == customer.id]
    if not mine:
        raise RoleNotFound
    store_id = scope.stores[0] if scope.stores else customer.store_id
    record_all(
        session,
        [_end(session, request.vehicle_id, row, request.role, until=until, now=now, store_id=store_id) for row in mine],
    )
    return RoleEnded(customer.id, request.vehicle_id, request.role, until)


def lock_vehicle(session: Session, vehicle_id: UUID) -> None:
    """Wait for whoever changes its parties or plates. Raises VehicleNotFound."""
    if session.execute(_LOCK, {"vehicle_id": vehicle_id}).one_or_none() is None:
        raise VehicleNotFound


def owners(session: Session, vehicle_id: UUID) -> set[UUID]:
    """Whose the vehicle is now."""
    return {row.customer_id for row in session.execute(_PARTIES, {"vehicle_id": vehicle_id, "role": OWNER})}


def current(session: Session, vehicle_id: UUID, role: VehicleRole) -> list[Any]:
    """Those who have this role now; one customer may have it by several records that live on in his (E8)."""
    return list(session.execute(_PARTIES, {"vehicle_id": vehicle_id, "role": role.value}))


def begin(
    session: Session, vehicle_id: UUID, customer_id: UUID, role: VehicleRole, *,
    since: datetime, now: datetime, store_id: str,
) -> Fact:  # fmt: skip
    """The customer has this role since then, perhaps again; the fact to record."""
    told = {"vehicle_id": vehicle_id, "customer_id": customer_id, "role": role.value, "since": since}
    row = session.execute(_BEGIN, told).one()
    changed = events.VehiclePartyChanged(
        vehicle_id=vehicle_id, customer_id=customer_id, role=role.value, since=row.since, until=None
    )
    return _fact(changed, row, at=now, store_id=store_id)


def _end(
    session: Session, vehicle_id: UUID, party: Any, role: VehicleRole, *,
    until: datetime, now: datetime, store_id: str,
) -> Fact:  # fmt: skip
    if until < party.since:
        raise PeriodInvalid(since=party.since.isoformat())
    told = {
        "vehicle_id": vehicle_id,
        "first_customer_id": party.first_customer_id,
        "role": role.value,
        "until": until,
    }
    row = session.execute(_END, told).one()
    changed = events.VehiclePartyChanged(
        vehicle_id=vehicle_id, customer_id=row.customer_id, role=role.value, since=row.since, until=until
    )
    return _fact(changed, row, at=now, store_id=store_id)


def _fact(changed: events.VehiclePartyChanged, row: Any, *, at: datetime, store_id: str) -> Fact:
    return Fact(
        event=changed,
        subject_id=f"{changed.vehicle_id}/{row.first_customer_id}/{changed.role}",
        subject_version=row.version,
        store_id=store_id,
        occurred_at=at,
    )

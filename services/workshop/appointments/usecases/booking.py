"""Appointments are booked, confirmed, moved and cancelled; he comes, or is found to have come (C6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import asking, rekeying
from chassis.customers.asking import Read
from chassis.organisation import stores
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.envelope import Event
from contracts.picked import picked
from contracts.workshop import appointment_events as events
from contracts.workshop import appointments as contract
from contracts.workshop.bays import BayKind
from services.workshop.appointments.errors import AppointmentNotFound, TimeTaken
from services.workshop.appointments.models import Appointment
from services.workshop.appointments.rules import moving
from services.workshop.appointments.rules.capacity import Span
from services.workshop.appointments.shown import appointment_shown
from services.workshop.appointments.usecases import planning
from services.workshop.bays.errors import BayUnknown
from services.workshop.bays.models import Bay
from services.workshop.bays.usecases import take_turn

_MET = {
    "customer_id": text(
        "SELECT 1 FROM repair_order WHERE customer_id = :id OR origin_customer_id = :id"
        " UNION ALL SELECT 1 FROM appointment WHERE customer_id = :id OR origin_customer_id = :id LIMIT 1"
    ),
    "vehicle_id": text(
        "SELECT 1 FROM repair_order WHERE vehicle_id = :id"
        " UNION ALL SELECT 1 FROM appointment WHERE vehicle_id = :id LIMIT 1"
    ),
}
"""By field: whether the workshop has met him, or it."""


def require_registered(asked: contract.BookAppointment, *, read: Read, ask: Ask) -> None:
    """Whoever comes is registered, and his vehicle, if it is named. Raises InvalidRequest that names the field."""
    met = {field: found for field, found in _MET.items() if getattr(asked, field) is not None}
    asking.require_registered(asked, met=met, read=read, ask=ask)


def book_appointment(
    session: Session, asked: contract.BookAppointment, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """Keep a bay for him. Raises StoreClosed, TimePast, StoreNotOpen, BayUnknown, TimeTaken."""
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    wanted = _Wanted(asked.store_id, asked.starts_at, asked.minutes, asked.bay, asked.kind)
    bay, span = _found(session, wanted, now=now)
    one = Appointment.book(asked, bay=bay, span=span, by=scope.staff_id, now=now)
    (owner,) = rekeying.owners(session, [rekeying.Told(asked.customer_id, "appointment", str(one.id))])
    one.customer_id, one.origin_customer_id = owner
    session.add(one)
    session.flush()
    booked = picked(events.AppointmentBooked, one, appointment_id=one.id, customer_id=one.written_for)
    return _told(session, one, booked, now=now)


def move_appointment(
    session: Session, asked: contract.MoveAppointment, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """Another time is his; until then the one he had is. Raises TimePast, StoreNotOpen, BayUnknown, TimeTaken."""
    one = _to_change(session, asked, scope=scope)
    before = one.starts_at
    moving.moved(moving.Step.MOVE, state=one.state)
    minutes = asked.minutes or _minutes_of(session, one)
    kind = session.get_one(Bay, one.bay_id).kind
    wanted = _Wanted(one.store_id, asked.starts_at, minutes, asked.bay, kind)
    bay, span = _found(session, wanted, but=one.id, now=now)
    one.move(bay=bay, span=span)
    session.flush()
    told = picked(
        events.AppointmentRescheduled, one, appointment_id=one.id, customer_id=one.written_for, told_before=before
    )
    return _told(session, one, told, now=now)


def confirm_appointment(
    session: Session, asked: contract.AppointmentById, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """He said that he will come."""
    one = _to_change(session, asked, scope=scope)
    one.confirm(now=now)
    told = picked(events.AppointmentConfirmed, one, appointment_id=one.id, customer_id=one.written_for)
    return _told(session, one, told, now=now)


def arrive_appointment(
    session: Session, asked: contract.AppointmentById, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """He is here, and waits to be taken in."""
    one = _to_change(session, asked, scope=scope)
    one.arrive(now=now)
    return _told(session, one, _arrived(one), now=now)


def excuse_appointment(
    session: Session, asked: contract.EndAppointment, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """He was here: a busy desk had not said so."""
    one = _to_change(session, asked, scope=scope)
    one.excuse(reason=asked.reason)
    return _told(session, one, _arrived(one), now=now)


def cancel_appointment(
    session: Session, asked: contract.EndAppointment, *, scope: Scope, now: datetime
) -> contract.Appointment:
    """He will not come, or does not wait any longer; his bay is free."""
    one = _to_change(session, asked, scope=scope)
    one.cancel(reason=asked.reason)
    told = picked(events.AppointmentCancelled, one, appointment_id=one.id, customer_id=one.written_for)
    return _told(session, one, told, now=now)


def _arrived(one: Appointment) -> events.VehicleArrived:
    return picked(events.VehicleArrived, one, appointment_id=one.id, customer_id=one.written_for)


def _to_change(
    session: Session,
    asked: contract.AppointmentById | contract.EndAppointment | contract.MoveAppointment,
    *,
    scope: Scope,
) -> Appointment:
    """The appointment, locked, if it lies in the caller's scope. Raises AppointmentNotFound, StaleVersion."""
    one = session.get(Appointment, asked.appointment_id, with_for_update=True)
    if one is None or not scope.admits(store_id=one.store_id, owner_id=one.booked_by):
        raise AppointmentNotFound
    one.require_version(asked.expected_version)
    return one


def _told(session: Session, one: Appointment, told: Event, *, now: datetime) -> contract.Appointment:
    tell(session, one, told, now=now)
    return appointment_shown(one)


def _minutes_of(session: Session, one: Appointment) -> int:
    """How much of the store's working time it takes."""
    calendar = stores.calendars(session, [one.store_id]).get(one.store_id)
    took = calendar.between(one.starts_at, one.ends_at) if calendar else one.ends_at - one.starts_at
    return max(round(took / timedelta(minutes=1)), 1)


class _Wanted(NamedTuple):
    """What is asked for: so many minutes from then on, of this bay, or of any of the kind."""

    store_id: str
    starts_at: datetime
    minutes: int
    bay: str | None
    kind: BayKind


def _found(session: Session, wanted: _Wanted, *, but: UUID | None = None, now: datetime) -> tuple[Bay, Span]:
    """The bay and the time that are his from now on; of two desks the second finds what the first has left."""
    moving.require_ahead(wanted.starts_at, now=now)
    take_turn(session, wanted.store_id)
    bays = {bay.code: bay for bay in session.scalars(select(Bay).where(Bay.store_id == wanted.store_id, Bay.active))}
    if wanted.bay is not None and wanted.bay not in bays:
        raise BayUnknown(field="bay", bay=wanted.bay)
    kind = wanted.kind if wanted.bay is None else bays[wanted.bay].kind
    day = planning.local_day(wanted.starts_at)
    plan = planning.plan_of(session, wanted.store_id, kind=kind, day=day, now=now, but=but)
    if not plan.place.bays:
        raise BayUnknown(field="kind", bay="")
    span = plan.span(wanted.starts_at, wanted.minutes)
    code = plan.bay_for(span, only=wanted.bay)
    if code is None:
        following: Any = plan.free_times(wanted.minutes, after=max(now, wanted.starts_at))
        raise TimeTaken(field="starts_at", free=[one.starts_at.isoformat() for one in following])
    return bays[code], span

"""A vehicle that is taken in joins its appointment; in the evening who did not come is looked for once more (C6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.fields import Done
from contracts.picked import picked
from contracts.workshop import appointment_events as events
from contracts.workshop import operations
from contracts.workshop.appointments import AppointmentState
from services.workshop.appointments.errors import AppointmentNotFound
from services.workshop.appointments.models import Appointment
from services.workshop.appointments.rules import moving
from services.workshop.appointments.rules.moving import Step
from services.workshop.appointments.usecases.planning import local_day, midnight
from services.workshop.repair_orders import taking_in
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.shown import order_shown
from services.workshop.repair_orders.usecases.clocks import day_ends

TOGETHER = 200
"""Appointments that are looked at in one transaction."""

_DAY = timedelta(days=1)
_JOINED = [state for state in AppointmentState if moving.allows(Step.CONVERT, state=state)]
_MISSED = [state for state in AppointmentState if moving.allows(Step.MISS, state=state)]
_CAME = text(
    """
    SELECT id, opened_at FROM repair_order
     WHERE (vehicle_id = :vehicle_id OR customer_id = :customer_id) AND opened_at >= :since AND opened_at < :until
       AND NOT EXISTS (SELECT FROM appointment WHERE ro_id = repair_order.id)
     ORDER BY (vehicle_id = :vehicle_id) DESC NULLS LAST, opened_at LIMIT 1
    """
)
_FREE = text(
    """
    WITH over AS (
         SELECT one.id FROM appointment one JOIN repair_order ON repair_order.id = one.ro_id
          WHERE one.bay_kept AND one.state = 'converted' AND one.ends_at > :now
            AND (ready_at IS NOT NULL OR cancelled_at IS NOT NULL)
          LIMIT :many FOR UPDATE OF one SKIP LOCKED)
    UPDATE appointment SET bay_kept = false FROM over WHERE over.id = appointment.id
    """
)


def open_repair_order(
    session: Session, asked: operations.OpenRepairOrder, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Take a vehicle in; it joins the appointment that is named, or the one it has that day, and has its bay.

    Raises AppointmentNotFound, AppointmentStateWrong, and whatever a repair order is refused for.
    """
    order = taking_in.take_in(session, asked, scope=scope, now=now)
    one = _named(session, asked.appointment_id, scope=scope) if asked.appointment_id else _his(session, order, now=now)
    if one is not None:
        _convert(session, one, order.id, came_at=now, now=now)
        if one.store_id == order.store_id:
            order.bay = one.bay
    return order_shown(order)


def check_repair_order(
    connection: Connection, asked: operations.CheckRepairOrder, *, scope: Scope, now: datetime
) -> Done:
    """Nothing stands in the way of such an order. Raises what opening it would be refused for."""
    taking_in.require_possible(connection, asked, scope=scope, now=now)
    if asked.appointment_id is not None:
        table = Appointment.__table__.c
        found = select(table.store_id, table.booked_by, table.state).where(table.id == asked.appointment_id)
        row = connection.execute(found).one_or_none()
        if row is None or not scope.admits(store_id=row.store_id, owner_id=row.booked_by):
            raise AppointmentNotFound
        moving.moved(Step.CONVERT, state=AppointmentState(row.state))
    return Done()


def mark_missed(session: Session, *, now: datetime) -> int:
    """Who had not come when his store closed, and was taken in nowhere that day, is a no-show; returns how many."""
    late = select(Appointment.id, Appointment.store_id, Appointment.starts_at).where(
        Appointment.state.in_(_MISSED), Appointment.starts_at <= now - moving.LATE
    )
    rows = session.execute(late.order_by(Appointment.starts_at)).all()
    calendars = stores.calendars(session, {row.store_id for row in rows}) if rows else {}
    over = [row.id for row in rows if day_ends(calendars.get(row.store_id), row.starts_at) <= now]
    wanted = select(Appointment).where(Appointment.id.in_(over[:TOGETHER]), Appointment.state.in_(_MISSED))
    judged = session.scalars(wanted.order_by(Appointment.id).with_for_update(skip_locked=True)).all() if over else ()
    for one in judged:
        _judge(session, one, now=now)
    return len(judged)


def free_bays(session: Session, *, now: datetime) -> int:
    """The bay of an order that is ready, or is no more, before its time is over is free; returns how many were."""
    freed = session.connection().execute(_FREE, {"now": now, "many": TOGETHER})
    return freed.rowcount


def _named(session: Session, appointment_id: UUID, *, scope: Scope) -> Appointment:
    one = session.get(Appointment, appointment_id, with_for_update=True)
    if one is None or not scope.admits(store_id=one.store_id, owner_id=one.booked_by):
        raise AppointmentNotFound
    return one


def _his(session: Session, order: RepairOrder, *, now: datetime) -> Appointment | None:
    """The appointment of that day the vehicle comes for, in whatever store.

    It is the vehicle's, or, where none was named, its customer's: who has many vehicles comes for each by itself.
    """
    since = midnight(local_day(now))
    his = or_(
        Appointment.vehicle_id == order.vehicle_id,
        and_(Appointment.vehicle_id.is_(None), Appointment.customer_id == order.customer_id),
    )
    wanted = select(Appointment).where(
        his, Appointment.state.in_(_JOINED), Appointment.starts_at >= since, Appointment.starts_at < since + _DAY
    )
    nearest = wanted.order_by(
        Appointment.store_id != order.store_id, Appointment.vehicle_id.is_(None), Appointment.starts_at
    )
    return session.scalar(nearest.limit(1).with_for_update())


def _judge(session: Session, one: Appointment, *, now: datetime) -> None:
    since = midnight(local_day(one.starts_at))
    wanted = {"vehicle_id": one.vehicle_id, "customer_id": one.customer_id, "since": since, "until": since + _DAY}
    came = session.execute(_CAME, wanted).one_or_none()
    if came is not None:
        _convert(session, one, came.id, came_at=came.opened_at, now=now)
        return
    one.miss()
    missed = picked(events.AppointmentNoShow, one, appointment_id=one.id, customer_id=one.written_for)
    tell(session, one, missed, now=now)


def _convert(session: Session, one: Appointment, order_id: UUID, *, came_at: datetime, now: datetime) -> None:
    one.convert(order_id, came_at=came_at)
    session.flush()
    converted = picked(events.AppointmentConverted, one, appointment_id=one.id, customer_id=one.written_for)
    tell(session, one, converted, now=now)

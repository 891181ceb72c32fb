"""What the workshop shows of its appointments."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from chassis.organisation import stores
from contracts.access import Scope
from contracts.workshop import appointments as contract
from services.workshop.appointments.models import Appointment
from services.workshop.appointments.shown import appointment_shown
from services.workshop.appointments.usecases import planning
from services.workshop.bays.queries import bays_of

_columns = Appointment.__table__.c
_LONGEST = timedelta(days=14)
"""No appointment lasts longer, nights and holidays included."""


def list_appointments(
    connection: Connection, asked: contract.AppointmentsOfDay, *, scope: Scope
) -> contract.AppointmentDay:
    """A day of a store: what touches it, by time and bay. Raises StoreNotAllowed."""
    scope.require_store(asked.store_id)
    since = planning.midnight(asked.day)
    wanted = select(Appointment.__table__).where(
        _columns.store_id == asked.store_id,
        _columns.starts_at < planning.midnight(asked.day + timedelta(days=1)),
        _columns.starts_at > since - _LONGEST,
        _columns.ends_at > since,
    )
    rows = connection.execute(wanted.order_by(_columns.starts_at, _columns.bay, _columns.id)).all()
    calendar = stores.calendars(connection, [asked.store_id]).get(asked.store_id)
    return contract.AppointmentDay(
        asked.store_id,
        asked.day,
        [contract.OpenSpan(*one) for one in planning.openings_of(calendar, asked.day)],
        bays_of(connection, [asked.store_id]),
        [appointment_shown(row) for row in rows],
    )


def find_free_times(
    connection: Connection, asked: contract.FindFreeTimes, *, scope: Scope, now: datetime
) -> contract.FreeTimes:
    """The next times at which a bay of the store can be had. Raises StoreNotAllowed."""
    scope.require_store(asked.store_id)
    plan = planning.plan_of(connection, asked.store_id, kind=asked.kind, day=asked.day, now=now)
    return contract.FreeTimes(plan.free_times(asked.minutes, after=max(now, planning.midnight(asked.day))))

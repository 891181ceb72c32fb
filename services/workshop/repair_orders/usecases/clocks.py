"""Technicians' clocks: begun by a press, stopped by the next one, by the order that stands still, or by the evening."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from chassis.store import turns
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked
from contracts.workshop import clocking, events
from contracts.workshop.operations import LineKind, LineState
from services.workshop.repair_orders.errors import ClockingEndWrong, ClockingNotFound, NotClockedOn
from services.workshop.repair_orders.models import Clocking, RepairOrder
from services.workshop.repair_orders.shown import clocking_shown

_RUNS = Clocking.ended_at.is_(None)


def day_ends(calendar: Calendar | None, moment: datetime) -> datetime:
    """When the store closes for the day, the next one if it has; of a store that nobody told of, at midnight."""
    closes = None if calendar is None else calendar.closing(moment)
    return closes or datetime.combine(moment.astimezone(LOCAL).date() + timedelta(days=1), time.min, LOCAL)


def start(session: Session, order: RepairOrder, position: int | None, *, by: str, now: datetime) -> Clocking:
    """His clock runs on this from now on; on what it ran before it stops at the same moment (C7).

    An order as a whole is its line, where it has one alone.
    """
    position = order.only_line if position is None else position
    turns.take(session, "technician", [by])
    before = session.scalar(select(Clocking).where(Clocking.technician_id == by, _RUNS).with_for_update())
    if before is not None:
        if (before.order_id, before.position) == (order.id, position):
            return before
        _stop(session, [before], now=now)
        session.flush()  # the one that runs is gone before the next is there: he has one
    one = Clocking.begin(order.id, position, store_id=order.store_id, technician_id=by, now=now)
    session.add(one)
    session.flush()
    tell(session, one, picked(events.TechnicianClockedOn, one, clocking_id=one.id, ro_id=order.id), now=now)
    return one


def go_on(session: Session, order: RepairOrder, *, by: str, now: datetime) -> None:
    """His clock runs again on what it ran last of this order."""
    last = select(Clocking).where(Clocking.order_id == order.id, Clocking.technician_id == by)
    found = session.scalar(last.order_by(Clocking.began_at.desc(), Clocking.id.desc()).limit(1))
    start(session, order, found.position if found else None, by=by, now=now)


def stop_all(session: Session, order: RepairOrder, *, now: datetime) -> None:
    """Nobody works on the order any more."""
    _stop(session, _locked(session, _of(order)), now=now)


def stop_line(session: Session, order: RepairOrder, position: int, *, now: datetime) -> None:
    """Nobody works on the line any more."""
    _stop(session, _locked(session, _of(order).where(Clocking.position == position)), now=now)


def stop_others(session: Session, order: RepairOrder, position: int, *, now: datetime) -> None:
    """Whoever is clocked on the line and does not have it any more works on it no more."""
    (line,) = (line for line in order.lines if line.position == position)
    theirs: set[str | None] = {*line.technicians} or {order.technician_id}
    runs = _locked(session, _of(order).where(Clocking.position == position))
    _stop(session, [one for one in runs if one.technician_id not in theirs], now=now)


def clock_off(session: Session, asked: clocking.ClockOff, *, scope: Scope, now: datetime) -> clocking.Clocking:
    """The caller works on the order no more, for now. Raises NotClockedOn."""
    wanted = select(Clocking).where(Clocking.order_id == asked.ro_id, Clocking.technician_id == scope.staff_id, _RUNS)
    one = session.scalar(wanted.with_for_update())
    if one is None or not scope.admits(store_id=one.store_id, owner_id=scope.staff_id):
        raise NotClockedOn
    _stop(session, [one], now=now)
    return clocking_shown(one)


def close_forgotten(session: Session, *, now: datetime) -> int:
    """Stop the clocks that still run when their store has closed for the day (C7); returns how many."""
    runs = session.scalars(select(Clocking).where(_RUNS).order_by(Clocking.id).with_for_update(skip_locked=True)).all()
    calendars = stores.calendars(session, {one.store_id for one in runs})
    forgotten = [one for one in runs if day_ends(calendars.get(one.store_id), one.began_at) <= now]
    for one in forgotten:
        _forget(session, one, calendar=calendars.get(one.store_id), now=now)
    return len(forgotten)


def _forget(session: Session, one: Clocking, *, calendar: Calendar | None, now: datetime) -> None:
    one.end(day_ends(calendar, one.began_at), hours=calendar, forgotten=True)
    customer_id = session.get_one(RepairOrder, one.order_id).written_for
    told = picked(events.ClockingForgotten, one, clocking_id=one.id, ro_id=one.order_id, customer_id=customer_id)
    tell(session, one, told, now=now)


def confirm_clocking(
    session: Session, asked: clocking.ConfirmClocking, *, scope: Scope, now: datetime
) -> clocking.Clocking:
    """When a forgotten clock really stopped; it counts from now on. Raises ClockingNotFound, ClockingEndWrong."""
    one = _to_confirm(session, asked.clocking_id, scope=scope)
    following = select(Clocking.began_at).where(
        Clocking.technician_id == one.technician_id, Clocking.began_at >= one.began_at, Clocking.id != one.id
    )
    next_one = session.scalar(following.order_by(Clocking.began_at).limit(1))
    if asked.ended_at is not None and next_one is not None and asked.ended_at > next_one:
        raise ClockingEndWrong(field="ended_at", began_at=one.began_at, next_began_at=next_one)
    hours = stores.calendars(session, [one.store_id]).get(one.store_id)
    one.confirm(asked.ended_at, by=scope.staff_id, reason=asked.reason, hours=hours, now=now)
    tell(session, one, picked(events.ClockingConfirmed, one, clocking_id=one.id, ro_id=one.order_id), now=now)
    return clocking_shown(one)


def _to_confirm(session: Session, clocking_id: UUID, *, scope: Scope) -> Clocking:
    """The clock, locked, and its technician's others alone. Raises ClockingNotFound."""
    technician_id = session.scalar(select(Clocking.technician_id).where(Clocking.id == clocking_id))
    if technician_id is None:
        raise ClockingNotFound
    turns.take(session, "technician", [technician_id])
    one = session.get_one(Clocking, clocking_id, with_for_update=True)
    if not scope.admits(store_id=one.store_id, owner_id=one.technician_id):
        raise ClockingNotFound
    return one


def work_told(session: Session, order: RepairOrder) -> list[events.WorkTold]:
    """What was done, and by whom: who was clocked on the line, else on the order as a whole, else who was given it."""
    clocked: defaultdict[int | None, set[str]] = defaultdict(set)
    wanted = select(Clocking.position, Clocking.technician_id).where(Clocking.order_id == order.id)
    for position, technician_id in session.execute(wanted):
        clocked[position].add(technician_id)
    return [
        picked(
            events.WorkTold,
            line,
            technicians=sorted(clocked.get(line.position) or clocked.get(None) or order.technicians_of(line)),
        )
        for line in order.lines
        if line.kind is LineKind.WORK and line.state is LineState.PASSED
    ]


def _of(order: RepairOrder) -> Select[Any]:
    return select(Clocking).where(Clocking.order_id == order.id, _RUNS)


def _locked(session: Session, wanted: Select[Any]) -> list[Clocking]:
    return list(session.scalars(wanted.order_by(Clocking.id).with_for_update()))


def _stop(session: Session, clocks: Iterable[Clocking], *, now: datetime) -> None:
    clocks = list(clocks)
    calendars = stores.calendars(session, {one.store_id for one in clocks}) if clocks else {}
    for one in clocks:
        _end(session, one, calendar=calendars.get(one.store_id), now=now)


def _end(session: Session, one: Clocking, *, calendar: Calendar | None, now: datetime) -> None:
    one.end(now, hours=calendar)
    tell(session, one, picked(events.TechnicianClockedOff, one, clocking_id=one.id, ro_id=one.order_id), now=now)

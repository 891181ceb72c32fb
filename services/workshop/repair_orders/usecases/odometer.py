"""What vehicles' odometers showed in the workshop, and what is told of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.store import turns
from contracts.odometer import Reading, WhichReading, judge
from contracts.picked import picked
from contracts.workshop import events
from services.workshop.repair_orders.models import RepairOrder


def readings(session: Session, vehicle_id: UUID) -> list[Reading]:
    """The vehicle's odometer readings in any store; of two desks at once the second one waits for the first."""
    turns.take(session, "vehicle", [vehicle_id])
    columns = (RepairOrder.id, RepairOrder.opened_at, RepairOrder.km, RepairOrder.km_out, RepairOrder.km_out_at)
    found = []
    for row in session.execute(select(*columns).where(RepairOrder.vehicle_id == vehicle_id)):
        found.append(Reading(row.opened_at, f"{row.id}/{WhichReading.IN}", row.km))
        if row.km_out is not None:
            found.append(Reading(row.km_out_at, f"{row.id}/{WhichReading.OUT}", row.km_out))
    return found


def take_turn(session: Session, ro_id: UUID, *, km: int | None) -> None:
    """Before the order is locked: whoever reads an odometer has the vehicle's readings alone."""
    vehicle_id = None if km is None else session.scalar(select(RepairOrder.vehicle_id).where(RepairOrder.id == ro_id))
    if vehicle_id is not None:
        turns.take(session, "vehicle", [vehicle_id])


def read_out(session: Session, order: RepairOrder, km: int | None, *, now: datetime) -> list[events.OdometerRecorded]:
    """The odometer was read with the work done, whatever it shows; what is to be told of it, if it was read at all."""
    if km is None:
        return []
    before = [one for one in readings(session, order.vehicle_id) if one.source_id != f"{order.id}/{WhichReading.OUT}"]
    order.read_out(km, now=now)
    reading = order.readings[WhichReading.OUT]
    order.km_out_status = judge([*before, reading])[reading]
    return [recorded(order, WhichReading.OUT)]


def recorded(order: RepairOrder, which: WhichReading) -> events.OdometerRecorded:
    """A reading of the order as it is told."""
    told = order.readings[which]
    status = {WhichReading.IN: order.km_status, WhichReading.OUT: order.km_out_status}[which]
    return picked(
        events.OdometerRecorded,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        km=told.km,
        read_at=told.at,
        reading=which,
        status=status,
    )

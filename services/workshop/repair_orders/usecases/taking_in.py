"""A vehicle is taken in, and its reading corrected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import asking, rekeying
from chassis.customers.asking import Read
from chassis.organisation import stores
from chassis.store import turns
from chassis.store.numbers import Per, next_number
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.odometer import WhichReading, judge
from contracts.picked import picked
from contracts.workshop import events, operations
from services.workshop.repair_orders.errors import KmNotRead, RepairOrderNotFound
from services.workshop.repair_orders.models import RepairOrder, StageEntry
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.shown import order_shown
from services.workshop.repair_orders.usecases.finding import order_to_change
from services.workshop.repair_orders.usecases.odometer import readings, recorded

_MET = {
    "customer_id": text("SELECT 1 FROM repair_order WHERE customer_id = :id OR origin_customer_id = :id LIMIT 1"),
    "vehicle_id": text("SELECT 1 FROM repair_order WHERE vehicle_id = :id LIMIT 1"),
}
"""By field: whether a repair order was written for it before."""


def require_registered(asked: operations.OpenRepairOrder, *, read: Read, ask: Ask) -> None:
    """A repair order is for a registered customer and vehicle. Raises InvalidRequest that names the field."""
    asking.require_registered(asked, met=_MET, read=read, ask=ask)


def take_in(session: Session, asked: operations.OpenRepairOrder, *, scope: Scope, now: datetime) -> RepairOrder:
    """Take a vehicle in; the caller is its advisor. A reading that does not fit is taken, and marked.

    Raises StoreClosed, LineAmount, SharesWrong, DiscountTooLarge.
    """
    require_possible(session, asked, scope=scope, now=now)
    before = readings(session, asked.vehicle_id)
    number = next_number(session, "RO", store_id=asked.store_id, per=Per.DAY, now=now)
    order = RepairOrder.open(asked, number=number, advisor_id=scope.staff_id, now=now)
    (owner,) = rekeying.owners(session, [rekeying.Told(asked.customer_id, "repair_order", str(order.id))])
    order.customer_id, order.origin_customer_id = owner
    order.judge_by(judge([*before, *order.readings.values()]))
    session.add(order)
    session.flush()
    session.add(StageEntry.of(order, by=scope.staff_id, now=now))
    opened = picked(events.RepairOrderOpened, order, ro_id=order.id, customer_id=asked.customer_id)
    tell(session, order, opened, recorded(order, WhichReading.IN), now=now)
    return order


def require_possible(
    reader: Session | Connection,
    asked: operations.OpenRepairOrder | operations.CheckRepairOrder,
    *,
    scope: Scope,
    now: datetime,
) -> None:
    """Raise StoreNotAllowed, StoreClosed, or what is wrong with its lines, if such an order cannot be opened."""
    scope.require_store(asked.store_id)
    stores.require_open(reader, asked.store_id, now=now)
    work.require_prices(asked.lines)


def correct_km(session: Session, asked: operations.CorrectKm, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """A reading of the order was wrong: it and the vehicle's others are judged anew. The same one changes nothing.

    Raises KmNotRead.
    """
    vehicle_id = session.scalar(select(RepairOrder.vehicle_id).where(RepairOrder.id == asked.ro_id))
    if vehicle_id is None:
        raise RepairOrderNotFound
    turns.take(session, "vehicle", [vehicle_id])
    others = select(RepairOrder).where(RepairOrder.vehicle_id == vehicle_id).order_by(RepairOrder.id)
    orders = session.scalars(others.with_for_update()).all()
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    told = order.readings.get(asked.reading)
    if told is None:
        raise KmNotRead
    if asked.km == told.km:
        return order_shown(order)
    order.correct_km(km=asked.km, reason=asked.reason, which=asked.reading)
    judged = judge([one for each in orders for one in each.readings.values()])
    for each in orders:
        each.judge_by(judged)
    corrected = picked(
        events.RepairOrderKmCorrected,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        km=asked.km,
        told_km=told.km,
        reading=asked.reading,
    )
    tell(session, order, corrected, now=now)
    return order_shown(order)

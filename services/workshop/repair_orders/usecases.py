"""What the workshop does: from taking a vehicle in to handing it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session, joinedload

from chassis.bus.context import Ask
from chassis.customers import asking, rekeying
from chassis.customers.asking import Read
from chassis.organisation import staff, stores
from chassis.store import turns
from chassis.store.numbers import next_number
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.odometer import Reading, judge
from contracts.picked import picked
from contracts.workshop import events, operations
from contracts.workshop.operations import Stage, Verdict
from services.workshop.repair_orders import rules
from services.workshop.repair_orders.errors import RepairOrderNotFound, TechnicianUnknown
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.shown import order_shown

TECHNICIAN = "technician"
"""The role of whom work is given to."""
_MET = {
    "customer_id": text("SELECT 1 FROM repair_order WHERE customer_id = :id OR origin_customer_id = :id LIMIT 1"),
    "vehicle_id": text("SELECT 1 FROM repair_order WHERE vehicle_id = :id LIMIT 1"),
}
"""By field: whether a repair order was written for it before."""
_WITH_LINES = (joinedload(RepairOrder.lines),)


def require_registered(asked: operations.OpenRepairOrder, *, read: Read, ask: Ask) -> None:
    """A repair order is for a registered customer and vehicle. Raises InvalidRequest that names the field."""
    asking.require_registered(asked, met=_MET, read=read, ask=ask)


def open_repair_order(
    session: Session, asked: operations.OpenRepairOrder, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Take a vehicle in; the caller is its advisor. A reading that does not fit is taken, and marked.

    Raises StoreClosed, LineAmount, DiscountTooLarge.
    """
    require_possible(session, asked, scope=scope, now=now)
    before = readings(session, vehicle_id=asked.vehicle_id)
    number = next_number(session, "RO", store_id=asked.store_id, period=f"{now:%Y%m%d}")
    order = RepairOrder.open(asked, number=number, advisor_id=scope.staff_id, now=now)
    (owner,) = rekeying.owners(session, [rekeying.Told(asked.customer_id, "repair_order", str(order.id))])
    order.customer_id, order.origin_customer_id = owner
    order.km_status = judge([*before, order.reading])[order.reading]
    session.add(order)
    opened = picked(events.RepairOrderOpened, order, ro_id=order.id, customer_id=asked.customer_id)
    tell(session, order, opened, now=now)
    return order_shown(order)


def require_possible(
    reader: Session | Connection,
    asked: operations.OpenRepairOrder | operations.CheckRepairOrder,
    *,
    scope: Scope,
    now: datetime,
) -> None:
    """Raise StoreNotAllowed, StoreClosed, LineAmount or DiscountTooLarge if such an order cannot be opened."""
    scope.require_store(asked.store_id)
    stores.require_open(reader, asked.store_id, now=now)
    rules.require_prices(asked.lines)


def correct_km(session: Session, asked: operations.CorrectKm, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """The reading of the order was wrong: it and the vehicle's others are judged anew. The same one changes nothing."""
    vehicle_id = session.scalar(select(RepairOrder.vehicle_id).where(RepairOrder.id == asked.ro_id))
    if vehicle_id is None:
        raise RepairOrderNotFound
    turns.take(session, "vehicle", [vehicle_id])
    others = select(RepairOrder).where(RepairOrder.vehicle_id == vehicle_id).order_by(RepairOrder.id)
    orders = session.scalars(others.with_for_update()).all()
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    if asked.km == order.km:
        return order_shown(order)
    told_km = order.km
    order.correct_km(km=asked.km, reason=asked.reason)
    judged = judge([one.reading for one in orders])
    for one in orders:
        one.km_status = judged[one.reading]
    corrected = picked(
        events.RepairOrderKmCorrected, order, ro_id=order.id, customer_id=order.written_for, told_km=told_km
    )
    tell(session, order, corrected, now=now)
    return order_shown(order)


def authorize_repair(
    session: Session, asked: operations.AuthorizeRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Record the customer's consent and the promise to him. Raises PromiseInPast, NothingToDo."""
    rules.require_promise_ahead(promised_at=asked.promised_at, now=now)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.authorize(asked, now=now)
    authorized = picked(
        events.RepairAuthorized,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        amount_fen=order.authorized_fen,
    )
    tell(session, order, authorized, now=now)
    return order_shown(order)


def dispatch_repair(
    session: Session, asked: operations.DispatchRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Give the work to a technician of the store, or to another one than before. Raises TechnicianUnknown."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    if not staff.works(session, asked.technician_id, role=TECHNICIAN, store_id=order.store_id):
        raise TechnicianUnknown(field="technician_id", technician_id=asked.technician_id)
    left = order.stage
    order.dispatch(technician_id=asked.technician_id, bay=asked.bay)
    return _moved(session, order, left=left, now=now)


def start_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Begin the work, or the rework; the caller works. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = order.stage
    order.start(by=scope.staff_id, anybodys=scope.owners is None)
    return _moved(session, order, left=left, now=now)


def finish_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Work done, over to quality control; the caller worked. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = order.stage
    order.finish(by=scope.staff_id, anybodys=scope.owners is None)
    return _moved(session, order, left=left, now=now)


def inspect_repair(
    session: Session, asked: operations.InspectRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Quality control; the caller is the inspector. Raises InspectorDidTheWork."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = order.stage
    order.inspect(verdict=asked.verdict, inspector_id=scope.staff_id, now=now)
    if asked.verdict is Verdict.REWORK:
        return _moved(session, order, left=left, now=now)
    tell(session, order, picked(events.RepairReady, order, ro_id=order.id, customer_id=order.written_for), now=now)
    return order_shown(order)


def settle_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Make the invoice. Raises NotAuthorized if the customer would pay more than he agreed to (R51)."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.settle(now=now)
    borne = rules.totals(order.lines)
    settled = picked(
        events.RepairSettled,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        total_fen=sum(borne.values()),
        by_pay_type={pay_type.value: amount for pay_type, amount in borne.items()},
    )
    tell(session, order, settled, now=now)
    return order_shown(order)


def return_vehicle(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Hand the vehicle back: the order is closed."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.give_back(now=now)
    returned = picked(events.VehicleReturned, order, ro_id=order.id, customer_id=order.written_for)
    tell(session, order, returned, now=now)
    return order_shown(order)


def order_to_change(session: Session, ro_id: UUID, expected_version: int | None = None, *, scope: Scope) -> RepairOrder:
    """The order, locked, if it lies in the caller's scope. Raises RepairOrderNotFound, StaleVersion."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def order_to_work_on(session: Session, ro_id: UUID, expected_version: int | None, *, scope: Scope) -> RepairOrder:
    """As `order_to_change`, for those who do the work: their store's orders are there, though not all are theirs."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=scope.staff_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def _locked(session: Session, ro_id: UUID) -> RepairOrder | None:
    return session.get(RepairOrder, ro_id, options=_WITH_LINES, with_for_update={"of": RepairOrder})


def readings(session: Session, *, vehicle_id: UUID) -> list[Reading]:
    """The vehicle's odometer readings in any store; of two advisors at once the second one waits for the first."""
    turns.take(session, "vehicle", [vehicle_id])
    told = select(RepairOrder.opened_at, RepairOrder.id, RepairOrder.km).where(RepairOrder.vehicle_id == vehicle_id)
    return [Reading(row.opened_at, str(row.id), row.km) for row in session.execute(told)]


def _moved(session: Session, order: RepairOrder, *, left: Stage, now: datetime) -> operations.RepairOrder:
    """The board's event, for the changes of stage that have no event of their own; then the order."""
    changed = events.RepairStageChanged(
        ro_id=order.id, customer_id=order.written_for, from_stage=left, to_stage=order.stage
    )
    tell(session, order, changed, now=now)
    return order_shown(order)

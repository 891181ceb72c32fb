"""A repair order goes from stage to stage, from the customer's consent to the vehicle handed back; waits; or ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.organisation import staff, stores
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.envelope import Event
from contracts.picked import picked
from contracts.workshop import events, operations, stages
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.errors import TechnicianUnknown
from services.workshop.repair_orders.models import RepairOrder, StageEntry
from services.workshop.repair_orders.rules import moving, work
from services.workshop.repair_orders.shown import order_shown
from services.workshop.repair_orders.usecases.finding import order_to_change, order_to_work_on
from services.workshop.repair_orders.usecases.outlook import worked

TECHNICIAN = "technician"
"""The role of whom work is given to."""

HOUR = timedelta(hours=1)

TOGETHER = 200
"""Orders that are closed in one transaction."""


class Left(NamedTuple):
    """Where an order stood before a step, and since when."""

    stage: Stage
    since: datetime

    @classmethod
    def of(cls, order: RepairOrder) -> Left:
        """Where it stands now."""
        return cls(order.stage, order.stage_since)


def estimate_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """The customer, or his insurer, is asked about the work known so far. Raises NothingToDo."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.estimate(now=now)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def authorize_repair(
    session: Session, asked: operations.AuthorizeRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Record the customer's consent and the promise to him; later, to more work or a higher price.

    Raises PromiseInPast, NothingToDo, AmountBelowLines.
    """
    moving.require_promise_ahead(promised_at=asked.promised_at, now=now)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = order.stage
    session.add(order.authorize(asked, by=scope.staff_id, now=now))
    authorized = picked(
        events.RepairAuthorized,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        amount_fen=order.authorized_fen,
    )
    if order.stage is not left:
        return _came(session, order, authorized, by=scope.staff_id, now=now)
    tell(session, order, authorized, now=now)
    return order_shown(order)


def dispatch_repair(
    session: Session, asked: operations.DispatchRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Give the work to a technician of the store, or to another one than before. Raises TechnicianUnknown."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    if not staff.works(session, asked.technician_id, role=TECHNICIAN, store_id=order.store_id):
        raise TechnicianUnknown(field="technician_id", technician_id=asked.technician_id)
    left = Left.of(order)
    order.dispatch(technician_id=asked.technician_id, bay=asked.bay, now=now)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def start_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Begin the work, or the rework; the caller works. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.start(by=scope.staff_id, now=now, anybodys=scope.owners is None)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def finish_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Work done, over to quality control; the caller worked. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.finish(by=scope.staff_id, now=now, anybodys=scope.owners is None)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def inspect_repair(
    session: Session, asked: operations.InspectRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Quality control; the caller is the inspector. Raises InspectorDidTheWork."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.inspect(verdict=asked.verdict, inspector_id=scope.staff_id, now=now)
    if order.stage is not Stage.READY:
        return _moved(session, order, left=left, by=scope.staff_id, now=now)
    return _ready(session, order, by=scope.staff_id, now=now)


def wash_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """The vehicle that passed quality control is washed, and may be fetched."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    order.wash(now=now)
    return _ready(session, order, by=scope.staff_id, now=now)


def settle_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Make the invoice. Raises NotAuthorized if the customer would pay more than he agreed to (R51)."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.settle(now=now)
    borne = work.totals(work.charged(order.lines))
    settled = picked(
        events.RepairSettled,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        total_fen=sum(borne.values()),
        by_pay_type={pay_type.value: amount for pay_type, amount in borne.items()},
    )
    return _came(session, order, settled, by=scope.staff_id, now=now)


def return_vehicle(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Hand the vehicle back."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    order.give_back(now=now)
    returned = picked(events.VehicleReturned, order, ro_id=order.id, customer_id=order.written_for)
    return _came(session, order, returned, by=scope.staff_id, now=now)


def wait_repair(session: Session, asked: stages.WaitRepair, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """The work cannot go on, or not before another time than was expected. Raises WorkOfAnother, ExpectedInPast."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.wait(
        moving.WAITING[asked.waiting_for],
        expected_at=asked.expected_at,
        note=asked.note,
        by=scope.staff_id,
        now=now,
        anybodys=scope.owners is None,
    )
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def resume_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """What was waited for is there. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.resume(by=scope.staff_id, now=now, anybodys=scope.owners is None)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def recall_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Work that was not begun is nobody's again."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.recall(now=now)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def cancel_repair(
    session: Session, asked: stages.CancelRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Nothing more is done to the vehicle. Raises RefusalNotSigned for an order that waits, without a signature."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.cancel(reason=asked.reason, refusal_by=asked.refusal_by, now=now)
    cancelled = picked(
        events.RepairCancelled, order, ro_id=order.id, customer_id=order.written_for, from_stage=left.stage
    )
    return _came(session, order, cancelled, by=scope.staff_id, now=now)


def close_returned(session: Session, *, now: datetime) -> int:
    """Close the orders whose vehicles were returned a week ago (C7), some at a time; returns how many."""
    returned = select(RepairOrder).where(
        RepairOrder.stage == Stage.RETURNED, RepairOrder.returned_at <= now - moving.CLOSED_AFTER
    )
    oldest = returned.order_by(RepairOrder.returned_at).limit(TOGETHER)
    orders = session.scalars(oldest.with_for_update(skip_locked=True)).all()
    for order in orders:
        left = Left.of(order)
        order.close(now=now)
        _note_move(session, order, left=left, by=None, now=now)
    return len(orders)


def _ready(session: Session, order: RepairOrder, *, by: str, now: datetime) -> operations.RepairOrder:
    ready = picked(events.RepairReady, order, ro_id=order.id, customer_id=order.written_for)
    return _came(session, order, ready, by=by, now=now)


def _moved(session: Session, order: RepairOrder, *, left: Left, by: str, now: datetime) -> operations.RepairOrder:
    """The board's event, for the changes of stage that have no event of their own; then the order."""
    if left.stage is Stage.IN_PROGRESS is not order.stage:
        calendar = stores.calendars(session, [order.store_id]).get(order.store_id)
        order.worked_hours += Decimal(worked(calendar, left.since, now) / HOUR).quantize(Decimal("0.0001"))
    _note_move(session, order, left=left, by=by, now=now)
    return order_shown(order)


def _note_move(session: Session, order: RepairOrder, *, left: Left, by: str | None, now: datetime) -> None:
    changed = picked(
        events.RepairStageChanged,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        from_stage=left.stage,
        to_stage=order.stage,
    )
    _note(session, order, changed, by=by, now=now)


def _came(session: Session, order: RepairOrder, told: Event, *, by: str, now: datetime) -> operations.RepairOrder:
    """The stage has an event of its own; then the order."""
    _note(session, order, told, by=by, now=now)
    return order_shown(order)


def _note(session: Session, order: RepairOrder, told: Event, *, by: str | None, now: datetime) -> None:
    """Every change of stage is in the log of the order, and told once."""
    session.add(StageEntry.of(order, by=by, now=now))
    tell(session, order, told, now=now)

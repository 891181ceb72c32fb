"""A repair order goes from stage to stage, from the customer's consent to the vehicle that is ready; waits; or ends."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.organisation import staff
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.envelope import Event
from contracts.picked import picked
from contracts.workshop import clocking, events, operations, stages
from contracts.workshop.operations import Stage
from services.workshop.bays.usecases import require_bays
from services.workshop.repair_orders.errors import TechnicianUnknown
from services.workshop.repair_orders.models import RepairOrder, StageEntry
from services.workshop.repair_orders.rules import moving
from services.workshop.repair_orders.shown import clocking_shown, order_shown
from services.workshop.repair_orders.usecases import clocks, odometer
from services.workshop.repair_orders.usecases.finding import order_to_change, order_to_work_on

TECHNICIAN = "technician"
"""The role of whom work is given to."""

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
        return came(session, order, authorized, by=scope.staff_id, now=now)
    tell(session, order, authorized, now=now)
    return order_shown(order)


def dispatch_repair(
    session: Session, asked: operations.DispatchRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Give the work to a technician of the store, or to another than before. Raises TechnicianUnknown, BayUnknown."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    _require_technician(session, asked.technician_id, store_id=order.store_id)
    require_bays(session, [asked.bay], store_id=order.store_id)
    left = Left.of(order)
    order.dispatch(technician_id=asked.technician_id, bay=asked.bay, now=now)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def start_repair(
    session: Session, asked: operations.MoveRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """Begin the work, or the rework, as a whole; the caller works. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.start(by=scope.staff_id, now=now, anybodys=scope.owners is None)
    clocks.start(session, order, None, by=scope.staff_id, now=now)
    return _moved(session, order, left=left, by=scope.staff_id, now=now)


def clock_on(session: Session, asked: clocking.ClockOn, *, scope: Scope, now: datetime) -> clocking.Clocking:
    """The caller works on a line, or on the order as a whole; whatever else he worked on he works on no more.

    Raises LineNotFound, LineNotToDo, LinesUnanswered, WorkOfAnother.
    """
    order = order_to_work_on(session, asked.ro_id, None, scope=scope)
    left = Left.of(order)
    if order.take_up(asked.position, by=scope.staff_id, now=now, anybodys=scope.owners is None):
        if order.stage is left.stage:
            _tell_work(session, order, position=asked.position, now=now)
        else:
            _moved(session, order, left=left, by=scope.staff_id, now=now)
    return clocking_shown(clocks.start(session, order, asked.position, by=scope.staff_id, now=now))


def give_line(session: Session, asked: clocking.GiveLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """Give a line to technicians of the store; the clock of who has it no more stops.

    Raises TechnicianUnknown, BayUnknown.
    """
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    for technician_id in asked.technicians:
        _require_technician(session, technician_id, store_id=order.store_id)
    require_bays(session, [asked.bay], store_id=order.store_id)
    left = Left.of(order)
    order.give_line(asked.position, technicians=asked.technicians, bay=asked.bay, now=now)
    clocks.stop_others(session, order, asked.position, now=now)
    if order.stage is not left.stage:
        return _moved(session, order, left=left, by=scope.staff_id, now=now)
    _tell_work(session, order, position=asked.position, now=now)
    return order_shown(order)


def finish_line(session: Session, asked: clocking.FinishLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """The work of a line is done; nobody is clocked on it any more. Raises LineNotToDo, WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, None, scope=scope)
    order.end_line(asked.position, by=scope.staff_id, anybodys=scope.owners is None)
    clocks.stop_line(session, order, asked.position, now=now)
    _tell_work(session, order, position=asked.position, now=now)
    return order_shown(order)


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
    """Quality control; the caller is the inspector, and may read the odometer. Raises InspectorDidTheWork."""
    odometer.take_turn(session, asked.ro_id, km=asked.km_out)
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.inspect(verdict=asked.verdict, inspector_id=scope.staff_id, now=now)
    tell(session, order, *odometer.read_out(session, order, asked.km_out, now=now), now=now)
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
    """What was waited for is there; a technician who says so goes on where he stopped. Raises WorkOfAnother."""
    order = order_to_work_on(session, asked.ro_id, asked.expected_version, scope=scope)
    left = Left.of(order)
    order.resume(by=scope.staff_id, now=now, anybodys=scope.owners is None)
    if order.stage is Stage.IN_PROGRESS and scope.owners is not None:
        clocks.go_on(session, order, by=scope.staff_id, now=now)
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
    return came(session, order, cancelled, by=scope.staff_id, now=now)


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


def _require_technician(session: Session, technician_id: str, *, store_id: str) -> None:
    if not staff.works(session, technician_id, role=TECHNICIAN, store_id=store_id):
        raise TechnicianUnknown(field="technician_id", technician_id=technician_id)


def _tell_work(session: Session, order: RepairOrder, *, position: int | None, now: datetime) -> None:
    """Who does a line is another, or the line is done, and the order stands where it stood."""
    changed = picked(events.RepairWorkChanged, order, ro_id=order.id, customer_id=order.written_for, position=position)
    tell(session, order, changed, now=now)


def _ready(session: Session, order: RepairOrder, *, by: str, now: datetime) -> operations.RepairOrder:
    ready = picked(events.RepairReady, order, ro_id=order.id, customer_id=order.written_for)
    return came(session, order, ready, by=by, now=now)


def _moved(session: Session, order: RepairOrder, *, left: Left, by: str, now: datetime) -> operations.RepairOrder:
    """The board's event, for the changes of stage that have no event of their own; then the order.

    Where the work does not go on, nobody is clocked on it.
    """
    if left.stage is Stage.IN_PROGRESS is not order.stage:
        clocks.stop_all(session, order, now=now)
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


def came(session: Session, order: RepairOrder, told: Event, *, by: str, now: datetime) -> operations.RepairOrder:
    """The stage has an event of its own; then the order."""
    _note(session, order, told, by=by, now=now)
    return order_shown(order)


def _note(session: Session, order: RepairOrder, told: Event, *, by: str | None, now: datetime) -> None:
    """Every change of stage is in the log of the order, and told once."""
    session.add(StageEntry.of(order, by=by, now=now))
    tell(session, order, told, now=now)

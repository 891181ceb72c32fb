"""What may be a comeback is looked for whenever the work of an order is another, and judged by a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from chassis.store import policies
from chassis.store.outbox import tell
from chassis.store.policies import Asked
from contracts.access import Scope
from contracts.odometer import ReadingStatus
from contracts.picked import picked
from contracts.workshop import comebacks as contract
from contracts.workshop import events, lines, operations, stages
from contracts.workshop.comebacks import ComebackState
from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import LineState, PayType, Stage
from contracts.workshop.policies import COMEBACK_WINDOW, REPAIR_GUARANTEE
from services.workshop.appointments.usecases import joining
from services.workshop.certificates.rules import guarantee_of
from services.workshop.comebacks.errors import ComebackNotFound, ComebackUndecided
from services.workshop.comebacks.models import Comeback
from services.workshop.comebacks.queries import comeback_shown
from services.workshop.comebacks.rules import Done, Guarantee, Window, may_come_back, newest
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.usecases import clocks, steps
from services.workshop.repair_orders.usecases import lines as changing

_DONE = text(
    """
    SELECT l.order_id, l.position, l.fault_group, l.job_class, o.store_id, o.returned_at,
           CASE WHEN o.km_out_status = 'OK' THEN o.km_out END AS km,
           issued.guarantee_km, issued.guarantee_days
      FROM repair_order o
      JOIN job_line l ON l.order_id = o.id AND l.state = 'qc_pass' AND l.fault_group = ANY(:groups)
      LEFT JOIN comeback c ON c.order_id = l.order_id AND c.position = l.position AND c.state = 'confirmed'
      LEFT JOIN LATERAL (
           SELECT r.guarantee_km, r.guarantee_days FROM repair_certificate r WHERE r.order_id = o.id
            ORDER BY r.issued_at DESC, r.number DESC LIMIT 1) issued ON TRUE
     WHERE o.vehicle_id = :vehicle_id AND o.id <> :order_id AND o.returned_at <= :opened_at AND c.id IS NULL
    """
)
"""What was done to the vehicle before, about the same parts, but for what is itself a comeback: the first cause counts
(C9), so that no failure opens a window of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a comeback."""

    comeback_id: UUID
    ro_id: UUID
    customer_id: UUID
    vehicle_id: UUID
    position: int
    fault_group: str
    cause_ro_id: UUID
    cause_position: int
    times: int
    technicians: list[str]
    judged: list[str]

    @classmethod
    def of(cls, one: Comeback, order: RepairOrder) -> Told:
        """Of a comeback of an order."""
        return picked(
            cls,
            one,
            comeback_id=one.id,
            ro_id=order.id,
            customer_id=order.written_for,
            vehicle_id=order.vehicle_id,
            cause_ro_id=one.cause_order_id,
        )


# -- whatever changes an order's work looks for them ----------------------------------------------------------


def open_repair_order(
    session: Session, asked: operations.OpenRepairOrder, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """As `joining.open_repair_order`."""
    return _looked_at(session, joining.open_repair_order(session, asked, scope=scope, now=now), now=now)


def add_line(session: Session, asked: lines.AddLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """As `lines.add_line`."""
    return _looked_at(session, changing.add_line(session, asked, scope=scope, now=now), now=now)


def change_line(session: Session, asked: lines.ChangeLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """As `lines.change_line`."""
    return _looked_at(session, changing.change_line(session, asked, scope=scope, now=now), now=now)


def decline_line(session: Session, asked: lines.DeclineLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """As `lines.decline_line`."""
    return _looked_at(session, changing.decline_line(session, asked, scope=scope, now=now), now=now)


def cancel_repair(
    session: Session, asked: stages.CancelRepair, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """As `steps.cancel_repair`."""
    return _looked_at(session, steps.cancel_repair(session, asked, scope=scope, now=now), now=now)


def _looked_at(session: Session, shown: operations.RepairOrder, *, now: datetime) -> operations.RepairOrder:
    look(session, session.get_one(RepairOrder, shown.ro_id), now=now)
    return shown


def look(session: Session, order: RepairOrder, *, now: datetime) -> None:
    """Suspect what of an order may be done again because of us; what is not, or was decided, stays as it is."""
    if not any(line.fault_group for line in order.lines):
        return
    session.flush()
    known = {one.position: one for one in session.scalars(select(Comeback).where(Comeback.order_id == order.id))}
    wanted = [line for line in order.lines if line.fault_group and _is_done(order, line)]
    causes = _causes(session, order, {str(line.fault_group) for line in wanted})
    for line in order.lines:
        before = known.get(line.position)
        if before is not None and before.state in (ComebackState.CONFIRMED, ComebackState.REFUTED):
            continue
        cause = causes.get(line.fault_group) if line in wanted and line.fault_group else None
        if cause is not None:
            _suspect(session, order, line, cause, before=before, now=now)
        elif before is not None and before.state is ComebackState.SUSPECTED:
            before.withdraw()
            _tell_cleared(session, before, order, now=now)


def _is_done(order: RepairOrder, line: JobLine) -> bool:
    return order.stage is not Stage.CANCELLED and line.state is not LineState.DECLINED


def _causes(session: Session, order: RepairOrder, groups: Collection[str]) -> dict[FaultGroup, Done]:
    """By part of the vehicle the repair whose failure it may be."""
    if not groups:
        return {}
    asked = {"groups": sorted(groups), "vehicle_id": order.vehicle_id, "order_id": order.id}
    rows = session.execute(_DONE, {**asked, "opened_at": order.opened_at}).all()
    laws = policies.resolve_all(session, [Asked(REPAIR_GUARANTEE, row.store_id, row.returned_at) for row in rows])
    always = policies.resolve_all(session, [Asked(COMEBACK_WINDOW, row.store_id, row.returned_at) for row in rows])
    km = order.km if order.km_status is ReadingStatus.OK else None
    found: dict[FaultGroup, list[Done]] = {}
    for row, law, least in zip(rows, laws, always, strict=True):
        done = Done(row.order_id, row.position, row.fault_group, row.returned_at, row.km)
        guarantees = [Guarantee(*guarantee_of(JobClass[row.job_class].category, law))] if row.job_class else []
        if row.guarantee_days is not None:
            guarantees.append(Guarantee(row.guarantee_km, row.guarantee_days))
        if may_come_back(done, Window(tuple(guarantees), least.days), opened_at=order.opened_at, km=km):
            found.setdefault(FaultGroup[row.fault_group], []).append(done)
    return {group: cause for group, several in found.items() if (cause := newest(several)) is not None}


def _suspect(
    session: Session, order: RepairOrder, line: JobLine, cause: Done, *, before: Comeback | None, now: datetime
) -> None:
    about = (cause.order_id, cause.position, FaultGroup[cause.fault_group])
    if before is not None and before.state is ComebackState.SUSPECTED and before.cause == about:
        return
    one = before or Comeback.of(order, line)
    first = session.get_one(RepairOrder, cause.order_id)
    did = next(each for each in clocks.work_told(session, first) if each.position == cause.position)
    earlier = select(func.count()).where(
        Comeback.cause_order_id == cause.order_id,
        Comeback.cause_position == cause.position,
        Comeback.state == ComebackState.CONFIRMED,
        Comeback.order_id != order.id,
    )
    times = 1 + (session.scalar(earlier) or 0)
    one.suspect(about, times=times, technicians=did.technicians, inspector_id=first.inspector_id, now=now)
    session.add(one)
    tell(session, one, picked(events.ComebackSuspected, Told.of(one, order)), now=now)


# -- and a person judges ---------------------------------------------------------------------------------------


def decide_comeback(
    session: Session, asked: contract.DecideComeback, *, scope: Scope, now: datetime
) -> contract.Comeback:
    """It is one, at the cost of the house, or it is none; the same word again changes nothing.

    Raises ComebackNotFound, ComebackWithdrawn, OwnWorkJudged, StageNotAllowed once the invoice is made,
    DiscountTooLarge.
    """
    ro_id = session.scalar(select(Comeback.order_id).where(Comeback.id == asked.comeback_id))
    if ro_id is None:
        raise ComebackNotFound
    order = session.get_one(RepairOrder, ro_id, with_for_update=True)
    one = session.get_one(Comeback, asked.comeback_id)
    if not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise ComebackNotFound
    one.require_judge(scope.staff_id)
    state = ComebackState.CONFIRMED if asked.confirmed else ComebackState.REFUTED
    if state is not one.state:
        work.require_open_to_money(stage=order.stage)
        _let_pay(session, order, one, house=asked.confirmed, now=now)
        one.decide(state, reason=asked.reason, by=scope.staff_id, now=now)
        if asked.confirmed:
            tell(session, one, picked(events.ComebackDetected, Told.of(one, order)), now=now)
        else:
            _tell_cleared(session, one, order, now=now)
    session.flush()
    return comeback_shown(session.connection(), one.id)


def _let_pay(session: Session, order: RepairOrder, one: Comeback, *, house: bool, now: datetime) -> None:
    """The house bears the line, or who bore it before does again; what nobody changes is not told."""
    line = next(each for each in order.lines if each.position == one.position)
    if house:
        one.pay_type, one.shares = line.pay_type, line.shares
        pay_type, shares = PayType.INTERNAL, []
    elif one.pay_type is not None:
        pay_type, shares = one.pay_type, one.shares
        one.pay_type, one.shares = None, []
    else:
        return
    before_fen = work.discounted_beyond(order.lines)
    order.change_line(lines.ChangeLine(order.id, one.position, pay_type=pay_type, shares=shares))
    tell(session, order, changing.told_lines(order, before_fen=before_fen), now=now)


def require_decided(session: Session, ro_id: UUID) -> None:
    """Raise ComebackUndecided while nobody said of a line whether it is a comeback: who pays it hangs on that."""
    waiting = select(Comeback.position).where(Comeback.order_id == ro_id, Comeback.state == ComebackState.SUSPECTED)
    found = session.scalars(waiting.order_by(Comeback.position)).all()
    if found:
        raise ComebackUndecided(lines=list(found))


def _tell_cleared(session: Session, one: Comeback, order: RepairOrder, *, now: datetime) -> None:
    tell(session, one, picked(events.ComebackCleared, Told.of(one, order), state=one.state), now=now)

"""What people do to a delivery: steps done and held up, registrations, promises; and what the clock tells of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.outbox import tell
from contracts import plate as plates
from contracts.access import Scope
from contracts.picked import picked
from contracts.sales import deliveries, events
from contracts.sales.operations import OrderStatus
from contracts.sales.steps import PlateStage, StepAct, StepCode, StepState
from services.sales import receivables
from services.sales.deliveries.queries import delivery_of
from services.sales.deliveries.shown import step_shown
from services.sales.orders.errors import PromiseInPast
from services.sales.orders.models import Order
from services.sales.orders.usecases import order_to_change
from services.sales.steps import usecases as steps
from services.sales.steps.errors import (
    ChecklistUnknown,
    EvidenceMissing,
    ExpectedInPast,
    InsuranceEndsEarly,
    PlateInvalid,
    ReasonMissing,
    StageAhead,
    StepNotFound,
    StepsNone,
    StepsOver,
    StepWaits,
)
from services.sales.steps.models import DeliveryPlan, DeliveryStep
from services.sales.steps.rules.states import WITH_REASON, next_state, require_may

_UNDER_WAY = (OrderStatus.SIGNED, OrderStatus.ALLOCATED, OrderStatus.READY)
"""Where an order stands whose keys somebody waits for."""

NEEDS = {StepCode.INSURANCE: "effective_from", StepCode.PLATE: "plate"}
"""What a step is done with."""

AT_ONCE = 50
"""Orders that the clock looks at in one transaction."""


def change_step(
    session: Session, asked: deliveries.ChangeStep, *, scope: Scope, roles: Collection[str], now: datetime
) -> deliveries.Step:
    """Do this to a step. Raises what the operation says."""
    order = order_to_change(session, asked.order_id, scope=scope)
    plan, step = _step_to_change(session, order, asked.code, act=asked.act)
    require_may(step.code, asked.act, roles)
    step.require_version(asked.expected_version)
    to = next_state(step.code, step.state, asked.act)
    _require_whole(plan, step, asked, now=now)
    before = step.state
    session.add(step.move(to, asked.act, by=scope.staff_id, reason=asked.reason.strip(), now=now))
    if asked.act is StepAct.BLOCK:
        step.expected_on = asked.expected_on
    if to is StepState.DONE:
        _keep_evidence(step, asked, now=now)
    _moved(session, order, plan, step, before=before, now=now)
    if step.plate is not None:
        issued = picked(events.PlateIssued, order, order_id=order.id, customer_id=order.written_for, plate=step.plate)
        tell(session, order, issued, now=now)
    return step_shown(order, plan, step, roles=roles, now=now)


def note_plate_stage(
    session: Session, asked: deliveries.NotePlateStage, *, scope: Scope, roles: Collection[str], now: datetime
) -> deliveries.Step:
    """A stage of the registration is over; with the first of them it is in work. Raises StageAhead too."""
    order = order_to_change(session, asked.order_id, scope=scope)
    plan, step = _step_to_change(session, order, StepCode.PLATE, act=StepAct.START)
    require_may(step.code, StepAct.START, roles)
    today = now.astimezone(LOCAL).date()
    on = asked.on or today
    if not plan.signed_at.astimezone(LOCAL).date() <= on <= today:
        raise StageAhead(field="on")
    if step.state is not StepState.IN_PROGRESS:
        act = StepAct.RESUME if step.state is StepState.BLOCKED else StepAct.START
        to = next_state(step.code, step.state, act)
        before = step.state
        session.add(step.move(to, act, by=scope.staff_id, now=now))
        _moved(session, order, plan, step, before=before, now=now)
    else:
        step.version += 1
    step.stages = {**step.stages, asked.stage: on.isoformat()}
    return step_shown(order, plan, step, roles=roles, now=now)


def repromise_order(
    session: Session, asked: deliveries.RepromiseOrder, *, scope: Scope, roles: Collection[str], now: datetime
) -> deliveries.Delivery:
    """Promise the delivery for another day; the first promise stays (R48). Raises PromiseInPast, StepsOver."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    if order.promised_date is None or order.first_promise is None or order.status not in _UNDER_WAY:
        raise StepsOver
    if asked.promised_date < now.astimezone(LOCAL).date():
        raise PromiseInPast(field="promised_date")
    before, order.promised_date = order.promised_date, asked.promised_date
    order.touch(now=now)
    why: dict[str, Any] = {"reason": asked.reason, "remark": asked.remark, "by": scope.staff_id}
    steps.promise(session, order, before=before, first=order.first_promise, **why, now=now)
    told = picked(
        events.DeliveryRepromised, order, order_id=order.id, customer_id=order.written_for, reason=asked.reason
    )
    tell(session, order, told, now=now)
    return delivery_of(session, order, roles=roles, now=now)


def check_handover(
    session: Session, asked: deliveries.CheckHandover, *, scope: Scope, roles: Collection[str], now: datetime
) -> deliveries.Delivery:
    """Somebody saw to an item of the checklist, or that is taken back. Raises StepsNone, StepsOver, ChecklistUnknown.

    Ticked again it stays whose it was. It moves no step and is told to nobody: of the order it makes no new version.
    """
    order = order_to_change(session, asked.order_id, scope=scope)
    if steps.plan_of(session, order.id) is None:
        raise StepsNone
    if order.status not in _UNDER_WAY:
        raise StepsOver
    if asked.code not in [item.code for item in steps.checklist(session, order, now=now)]:
        raise ChecklistUnknown(field="code", item=asked.code)
    if asked.done:
        steps.check(session, order, [asked.code], by=scope.staff_id, now=now)
    elif (seen := steps.checked(session, order.id).get(asked.code)) is not None:
        session.delete(seen)
    return delivery_of(session, order, roles=roles, now=now)


def watch(session: Session, *, now: datetime) -> int:
    """Reckon anew what nobody touched in time, and tell, once for each level, of promises that will be broken."""
    plan = DeliveryPlan.__table__.c
    due = or_(plan.look_at < now, plan.untold)
    wanted = select(Order).join(DeliveryPlan, DeliveryPlan.order_id == Order.id).where(plan.ended_at.is_(None), due)
    locked = (
        wanted.where(Order.status.in_(_UNDER_WAY))
        .order_by(Order.id)
        .limit(AT_ONCE)
        .with_for_update(of=Order, skip_locked=True)
    )
    orders = session.scalars(locked).all()
    for order in orders:
        found = session.get_one(DeliveryPlan, order.id, populate_existing=True)
        before = steps.due_of(found)
        steps.reckon(session, found, now=now)
        moved = steps.due_of(found) != before
        if found.untold or moved:
            order.touch(now=now)
        if found.untold:
            found.tell()
            tell(session, order, _at_risk(order, found), now=now)
        if moved:
            receivables.usecases.follow(session, order, now=now)
    return len(orders)


def _at_risk(order: Order, plan: DeliveryPlan) -> events.DeliveryAtRisk:
    return picked(
        events.DeliveryAtRisk,
        order,
        order_id=order.id,
        customer_id=order.written_for,
        level=plan.risk,
        critical_step=plan.holds,
        predicted_date=plan.ready_on,
    )


def _step_to_change(
    session: Session, order: Order, code: StepCode, *, act: StepAct
) -> tuple[DeliveryPlan, DeliveryStep]:
    """While an order may be cancelled, what was done is taken back, and nothing else is done."""
    plan = steps.plan_of(session, order.id)
    step = next((one for one in plan.steps if one.code is code), None) if plan is not None else None
    if plan is None or step is None:
        raise StepNotFound(step=code)
    cancelling = order.status is OrderStatus.CANCEL_PENDING and act is not StepAct.REOPEN
    if cancelling or not plan.is_open(code):
        raise StepsOver
    return plan, step


def _require_whole(plan: DeliveryPlan, step: DeliveryStep, asked: deliveries.ChangeStep, *, now: datetime) -> None:
    """Everything is said that must be said with it, and what it waits for is done."""
    if asked.act in WITH_REASON and not asked.reason.strip():
        raise ReasonMissing(field="reason")
    if asked.expected_on is not None and asked.expected_on < now.astimezone(LOCAL).date():
        raise ExpectedInPast(field="expected_on")
    if asked.act is not StepAct.FINISH:
        return
    if waiting := plan.waits_for(step.code):
        raise StepWaits(step=step.code, waits_for=", ".join(waiting))
    needs = NEEDS.get(step.code)
    if needs is not None and getattr(asked, needs) is None:
        raise EvidenceMissing(step=step.code, field=needs)
    begins, ends = asked.effective_from, asked.effective_until
    if begins is not None and ends is not None and ends <= begins:
        raise InsuranceEndsEarly(field="effective_until")


def _keep_evidence(step: DeliveryStep, asked: deliveries.ChangeStep, *, now: datetime) -> None:
    step.evidence = asked.evidence.strip()
    if step.code is StepCode.INSURANCE:
        assert asked.effective_from is not None
        step.effective_from, step.insurer = asked.effective_from, asked.insurer.strip()
        step.effective_until = asked.effective_until or _a_year_after(asked.effective_from)
    if step.code is StepCode.PLATE and asked.plate is not None:
        step.plate = _readable_plate(asked.plate)
        step.stages = {PlateStage.LICENCE: now.astimezone(LOCAL).date().isoformat(), **step.stages}


def _a_year_after(begins: datetime) -> datetime:
    """The insurance that every car must have is for a year (交强险条例, 20)."""
    local = begins.astimezone(LOCAL)
    if (local.month, local.day) == (2, 29):
        local += timedelta(days=1)
    return local.replace(year=local.year + 1)


def _readable_plate(typed: str) -> str:
    try:
        read = plates.read(typed)
    except plates.NotAPlate:
        raise PlateInvalid(field="plate", typed=typed) from None
    if not read.identifies:
        raise PlateInvalid(field="plate", typed=typed)
    return read.number


def _moved(
    session: Session, order: Order, plan: DeliveryPlan, step: DeliveryStep, *, before: StepState, now: datetime
) -> None:
    """Reckon anew what follows from a step's change, and tell of it; what is owed, only if it is due otherwise."""
    due = steps.due_of(plan)
    steps.reckon(session, plan, now=now)
    if order.status is OrderStatus.ALLOCATED and plan.is_ready:
        order.make_ready(now=now)
    else:
        order.touch(now=now)
    told = picked(
        events.DeliveryStepChanged,
        step,
        customer_id=order.written_for,
        consultant_id=order.consultant_id,
        from_state=before,
        to_state=step.state,
    )
    tell(session, order, told, now=now)
    if steps.due_of(plan) != due:
        receivables.usecases.follow(session, order, now=now)

"""What a delivery looks like to who asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from contracts.picked import picked
from contracts.sales import deliveries
from contracts.sales.operations import OrderStatus
from contracts.sales.policies import ChecklistItem
from contracts.sales.steps import PlateStage, StepAct, StepState
from services.sales.orders.models import Order
from services.sales.orders.shown import order_shown
from services.sales.steps.models import DeliveryPlan, DeliveryStep, PromiseChange
from services.sales.steps.rules.graph import STEPS
from services.sales.steps.rules.states import open_acts


def step_shown(
    order: Order, plan: DeliveryPlan, step: DeliveryStep, *, roles: Collection[str], now: datetime
) -> deliveries.Step:
    """A step, with what the caller may do to it."""
    is_needed = step.state is not StepState.NOT_REQUIRED
    waits_for = plan.waits_for(step.code) if is_needed and step.state is not StepState.DONE else []
    noted = {stage: step.stages[stage] for stage in PlateStage if stage in step.stages}
    return picked(
        deliveries.Step,
        step,
        role=STEPS[step.code].role,
        is_late=step.its_turn and step.due_at is not None and now > step.due_at,
        stages=[deliveries.StageNoted(stage, date.fromisoformat(on)) for stage, on in noted.items()],
        waits_for=waits_for,
        may=_may(order, plan, step, roles=roles),
    )


def _may(order: Order, plan: DeliveryPlan, step: DeliveryStep, *, roles: Collection[str]) -> list[StepAct]:
    if not plan.is_open(step.code):
        return []
    acts = open_acts(step.code, step.state, roles=roles)
    return [act for act in acts if order.status is not OrderStatus.CANCEL_PENDING or act is StepAct.REOPEN]


def delivery_shown(
    order: Order,
    plan: DeliveryPlan,
    *,
    checklist: Sequence[ChecklistItem],
    promises: Sequence[PromiseChange],
    roles: Collection[str],
    now: datetime,
) -> deliveries.Delivery:
    """An order with its steps, in their order."""
    return picked(
        deliveries.Delivery,
        plan,
        order=order_shown(order),
        terms=plan.agreed,
        steps=[step_shown(order, plan, one, roles=roles, now=now) for one in plan.in_order],
        checklist=list(checklist),
        promises=[picked(deliveries.PromiseMoved, moved) for moved in promises],
        version=order.version,
    )

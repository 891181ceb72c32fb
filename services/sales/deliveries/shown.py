"""What a delivery looks like to who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from contracts.picked import picked
from contracts.sales import deliveries
from contracts.sales.operations import OrderStatus
from contracts.sales.policies import ChecklistItem
from contracts.sales.steps import StepAct, StepState
from services.sales.orders.models import Order
from services.sales.orders.shown import order_shown
from services.sales.steps.models import DeliveryPlan, DeliveryStep, HandoverCheck, PromiseChange
from services.sales.steps.rules.graph import STEPS
from services.sales.steps.rules.states import open_acts


def step_shown(
    order: Order, plan: DeliveryPlan, step: DeliveryStep, *, roles: Collection[str], now: datetime
) -> deliveries.Step:
    """A step, with what the caller may do to it."""
    is_needed = step.state is not StepState.NOT_REQUIRED
    waits_for = plan.waits_for(step.code) if is_needed and step.state is not StepState.DONE else []
    return picked(
        deliveries.Step,
        step,
        role=STEPS[step.code].role,
        is_late=step.is_late(now),
        stages=step.noted,
        waits_for=waits_for,
        may=_may(order, plan, step, roles=roles),
    )


def _may(order: Order, plan: DeliveryPlan, step: DeliveryStep, *, roles: Collection[str]) -> list[StepAct]:
    if not plan.is_open(step.code):
        return []
    acts = open_acts(step.code, step.state, roles=roles)
    return [act for act in acts if order.status is not OrderStatus.CANCEL_PENDING or act is StepAct.REOPEN]


def _item_shown(item: ChecklistItem, seen: HandoverCheck | None) -> deliveries.HandoverItem:
    at, by = (seen.at, seen.by) if seen is not None else (None, None)
    return picked(deliveries.HandoverItem, item, done_at=at, done_by=by)


def delivery_shown(
    order: Order,
    plan: DeliveryPlan,
    *,
    items: Sequence[ChecklistItem],
    checks: Mapping[str, HandoverCheck],
    promises: Sequence[PromiseChange],
    roles: Collection[str],
    now: datetime,
) -> deliveries.Delivery:
    """An order with its steps, in their order, and its checklist with who saw to what."""
    return picked(
        deliveries.Delivery,
        plan,
        order=order_shown(order),
        terms=plan.agreed,
        steps=[step_shown(order, plan, one, roles=roles, now=now) for one in plan.in_order],
        checklist=[_item_shown(item, checks.get(item.code)) for item in items],
        promises=[picked(deliveries.PromiseMoved, moved) for moved in promises],
        version=order.version,
    )

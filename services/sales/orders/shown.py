"""What orders look like to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, RowMapping

from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.sales import operations, progress
from contracts.sales.lines import PriceLine
from contracts.sales.operations import OrderStatus
from contracts.sales.parties import Party, PartyKind, PartyRole
from contracts.sales.progress import Standing, StepTold
from contracts.sales.steps import StepCode, StepState
from services.sales.orders.models import Order
from services.sales.steps.forecast import day_of
from services.sales.steps.models import DeliveryPlan, DeliveryStep, PromiseChange
from services.sales.steps.rules.graph import STEPS


def order_shown(order: Order | Row[tuple[Order]]) -> operations.Order:
    """An order, from its model or its row."""
    return picked(operations.Order, order, order_id=order.id)


def named_to(scope: Scope, order: Order) -> dict[str, Any]:
    """What a refusal says of an order that stands in the way: its number to whoever may see it, to others nothing."""
    if not scope.admits(store_id=order.store_id, owner_id=order.consultant_id):
        return {"named": ""}
    return {"named": f" {order.number}", "number": order.number, "order_id": order.id}


def lines_shown(order: Order) -> list[PriceLine]:
    """What an order's price is made of."""
    return [picked(PriceLine, line) for line in order.lines if line.amendment == order.amendment]


def parties_shown(order: RowMapping) -> list[Party]:
    """The buyer with what is left for him to pay, then whoever else the order is about."""
    others = [shaped(Party, one) for one in order["parties"]]
    rest = order["total_fen"] - sum(one.amount_fen or 0 for one in others)
    return [Party(PartyRole.BUYER, PartyKind.CUSTOMER, order["customer_id"], None, rest), *others]


def balance_shown(order: Order) -> operations.Balance:
    """What was paid for an order and what is owed."""
    return picked(operations.Balance, order, order_id=order.id)


def progress_shown(
    order: RowMapping,
    plan: DeliveryPlan | None,
    promises: Sequence[PromiseChange],
    *,
    link_ends_at: datetime,
    now: datetime,
) -> progress.OrderProgress:
    """How far an order is, for the customer: what is told of its steps with their days, what is late and why (R44)."""
    passed = {
        StepCode.CONTRACT: order["signed_at"],
        StepCode.DEPOSIT: order["paid_at"],
        StepCode.ALLOCATE: order["allocated_at"],
        StepCode.HANDOVER: order["delivered_at"],
    }
    needed = plan.by_code if plan is not None else {}
    goes_on = order["cancelled_at"] is None and order["status"] != OrderStatus.CANCEL_PENDING
    steps = []
    for code in (code for code, step in STEPS.items() if step.told and (code in passed or code in needed)):
        step = needed.get(code)
        done_at = passed[code] if code in passed else needed[code].done_at
        is_planned = goes_on and plan is not None and plan.is_open(code)
        steps.append(_step_told(code, step if is_planned or done_at else None, done_at=done_at, now=now))
    moved = [picked(progress.PromiseTold, one, on=_day(one.at)) for one in promises]
    late = plan if goes_on and plan is not None and plan.ended_at is None and plan.days_left < 0 else None
    return shaped(
        progress.OrderProgress,
        order,
        steps=steps,
        moved=moved,
        cancelled_on=_day(order["cancelled_at"]),
        link_ends_on=link_ends_at.astimezone(LOCAL).date(),
        expected_on=late and late.ready_on,
        cause=late and STEPS[late.holds].cause,
    )


def _step_told(code: StepCode, step: DeliveryStep | None, *, done_at: datetime | None, now: datetime) -> StepTold:
    """A step as its customer sees it; `step` is None where it is nobody's to do."""
    standing, cause, planned_on = Standing.TO_COME, None, None
    if done_at is not None:
        standing = Standing.DONE
    elif step is not None:
        planned_on = None if step.due_at is None else day_of(step.due_at)
        if step.is_late(now):
            standing, cause = Standing.LATE, STEPS[code].cause
        elif step.its_turn or step.state is not StepState.PENDING:
            standing = Standing.UNDER_WAY
    return StepTold(code, standing, _day(done_at), planned_on, cause, step.noted if step is not None else [])


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(LOCAL).date()

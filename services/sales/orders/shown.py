"""What orders look like to who asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, RowMapping

from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.sales import operations, progress
from contracts.sales.lines import PriceLine
from contracts.sales.parties import Party, PartyKind, PartyRole
from contracts.sales.progress import OrderStep, StepTold
from services.sales.orders.models import Order
from services.sales.parties.rules import left


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
    rest = left(order["total_fen"], [one.amount_fen or 0 for one in others], field="total_fen")
    return [Party(PartyRole.BUYER, PartyKind.CUSTOMER, order["customer_id"], None, rest), *others]


def balance_shown(order: Order) -> operations.Balance:
    """What was paid for an order and what is owed."""
    return picked(operations.Balance, order, order_id=order.id)


def progress_shown(order: RowMapping, *, link_ends_at: datetime) -> progress.OrderProgress:
    """How far an order is, for the customer: its steps with their days."""
    moments = {
        OrderStep.SIGNED: order["signed_at"],
        OrderStep.DEPOSIT: order["paid_at"],
        OrderStep.ALLOCATED: order["allocated_at"],
        OrderStep.DELIVERED: order["delivered_at"],
    }
    steps = [StepTold(step, _day(moment)) for step, moment in moments.items()]
    days = {"cancelled_on": _day(order["cancelled_at"]), "link_ends_on": link_ends_at.astimezone(LOCAL).date()}
    return shaped(progress.OrderProgress, order, steps=steps, **days)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(LOCAL).date()

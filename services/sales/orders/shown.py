"""What sales' records look like to who asks."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Row, RowMapping

from chassis.process.clock import LOCAL
from contracts.picked import picked, shaped
from contracts.sales import operations
from contracts.sales.operations import OrderStep, StepTold, StockStatus
from services.sales.orders.models import Order, StockVehicle


def order_shown(order: Order | Row[tuple[Order]]) -> operations.Order:
    """An order, from its model or its row."""
    return picked(operations.Order, order, order_id=order.id)


def balance_shown(order: Order) -> operations.Balance:
    """What was paid for an order and what is owed."""
    return picked(operations.Balance, order, order_id=order.id)


def stock_shown(vehicle: StockVehicle) -> operations.StockVehicle:
    """A vehicle in the yard."""
    return picked(operations.StockVehicle, vehicle)


def in_the_yard(vehicle: Row[tuple[StockVehicle]], *, status: StockStatus) -> operations.YardVehicle:
    """A vehicle in the yard, with how long it has been there."""
    return picked(operations.YardVehicle, vehicle, status=status)


def progress_shown(order: RowMapping, *, link_ends_at: datetime) -> operations.OrderProgress:
    """How far an order is, for the customer: its steps with their days."""
    moments = {
        OrderStep.SIGNED: order["signed_at"],
        OrderStep.DEPOSIT: order["paid_at"],
        OrderStep.ALLOCATED: order["allocated_at"],
        OrderStep.DELIVERED: order["delivered_at"],
    }
    steps = [StepTold(step, _day(moment)) for step, moment in moments.items()]
    return shaped(operations.OrderProgress, order, steps=steps, link_ends_on=link_ends_at.astimezone(LOCAL).date())


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(LOCAL).date()

"""What sales' records look like to who asks."""

from __future__ import annotations

from sqlalchemy import Row

from contracts.picked import picked
from contracts.sales import operations
from contracts.sales.operations import StockStatus
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

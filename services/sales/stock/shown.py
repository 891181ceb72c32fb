"""What vehicles in stock look like to who asks."""

from __future__ import annotations

from sqlalchemy import Row

from contracts.picked import picked
from contracts.sales import stock as operations
from services.sales.stock.models import StockVehicle
from services.sales.stock.rules import standing


def stock_shown(vehicle: StockVehicle | Row[tuple[StockVehicle]]) -> operations.StockVehicle:
    """A vehicle in stock, from its model or its row."""
    status = standing(received_at=vehicle.received_at, order_id=vehicle.order_id, gone_at=vehicle.gone_at)
    return picked(operations.StockVehicle, vehicle, stock_id=vehicle.id, status=status)

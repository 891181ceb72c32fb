"""What vehicles in stock look like to who asks."""

from __future__ import annotations

from sqlalchemy import Row

from contracts.picked import picked
from contracts.sales import operations
from contracts.sales.operations import StockStatus
from services.sales.stock.models import StockVehicle


def stock_shown(vehicle: StockVehicle) -> operations.StockVehicle:
    """A vehicle in the yard."""
    return picked(operations.StockVehicle, vehicle)


def in_the_yard(vehicle: Row[tuple[StockVehicle]], *, status: StockStatus) -> operations.YardVehicle:
    """A vehicle in the yard, with how long it has been there."""
    return picked(operations.YardVehicle, vehicle, status=status)

"""What sales shows of its stock."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.sales import operations
from contracts.sales.operations import StockSort, StockStatus
from services.sales.stock.models import StockVehicle
from services.sales.stock.shown import in_the_yard

_stock = StockVehicle.__table__.c
_FEW = "what stands in a yard is some hundred vehicles"
STOCK_SORTS = {
    StockSort.LONGEST_HERE: Sorting(_stock.received_at, _stock.vin, few=_FEW),
    StockSort.NEWEST: Sorting(_stock.received_at, _stock.vin, descending=True, few=_FEW),
}
_WAITS = text(
    "EXISTS (SELECT 1 FROM sales_order o WHERE o.id = stock_vehicle.order_id"
    " AND o.status NOT IN ('delivered', 'closed'))"
)


def which_in_stock(connection: Connection, asked: operations.StockVehicles) -> operations.StockVehicles:
    """Those that were taken into stock."""
    stock = StockVehicle.__table__.c.vehicle_id
    known = connection.scalars(select(stock).where(stock.in_(asked.vehicle_ids)).order_by(stock))
    return operations.StockVehicles([*known])


def list_stock(connection: Connection, asked: operations.ListStock, *, scope: Scope) -> operations.Stock:
    """A page of the yards of the caller's stores; what was handed over is not there.

    Raises StoreNotAllowed for a foreign store.
    """
    stores = scope.narrow(asked.store_id)
    wanted = select(StockVehicle.__table__)
    if asked.status is StockStatus.AVAILABLE:
        wanted = wanted.where(_stock.order_id.is_(None))
    else:
        wanted = wanted.where(_stock.order_id.is_not(None), _WAITS)
    if stores is not None:
        wanted = wanted.where(_stock.store_id.in_(stores))
    if asked.model is not None:
        wanted = wanted.where(_stock.model == asked.model)
    found = pages.page(connection, wanted, asked, by=STOCK_SORTS[asked.sort])
    shown = [in_the_yard(row, status=asked.status) for row in found.rows]
    return operations.Stock(shown, asked.page, asked.size, found.total, found.next)

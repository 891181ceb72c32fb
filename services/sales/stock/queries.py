"""What sales shows of its stock."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, func, select

from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.sales import stock as operations
from contracts.sales.stock import StockSort, StockStatus
from services.sales.stock.models import StockVehicle
from services.sales.stock.shown import stock_shown

_stock = StockVehicle.__table__.c
_FEW = "what a store has in its yard or on its way is some hundred vehicles"
STOCK_SORTS = {
    StockSort.LONGEST_HERE: Sorting(_stock.received_at, _stock.id, few=_FEW),
    StockSort.NEWEST: Sorting(_stock.received_at, _stock.id, descending=True, few=_FEW),
    StockSort.ETA: Sorting(_stock.eta, _stock.id, few=_FEW),
}
_HERE = _stock.gone_at.is_(None)
STANDS: dict[StockStatus, ColumnElement[bool]] = {
    StockStatus.INCOMING: and_(_HERE, _stock.order_id.is_(None), _stock.received_at.is_(None)),
    StockStatus.AVAILABLE: and_(_HERE, _stock.order_id.is_(None), _stock.received_at.is_not(None)),
    StockStatus.ALLOCATED: and_(_HERE, _stock.order_id.is_not(None)),
    StockStatus.GONE: _stock.gone_at.is_not(None),
}
"""By where a vehicle stands, the rows that do (`rules.standing`)."""


def of_model(model: str) -> ColumnElement[bool]:
    """Those of a model, in whatever letters it was typed: `gl8` is no other car than `GL8`."""
    return func.lower(_stock.model) == model.lower()


def which_in_stock(connection: Connection, asked: operations.StockVehicles) -> operations.StockVehicles:
    """Those that were taken into stock."""
    known = select(_stock.vehicle_id).where(_stock.vehicle_id.in_(asked.vehicle_ids), _stock.received_at.is_not(None))
    return operations.StockVehicles([*connection.scalars(known.distinct().order_by(_stock.vehicle_id))])


def list_stock(connection: Connection, asked: operations.ListStock, *, scope: Scope) -> operations.Stock:
    """A page of the caller's stores' vehicles that stand so. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(StockVehicle.__table__).where(STANDS[asked.status])
    if stores is not None:
        wanted = wanted.where(_stock.store_id.in_(stores))
    if asked.model is not None:
        wanted = wanted.where(of_model(asked.model))
    found = pages.page(connection, wanted, asked, by=STOCK_SORTS[asked.sort])
    return operations.Stock([*map(stock_shown, found.rows)], asked.page, asked.size, found.total, found.next)

"""What sales shows."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from chassis.customers import rekeying
from contracts.access import Scope
from contracts.sales import operations
from contracts.sales.operations import OrderStatus, StockStatus
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order, StockVehicle
from services.sales.orders.shown import in_the_yard, order_shown

_columns = Order.__table__.c
_stock = StockVehicle.__table__.c


def get_order(connection: Connection, asked: operations.OrderById, *, scope: Scope) -> operations.Order:
    """One order of the caller's scope. Raises OrderNotFound."""
    row = connection.execute(select(Order.__table__).where(_columns.id == asked.order_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.consultant_id):
        raise OrderNotFound
    return order_shown(row)


def which_in_stock(connection: Connection, asked: operations.StockVehicles) -> operations.StockVehicles:
    """Those that were taken into stock."""
    stock = StockVehicle.__table__.c.vehicle_id
    known = connection.scalars(select(stock).where(stock.in_(asked.vehicle_ids)).order_by(stock))
    return operations.StockVehicles([*known])


def list_stock(connection: Connection, asked: operations.ListStock, *, scope: Scope) -> operations.Stock:
    """A page of the yards of the caller's stores, the longest waiting first; what was handed over is not there.

    Raises StoreNotAllowed for a foreign store.
    """
    stores = scope.narrow(asked.store_id)
    wanted = select(StockVehicle.__table__)
    if asked.status is StockStatus.AVAILABLE:
        wanted = wanted.where(_stock.order_id.is_(None))
    else:
        waiting = _columns.status != OrderStatus.DELIVERED
        wanted = wanted.join(Order.__table__, _columns.id == _stock.order_id).where(waiting)
    if stores is not None:
        wanted = wanted.where(_stock.store_id.in_(stores))
    if asked.model is not None:
        wanted = wanted.where(_stock.model == asked.model)
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = connection.execute(
        wanted.order_by(_stock.received_at, _stock.vin).limit(asked.size).offset((asked.page - 1) * asked.size)
    )
    shown = [in_the_yard(row, status=asked.status) for row in rows]
    return operations.Stock(shown, asked.page, asked.size, total)


def list_orders(connection: Connection, asked: operations.ListOrders, *, scope: Scope) -> operations.Orders:
    """A page of the orders the caller may see, newest first. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Order.__table__)
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_columns.consultant_id.in_(scope.owners))
    if asked.status is not None:
        wanted = wanted.where(_columns.status == asked.status)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = connection.execute(
        wanted.order_by(_columns.created_at.desc(), _columns.id).limit(asked.size).offset((asked.page - 1) * asked.size)
    )
    return operations.Orders([order_shown(row) for row in rows], asked.page, asked.size, total)

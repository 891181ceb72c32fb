"""What sales shows."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from chassis.customers import rekeying
from contracts.access import Scope
from contracts.sales import operations
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order, StockVehicle
from services.sales.orders.shown import order_shown

_columns = Order.__table__.c


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

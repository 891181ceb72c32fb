"""What sales shows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from chassis import rekeying
from contracts.access import Reach, Scope
from contracts.sales import operations
from services.sales.errors import OrderNotFound
from services.sales.models import Order

_columns = Order.__table__.c


def get_order(connection: Connection, *, order_id: UUID, scope: Scope) -> operations.Order:
    """One order of the caller's scope. Raises OrderNotFound."""
    row = connection.execute(select(Order.__table__).where(_columns.id == order_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.consultant_id):
        raise OrderNotFound
    return shown(row)


def list_orders(connection: Connection, asked: operations.ListOrders, *, scope: Scope) -> operations.Orders:
    """A page of the orders the caller may see, newest first. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Order.__table__)
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.reach is Reach.OWN:
        wanted = wanted.where(_columns.consultant_id == scope.staff_id)
    if asked.status is not None:
        wanted = wanted.where(_columns.status == asked.status)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = connection.execute(
        wanted.order_by(_columns.created_at.desc(), _columns.id).limit(asked.size).offset((asked.page - 1) * asked.size)
    )
    return operations.Orders([shown(row) for row in rows], asked.page, asked.size, total)


def shown(row: Any) -> operations.Order:
    """An order (row or model) as it is shown."""
    return operations.Order(
        order_id=row.id,
        number=row.number,
        store_id=row.store_id,
        customer_id=row.customer_id,
        consultant_id=row.consultant_id,
        model=row.model,
        status=row.status,
        total_fen=row.total_fen,
        paid_fen=row.paid_fen,
        created_at=row.created_at,
        version=row.version,
        promised_date=row.promised_date,
        first_promise=row.first_promise,
        vin=row.vin,
        vehicle_id=row.vehicle_id,
        delivered_at=row.delivered_at,
    )

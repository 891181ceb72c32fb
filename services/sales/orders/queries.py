"""What sales shows of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, RowMapping, TextClause, func, select, text
from sqlalchemy.orm import Session

from chassis.customers import links, rekeying
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.links import Links
from contracts.picked import shaped
from contracts.sales import operations, progress
from contracts.sales.operations import OrderSort, Standing
from contracts.sales.parties import OrderParties
from contracts.sales.prices import OrderPrice
from contracts.sales.sheets import OrderSheet, OrderSheetAsked
from services.sales import steps
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import ORDER_PROGRESS, Order
from services.sales.orders.shown import order_shown, parties_shown, progress_shown
from services.sales.steps.models import DeliveryPlan

_columns = Order.__table__.c
SORTS = {
    OrderSort.NEWEST: Sorting(_columns.created_at, _columns.id, descending=True, index="sales_order_by_store"),
    OrderSort.OLDEST: Sorting(_columns.created_at, _columns.id, index="sales_order_by_store"),
    OrderSort.PROMISE: Sorting(_columns.promised_date, _columns.id, index="sales_order_by_promise"),
}
_SHEET = text(
    """
    SELECT o.*, o.id AS order_id, o.total_fen - o.paid_fen AS balance_fen, priced.lines, named.parties, paid.payments
      FROM sales_order o CROSS JOIN LATERAL (
           SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]') AS lines
             FROM order_line l WHERE l.order_id = o.id AND l.amendment = o.amendment) priced CROSS JOIN LATERAL (
           SELECT coalesce(jsonb_agg(to_jsonb(named) ORDER BY named.id), '[]') AS parties
             FROM order_party named WHERE named.order_id = o.id) named CROSS JOIN LATERAL (
           SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('amount_fen', p.amount_fen - p.unused_fen
                                                                                     - p.refunded_fen)
                                     ORDER BY p.confirmed_at, p.id), '[]') AS payments
             FROM payment p WHERE p.order_id = o.id AND p.state = 'confirmed'
              AND p.amount_fen > p.unused_fen + p.refunded_fen) paid
     WHERE o.id = :order_id
    """
)
_PRICE = text(
    """
    SELECT o.*, o.id AS order_id, (
           SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]')
             FROM order_line l WHERE l.order_id = o.id AND l.amendment = o.amendment) AS lines, (
           SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.number), '[]')
             FROM order_amendment a WHERE a.order_id = o.id) AS amendments
      FROM sales_order o WHERE o.id = :order_id
    """
)
_PARTIES = text(
    """
    SELECT o.*, o.id AS order_id, (
           SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]')
             FROM order_party p WHERE p.order_id = o.id) AS parties
      FROM sales_order o WHERE o.id = :order_id
    """
)
_PROGRESS = text(
    """
    SELECT o.*, (SELECT min(p.confirmed_at) FROM payment p
                  WHERE p.order_id = o.id AND p.state = 'confirmed') AS paid_at
      FROM sales_order o WHERE o.id = CAST(:order_id AS uuid)
    """
)


def get_order(connection: Connection, asked: operations.OrderById, *, scope: Scope) -> operations.Order:
    """One order of the caller's scope. Raises OrderNotFound."""
    return order_shown(order_to_show(connection, asked.order_id, scope=scope))


def order_to_show(connection: Connection, order_id: UUID, *, scope: Scope) -> Row[tuple[Order]]:
    """An order of the caller's scope. Raises OrderNotFound."""
    row = connection.execute(select(Order.__table__).where(_columns.id == order_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.consultant_id):
        raise OrderNotFound
    return row


def order_price(connection: Connection, asked: operations.OrderById, *, scope: Scope) -> OrderPrice:
    """What the price of an order of the caller's scope is made of. Raises OrderNotFound."""
    return shaped(OrderPrice, _row_to_show(connection, _PRICE, asked.order_id, scope=scope))


def order_sheet(connection: Connection, asked: OrderSheetAsked, *, scope: Scope) -> OrderSheet:
    """What stands on the sheet of an order of the caller's scope, of one moment. Raises OrderNotFound."""
    row = _row_to_show(connection, _SHEET, asked.order_id, scope=scope)
    return shaped(OrderSheet, row, parties=parties_shown(row))


def order_parties(connection: Connection, asked: operations.OrderById, *, scope: Scope) -> OrderParties:
    """Whom an order of the caller's scope is about. Raises OrderNotFound."""
    row = _row_to_show(connection, _PARTIES, asked.order_id, scope=scope)
    return shaped(OrderParties, row, items=parties_shown(row))


def _row_to_show(connection: Connection, statement: TextClause, order_id: UUID, *, scope: Scope) -> RowMapping:
    row = connection.execute(statement, {"order_id": order_id}).mappings().one_or_none()
    if row is None or not scope.admits(store_id=row["store_id"], owner_id=row["consultant_id"]):
        raise OrderNotFound
    return row


def order_links(connection: Connection, asked: operations.OrderById, *, scope: Scope, now: datetime) -> Links:
    """The links that show an order of the caller's scope to its customer. Raises OrderNotFound."""
    order = order_to_show(connection, asked.order_id, scope=scope)
    return links.open_links(connection, ORDER_PROGRESS, document_id=order.id, now=now)


def order_progress(
    connection: Connection, asked: progress.OrderProgressAsked, *, now: datetime
) -> progress.OrderProgress:
    """How far the order is that a customer's link opens. Raises LinkNotFound."""
    found = links.find(connection, ORDER_PROGRESS, token=asked.token, now=now)
    order = connection.execute(_PROGRESS, {"order_id": found.document_id}).one()
    with Session(connection) as session:
        plan, moved = session.get(DeliveryPlan, order.id), steps.usecases.promises(session, order.id)
        return progress_shown(order._mapping, plan, moved, link_ends_at=found.ends_at, now=now)


def list_orders(connection: Connection, asked: operations.ListOrders, *, scope: Scope) -> operations.Orders:
    """A page of the orders the caller may see. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Order.__table__)
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_columns.consultant_id.in_(scope.owners))
    if asked.status is not None:
        wanted = wanted.where(_columns.status == asked.status)
    if asked.standing is not Standing.ANY:
        over = func.coalesce(_columns.delivered_at, _columns.cancelled_at).is_not(None)
        wanted = wanted.where(over if asked.standing is Standing.OVER else ~over)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    found = pages.page(connection, wanted, asked, by=SORTS[asked.sort])
    shown = [order_shown(row) for row in found.rows]
    return operations.Orders(shown, asked.page, asked.size, found.total, found.next)

"""What sales shows of money."""

from __future__ import annotations

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.sales import payments as operations
from contracts.sales.operations import PaymentKind
from services.sales.orders.queries import order_to_show
from services.sales.payments.rules import deposit_by_law, forfeits, owes_twice

_SHOWN = """
    p.*, p.id AS payment_id,
    CASE WHEN p.state = 'confirmed' THEN p.amount_fen - p.unused_fen - p.refunded_fen ELSE 0 END AS applied_fen,
    greatest(0, p.unused_fen + p.refunded_fen - p.promised_fen) AS unapplied_fen
"""
_PAYMENTS = text(f"SELECT {_SHOWN} FROM payment p WHERE p.order_id = :order_id ORDER BY p.registered_at, p.id")  # noqa: S608
_REFUNDS = text(
    "SELECT r.*, r.id AS refund_id FROM refund r WHERE r.order_id = :order_id ORDER BY r.requested_at, r.id"
)
_IDLE = """
      FROM payment p
     WHERE p.unused_fen + p.refunded_fen > p.promised_fen
       AND (:everywhere OR p.store_id = ANY(CAST(:stores AS text[])))
"""
_LIST = text(f"SELECT {_SHOWN} {_IDLE} ORDER BY p.registered_at, p.id LIMIT :most OFFSET :passed")
_HOW_MANY = text(f"SELECT count(*) {_IDLE}")


def order_money(connection: Connection, asked: operations.OrderMoneyAsked, *, scope: Scope) -> operations.OrderMoney:
    """What came for an order of the caller's scope, and what is owed. Raises OrderNotFound."""
    order = order_to_show(connection, asked.order_id, scope=scope)
    rows = [row._mapping for row in connection.execute(_PAYMENTS, {"order_id": order.id})]
    payments = [shaped(operations.Payment, row) for row in rows]
    refunds = [shaped(operations.Refund, row._mapping) for row in connection.execute(_REFUNDS, {"order_id": order.id})]
    came = [one for one in payments if one.state is operations.PaymentState.CONFIRMED]
    deposit = deposit_by_law([(PaymentKind(one.kind), one.amount_fen) for one in came], total_fen=order.total_fen)
    return picked(
        operations.OrderMoney,
        order,
        order_id=order.id,
        balance_fen=order.total_fen - order.paid_fen,
        unapplied_fen=sum(one.unapplied_fen for one in payments),
        deposit_fen=deposit,
        forfeited_fen=deposit if forfeits(order.status, order.cancel_fault) else 0,
        compensation_fen=deposit if owes_twice(order.status, order.cancel_fault) else 0,
        payments=payments,
        refunds=refunds,
    )


def list_receipts(connection: Connection, asked: operations.ListReceipts, *, scope: Scope) -> operations.Receipts:
    """Money of the caller's stores that is for nothing, the oldest first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    given = {"everywhere": stores is None, "stores": list(stores or ())}
    page = {"most": asked.size, "passed": (asked.page - 1) * asked.size}
    items = [shaped(operations.Payment, row._mapping) for row in connection.execute(_LIST, given | page)]
    total = connection.scalar(_HOW_MANY, given) or 0
    return operations.Receipts(items, asked.page, asked.size, total)

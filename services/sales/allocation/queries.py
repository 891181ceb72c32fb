"""What sales shows of who waits for a vehicle."""

from __future__ import annotations

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.picked import shaped
from contracts.sales import allocation as operations

WAITS = "o.status = 'signed' AND o.vin IS NULL AND o.paid_fen > 0"
"""Of an order `o`: its deposit is there, and it has no vehicle."""

SINCE = "SELECT min(p.confirmed_at) AS at FROM payment p WHERE p.order_id = o.id AND p.state = 'confirmed'"
"""Of an order `o`, since when its deposit is there."""

_LIST = text(
    f"""
    SELECT o.id AS order_id, o.number, o.store_id, o.model, o.customer_id, o.consultant_id, since.at AS since,
           kept.stock_id, v.vin, kept.until
      FROM sales_order o CROSS JOIN LATERAL ({SINCE}) since
      LEFT JOIN vehicle_offer kept ON kept.order_id = o.id AND kept.ended_at IS NULL
      LEFT JOIN stock_vehicle v ON v.id = kept.stock_id
     WHERE {WAITS} AND (:everywhere OR o.store_id = ANY(CAST(:stores AS text[])))
       AND (CAST(:model AS text) IS NULL OR lower(o.model) = lower(:model))
     ORDER BY o.store_id, o.model, since.at, o.id LIMIT 1000
    """  # noqa: S608  # constants of this file
)


def list_waiting(connection: Connection, asked: operations.ListWaiting, *, scope: Scope) -> operations.WaitingOrders:
    """Who waits in the caller's stores, the first first. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    given = {"everywhere": stores is None, "stores": list(stores or ()), "model": asked.model}
    rows = connection.execute(_LIST, given)
    return operations.WaitingOrders([shaped(operations.WaitingOrder, row._mapping) for row in rows])

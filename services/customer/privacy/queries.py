"""Privacy requests as those see them who have to answer (PIPL 50)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.customer.privacy import ListRequests, Requests, RequestShown
from contracts.picked import shaped

_PAGE = text(
    """
    SELECT r.id AS request_id, r.customer_id, c.name, r.kind, r.how, r.status, r.store_id, r.received_at, r.due_at,
           r.status = 'open' AND r.due_at < :now AS overdue, r.recorded_by, r.decided_at, r.decided_by, r.reason,
           count(*) OVER () AS total
      FROM privacy_request r JOIN customer c ON c.id = r.customer_id
     WHERE r.status = :status
       AND (CAST(:kind AS text) IS NULL OR r.kind = :kind)
       AND (CAST(:customer_id AS uuid) IS NULL OR r.customer_id = (
            SELECT coalesce(asked.merged_into, asked.id) FROM customer asked WHERE asked.id = :customer_id))
       AND (CAST(:stores AS text[]) IS NULL OR r.store_id = ANY(CAST(:stores AS text[])))
     ORDER BY r.due_at, r.id LIMIT :size OFFSET :skipped
    """
)


def list_requests(connection: Connection, asked: ListRequests, *, scope: Scope, now: datetime) -> Requests:
    """A page of requests of the caller's stores, those due first first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = {
        "now": now,
        "status": asked.status.value,
        "kind": asked.kind.value if asked.kind else None,
        "customer_id": asked.customer_id,
        "stores": None if stores is None else list(stores),
        "size": asked.size,
        "skipped": (asked.page - 1) * asked.size,
    }
    rows = connection.execute(_PAGE, wanted).mappings().all()
    total = rows[0]["total"] if rows else 0
    return Requests([shaped(RequestShown, row) for row in rows], asked.page, asked.size, total)

"""What waits for a manager's word: quotes, prices, changes of them, cancellations, refunds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.picked import shaped
from contracts.sales import finance

PATIENCE = timedelta(days=1)
"""So long a customer waits for a word before it is an exception."""

_WAITING = text(
    """
    SELECT waits.*, waits.at_fault OR waits.asked_at < :late OR coalesce(waits.promised_date <= :today, false)
               AS is_exception,
           :me = ANY(waits.barred) AS not_by_me
      FROM (SELECT 'price' AS kind, o.id AS order_id, CAST(NULL AS uuid) AS refund_id, CAST(NULL AS uuid) AS quote_id,
                   o.number, o.customer_id, o.consultant_id, o.store_id, o.total_fen AS amount_fen, o.discount_fen,
                   o.gift_fen, '' AS reason, o.edited_by AS asked_by, o.changed_at AS asked_at, o.promised_date,
                   o.version, false AS at_fault, ARRAY[o.created_by, o.edited_by, o.consultant_id] AS barred
              FROM sales_order o WHERE o.status = 'approval_pending'
            UNION ALL
            SELECT 'quote', NULL, NULL, q.id, q.number, q.customer_id, q.consultant_id, q.store_id, v.total_fen,
                   v.discount_fen, v.gift_fen, '', v.edited_by, q.changed_at, NULL, q.version, false,
                   ARRAY[v.written_by, v.edited_by, q.consultant_id]
              FROM quote_version v JOIN quote q ON q.id = v.quote_id WHERE v.status = 'approval_pending'
            UNION ALL
            SELECT 'cancellation', o.id, NULL, NULL, o.number, o.customer_id, o.consultant_id, o.store_id, o.paid_fen,
                   0, 0, coalesce(o.cancel_reason, ''), coalesce(o.cancel_requested_by, ''), o.cancel_requested_at,
                   o.promised_date, o.version, o.cancel_fault = 'seller', ARRAY[]::text[]
              FROM sales_order o WHERE o.status = 'cancel_pending'
            UNION ALL
            SELECT 'amendment', o.id, NULL, NULL, o.number, o.customer_id, o.consultant_id, o.store_id, a.total_fen,
                   a.discount_fen, a.gift_fen, a.reason, a.written_by, a.written_at, o.promised_date, o.version, false,
                   ARRAY[a.written_by, o.consultant_id]
              FROM order_amendment a JOIN sales_order o ON o.id = a.order_id WHERE a.status = 'pending'
            UNION ALL
            SELECT CASE r.kind WHEN 'compensation' THEN 'compensation' ELSE 'refund' END, r.order_id, r.id, NULL,
                   o.number, o.customer_id, o.consultant_id, r.store_id, r.amount_fen, 0, 0, r.reason, r.requested_by,
                   r.requested_at, NULL, r.version, r.kind = 'compensation', ARRAY[r.requested_by]
              FROM refund r LEFT JOIN sales_order o ON o.id = r.order_id WHERE r.state = 'requested') waits
     WHERE :everywhere OR waits.store_id = ANY(CAST(:stores AS text[]))
     ORDER BY is_exception DESC, waits.asked_at, waits.order_id, waits.quote_id, waits.refund_id LIMIT 1000
    """
)


def list_approvals(
    connection: Connection, asked: finance.ListApprovals, *, scope: Scope, now: datetime
) -> finance.Approvals:
    """What waits in the caller's stores, exceptions first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    given = {
        "everywhere": stores is None,
        "stores": list(stores or ()),
        "me": scope.staff_id,
        "late": now - PATIENCE,
        "today": now.astimezone(LOCAL).date(),
    }
    rows = connection.execute(_WAITING, given)
    return finance.Approvals([shaped(finance.Approval, row._mapping) for row in rows])

"""What reporting shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.reporting import operations
from services.reporting.kpis import csi
from services.reporting.kpis.service_revenue import service_revenue
from services.reporting.rules import require_month

TOTAL = "*"
"""The store of the sum over all stores; sorts before every store's code."""

_WHERE = """month = :month AND (CAST(:stores AS text[]) IS NULL OR store_id = ANY (CAST(:stores AS text[])))
             GROUP BY GROUPING SETS ((store_id), ())"""

_MONTH = text(
    f"""
    WITH sold AS (
            SELECT coalesce(store_id, '{TOTAL}') AS store_id, count(*) AS deliveries,
                   CAST(sum(total_fen) AS bigint) AS sales_fen, max(occurred_at) AS sold_until
              FROM delivery WHERE {_WHERE}),
         served AS (
            SELECT coalesce(store_id, '{TOTAL}') AS store_id, count(*) AS visits,
                   count(DISTINCT vehicle_id) AS vehicles, CAST(sum(total_fen) AS bigint) AS settled_fen,
                   CAST(sum(internal_fen) AS bigint) AS internal_fen, max(occurred_at) AS served_until
              FROM workshop_visit WHERE {_WHERE}),
         asked AS (
            SELECT coalesce(store_id, '{TOTAL}') AS store_id, count(*) AS answers,
                   CAST(sum(score) AS bigint) AS score_sum, max(occurred_at) AS asked_until
              FROM answer WHERE purpose = :purpose AND {_WHERE})
    SELECT store_id, coalesce(deliveries, 0) AS deliveries, coalesce(sales_fen, 0) AS sales_fen,
           coalesce(visits, 0) AS visits, coalesce(vehicles, 0) AS vehicles,
           coalesce(settled_fen, 0) AS settled_fen, coalesce(internal_fen, 0) AS internal_fen,
           coalesce(answers, 0) AS answers, coalesce(score_sum, 0) AS score_sum,
           greatest(sold_until, served_until, asked_until) AS as_of
      FROM sold FULL JOIN served USING (store_id) FULL JOIN asked USING (store_id)
     ORDER BY store_id
    """  # noqa: S608  # put together from the constants above
)
"""A row for the sum, then one for each store with facts; in one statement, so that they fit each other."""


def month_figures(connection: Connection, asked: operations.MonthAsked, *, scope: Scope) -> operations.MonthFigures:
    """The month's figures of the stores the caller may see, and in sum; a store without facts only if it is asked for.

    A vehicle that was in two stores counts once in the sum.
    Raises MonthInvalid, and StoreNotAllowed for a foreign store.
    """
    month = require_month(asked.month)
    stores = scope.narrow(asked.store_id)
    wanted = {"month": month, "purpose": csi.PURPOSE, "stores": None if stores is None else list(stores)}
    total, *rows = connection.execute(_MONTH, wanted)
    shown = [_shown(row) for row in rows]
    if asked.store_id is not None and not shown:
        shown = [replace(_shown(total), store_id=asked.store_id)]
    return operations.MonthFigures(month=month, as_of=total.as_of, stores=shown, total=_shown(total))


def _shown(row: Any) -> operations.StoreMonth:
    return operations.StoreMonth(
        store_id=row.store_id,
        deliveries=row.deliveries,
        sales_revenue_fen=row.sales_fen,
        service_visits=row.visits,
        service_vehicles=row.vehicles,
        service_revenue_fen=service_revenue(total_fen=row.settled_fen, internal_fen=row.internal_fen),
        answers=row.answers,
        csi=csi.index(score_sum=row.score_sum, answers=row.answers),
    )

"""How far predictions were from what happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.picked import shaped
from contracts.workshop import forecasts as contract
from services.workshop.forecasts import rules

_BY_CLASS = text(
    """
    SELECT job_class, grouping(job_class) = 1 AS together, count(*) AS orders,
           CAST(round(avg(off_minutes)) AS int) AS bias_minutes,
           CAST(round(percentile_cont(0.9) WITHIN GROUP (ORDER BY abs(off_minutes))) AS int) AS p90_minutes,
           CAST(round(avg(standard_off_minutes)) AS int) AS standard_bias_minutes,
           CAST(round(percentile_cont(0.9) WITHIN GROUP (ORDER BY abs(standard_off_minutes))) AS int)
               AS standard_p90_minutes
      FROM forecast
     WHERE foreseen_at >= :since AND judged_at IS NOT NULL
       AND (CAST(:store_ids AS text[]) IS NULL OR store_id = ANY(:store_ids))
     GROUP BY GROUPING SETS ((job_class), ()) HAVING count(*) > 0
     ORDER BY p90_minutes DESC, job_class NULLS LAST
    """
)


def forecast_errors(
    connection: Connection, asked: contract.ForecastsAsked, *, scope: Scope, now: datetime
) -> contract.Forecasts:
    """By kind of work, the worst first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    since = now - timedelta(days=asked.days)
    wanted = {"since": since, "store_ids": None if stores is None else sorted(stores)}
    rows = connection.execute(_BY_CLASS, wanted).mappings().all()
    items = [shaped(contract.ForecastErrors, row) for row in rows if not row["together"]]
    together = next((shaped(contract.ForecastErrors, row) for row in rows if row["together"]), None)
    told = [one for one in items if one.job_class is not None and one.orders >= rules.FEW]
    return contract.Forecasts(since, together, told[0].job_class if told else None, items)

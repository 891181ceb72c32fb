"""How long work of a kind took, as it was clocked: what stands in for standard hours that nobody gave (C8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from services.workshop.repair_orders.rules import prediction

_TOOK = text(
    """
    WITH last AS (
         SELECT of.job_class, o.store_id, l.hours, took.clocked
           FROM unnest(CAST(:classes AS text[])) AS of(job_class)
           JOIN LATERAL (
                SELECT l.order_id, l.position, l.hours FROM job_line l
                 WHERE l.job_class = of.job_class AND l.state = 'qc_pass'
                 ORDER BY l.order_id DESC LIMIT :many) l ON TRUE
           JOIN repair_order o ON o.id = l.order_id
           JOIN LATERAL (
                SELECT sum(c.worked_hours) AS clocked,
                       bool_and(c.ended_at IS NOT NULL AND (NOT c.forgotten OR c.confirmed_at IS NOT NULL)) AS certain
                  FROM clocking c WHERE c.order_id = l.order_id AND c.position = l.position) took
             ON took.certain AND took.clocked > 0)
    SELECT job_class, store_id, count(*) AS lines,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY clocked) AS hours,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY clocked - hours)
               FILTER (WHERE hours > 0 AND clocked > hours) AS overrun
      FROM last GROUP BY GROUPING SETS ((job_class, store_id), (job_class)) HAVING count(*) >= :few
    """
)
"""Of the last lines of each kind that were clocked by themselves: how long half of them took at most, and by how much
those ran over that did; by store, and over all (no store)."""

LAST_LINES = 400
"""Lines of a kind, over all stores, that are looked at: of a group of twenty some twenty for each."""

FEW = 5
"""Fewer tell nothing."""


class Took(NamedTuple):
    """How long `lines` lines of a kind took, in this store or (not `here`) in all together.

    `floor` is what is left at the least of one that runs over.
    """

    hours: Decimal
    floor: timedelta
    lines: int
    here: bool


NOBODY_KNOWS = Took(prediction.UNKNOWN_HOURS, prediction.FLOOR, lines=0, here=False)
"""Of work that nobody classed, or of whose kind too little was done."""


class History:
    """What is known of kinds of work: of the store's own lines, else of all stores'."""

    def __init__(self, known: Mapping[tuple[str, str | None], Took]) -> None:
        self._known = known

    def of(self, job_class: str | None, *, store_id: str) -> Took:
        """How long such work takes there."""
        if job_class is None:
            return NOBODY_KNOWS
        return self._known.get((job_class, store_id)) or self._known.get((job_class, None)) or NOBODY_KNOWS


def history(reader: Session | Connection, classes: Collection[str | None]) -> History:
    """What is known of these kinds of work, by one statement; of none by none."""
    wanted = sorted({str(one) for one in classes if one is not None})
    if not wanted:
        return History({})
    asked = {"classes": wanted, "many": LAST_LINES, "few": FEW}
    return History({(row.job_class, row.store_id): _took(row) for row in reader.execute(_TOOK, asked)})


def _took(row: Any) -> Took:
    floor = max(prediction.FLOOR, timedelta(hours=float(row.overrun or 0)))
    hours = Decimal(str(row.hours)).quantize(Decimal("0.01"))
    return Took(max(hours, Decimal("0.01")), floor, row.lines, here=row.store_id is not None)

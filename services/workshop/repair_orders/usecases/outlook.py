"""What the open orders of stores are predicted from, and the prediction (C8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.rules import prediction
from services.workshop.repair_orders.rules.prediction import Job, Known, Prediction

_OPEN = text(
    """
    SELECT o.id AS ro_id, o.store_id, o.advisor_id, o.customer_id, o.origin_customer_id, o.stage, o.stage_since,
           o.technician_id, o.bay, o.promised_at, o.first_promise, o.expected_at, o.ready_at, o.worked_hours,
           coalesce(undone.hours, 0) AS hours
      FROM repair_order o
      LEFT JOIN LATERAL (
           SELECT sum(CASE WHEN l.hours = 0 THEN :unknown ELSE l.hours END) AS hours FROM job_line l
            WHERE l.order_id = o.id AND l.kind = 'WORK' AND l.state IN ('proposed', 'authorized', 'working')) undone
        ON TRUE
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL
       AND (CAST(:store_ids AS text[]) IS NULL OR o.store_id = ANY(:store_ids))
    """
)
_FACTORS = text(
    """
    SELECT of.technician_id, sum(last.worked_hours) / sum(last.hours) AS factor
      FROM unnest(CAST(:technicians AS text[])) AS of(technician_id)
      JOIN LATERAL (
           SELECT o.worked_hours, (SELECT sum(l.hours) FROM job_line l
                                    WHERE l.order_id = o.id AND l.kind = 'WORK' AND l.state = 'qc_pass') AS hours
             FROM repair_order o
            WHERE o.technician_id = of.technician_id AND o.ready_at IS NOT NULL AND o.worked_hours > 0
            ORDER BY o.ready_at DESC LIMIT :many) last
        ON last.hours > 0
     GROUP BY of.technician_id HAVING count(*) >= :few
    """
)
_WAITS = text(
    """
    SELECT e.stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY following.at - e.at) AS median
      FROM stage_entry e
      JOIN LATERAL (SELECT f.at FROM stage_entry f WHERE f.order_id = e.order_id AND f.version > e.version
                       AND f.stage <> e.stage ORDER BY f.version LIMIT 1) following ON TRUE
     WHERE e.stage LIKE 'waiting%' AND e.at > :since
     GROUP BY e.stage HAVING count(*) >= :few
    """
)
LAST_ORDERS = 20
"""Orders of a technician that his factor is measured by."""

FEW = 5
"""Fewer tell nothing."""

LATELY = timedelta(days=180)
"""Waits that began since then say how long such a wait takes."""


class OpenOrder:
    """An open order as it stands, and what becomes of it."""

    def __init__(self, row: Any, predicted: Prediction) -> None:
        self.ro_id: UUID = row.ro_id
        self.row, self.predicted = row, predicted


def outlook(reader: Session | Connection, store_ids: Collection[str] | None, *, now: datetime) -> list[OpenOrder]:
    """Every open order of these stores (None: of all), predicted."""
    wanted = {"store_ids": None if store_ids is None else sorted(store_ids), "unknown": prediction.UNKNOWN_HOURS}
    by_store: defaultdict[str, list[Any]] = defaultdict(list)
    for row in reader.execute(_OPEN, wanted):
        by_store[row.store_id].append(row)
    calendars = stores.calendars(reader, by_store) if by_store else {}
    rows = [row for found in by_store.values() for row in found]
    factors, waits = _factors(reader, rows), _waits(reader, rows, now=now)
    found = []
    for store_id, theirs in by_store.items():
        calendar = calendars.get(store_id)
        known = Known(calendar.add if calendar else _always, factors, waits)
        predicted = prediction.predict([_job(row, calendar, now=now) for row in theirs], known=known, now=now)
        found += [OpenOrder(row, predicted[row.ro_id]) for row in theirs]
    return found


def worked(calendar: Calendar | None, since: datetime, until: datetime) -> timedelta:
    """The working time between two moments; in a store that nobody told of, all of it."""
    return until - since if calendar is None else calendar.between(since, until)


def _always(moment: datetime, work: timedelta) -> datetime:
    """The clock of a store that nobody told of."""
    return moment + work


def _job(row: Any, calendar: Calendar | None, *, now: datetime) -> Job:
    stage, spent = Stage(row.stage), timedelta(hours=float(row.worked_hours))
    if stage is Stage.IN_PROGRESS:
        spent += worked(calendar, min(row.stage_since, now), now)
    names = {name: getattr(row, name) for name in Job._fields if name not in ("stage", "worked")}
    return Job(**names, stage=stage, worked=spent)


def _factors(reader: Session | Connection, rows: Collection[Any]) -> dict[str, Decimal]:
    """How much longer, or shorter, than the standard hours each of their technicians takes, as far as is known."""
    technicians = sorted({row.technician_id for row in rows if row.technician_id is not None})
    if not technicians:
        return {}
    found = reader.execute(_FACTORS, {"technicians": technicians, "many": LAST_ORDERS, "few": FEW})
    return {row.technician_id: row.factor for row in found}


def _waits(reader: Session | Connection, rows: Collection[Any], *, now: datetime) -> Mapping[Stage, timedelta]:
    """How long such waits took, where an order waits of which nobody said until when."""
    if not any(row.expected_at is None and row.stage.startswith("waiting") for row in rows):
        return {}
    found = reader.execute(_WAITS, {"since": now - LATELY, "few": FEW})
    return {Stage(row.stage): row.median for row in found}

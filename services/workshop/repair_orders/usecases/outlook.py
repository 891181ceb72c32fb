"""What the open orders of stores are predicted from, and the prediction (C8)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.rules import prediction
from services.workshop.repair_orders.rules.clocking import worked
from services.workshop.repair_orders.rules.prediction import Clock, Job, Known, Prediction, Work
from services.workshop.repair_orders.usecases.history import FEW, History, history

_OPEN = text(
    """
    SELECT o.id AS ro_id, o.store_id, o.advisor_id, o.customer_id, o.origin_customer_id, o.stage, o.stage_since,
           o.technician_id, given.names AS given, o.bay, o.promised_at, o.first_promise, o.expected_at, o.ready_at,
           coalesce(undone.lines, '[]') AS undone, coalesce(clocked.spans, '[]') AS clocked
      FROM repair_order o
      LEFT JOIN LATERAL (
           SELECT array_agg(DISTINCT who) AS names
             FROM job_line l, unnest(l.technicians) who WHERE l.order_id = o.id) given
        ON TRUE
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_array(l.position, l.hours, l.technicians, l.bay, l.job_class)
                            ORDER BY l.position) AS lines
             FROM job_line l
            WHERE l.order_id = o.id AND l.kind = 'WORK' AND l.state IN ('proposed', 'authorized', 'working')) undone
        ON TRUE
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_array(c.position, c.technician_id, c.worked_hours,
                                              CASE WHEN c.ended_at IS NULL THEN c.began_at END)) AS spans
             FROM clocking c WHERE c.order_id = o.id) clocked
        ON TRUE
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL
       AND (CAST(:store_ids AS text[]) IS NULL OR o.store_id = ANY(:store_ids))
    """
)
_FACTORS = text(
    """
    SELECT of.technician_id, sum(piece.clocked) / sum(piece.standard) AS factor
      FROM unnest(CAST(:technicians AS text[])) AS of(technician_id)
      JOIN LATERAL (
           SELECT his.clocked, standard.hours * his.clocked / everybody.clocked AS standard
             FROM (SELECT c.order_id, c.position, sum(c.worked_hours) AS clocked, max(c.ended_at) AS ended_at
                     FROM clocking c WHERE c.technician_id = of.technician_id AND c.ended_at > :since
                    GROUP BY c.order_id, c.position ORDER BY max(c.ended_at) DESC LIMIT 2 * :many) his
             JOIN LATERAL (
                  SELECT sum(c.worked_hours) AS clocked,
                         bool_and(c.ended_at IS NOT NULL AND (NOT c.forgotten OR c.confirmed_at IS NOT NULL)) AS certain
                    FROM clocking c WHERE c.order_id = his.order_id AND c.position IS NOT DISTINCT FROM his.position
                  ) everybody ON everybody.certain
             JOIN LATERAL (
                  SELECT sum(l.hours) AS hours FROM job_line l
                   WHERE l.order_id = his.order_id AND l.kind = 'WORK' AND l.state = 'qc_pass'
                     AND CASE WHEN his.position IS NOT NULL THEN l.position = his.position
                              ELSE NOT EXISTS (SELECT FROM clocking c
                                                WHERE c.order_id = l.order_id AND c.position = l.position) END
                  ) standard ON standard.hours > 0
            WHERE his.clocked > 0
            ORDER BY his.ended_at DESC LIMIT :many) piece
        ON TRUE
     GROUP BY of.technician_id HAVING count(*) >= :few
    """
)
"""Of each, over the last pieces of work he was clocked on, a line or an order as a whole: his hours against his part of
the standard hours. What somebody's forgotten clock ran on is left out until it was confirmed (C7)."""
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
LAST_PIECES = 20
"""Lines, or orders as a whole, that a technician's factor is measured by."""

LATELY = timedelta(days=180)
"""Waits that began since then say how long such a wait takes; clocks that stopped since then, how quick somebody is."""


class _Told(NamedTuple):
    """An undone line as the statement tells it."""

    position: int
    hours: float
    technicians: list[str]
    bay: str
    job_class: str | None


class _Line(NamedTuple):
    """The same: whose it is, where, and how long it takes by its standard hours, or by what such work took."""

    position: int
    hours: Decimal
    technicians: tuple[str, ...]
    bay: str
    floor: timedelta

    @classmethod
    def of(cls, told: _Told, *, order: Any, known: History, factors: Mapping[str, Decimal]) -> _Line:
        """Of an order. What such work took, it took at somebody's pace: nobody's is reckoned in once more."""
        took = known.of(told.job_class, store_id=order.store_id)
        whose = tuple(told.technicians) or _whose(order)
        measured = took.hours if not took.lines else took.hours / prediction.pace(whose, factors=factors)
        return cls(told.position, Decimal(str(told.hours)) or measured, whose, told.bay, took.floor)


class _Span(NamedTuple):
    """Somebody was clocked on a line, or on the order as a whole; or he is, since `runs_since`."""

    position: int | None
    technician_id: str
    hours: float
    runs_since: str | None

    def until(self, now: datetime, calendar: Calendar | None) -> timedelta:
        """The time of it so far."""
        if self.runs_since is None:
            return timedelta(hours=self.hours)
        since = datetime.fromisoformat(self.runs_since)
        return worked(calendar, min(since, now), now)


class OpenOrder:
    """An open order as it stands, and what becomes of it."""

    def __init__(self, row: Any, predicted: Prediction, *, clock: Clock) -> None:
        self.ro_id: UUID = row.ro_id
        self.row, self.predicted, self._clock = row, predicted, clock

    def by_standard_hours(self, now: datetime) -> datetime | None:
        """When it would be ready by the standard hours of its undone lines alone."""
        given = (
            Decimal(str(one.hours)) or prediction.UNKNOWN_HOURS for one in itertools.starmap(_Told, self.row.undone)
        )
        return prediction.by_standard_hours(sum(given, Decimal(0)), clock=self._clock, now=now)


def outlook(reader: Session | Connection, store_ids: Collection[str] | None, *, now: datetime) -> list[OpenOrder]:
    """Every open order of these stores (None: of all), predicted."""
    wanted = {"store_ids": None if store_ids is None else sorted(store_ids)}
    by_store: defaultdict[str, list[Any]] = defaultdict(list)
    for row in reader.execute(_OPEN, wanted):
        by_store[row.store_id].append(row)
    calendars = stores.calendars(reader, by_store) if by_store else {}
    rows = [row for found in by_store.values() for row in found]
    factors, waits = _factors(reader, rows, now=now), _waits(reader, rows, now=now)
    known_work = history(reader, [line.job_class for row in rows for line in _in_doubt(row)])
    found = []
    for store_id, theirs in by_store.items():
        calendar = calendars.get(store_id)
        known = Known(calendar.add if calendar else _always, factors, waits)
        predicted = prediction.predict(
            [_job(row, calendar, work=known_work, known=known, now=now) for row in theirs], known=known, now=now
        )
        found += [OpenOrder(row, predicted[row.ro_id], clock=known.clock) for row in theirs]
    return found


def _always(moment: datetime, work: timedelta) -> datetime:
    """The clock of a store that nobody told of."""
    return moment + work


def _in_doubt(row: Any) -> Iterator[_Told]:
    """The lines of an order whose standard hours do not say what is left: none were given, or somebody began."""
    begun = {span[0] for span in row.clocked}
    for told in itertools.starmap(_Told, row.undone):
        if not told.hours or told.position in begun or None in begun:
            yield told


def _job(row: Any, calendar: Calendar | None, *, work: History, known: Known, now: datetime) -> Job:
    lines = [
        _Line.of(told, order=row, known=work, factors=known.factors) for told in itertools.starmap(_Told, row.undone)
    ]
    spans = [_Span(*one) for one in row.clocked]
    names = {name: getattr(row, name) for name in ("ro_id", "stage_since", "promised_at", "expected_at", "ready_at")}
    return Job(
        **names,
        stage=Stage(row.stage),
        works=_works(row, lines, spans, calendar, now=now),
        bays=tuple(dict.fromkeys(bay for bay in (row.bay, *(line.bay for line in lines)) if bay)),
        clocked_on=any(span.runs_since for span in spans),
    )


def _works(
    row: Any, lines: Sequence[_Line], spans: Sequence[_Span], calendar: Calendar | None, *, now: datetime
) -> tuple[Work, ...]:
    """What is left of an order, by who does it.

    A line that somebody was clocked on is a piece by itself; the others of the same technicians are one, to which
    counts what was clocked on the order as a whole.
    """
    spent: defaultdict[tuple[int | None, str], timedelta] = defaultdict(timedelta)
    for span in spans:
        spent[span.position, span.technician_id] += span.until(now, calendar)
    alone = {position for position, _ in spent}
    found = []
    together: defaultdict[tuple[str, ...], list[_Line]] = defaultdict(list)
    for line in lines:
        if line.position in alone:
            took = sum((took for (position, _), took in spent.items() if position == line.position), timedelta(0))
            found.append(Work(line.technicians, line.hours, took, line.floor))
        else:
            together[line.technicians].append(line)
    whole = {who: took for (position, who), took in spent.items() if position is None}
    for technicians, theirs in together.items():
        took = sum((whole.pop(who, timedelta(0)) for who in technicians), timedelta(0))
        hours = sum((line.hours for line in theirs), Decimal(0))
        found.append(Work(technicians, hours, took, max(line.floor for line in theirs)))
    if found and whole:
        found[-1] = found[-1]._replace(worked=sum(whole.values(), found[-1].worked))
    return tuple(found) or (Work(_whose(row), Decimal(0)),)


def _whose(order: Any) -> tuple[str, ...]:
    """Whose a line is that is nobody's: the order's technician's, else of those who have its other lines."""
    return (order.technician_id,) if order.technician_id is not None else tuple(order.given or ())


def _factors(reader: Session | Connection, rows: Collection[Any], *, now: datetime) -> dict[str, Decimal]:
    """How much longer, or shorter, than the standard hours each of their technicians takes, as far as is known."""
    technicians = sorted({who for row in rows for who in (*_whose(row), *(row.given or ()))})
    if not technicians:
        return {}
    wanted = {"technicians": technicians, "many": LAST_PIECES, "few": FEW, "since": now - LATELY}
    return {row.technician_id: row.factor for row in reader.execute(_FACTORS, wanted)}


def _waits(reader: Session | Connection, rows: Collection[Any], *, now: datetime) -> Mapping[Stage, timedelta]:
    """How long such waits took, where an order waits of which nobody said until when."""
    if not any(row.expected_at is None and row.stage.startswith("waiting") for row in rows):
        return {}
    found = reader.execute(_WAITS, {"since": now - LATELY, "few": FEW})
    return {Stage(row.stage): row.median for row in found}

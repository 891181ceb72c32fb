"""Undoing an import: asked for, and carried out by the clock, some rows per transaction (docs/decisions/0045).

A record that the import created goes as one goes that is erased, unless anything of it has another origin than the
import: then it stays, and its rows say why. What a transaction took back, its rows say in it: killed at any moment, the
undoing goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Cause, set_cause
from chassis.store.rows import as_json
from contracts import shapes
from contracts.access import Scope
from contracts.customer.imports import Import, ImportAsked, ImportStatus, UndoCounts, Undone
from contracts.envelope import Doer
from services.customer.importing.usecases.files import COLUMNS, find_locked, shown, tell_step
from services.customer.privacy.usecases.erasing import hold, leave_tombstones
from services.customer.taking_back.errors import ImportNothingLeft, ImportRunning
from services.customer.view.usecases import folding

AT_ONCE = 50
"""Rows of one transaction: what desks with the same numbers wait for."""

_BEGUN = frozenset({ImportStatus.UNDOING, ImportStatus.UNDONE})
_RUNNING = frozenset({ImportStatus.UPLOADING, ImportStatus.STAGING, ImportStatus.MATCHING})
_QUIET = ("customer_registered", "customer_updated", "duplicate_suspected")
"""What an import makes a timeline tell; whoever else changes a record is found by its history."""

_ANYTHING_LEFT = text("SELECT EXISTS (SELECT FROM import_row WHERE import_id = :import_id AND outcome <> 'rejected')")
_BEGIN = text(
    """
    UPDATE import_file SET status = 'undoing', undo_by = :by, undo_role = :role, undo_asked_at = :now,
           undo_counts = CAST(:counts AS jsonb)
     WHERE id = :import_id
    """
)
_NEXT = text(
    f"""
    SELECT {COLUMNS} FROM import_file f WHERE f.status = 'undoing'
     ORDER BY f.undo_asked_at, f.id LIMIT 1 FOR UPDATE SKIP LOCKED
    """  # noqa: S608  # a constant of the importing room
)
_ROWS = text(
    """
    SELECT number, customer_id FROM import_row
     WHERE import_id = :import_id AND outcome <> 'rejected' AND undone IS NULL ORDER BY number LIMIT :most
    """
)
_CREATED = text(
    """
    SELECT DISTINCT customer_id FROM import_row
     WHERE import_id = :import_id AND customer_id = ANY(CAST(:customers AS uuid[])) AND outcome IN ('created', 'queued')
    """
)
_WHY_THEY_STAY = text(
    """
    SELECT c.id, CASE
           WHEN c.status = 'erased' THEN 'gone'
           WHEN c.merged_into IS NOT NULL OR EXISTS (SELECT FROM customer m WHERE m.merged_into = c.id)
                OR EXISTS (SELECT FROM merge m WHERE m.survivor_id = c.id OR m.loser_ids ? c.id::text) THEN 'merged'
           WHEN EXISTS (SELECT FROM change h WHERE h.customer_id = c.id AND h.origin <> :label) THEN 'changed'
           WHEN EXISTS (SELECT FROM import_row r WHERE r.customer_id = c.id AND r.import_id <> :import_id)
                THEN 'elsewhere'
           WHEN EXISTS (SELECT FROM timeline_entry t
                         WHERE t.customer_id = c.id AND t.event_type <> ALL(CAST(:quiet AS text[]))) THEN 'happened'
           WHEN EXISTS (SELECT FROM consent k WHERE k.customer_id = c.id)
                OR EXISTS (SELECT FROM document d WHERE d.customer_id = c.id)
                OR EXISTS (SELECT FROM privacy_request q WHERE q.customer_id = c.id)
                OR EXISTS (SELECT FROM relation l
                            WHERE (l.customer_id = c.id OR l.other_id = c.id)
                              AND (l.until IS NOT NULL OR NOT EXISTS (
                                   SELECT FROM import_row r
                                    WHERE r.import_id = :import_id AND r.customer_id IN (l.customer_id, l.other_id)
                                      AND r.worked_at = l.recorded_at))) THEN 'filed'
           WHEN EXISTS (SELECT FROM pair p
                         WHERE (p.a = c.id OR p.b = c.id) AND p.status <> 'open' AND NOT EXISTS (
                               SELECT FROM import_row r
                                WHERE r.import_id = :import_id AND r.customer_id IN (p.a, p.b)
                                  AND r.worked_at = p.decided_at)) THEN 'decided'
           WHEN EXISTS (SELECT FROM vehicle_party v
                         WHERE v.customer_id = c.id
                           AND (v.until IS NOT NULL OR v.version > 1 OR v.since > c.registered_at
                                AND NOT EXISTS (
                                    SELECT FROM import_row r
                                     WHERE r.import_id = :import_id AND r.customer_id = c.id
                                       AND r.worked_at = v.since))) THEN 'vehicle'
           END AS why
      FROM customer c WHERE c.id = ANY(CAST(:customers AS uuid[]))
    """
)
"""Why each of these stays, or nothing: what the import wrote of a row has the row's moment."""

_MARK = text(
    """
    UPDATE import_row r SET undone = told.undone
      FROM jsonb_populate_recordset(NULL::import_row, CAST(:rows AS jsonb)) AS told
     WHERE r.import_id = :import_id AND r.customer_id = told.customer_id AND r.outcome <> 'rejected'
       AND r.undone IS NULL
    RETURNING r.undone
    """
)
_MARK_GONE = text(
    """
    UPDATE import_row SET undone = 'gone'
     WHERE import_id = :import_id AND number = ANY(CAST(:numbers AS int[])) RETURNING undone
    """
)
_PARTED = text(
    """
    DELETE FROM vehicle_party WHERE customer_id = ANY(CAST(:customers AS uuid[])) RETURNING vehicle_id
    """
)
_NOBODYS = text(
    """
    SELECT v.id FROM vehicle v
     WHERE v.id = ANY(CAST(:vehicles AS uuid[])) AND v.registered_at BETWEEN :started_at AND :finished_at
       AND NOT EXISTS (SELECT FROM vehicle_party p WHERE p.vehicle_id = v.id)
       AND NOT EXISTS (SELECT FROM vehicle_dealing d WHERE d.vehicle_id = v.id)
       AND NOT EXISTS (SELECT FROM odometer o WHERE o.vehicle_id = v.id AND NOT starts_with(o.source_id, 'import/'))
       AND NOT EXISTS (SELECT FROM vehicle_plate n WHERE n.vehicle_id = v.id AND n.since > :finished_at)
     ORDER BY v.id FOR UPDATE
    """
)
_TAKE_PLATES = text("DELETE FROM vehicle_plate WHERE vehicle_id = ANY(CAST(:vehicles AS uuid[]))")
_TAKE_READINGS = text("DELETE FROM odometer WHERE vehicle_id = ANY(CAST(:vehicles AS uuid[]))")
_COUNT = text("UPDATE import_file SET undo_counts = CAST(:counts AS jsonb) WHERE id = :import_id")
_FINISH = text("UPDATE import_file SET status = 'undone', undone_at = :now WHERE id = :import_id")


def undo_import(session: Session, asked: ImportAsked, *, scope: Scope, now: datetime) -> Import:
    """Begin to undo an import that has ended; once more is no second time.

    Raises ImportNotFound, ImportRunning, ImportNothingLeft.
    """
    file = find_locked(session, asked.import_id, scope=scope)
    if file.status in _BEGUN:
        return shown(file)
    if file.status in _RUNNING:
        raise ImportRunning
    if not session.scalar(_ANYTHING_LEFT, {"import_id": file.id}):
        raise ImportNothingLeft
    counts = as_json([shapes.plain(UndoCounts())])[1:-1]
    session.execute(
        _BEGIN, {"import_id": file.id, "by": scope.staff_id, "role": scope.role, "now": now, "counts": counts}
    )
    tell_step(session, file.id, now=now)
    return shown(find_locked(session, file.id, scope=scope))


def go_on(session: Session, *, now: datetime) -> int:
    """The next rows of the import that has waited longest to be undone; 0 if none waits."""
    file = session.execute(_NEXT).one_or_none()
    if file is None:
        return 0
    set_cause(session, Cause(correlation_id=str(file.id), actor=Doer(file.undo_by, file.undo_role)))
    steps = _take_back_next(session, file, now=now)
    tell_step(session, file.id, now=now)
    return steps


def _take_back_next(session: Session, file: Any, *, now: datetime) -> int:
    """The next of its rows; when there are none it is undone."""
    rows = session.execute(_ROWS, {"import_id": file.id, "most": AT_ONCE}).all()
    if not rows:
        session.execute(_FINISH, {"import_id": file.id, "now": now})
        return 1
    customers = sorted({row.customer_id for row in rows if row.customer_id is not None})
    became = Counter(_mark_gone(session, file, [row.number for row in rows if row.customer_id is None]))
    became.update(_judge(session, file, customers, now=now))
    counts = Counter(file.undo_counts) + became
    told = as_json([{each.value: counts[each.value] for each in Undone}])[1:-1]
    session.execute(_COUNT, {"import_id": file.id, "counts": told})
    return len(rows)


def _mark_gone(session: Session, file: Any, numbers: Sequence[int]) -> list[str]:
    """Rows of customers who were erased meanwhile name nobody."""
    if not numbers:
        return []
    return list(session.scalars(_MARK_GONE, {"import_id": file.id, "numbers": list(numbers)}))


def _judge(session: Session, file: Any, customers: Sequence[UUID], *, now: datetime) -> list[str]:
    """Take these back or let them stay, with all their rows of the file; what became of each of these rows."""
    if not customers:
        return []
    told = {"import_id": file.id, "customers": list(customers)}
    created = sorted(session.scalars(_CREATED, told))
    held = {one.id: one for one in hold(session, created)}
    asked = told | {"customers": created, "label": f"import:{file.id}", "quiet": list(_QUIET)}
    why = {row.id: row.why for row in session.execute(_WHY_THEY_STAY, asked)} if created else {}
    fates = dict.fromkeys(customers, Undone.WAS_THERE.value)
    fates |= {one: why[one] or Undone.TAKEN_BACK.value for one in created}
    marks = as_json([{"customer_id": one, "undone": fate} for one, fate in fates.items()])
    became = list(session.scalars(_MARK, {"import_id": file.id, "rows": marks}))
    taken = [one for one in created if why[one] is None]
    if taken:
        folding.lock(session, taken)
        _take_cars(session, file, taken)
        leave_tombstones(session, [[held[one]] for one in taken], at=now)
    return became


def _take_cars(session: Session, file: Any, customers: Sequence[UUID]) -> None:
    """They never had their cars; one that the import registered and nobody else knows keeps its VIN and model alone."""
    vehicles = sorted(set(session.scalars(_PARTED, {"customers": list(customers)})))
    asked = {"vehicles": vehicles, "started_at": file.started_at, "finished_at": file.finished_at}
    if nobodys := list(session.scalars(_NOBODYS, asked)):
        session.execute(_TAKE_PLATES, {"vehicles": nobodys})
        session.execute(_TAKE_READINGS, {"vehicles": nobodys})

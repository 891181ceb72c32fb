"""The rows of an import, a batch per transaction: read, matched, written, reported (R25, E7).

Records, events and the report of a batch are one transaction with its checkpoint: killed at any moment, the import
goes on where it was. A row that came before, in whatever file of the same department, is the record it was then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from chassis.process import logs
from chassis.process.clock import LOCAL
from chassis.store.outbox import Cause, set_cause
from chassis.store.rows import as_json
from contracts.customer.imports import Department, Outcome
from contracts.envelope import Doer
from services.customer.importing.spreadsheets.rows import Column, fingerprint, is_nobody, read_row
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.importing.usecases.batch import Batch, Reading
from services.customer.importing.usecases.files import COLUMNS, tell_step
from services.customer.importing.usecases.staging import stage
from services.customer.record.errors import sentences_of
from services.customer.record.rules import given as giving
from services.customer.record.usecases.identifying import known_to, lock
from services.customer.record.usecases.records import Overtaken
from services.customer.registering.usecases import Origin

log = logs.get("import")

AT_ONCE = 100
"""Rows of one transaction: what desks with the same numbers wait for."""
_BREATH = 25
"""Rows of pure work after which others in the process have their turn."""

_NEXT = text(
    f"""
    SELECT {COLUMNS} FROM import_file f WHERE f.status IN ('staging', 'matching')
     ORDER BY f.started_at, f.id LIMIT 1 FOR UPDATE SKIP LOCKED
    """  # noqa: S608  # a constant of this package
)
_ROWS = text(
    """
    SELECT number, cells, notes FROM import_row WHERE import_id = :import_id AND number > :after
     ORDER BY number LIMIT :most
    """
)
_AGAIN = text(
    """
    SELECT DISTINCT ON (r.fingerprint) r.fingerprint, coalesce(c.merged_into, c.id) AS customer_id
      FROM import_row r JOIN customer c ON c.id = r.customer_id
     WHERE r.fingerprint = ANY(CAST(:fingerprints AS text[])) AND r.customer_id IS NOT NULL
     ORDER BY r.fingerprint, r.import_id DESC
    """
)
_BY_PLATE = text(
    """
    SELECT plate, vehicle_id FROM vehicle_plate WHERE plate = ANY(CAST(:plates AS text[])) AND until IS NULL
    """
)
_REPORT = text(
    """
    UPDATE import_row r
       SET fingerprint = told.fingerprint, outcome = told.outcome, customer_id = told.customer_id, field = told.field,
           code = told.code, zh = told.zh, en = told.en, warnings = told.warnings, worked_at = :now
      FROM jsonb_populate_recordset(NULL::import_row, CAST(:rows AS jsonb)) AS told
     WHERE r.import_id = :import_id AND r.number = told.number
    """
)
_CHECKPOINT = text(
    """
    UPDATE import_file SET done = done + :done, last_row = :last_row, counts = CAST(:counts AS jsonb)
     WHERE id = :import_id
    """
)
_FINISH = text("UPDATE import_file SET status = 'finished', finished_at = :now WHERE id = :import_id")

_CARDS = frozenset({Field.ID_NO, Field.USCC})
_NOBODY = (
    "NOT_A_CUSTOMER",
    "该行不是客户:合计、页脚或重复的表头",
    "Nobody stands in this row: a sum, a foot line, or headings",
)
_FAILED = ("ROW_FAILED", "该行处理失败,请联系管理员", "This row could not be worked on; tell your administrator")


class Report(NamedTuple):
    """What became of a row, as its row keeps it."""

    number: int
    outcome: Outcome
    fingerprint: str | None = None
    customer_id: UUID | None = None
    field: str | None = None
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    warnings: Sequence[str] = ()


def go_on(session: Session, *, now: datetime) -> int:
    """The next piece of the import that has waited longest: some of its file, or some of its rows; 0 if none waits."""
    file = session.execute(_NEXT).one_or_none()
    if file is None:
        return 0
    set_cause(session, Cause(correlation_id=str(file.id), actor=Doer(file.created_by, file.role)))
    steps = stage(session, file, now=now) if file.status == "staging" else _match_next(session, file, now=now)
    tell_step(session, file.id, now=now)
    return steps


def _match_next(session: Session, file: Any, *, now: datetime) -> int:
    """The next of its rows; when there are none it is finished."""
    rows = session.execute(_ROWS, {"import_id": file.id, "after": file.last_row, "most": AT_ONCE}).all()
    if not rows:
        session.execute(_FINISH, {"import_id": file.id, "now": now})
        return 1
    reports = _match_or_halve(session, file, rows, now=now)
    told_of = as_json([one._asdict() for one in reports])
    session.execute(_REPORT, {"import_id": file.id, "rows": told_of, "now": now})
    counts = Counter(file.counts) + Counter(one.outcome.value for one in reports)
    told = as_json([{outcome.value: counts[outcome.value] for outcome in Outcome}])[1:-1]
    checkpoint = {"import_id": file.id, "done": len(rows), "last_row": rows[-1].number, "counts": told}
    session.execute(_CHECKPOINT, checkpoint)
    return len(rows)


def _match_or_halve(session: Session, file: Any, rows: Sequence[Any], *, now: datetime) -> list[Report]:
    """The rows' reports. A row that nobody foresaw must not stop the others: it is found by halves and rejected."""
    try:
        with session.begin_nested():
            return _match(session, file, rows, now=now)
    except Overtaken:
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
            raise
        if len(rows) == 1:
            log.warning(
                "row rejected unforeseen", import_id=str(file.id), row=rows[0].number, error=logs.describe(error)
            )
            code, zh, en = _FAILED
            return [Report(rows[0].number, Outcome.REJECTED, code=code, zh=zh, en=en)]
    middle = len(rows) // 2
    halves = rows[:middle], rows[middle:]
    return [report for half in halves for report in _match_or_halve(session, file, half, now=now)]


def _match(session: Session, file: Any, rows: Sequence[Any], *, now: datetime) -> list[Report]:
    department, today = Department(file.department), now.astimezone(LOCAL).date()
    columns = [Column(one["column"], Field(one["field"]), one["unit"]) for one in file.mapping]
    prints = {row.number: fingerprint(row.cells, columns, department=department) for row in rows}
    before = _came_before(session, list(prints.values()))
    readings: dict[int, Reading] = {}
    reports: dict[int, Report] = {}
    for place, row in enumerate(rows):
        _breathe(place)
        if prints[row.number] not in before:
            read = _read(row, columns, department=department, today=today, started_at=file.started_at)
            if isinstance(read, Report):
                reports[row.number] = read
            else:
                readings[row.number] = read
    batch = _batch(session, file, list(readings.values()), today=today, now=now)
    for place, row in enumerate(rows):
        _breathe(place)
        mark = prints[row.number]
        if row.number in reports:
            continue
        if (known := before.get(mark)) is not None:
            reports[row.number] = Report(row.number, Outcome.MATCHED, mark, known)
            continue
        outcome, customer_id, warnings = batch.take(readings[row.number])
        before[mark] = customer_id
        reports[row.number] = Report(row.number, outcome, mark, customer_id, warnings=warnings)
    batch.write(session)
    return [reports[row.number] for row in rows]


def _breathe(place: int) -> None:
    if place % _BREATH == _BREATH - 1:
        time.sleep(0)


def _came_before(session: Session, fingerprints: Sequence[str]) -> dict[str, UUID]:
    return {row.fingerprint: row.customer_id for row in session.execute(_AGAIN, {"fingerprints": fingerprints})}


def _batch(session: Session, file: Any, readings: Sequence[Reading], *, today: date, now: datetime) -> Batch:
    """The records that the rows may be about, nobody else registering them meanwhile."""
    facts = [one.facts for one in readings]
    lock(session, facts)
    known = known_to(session, facts, at=today)
    plates = [one.given.plate.number for one in readings if one.given.vehicle is None and one.given.plate is not None]
    vehicles = session.execute(_BY_PLATE, {"plates": plates}) if plates else ()
    origin = Origin(file.created_by, file.department, file.store_id, f"import:{file.department}", now)
    return Batch(known, origin, f"import:{file.id}", {row.plate: row.vehicle_id for row in vehicles})


def _read(
    row: Any, columns: Sequence[Column], *, department: Department, today: date, started_at: datetime
) -> Reading | Report:
    """The row, read; or why it cannot be."""
    if is_nobody(row.cells, columns):
        code, zh, en = _NOBODY
        return Report(row.number, Outcome.REJECTED, code=code, zh=zh, en=en)
    cards = {one.column for one in columns if one.field in _CARDS}
    taken = {one.column for one in columns}
    for note in row.notes:
        if note["code"] == "DIGITS_LOST" and note["column"] in cards:
            return Report(row.number, Outcome.REJECTED, field="id_no", code=note["code"], zh=note["zh"], en=note["en"])
    notes = tuple(note["code"] for note in row.notes if note["column"] in taken or note["code"] == "BEYOND_HEADINGS")
    read = read_row(row.cells, columns, department=department, today=today)
    try:
        given = giving.read(read.typed, today=today, imported=True)
    except giving.Unreadable as error:
        zh, en = sentences_of(error.code)
        return Report(row.number, Outcome.REJECTED, field=error.field, code=error.code, zh=zh, en=en)
    km_at = started_at if read.km_on is None else _end_of(read.km_on)
    warnings = tuple(dict.fromkeys((*notes, *read.warnings, *given.warnings)))
    return Reading(row.number, given, given.facts, read.role, read.relation, read.km, km_at, warnings)


def _end_of(day: date) -> datetime:
    """When a file's reading of a day counts: after those of that day whose hour we know, so that it must fit them."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=LOCAL)

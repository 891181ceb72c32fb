"""The file of an import: found, put together from its parts, opened (R25, S22)."""

from __future__ import annotations

import hashlib
import io
import itertools
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.process.aside import aside
from chassis.store.outbox import record
from contracts.access import Scope
from contracts.customer.events import ImportAdvanced
from contracts.customer.imports import Import, ImportStatus, UndoCounts, Undoing
from contracts.picked import shaped
from services.customer.importing.errors import (
    ImportAltered,
    ImportIncomplete,
    ImportNotFound,
    ImportStarted,
    refusal_of_file,
)
from services.customer.importing.spreadsheets.headings import SAMPLE_ROWS
from services.customer.importing.spreadsheets.reading import Row, Table, open_table
from services.customer.importing.spreadsheets.refusals import FileRefused, Limits

LIMITS = Limits(cells=1_500_000)
"""Of a file to import: 100 000 rows of fifteen columns. A larger worksheet takes longer to open than a call may."""

COLUMNS = """
    f.id, f.department, f.filename, f.sheet, f.size, f.sha256, f.store_id, f.status, f.mapping, f.staged, f.total,
    f.done, f.last_row, f.counts, f.failure, f.created_by, f.role, f.created_at, f.started_at, f.finished_at, f.undo_by,
    f.undo_role, f.undo_asked_at, f.undone_at, f.undo_counts,
    CASE WHEN f.status = 'uploading'
         THEN (SELECT coalesce(sum(octet_length(content)), 0) FROM import_part p WHERE p.import_id = f.id)
         ELSE f.size END AS received
"""
_ONE = text(f"SELECT {COLUMNS} FROM import_file f WHERE f.id = :import_id")  # noqa: S608  # a constant above
_LOCKED = text(f"SELECT {COLUMNS} FROM import_file f WHERE f.id = :import_id FOR UPDATE")  # noqa: S608
_STEP = text(
    """
    UPDATE import_file SET version = version + 1 WHERE id = :import_id
    RETURNING id AS import_id, status, done, total, version, store_id
    """
)
_PARTS = text("SELECT content FROM import_part WHERE import_id = :import_id ORDER BY no")


def find(connection: Connection, import_id: UUID, *, scope: Scope) -> sqlalchemy.Row[Any]:
    """The import's row. Raises ImportNotFound, also for one of a store that the caller may not see."""
    return _admitted(connection.execute(_ONE, {"import_id": import_id}).one_or_none(), scope)


def find_locked(session: Session, import_id: UUID, *, scope: Scope) -> sqlalchemy.Row[Any]:
    """The same, locked."""
    return _admitted(session.execute(_LOCKED, {"import_id": import_id}).one_or_none(), scope)


def _admitted(row: sqlalchemy.Row[Any] | None, scope: Scope) -> sqlalchemy.Row[Any]:
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.created_by):
        raise ImportNotFound
    return row


def tell_step(session: Session, import_id: UUID, *, now: datetime) -> None:
    """Tell how far an import is after a step of it."""
    step = session.execute(_STEP, {"import_id": import_id}).one()
    record(
        session,
        shaped(ImportAdvanced, step._mapping),
        subject_id=import_id,
        subject_version=step.version,
        store_id=step.store_id,
        occurred_at=now,
    )


class Opened(NamedTuple):
    """A file's table, and the first of its rows."""

    table: Table
    sample: list[Row]


def open_uploaded(connection: Connection | Session, row: Any, *, sheet: str | None) -> Opened:
    """The file that was uploaded for an import that is not yet started, of several worksheets the one chosen.

    Raises ImportStarted, ImportIncomplete, ImportAltered, and the refusals of a file that cannot be read.
    """
    if row.status != ImportStatus.UPLOADING:
        raise ImportStarted
    if row.received != row.size:
        raise ImportIncomplete(received=int(row.received), size=row.size)
    content = content_of(connection, row.id)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise ImportAltered
    try:
        return aside(partial(_opened, content, sheet))
    except FileRefused as error:
        raise refusal_of_file(error.code, zh=error.zh, en=error.en) from None


def _opened(content: bytes, sheet: str | None) -> Opened:
    table = open_table(io.BytesIO(content), limits=LIMITS, sheet=sheet)
    return Opened(table, list(itertools.islice(table.rows, SAMPLE_ROWS)))


def content_of(connection: Connection | Session, import_id: UUID) -> bytes:
    """The file's bytes, in the order of its parts."""
    return b"".join(bytes(part) for part in connection.execute(_PARTS, {"import_id": import_id}).scalars())


def shown(row: sqlalchemy.Row[Any]) -> Import:
    """The import as it stands."""
    failure = row.failure or {}
    undo = None
    if row.undo_asked_at is not None:
        undo = shaped(Undoing, row._mapping, counts=shaped(UndoCounts, row.undo_counts))
    return shaped(
        Import,
        row._mapping,
        import_id=row.id,
        received=int(row.received),
        code=failure.get("code"),
        zh=failure.get("zh"),
        en=failure.get("en"),
        undo=undo,
    )

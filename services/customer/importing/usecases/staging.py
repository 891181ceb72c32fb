"""From an uploaded file to rows in the database, a piece per transaction (R25).

A piece and the checkpoint behind it are written together, so that whoever dies in between has written neither.
"""

from __future__ import annotations

import io
import itertools
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process.aside import aside
from chassis.store.rows import as_json, insert_all
from services.customer.importing.models import ImportRow
from services.customer.importing.spreadsheets.reading import FileKind, Row, open_table
from services.customer.importing.spreadsheets.refusals import FileRefused
from services.customer.importing.usecases.files import LIMITS, content_of

AT_ONCE = 10_000
"""Rows of a text file in one transaction. The file is opened anew for each piece."""
_TOGETHER = 1_000

_PATIENTLY = text("SET LOCAL idle_in_transaction_session_timeout = '120s'")
"""The database waits while a file is opened."""
_STAGED = text("UPDATE import_file SET staged = :staged WHERE id = :import_id")
_COMPLETE = text(
    """
    UPDATE import_file f SET staged = :staged, status = 'matching',
           total = (SELECT count(*) FROM import_row r WHERE r.import_id = f.id)
     WHERE f.id = :import_id
    """
)
_REFUSED = text(
    """
    UPDATE import_file SET status = 'refused', failure = CAST(:failure AS jsonb), finished_at = :now
     WHERE id = :import_id
    """
)
_FORGET_PARTS = text("DELETE FROM import_part WHERE import_id = :import_id")
_FORGET_ROWS = text("DELETE FROM import_row WHERE import_id = :import_id")
_rows: Any = ImportRow.__table__


def stage(session: Session, file: Any, *, now: Any) -> int:
    """Keep the next rows of the file; how many steps that was. A file that turns out to be unreadable is refused."""
    try:
        session.execute(_PATIENTLY)
        whole, piece = aside(partial(_piece, content_of(session, file.id), file.sheet, after=file.staged))
    except FileRefused as error:
        failure = as_json([{"code": error.code, "zh": error.zh, "en": error.en}])[1:-1]
        session.execute(_REFUSED, {"import_id": file.id, "failure": failure, "now": now})
        session.execute(_FORGET_ROWS, {"import_id": file.id})
        session.execute(_FORGET_PARTS, {"import_id": file.id})
        return 1
    for start in range(0, len(piece), _TOGETHER):
        told = [_kept(file.id, row) for row in piece[start : start + _TOGETHER]]
        insert_all(session, _rows, told, on_conflict="DO NOTHING")
    staged = piece[-1].number if piece else file.staged
    if not whole:
        session.execute(_STAGED, {"import_id": file.id, "staged": staged})
    else:
        session.execute(_COMPLETE, {"import_id": file.id, "staged": staged})
        session.execute(_FORGET_PARTS, {"import_id": file.id})
    return max(len(piece), 1)


def _piece(content: bytes, sheet: str | None, *, after: int) -> tuple[bool, list[Row]]:
    """(whether that is all, the next rows): of a worksheet all, for opening it is what takes long."""
    table = open_table(io.BytesIO(content), limits=LIMITS, sheet=sheet)
    rows = itertools.dropwhile(lambda row: row.number <= after, table.rows)
    if table.kind is not FileKind.CSV:
        return True, list(rows)
    piece = list(itertools.islice(rows, AT_ONCE))
    return len(piece) < AT_ONCE, piece


def _kept(import_id: Any, row: Row) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "number": row.number,
        "cells": [cell.replace("\0", "") for cell in row.cells],
        "notes": [{"column": one.column, "code": one.code, "zh": one.zh, "en": one.en} for one in row.notes],
        "warnings": [],
    }

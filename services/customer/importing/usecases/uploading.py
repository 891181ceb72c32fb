"""Bringing in a department's customer list: announce it, upload it in parts, start it, stop it (R25).

Reading the file and finding out who its rows are is scheduled work: `import_staging`, `import_matching`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.rows import as_json
from contracts import shapes
from contracts.access import Scope
from contracts.customer.imports import (
    LARGEST_PART,
    ColumnChosen,
    Counts,
    CreateImport,
    Import,
    ImportAsked,
    ImportStatus,
    PutPart,
    StartImport,
)
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from services.customer.importing.errors import ImportEnded, ImportStarted, PartInvalid, refusal_of_file
from services.customer.importing.models import ImportFile
from services.customer.importing.spreadsheets import headings
from services.customer.importing.spreadsheets.headings import MappingRefused
from services.customer.importing.spreadsheets.reading import Table
from services.customer.importing.spreadsheets.wordings import Field, unit_of
from services.customer.importing.usecases.files import Opened, find_locked, open_uploaded, shown, tell_step

_SHA256 = re.compile(r"[0-9a-f]{64}")
_STOPPABLE = frozenset({ImportStatus.UPLOADING, ImportStatus.STAGING, ImportStatus.MATCHING})
_PUT = text(
    """
    INSERT INTO import_part (import_id, no, content) VALUES (:import_id, :no, :content)
    ON CONFLICT (import_id, no) DO UPDATE SET content = excluded.content
    """
)
_OTHER_PARTS = text(
    """
    SELECT coalesce(sum(octet_length(content)), 0) FROM import_part WHERE import_id = :import_id AND no <> :no
    """
)
_START = text(
    """
    UPDATE import_file SET status = 'staging', mapping = CAST(:mapping AS jsonb), sheet = :sheet, started_at = :now
     WHERE id = :import_id
    """
)
_CANCEL = text("UPDATE import_file SET status = 'cancelled', finished_at = :now WHERE id = :import_id")
_FORGET_PARTS = text("DELETE FROM import_part WHERE import_id = :import_id")


def create_import(session: Session, request: CreateImport, *, scope: Scope, now: datetime) -> Import:
    """Announce a file. Raises StoreNotAllowed; InvalidRequest for what is no SHA-256."""
    scope.require_store(request.store_id)
    if not _SHA256.fullmatch(request.sha256.lower()):
        raise InvalidRequest(errors={"sha256": [Saying.NO_HASH()]})
    row = ImportFile(
        id=uuids.uuid7(),
        department=request.department,
        filename=request.filename,
        size=request.size,
        sha256=request.sha256.lower(),
        store_id=request.store_id,
        status=ImportStatus.UPLOADING,
        staged=0,
        done=0,
        last_row=0,
        counts=shapes.plain(Counts()),
        created_by=scope.staff_id,
        role=scope.role,
        created_at=now,
    )
    session.add(row)
    session.flush()
    tell_step(session, row.id, now=now)
    return shown(find_locked(session, row.id, scope=scope))


def put_part(session: Session, request: PutPart, *, scope: Scope) -> Import:
    """Keep a part; the same number again replaces it. Raises ImportNotFound, ImportStarted, PartInvalid."""
    row = find_locked(session, request.import_id, scope=scope)
    if row.status != ImportStatus.UPLOADING:
        raise ImportStarted
    try:
        content = base64.b64decode(request.content, validate=True)
    except ValueError:  # binascii.Error is one; another says that it is not even ASCII
        raise PartInvalid from None
    others = session.scalar(_OTHER_PARTS, {"import_id": row.id, "no": request.no}) or 0
    if not content or len(content) > LARGEST_PART or others + len(content) > row.size:
        raise PartInvalid
    session.execute(_PUT, {"import_id": row.id, "no": request.no, "content": content})
    return shown(find_locked(session, row.id, scope=scope))


def start_import(session: Session, request: StartImport, *, scope: Scope, now: datetime) -> Import:
    """Start with the chosen columns, or those proposed, of the chosen worksheet, or the likeliest.

    Raises ImportNotFound, ImportStarted, ImportIncomplete, ImportAltered; InvalidRequest for a field that does
    not exist; the refusals of a file that cannot be read and of columns that cannot be imported.
    """
    row = find_locked(session, request.import_id, scope=scope)
    opened = open_uploaded(session, row, sheet=request.sheet)
    table = opened.table
    mapping = _proposed(opened) if request.mapping is None else _chosen(table, request.mapping)
    try:
        headings.check(((one["column"], Field(one["field"])) for one in mapping), width=len(table.headings))
    except MappingRefused as error:
        raise refusal_of_file(error.code, zh=error.zh, en=error.en) from None
    started = {"import_id": row.id, "mapping": as_json(mapping), "sheet": table.sheet or None, "now": now}
    session.execute(_START, started)
    tell_step(session, row.id, now=now)
    return shown(find_locked(session, row.id, scope=scope))


def cancel_import(session: Session, request: ImportAsked, *, scope: Scope, now: datetime) -> Import:
    """Stop; rows that were worked on stay as they are. Raises ImportNotFound, ImportEnded."""
    row = find_locked(session, request.import_id, scope=scope)
    if row.status not in _STOPPABLE:
        raise ImportEnded
    session.execute(_CANCEL, {"import_id": row.id, "now": now})
    session.execute(_FORGET_PARTS, {"import_id": row.id})
    tell_step(session, row.id, now=now)
    return shown(find_locked(session, row.id, scope=scope))


def proposals(opened: Opened) -> list[headings.Proposal]:
    """What the columns are taken for."""
    return headings.propose(opened.table.headings, [row.cells for row in opened.sample])


def _proposed(opened: Opened) -> list[dict[str, Any]]:
    return [
        {"column": one.column, "field": one.field.value, "unit": one.unit}
        for one in proposals(opened)
        if one.field is not None
    ]


def _chosen(table: Table, mapping: Sequence[ColumnChosen]) -> list[dict[str, Any]]:
    if unknown := [one.field for one in mapping if one.field not in set(Field)]:
        raise InvalidRequest(errors={"mapping": [Saying.NO_IMPORT_FIELD(field=field) for field in unknown]})
    width = len(table.headings)
    return [
        {
            "column": one.column,
            "field": one.field,
            "unit": unit_of(table.headings[one.column]) if one.column < width else None,
        }
        for one in mapping
    ]

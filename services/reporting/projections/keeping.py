"""Facts are kept by document: of several events of one document the newest counts, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from chassis.rows import insert_all
from services.reporting.models import Base


def keep(session: Session, fact: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows; one that tells an older version of its document than we have changes nothing.

    Rows are written in the order of their documents, so that two transactions cannot lock each other out.
    """
    table: Any = fact.__table__
    (document,) = table.primary_key.columns.keys()
    newest = {row[document]: row for row in sorted(rows, key=lambda row: (row[document], row["source_version"]))}
    insert_all(session, table, list(newest.values()), on_conflict=_newer(table, document))


@cache
def _newer(table: Any, document: str) -> str:
    told = ", ".join(f"{name} = excluded.{name}" for name in map(attrgetter("name"), table.columns) if name != document)
    return f"({document}) DO UPDATE SET {told} WHERE known.source_version < excluded.source_version"

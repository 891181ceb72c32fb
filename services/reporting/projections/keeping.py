"""Facts are kept by document: of several events of one document the newest counts, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from services.reporting.models import Base


def keep(session: Session, fact: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows; one that tells an older version of its document than we have changes nothing.

    Rows are written in the order of their documents, so that two transactions cannot lock each other out.
    """
    statement, document = _upsert(fact)
    session.execute(statement, sorted(rows, key=lambda row: (row[document], row["source_version"])))


@cache
def _upsert(fact: type[Base]) -> tuple[Insert, str]:
    """The statement for one kind of fact, and the column that names its document."""
    table: Any = fact.__table__
    (document,) = table.primary_key.columns
    statement = insert(table)
    told = {column.name: statement.excluded[column.name] for column in table.columns if column is not document}
    newer = table.c.source_version < statement.excluded.source_version
    return statement.on_conflict_do_update(index_elements=[document], set_=told, where=newer), document.name

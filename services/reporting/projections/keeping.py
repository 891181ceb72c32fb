"""Facts are kept by document: of several events of one document the newest counts, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.rows import insert_all
from contracts.envelope import Received
from services.reporting.declared import Base
from services.reporting.rules import month_of


def fact(kept: type[Base], event: Received[Any], *, counts_at: datetime, **more: Any) -> dict[str, Any]:
    """The row of what an event tells: what `more` says, and the rest as the payload tells it by the columns' names.

    It counts in the month that `counts_at` lies in.
    """
    more |= {"store_id": event.store_id, "month": month_of(counts_at, zone=LOCAL)}
    more |= {"occurred_at": event.occurred_at, "source_version": event.subject.version}
    table: Any = kept.__table__
    names = [column.name for column in table.columns]
    return {name: more[name] if name in more else getattr(event.payload, name) for name in names}


def keep(session: Session, kept: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write the rows; one that tells an older version of its document than we have changes nothing.

    Rows are written in the order of their documents, so that two transactions cannot lock each other out.
    """
    table: Any = kept.__table__
    (document,) = table.primary_key.columns.keys()
    newest = {row[document]: row for row in sorted(rows, key=lambda row: (row[document], row["source_version"]))}
    insert_all(session, table, list(newest.values()), on_conflict=_newer(table, document))


@cache
def _newer(table: Any, document: str) -> str:
    told = ", ".join(f"{name} = excluded.{name}" for name in map(attrgetter("name"), table.columns) if name != document)
    return f"({document}) DO UPDATE SET {told} WHERE known.source_version < excluded.source_version"

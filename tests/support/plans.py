"""How PostgreSQL finds what a query asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from chassis.store.database import Database


def plan_of_page(database: Database, read: Callable[[Connection], object]) -> str:
    """The plan of the one statement in it that takes a page (`LIMIT`)."""
    told: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        told.append((statement, parameters))

    event.listen(database._readers, "before_cursor_execute", note)
    database.read(read)
    event.remove(database._readers, "before_cursor_execute", note)
    ((statement, parameters),) = [one for one in told if " LIMIT " in " ".join(one[0].split())]
    with database.reading() as connection:
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all())

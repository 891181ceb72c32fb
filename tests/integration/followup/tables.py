"""What stands in a service's tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from chassis.store.database import Database


def rows(database: Database, select: str) -> list[dict[str, Any]]:
    """What a SELECT gives."""
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(text(select))]


def forget(database: Database, *tables: str) -> None:
    """Empty these tables and the inbox, as a rebuild does."""
    with database.transaction() as session:
        for table in (*tables, "inbox"):
            session.execute(text(f"DELETE FROM {table}"))


def somebody_waits(database: Database) -> bool:
    """True while a transaction waits for another one's lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(rows(database, waiting))

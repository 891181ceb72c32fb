"""Events as they come off the bus, and their delivery: one transaction, claimed first, as the consumer does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import inbox
from chassis.database import Database
from contracts import shapes
from contracts.envelope import Envelope, Event, Received, Subject, read

Handle = Callable[[Session, list[Received[Any]]], None]


class Crash(Exception):
    """The process ends before it could commit."""


def received(payload: Event, *, subject_id: UUID, version: int, store_id: str, occurred_at: datetime) -> Received[Any]:
    """The event as a handler gets it: written to bytes and read again."""
    declared = payload.declaration
    envelope = Envelope(
        event_id=uuids.uuid7(),
        event_type=declared.name,
        version=declared.version,
        producer=declared.producer,
        occurred_at=occurred_at,
        recorded_at=occurred_at,
        store_id=store_id,
        subject=Subject(declared.subject, str(subject_id), version),
        correlation_id="a test",
        payload=shapes.plain(payload),
    )
    return read(envelope.dump())


def hear(database: Database, handle: Handle, events: Sequence[Received[Any]], *, crash: bool = False) -> None:
    """Deliver events of one type together."""

    def work(session: Session) -> None:
        handler = events[0].envelope.event_type
        fresh = inbox.claim(session, handler=handler, event_ids=[event.id for event in events])
        new = {event.id: event for event in events if event.id in fresh}
        if new:
            handle(session, list(new.values()))
        if crash:
            session.flush()
            raise Crash

    database.run(work)


def forget(database: Database, *tables: str) -> None:
    """Empty these tables and the inbox, as a rebuild does."""
    with database.transaction() as session:
        for table in (*tables, "inbox"):
            session.execute(text(f"DELETE FROM {table}"))


def rows(database: Database, select: str) -> list[dict[str, Any]]:
    """What a SELECT gives."""
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(text(select))]


def somebody_waits(database: Database) -> bool:
    """True while a transaction waits for another one's lock."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(rows(database, waiting))

"""The inbox: an event has its effect once, however often it is delivered.

The claim is the first statement of the transaction, so that a concurrent duplicate waits on the key
until the first has committed or rolled back, and then sees which it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Constant texts: building such statements anew for each event costs as much as running them. Rows are taken in the
# order of the events, so that two transactions with the same events wait for one another one way round only.
_CLAIM = text(
    """
    INSERT INTO inbox (handler, event_id)
    SELECT handler, event_id
      FROM unnest(CAST(:handlers AS text[]), CAST(:event_ids AS uuid[])) AS asked(handler, event_id)
     ORDER BY event_id
    ON CONFLICT DO NOTHING RETURNING event_id
    """
)
_REPEATED = text(
    """
    WITH known AS (
         SELECT handler, event_id
           FROM unnest(CAST(:handlers AS text[]), CAST(:event_ids AS uuid[])) AS asked(handler, event_id)
           JOIN inbox USING (handler, event_id) ORDER BY event_id FOR UPDATE OF inbox)
    UPDATE inbox SET duplicates = duplicates + 1
      FROM known WHERE inbox.handler = known.handler AND inbox.event_id = known.event_id
    """
)
_START = text(
    """
    INSERT INTO inbox_suspect AS known (message_id, starts) VALUES (:message_id, 1)
    ON CONFLICT (message_id) DO UPDATE SET starts = known.starts + 1, last_start = clock_timestamp()
    RETURNING starts
    """
)
_CLEAR = text("DELETE FROM inbox_suspect WHERE message_id = :message_id")


def claim(session: Session, handlers: Mapping[UUID, str]) -> set[UUID]:
    """Claim events, each for its handler; returns those that are new. The others have had their effect before."""
    fresh = set(session.scalars(_CLAIM, _asked(handlers)).all())
    if repeated := {event_id: handler for event_id, handler in handlers.items() if event_id not in fresh}:
        session.execute(_REPEATED, _asked(repeated))
    return fresh


def _asked(handlers: Mapping[UUID, str]) -> dict[str, list[Any]]:
    return {"handlers": list(handlers.values()), "event_ids": list(handlers)}


def note_start(session: Session, *, message_id: str) -> int:
    """Note that a suspicious message is about to run alone; returns how often it was started and never finished."""
    return int(session.scalars(_START, {"message_id": message_id}).one())


def clear(session: Session, *, message_id: str) -> None:
    """The message finished: it is no killer."""
    session.execute(_CLEAR, {"message_id": message_id})

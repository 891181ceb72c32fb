"""Parked events: what the relay cannot send, with its explanation; listed, sent again or given up by an operator.

They rest in their own row of the outbox. Given up, an event stays in the log and is sent to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from chassis.bus.relay import connected

_LOOK = """
    SELECT event_id::text, event_type || '.v' || version, store_id, recorded_at, parked_at, problem
      FROM outbox WHERE published_at IS NULL AND parked_at IS NOT NULL ORDER BY position
"""
_CHOSEN = "published_at IS NULL AND parked_at IS NOT NULL AND (%(all)s OR event_id = ANY(%(ids)s::uuid[]))"
_RELEASE = f"UPDATE outbox SET parked_at = NULL WHERE {_CHOSEN}"  # noqa: S608  # our own texts
_DROP = f"UPDATE outbox SET published_at = clock_timestamp() WHERE {_CHOSEN}"  # noqa: S608  # our own texts
_WAKE = "NOTIFY outbox"


class ParkedEvent(NamedTuple):
    """A parked event as an operator sees it."""

    event_id: str
    event: str
    store_id: str
    recorded_at: datetime
    parked_at: datetime
    problem: str


def look(url: str) -> list[ParkedEvent]:
    """Every parked event of a service, by the relay's role. Raises psycopg.Error."""
    with connected(url) as database:
        return [ParkedEvent(*row) for row in database.execute(_LOOK)]


def release(url: str, ids: Sequence[UUID] | None) -> int:
    """Let the relay try these again (None: all of them); how many. What cannot be sent is parked anew."""
    with connected(url) as database:
        count = database.execute(_RELEASE, {"all": ids is None, "ids": list(ids or ())}).rowcount
        database.execute(_WAKE)
        return count


def drop(url: str, ids: Sequence[UUID]) -> int:
    """Give these up: they stay in the log, with what was wrong, and nobody hears of them; how many."""
    with connected(url) as database:
        return database.execute(_DROP, {"all": False, "ids": list(ids)}).rowcount

"""The inbox: an event has its effect once, however often it is delivered.

The claim is the first statement of the transaction, so that a concurrent duplicate waits on the key
until the first has committed or rolled back, and then sees which it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import tables

_inbox = tables.inbox
_suspect = tables.inbox_suspect


def claim(session: Session, *, handler: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Claim events for a handler; returns those that are new. The others have had their effect before."""
    rows = [{"handler": handler, "event_id": event_id} for event_id in sorted(set(event_ids))]
    fresh = set(
        session.scalars(insert(_inbox).values(rows).on_conflict_do_nothing().returning(_inbox.c.event_id)).all()
    )
    if repeated := set(event_ids) - fresh:
        session.execute(
            update(_inbox)
            .where(_inbox.c.handler == handler, _inbox.c.event_id.in_(repeated))
            .values(duplicates=_inbox.c.duplicates + 1)
        )
    return fresh


def note_start(session: Session, *, message_id: str) -> int:
    """Note that a suspicious message is about to run alone; returns how often it was started and never finished."""
    statement = (
        insert(_suspect)
        .values(message_id=message_id, starts=1)
        .on_conflict_do_update(
            index_elements=[_suspect.c.message_id],
            set_={"starts": _suspect.c.starts + 1, "last_start": func.clock_timestamp()},
        )
        .returning(_suspect.c.starts)
    )
    starts: int = session.scalars(statement).one()
    return starts


def clear(session: Session, *, message_id: str) -> None:
    """The message finished: it is no killer."""
    session.execute(delete(_suspect).where(_suspect.c.message_id == message_id))

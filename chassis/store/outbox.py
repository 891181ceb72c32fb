"""The outbox is the event log: an event is a row in the transaction of the fact it tells of.

`record()` is the only way out of a service. The relay publishes the rows, operators archive them,
new subscribers catch up from them. Rows are never deleted by a service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process import clock
from chassis.store import tables
from chassis.store.rows import Insert, insert_last, insert_together
from contracts import envelope as envelopes
from contracts import shapes
from contracts.envelope import Doer, Envelope, Event, Received

LARGEST_ENVELOPE = 64 * 1024
"""Bytes. An event carries identifiers and values to act on, not documents."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is being recorded: the call or event that is being worked on."""

    correlation_id: str
    causation_id: str | None = None
    actor: Doer | None = None

    @classmethod
    def of(cls, event: Received[Any]) -> Cause:
        """An event that is being handled."""
        return cls(event.envelope.correlation_id, str(event.id), event.envelope.actor)


class EventTooLarge(ValueError):
    """The event does not fit the bus; a defect of the producer."""


def set_cause(session: Session, cause: Cause) -> None:
    """Name the cause of everything this session will record."""
    session.info["cause"] = cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event to record.

    `subject_version` is the version the subject has after the change:
    the same fact recorded twice violates the log's unique key and rolls the transaction back.
    `cause` is its own where a transaction works on several things at once; without one it is the session's.
    """

    event: Event
    subject_id: object
    subject_version: int
    store_id: str
    occurred_at: datetime
    cause: Cause | None = None


def record(
    session: Session,
    event: Event,
    *,
    subject_id: object,
    subject_version: int,
    store_id: str,
    occurred_at: datetime,
) -> UUID:
    """Record an event in the session's transaction and return its identity (see `Fact`)."""
    fact = Fact(
        event=event,
        subject_id=subject_id,
        subject_version=subject_version,
        store_id=store_id,
        occurred_at=occurred_at,
    )
    return record_all(session, [fact])[0]


class Subject(Protocol):
    """What events tell of: a record with an identity, a version that grows with each change, and a store."""

    @property
    def id(self) -> Any:
        """Its identity."""
        ...

    @property
    def version(self) -> int:
        """After the change that is told."""
        ...

    @property
    def store_id(self) -> str:
        """Where it happened."""
        ...


def tell(session: Session, subject: Subject, *told: Event, now: datetime) -> list[UUID]:
    """Record what happened to a record of ours, just now; the identities of the events (see `Fact`)."""
    facts = [
        Fact(
            event=event,
            subject_id=subject.id,
            subject_version=subject.version,
            store_id=subject.store_id,
            occurred_at=now,
        )
        for event in told
    ]
    return record_all(session, facts)


def record_all(session: Session, facts: Sequence[Fact]) -> list[UUID]:
    """Record several events in their order, and return their identities.

    Their rows are written with the last of the transaction, which costs no round trip of its own; within a savepoint at
    once, for its rollback must take them along.
    """
    insert = to_record(session, facts)
    if session.in_nested_transaction():
        insert_together(session, [insert])
    else:
        insert_last(session, [insert])
    return [row["event_id"] for row in insert.rows]


def to_record(session: Session, facts: Sequence[Fact]) -> Insert:
    """The rows of several events, to be written together with what they tell of."""
    cause: Cause = session.info.get("cause") or Cause(correlation_id=str(uuids.uuid7()))
    return Insert(tables.outbox, [_row(fact, fact.cause or cause) for fact in facts])


def _row(fact: Fact, cause: Cause) -> dict[str, Any]:
    declared = fact.event.declaration
    envelope = Envelope(
        event_id=uuids.uuid7(),
        event_type=declared.name,
        version=declared.version,
        producer=declared.producer,
        occurred_at=fact.occurred_at,
        recorded_at=clock.now(),
        store_id=fact.store_id,
        subject=envelopes.Subject(declared.subject, str(fact.subject_id), fact.subject_version),
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        actor=cause.actor,
        payload=shapes.plain(fact.event),
    )
    wire = envelope.dump()
    if len(wire) > LARGEST_ENVELOPE:
        raise EventTooLarge(f"{declared.name}: more than {LARGEST_ENVELOPE} bytes")
    return {
        "event_id": envelope.event_id,
        "event_type": envelope.event_type,
        "version": envelope.version,
        "store_id": envelope.store_id,
        "subject_type": envelope.subject.type,
        "subject_id": envelope.subject.id,
        "subject_version": envelope.subject.version,
        "occurred_at": envelope.occurred_at,
        "recorded_at": envelope.recorded_at,
        "envelope": orjson.Fragment(wire),
    }

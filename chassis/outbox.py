"""The outbox is the event log: an event is a row in the transaction of the fact it tells of.

`record()` is the only way out of a service. The relay publishes the rows, operators archive them,
new subscribers catch up from them. Rows are never deleted by a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis import clock, tables
from contracts import shapes
from contracts.envelope import Doer, Envelope, Event, Subject

_INSERT = insert(tables.outbox)

LARGEST_ENVELOPE = 64 * 1024
"""Bytes. An event carries identifiers and values to act on, not documents."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is being recorded: the call or event that is being worked on."""

    correlation_id: str
    causation_id: str | None = None
    actor: Doer | None = None


class EventTooLarge(ValueError):
    """The event does not fit the bus; a defect of the producer."""


def set_cause(session: Session, cause: Cause) -> None:
    """Name the cause of everything this session will record."""
    session.info["cause"] = cause


def record(
    session: Session,
    event: Event,
    *,
    subject_id: object,
    subject_version: int,
    store_id: str,
    occurred_at: datetime,
) -> UUID:
    """Record an event in the session's transaction and return its identity.

    `subject_version` is the version the subject has after the change:
    the same fact recorded twice violates the table's unique key and rolls the transaction back.
    """
    declared = event.declaration
    cause: Cause = session.info.get("cause") or Cause(correlation_id=str(uuids.uuid7()))
    envelope = Envelope(
        event_id=uuids.uuid7(),
        event_type=declared.name,
        version=declared.version,
        producer=declared.producer,
        occurred_at=occurred_at,
        recorded_at=clock.now(),
        store_id=store_id,
        subject=Subject(declared.subject, str(subject_id), subject_version),
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        actor=cause.actor,
        payload=shapes.plain(event),
    )
    wire = envelope.dump()
    if len(wire) > LARGEST_ENVELOPE:
        raise EventTooLarge(f"{declared.name}: more than {LARGEST_ENVELOPE} bytes")
    session.execute(
        _INSERT,
        {
            "event_id": envelope.event_id,
            "event_type": envelope.event_type,
            "version": envelope.version,
            "store_id": store_id,
            "subject_type": declared.subject,
            "subject_id": str(subject_id),
            "subject_version": subject_version,
            "occurred_at": occurred_at,
            "recorded_at": envelope.recorded_at,
            "envelope": orjson.loads(wire),
        },
    )
    return envelope.event_id

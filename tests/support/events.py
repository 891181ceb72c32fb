"""Events for handlers' tests: made by type, delivered twice and in any order, as the broker may."""

from __future__ import annotations

import dataclasses
import random
import typing
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import inbox
from contracts import shapes
from contracts.envelope import Doer, Envelope, Received, Subject, open_envelope

MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
"""When made-up events happen unless a test says otherwise."""

_MADE: dict[object, Callable[[], object]] = {
    UUID: uuids.uuid7,
    str: lambda: "x",
    int: lambda: 1,
    bool: lambda: True,
    datetime: lambda: MORNING,
    date: MORNING.date,
}


def _fitting(hint: Any) -> object:
    """Something of this type: of a list an empty one, of what may be nothing something."""
    if typing.get_origin(hint) is list:
        return []
    some = [one for one in typing.get_args(hint) if one is not type(None)]
    return _MADE[some[0] if some else hint]()


def made(event: type[Any], **fields: Any) -> Any:
    """A payload of this type; fields that are not given get something that fits."""
    hints = typing.get_type_hints(event)
    missing = {
        field.name: _fitting(hints[field.name])
        for field in dataclasses.fields(event)
        if field.name not in fields
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    }
    return event(**missing, **fields)


def received(
    payload: Any,
    *,
    occurred_at: datetime = MORNING,
    store_id: str = "HN",
    subject_id: object = None,
    subject_version: int = 1,
    event_id: UUID | None = None,
    actor: Doer | None = None,
) -> Received[Any]:
    """The event as a handler gets it, through the wire form and back."""
    declared = payload.declaration
    envelope = Envelope(
        event_id=event_id or uuids.uuid7(),
        event_type=declared.name,
        version=declared.version,
        producer=declared.producer,
        occurred_at=occurred_at,
        recorded_at=occurred_at + timedelta(milliseconds=5),
        store_id=store_id,
        subject=Subject(declared.subject, str(subject_id or uuids.uuid7()), subject_version),
        correlation_id=str(uuids.uuid7()),
        actor=actor,
        payload=shapes.plain(payload),
    )
    return open_envelope(envelope)


def twice_shuffled(events: Iterable[Received[Any]], *, seed: int = 0) -> list[Received[Any]]:
    """Each event twice, in an order that the seed decides."""
    order = [event for event in events for _ in range(2)]
    random.Random(seed).shuffle(order)
    return order


def deliver(
    transaction: Callable[[], AbstractContextManager[Session]],
    handle: Callable[[Session, Sequence[Received[Any]]], object],
    events: Sequence[Received[Any]],
    *,
    batch: int = 1,
) -> int:
    """Hand events to a handler as the consumer does: claim first, then what is new, one transaction per batch.

    Returns how many were new.
    """
    handled = 0
    for start in range(0, len(events), batch):
        chunk = {event.id: event for event in events[start : start + batch]}
        with transaction() as session:
            fresh = inbox.claim(session, {event.id: event.payload.declaration.topic for event in chunk.values()})
            if fresh:
                handle(session, [event for event_id, event in chunk.items() if event_id in fresh])
            handled += len(fresh)
    return handled

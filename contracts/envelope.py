"""The envelope: what every event on the bus looks like (`spec/events.md`).

Names, phones and ids of persons stay in customer:
payloads carry identifiers and the values needed to act.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar, dataclass_transform
from uuid import UUID

import orjson

from contracts import shapes

T = TypeVar("T")


class UnreadableEvent(ValueError):
    """The bytes on the bus are not an event we can read. `reason` is a stable word for the dead queue."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an event is called on the bus. `subject` is the kind of thing it happened to.

    What is `confidential` is for our services alone: whoever listens from outside neither hears nor reads of it.
    What is `personal` tells more of a person than identifiers: it is confidential too, goes into no archive, and its
    producer empties it in the log when he is erased.
    """

    producer: str
    name: str
    version: int
    subject: str
    confidential: bool = False
    personal: bool = False

    @property
    def topic(self) -> str:
        """`<event>.v<n>`: the routing key without the store."""
        return f"{self.name}.v{self.version}"


Event: TypeAlias = Any
"""A payload class made by `event()`; no type checker sees the `declaration` that a decorator adds."""

EVENTS: dict[tuple[str, int], type[Event]] = {}
"""Every declared event by (name, version)."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    *, producer: str, name: str, version: int, subject: str, confidential: bool = False, personal: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare an event: `name` is past tense, `subject` the kind of thing it happened to.

    Adding an optional field keeps the version; anything else is a new version (`docs/events.md`).
    """

    def declare(cls: type[T]) -> type[T]:
        made: Any = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.declaration = Declaration(producer, name, version, subject, confidential or personal, personal)
        if (name, version) in EVENTS:
            raise TypeError(f"event {name}.v{version} is declared twice")
        EVENTS[name, version] = made
        return typing.cast("type[T]", made)

    return declare


@dataclass(frozen=True, slots=True)
class Subject:
    """What it happened to; `version` grows with every change of that thing."""

    type: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it: a staff identifier and the role he acted in."""

    staff_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it travels and as the event log keeps it."""

    event_id: UUID
    event_type: str
    version: int
    producer: str
    occurred_at: datetime
    recorded_at: datetime
    store_id: str
    subject: Subject
    correlation_id: str
    causation_id: str | None = None
    actor: Doer | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    def dump(self) -> bytes:
        """The message body."""
        return shapes.dump(self)


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """An event as a handler gets it: the typed payload and what the envelope says of it."""

    payload: T
    envelope: Envelope

    @property
    def id(self) -> UUID:
        """The event's identity: made when recorded, never again."""
        return self.envelope.event_id

    @property
    def occurred_at(self) -> datetime:
        """When it happened, by the producer's clock."""
        return self.envelope.occurred_at

    @property
    def store_id(self) -> str:
        """The store it happened in."""
        return self.envelope.store_id

    @property
    def subject(self) -> Subject:
        """What it happened to."""
        return self.envelope.subject


def read(body: bytes | str) -> Received[Any]:
    """Read a message body. Raises UnreadableEvent with the reason the dead queue will show."""
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent("not_json", str(error)) from None
    try:
        envelope = shapes.load(Envelope, raw, tolerant=True)
    except shapes.InvalidShape as error:
        raise UnreadableEvent("bad_envelope", str(error)) from None
    return open_envelope(envelope)


def open_envelope(envelope: Envelope) -> Received[Any]:
    """Type the payload of an envelope. Raises UnreadableEvent."""
    shape = EVENTS.get((envelope.event_type, envelope.version))
    if shape is None:
        known = any(name == envelope.event_type for name, _ in EVENTS)
        raise UnreadableEvent(
            "unsupported_version" if known else "unknown_event", f"{envelope.event_type}.v{envelope.version}"
        )
    try:
        payload = shapes.load(shape, envelope.payload, tolerant=True)
    except shapes.InvalidShape as error:
        raise UnreadableEvent("bad_payload", str(error)) from None
    return Received(payload, envelope)

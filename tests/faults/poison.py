"""Ten kinds of poison: messages that no consumer can ever handle, each with the reason it must be given up for."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import uuid_utils.compat as uuids

from chassis.bus.link import publish_confirmed
from chassis.bus.relay import Publisher, event_message
from chassis.bus.topology import events_exchange, routing_key
from chassis.process import clock
from contracts.envelope import Envelope, Subject
from contracts.workshop.events import VehicleReturned
from tests.support.events import made, received


@dataclass(frozen=True)
class Poison:
    """A kind of poison. `spoil` changes a good (body, properties, headers) into a bad one."""

    kind: str
    reason: str
    spoil: Callable[[Message], None]


@dataclass
class Message:
    """A message to publish."""

    envelope: dict[str, Any]
    body: bytes | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """The body: what was set, else the envelope's JSON."""
        return self.body if self.body is not None else orjson.dumps(self.envelope)


def _set(**values: Any) -> Callable[[Message], None]:
    return lambda message: message.envelope.update(values)


def _body(body: bytes) -> Callable[[Message], None]:
    return lambda message: setattr(message, "body", body)


def _payload(**values: Any) -> Callable[[Message], None]:
    return lambda message: message.envelope["payload"].update(values)


def _without(name: str) -> Callable[[Message], None]:
    return lambda message: message.envelope["payload"].pop(name) and None


def _pickle(message: Message) -> None:
    message.body = b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07payload\x94."
    message.properties["content_type"] = "application/x-python-serialize"


KINDS = (
    Poison("broken JSON", "not_json", _body(b'{"event_id": ')),
    Poison("another content type", "wrong_content_type", lambda m: m.properties.update(content_type="text/plain")),
    Poison("a pickle", "wrong_content_type", _pickle),
    Poison("a body over one MiB", "too_large", _body(b'"' + b"x" * (1024 * 1024 + 1) + b'"')),
    Poison("an unknown event", "unknown_event", _set(event_type="vehicle_teleported")),
    Poison("a version nobody knows", "unsupported_version", _set(version=99)),
    Poison("a missing field", "bad_payload", _without("customer_id")),
    Poison("a field of another type", "bad_payload", _payload(km="many")),
    Poison("a handler that always fails", "retries_exhausted", lambda m: m.headers.update({"x-crm-fault": "raise"})),
    Poison(
        "a handler that kills the process", "kills_the_process", lambda m: m.headers.update({"x-crm-fault": "kill"})
    ),
)


def publish(uri: str, poison: Poison) -> str:
    """Publish one poisonous `vehicle_delivered` to everybody who hears it; returns its message id."""
    event_id, moment = str(uuids.uuid7()), clock.now()
    envelope = Envelope(
        event_id=event_id,  # type: ignore[arg-type]  # text is what travels
        event_type="vehicle_delivered",
        version=1,
        producer="sales",
        occurred_at=moment,
        recorded_at=moment,
        store_id="HN",
        subject=Subject("order", event_id, 1),
        correlation_id=f"poison-{time.time_ns()}",
        payload={
            "order_id": event_id,
            "vehicle_id": str(uuids.uuid7()),
            "vin": f"POISON{secrets.token_hex(5)}",
            "model": "GL8",
            "customer_id": str(uuids.uuid7()),
            "consultant_id": "nobody",
            "delivered_at": moment.isoformat(),
            "first_promise": moment.date().isoformat(),
            "total_fen": 1,
            "km": 1,
        },
    )
    message = Message(
        orjson.loads(envelope.dump()),
        properties={"content_type": "application/json", "message_id": event_id, "type": "vehicle_delivered"},
    )
    poison.spoil(message)
    publish_confirmed(
        uri,
        exchange=events_exchange("sales"),
        routing_key=routing_key("vehicle_delivered.v1", "HN"),
        body=message.bytes(),
        properties={
            "content_encoding": "binary" if message.body is not None else "utf-8",
            "application_headers": message.headers,
            "delivery_mode": 2,
            **message.properties,
        },
    )
    return event_id


GOOD = 150
DEPTH = 1000


def publish_deep_among_good(uri: str) -> tuple[str, list[str]]:
    """One return whose payload is nested a thousand deep, then good ones: (id of the deep one, ids of the others)."""
    events = [received(made(VehicleReturned)) for _ in range(GOOD + 1)]
    bodies = [event.envelope.dump() for event in events]
    nested = b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
    bodies[0] = bodies[0].replace(b'"payload":{', b'"payload":{"x":' + nested + b",")
    ids = [str(event.id) for event in events]
    address = (events_exchange("workshop"), routing_key("vehicle_returned.v1", "HN"))
    messages = [
        (one, *address, event_message(one, "vehicle_returned", "workshop", body.decode()))
        for one, body in zip(ids, bodies, strict=True)
    ]
    publisher = Publisher(uri, heartbeat=0)
    try:
        assert publisher.publish(messages) == set(ids), "the broker has them all"
    finally:
        publisher.drop()
    return ids[0], ids[1:]

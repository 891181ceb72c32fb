"""Dead messages: what could not be handled, with its explanation; listed, shown, replayed or dropped by an operator.

They rest in `<consumer>.dead`. Looking takes them in hand and gives them back,
so nothing is lost if the command is interrupted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import amqp

from chassis.bus import topology
from chassis.bus.link import connection_to

_PREFIX = "x-dead-"


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A dead message as an operator sees it. `number` is its place in the queue right now.

    `copies` is more than one when its consumer died between giving it up and acknowledging it:
    the broker then delivered it again and it was given up again.
    """

    number: int
    message_id: str
    event: str
    reason: str
    error: str
    handler: str
    attempts: int
    at: str
    routing_key: str
    body: bytes
    headers: dict[str, Any]
    copies: int = 1


class NoSuchMessage(LookupError):
    """No dead message has this identity."""


def look(uri: str, consumer: str) -> list[DeadMessage]:
    """Every dead message of a consumer; they stay where they are."""
    found: dict[str, DeadMessage] = {}

    def note(dead: DeadMessage, _message: Any, _channel: Any) -> bool:
        known = found.get(dead.message_id)
        found[dead.message_id] = dead if known is None else replace(known, copies=known.copies + 1)
        return False

    _visit(uri, consumer, note)
    return list(found.values())


def drop(uri: str, consumer: str, chosen: Callable[[DeadMessage], bool]) -> int:
    """Forget the chosen messages for good, with their copies; returns how many."""
    gone: set[str] = set()

    def forget(dead: DeadMessage, _message: Any, _channel: Any) -> bool:
        if chosen(dead):
            gone.add(dead.message_id)
        return dead.message_id in gone

    _visit(uri, consumer, forget)
    return len(gone)


def replay(uri: str, consumer: str, chosen: Callable[[DeadMessage], bool]) -> int:
    """Give the chosen messages back to their consumer as if new; returns how many.

    Each is confirmed by the broker before it leaves the dead queue: at worst it is there twice,
    and the inbox knows it.
    """
    sent: set[str] = set()

    def again(dead: DeadMessage, message: Any, channel: Any) -> bool:
        if dead.message_id in sent:
            return True
        if not chosen(dead):
            return False
        kept = {
            k: v for k, v in dead.headers.items() if not k.startswith(_PREFIX) and k not in ("x-attempt", "x-death")
        }
        properties = {
            name: value
            for name, value in message.properties.items()
            if name in ("message_id", "type", "content_type", "content_encoding", "app_id")
        }
        channel.basic_publish_confirm(
            amqp.Message(dead.body, **properties, delivery_mode=2, application_headers={**kept, "x-replayed": 1}),
            exchange=topology.inbox_exchange(consumer),
            routing_key=dead.routing_key,
            mandatory=True,
            confirm_timeout=5,
        )
        sent.add(dead.message_id)
        return True

    _visit(uri, consumer, again)
    return len(sent)


def _visit(uri: str, consumer: str, gone: Callable[[DeadMessage, Any, Any], bool]) -> None:
    """Take each message in hand once; acknowledge those `gone` says yes to, give back the rest."""
    with connection_to(uri) as connection:
        reading, writing = connection.channel(), connection.channel()
        writing.confirm_select()
        number = 0
        while (message := reading.basic_get(topology.dead_queue(consumer))) is not None:
            number += 1
            if gone(_explain(number, message), message, writing):
                reading.basic_ack(message.delivery_tag)
        reading.close()  # gives back what was not acknowledged


def _explain(number: int, message: Any) -> DeadMessage:
    headers = message.properties.get("application_headers") or {}
    death = (headers.get("x-death") or [{}])[0]
    body = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
    return DeadMessage(
        number=number,
        message_id=str(message.properties.get("message_id") or hashlib.sha256(body).hexdigest()),
        event=str(message.properties.get("type", "")),
        reason=headers.get("x-dead-reason", death.get("reason", "unknown")),
        error=headers.get("x-dead-error", ""),
        handler=headers.get("x-dead-handler", ""),
        attempts=int(headers.get("x-dead-attempts", 0)),
        at=headers.get("x-dead-at", ""),
        routing_key=headers.get("x-dead-key") or (death.get("routing-keys") or [""])[0],
        body=body,
        headers=dict(headers),
    )

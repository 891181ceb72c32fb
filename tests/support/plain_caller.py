"""A call past the gateway, by plain kombu: what somebody would do who has reached the broker."""

from __future__ import annotations

import itertools
import time
from types import TracebackType
from typing import Any, Self

import amqp
import kombu
import orjson

from chassis.bus.context import HEADER, new_context
from chassis.bus.topology import REPLIES, calls_exchange, reply_queue
from chassis.process.actors import GATEWAY, Signer
from chassis.process.clock import now
from contracts.access import Actor
from contracts.operation import Operation
from tests.support.polling import patience

PATIENCE = 5.0


class Line:
    """One connection to call by, for one thread. `uri` is that of the broker user."""

    def __init__(self, uri: str, *, user: str = "gateway") -> None:
        self._numbers = itertools.count(1)
        self._answers: dict[str, tuple[str, bytes]] = {}
        self._connection = kombu.Connection(uri)
        self._channel = self._connection.channel()
        self._queue = reply_queue(user, new_context(PATIENCE).correlation_id)
        self._channel.queue_declare(self._queue, exclusive=True, auto_delete=True, durable=False)
        self._channel.queue_bind(self._queue, REPLIES, routing_key=self._queue)
        self._channel.basic_consume(self._queue, no_ack=True, callback=self._answered)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.release()

    def _answered(self, message: Any) -> None:
        body = message.body
        raw = body.encode() if isinstance(body, str) else bytes(body)
        self._answers[message.properties["correlation_id"]] = (message.properties["type"], raw)

    def ask(
        self, operation: Operation, body: bytes, context: bytes, *, store: str | None = None, seconds: float = PATIENCE
    ) -> tuple[str, bytes] | None:
        """Send these bytes with this context; (outcome, answer), or None if none came in time."""
        within = patience(seconds)
        number = str(next(self._numbers))
        message = amqp.Message(
            body,
            type=operation.name,
            reply_to=self._queue,
            correlation_id=number,
            expiration=str(int(within * 1000)),
            application_headers={HEADER: context},
        )
        key = f"{operation.name.partition('.')[2]}.{store or '-'}"
        self._channel.basic_publish(message, exchange=calls_exchange(operation.service), routing_key=key)
        until = time.monotonic() + within
        while number not in self._answers and (left := until - time.monotonic()) > 0:
            try:
                self._connection.drain_events(timeout=left)
            except TimeoutError:
                break
        return self._answers.pop(number, None)


def call(
    uri: str,
    operation: Operation,
    request: dict[str, Any],
    *,
    actor: Actor | None,
    signing_key: str,
    store: str | None = None,
) -> tuple[str, dict[str, Any]]:
    """Call as this actor, signed as the gateway with this key; returns (outcome, answer)."""
    token = Signer(GATEWAY, signing_key).sign(actor, now=now()) if actor is not None else None
    context = new_context(patience(PATIENCE), actor_token=token, store_id=store).header()
    with Line(uri) as line:
        answer = line.ask(operation, orjson.dumps(request), context, store=store)
    assert answer is not None, f"{operation.name} was not answered within {PATIENCE} s"
    return answer[0], orjson.loads(answer[1])

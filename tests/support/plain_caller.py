"""A call past the gateway, by plain kombu: what somebody would do who has reached the broker."""

from __future__ import annotations

import time
from typing import Any

import amqp
import kombu
import orjson

from chassis.actors import Signer
from chassis.clock import now
from chassis.context import HEADER, new_context
from chassis.topology import REPLIES, calls_exchange, reply_queue
from contracts.access import Actor
from contracts.operation import Operation

PATIENCE = 5.0


def call(
    uri: str,
    operation: Operation,
    request: dict[str, Any],
    *,
    actor: Actor | None,
    signing_key: str,
    store: str | None = None,
) -> tuple[str, dict[str, Any]]:
    """Call as this actor, signed with this key; returns (outcome, answer). `uri` is the gateway's broker user."""
    token = Signer(signing_key).sign(actor, now=now()) if actor is not None else None
    context = new_context(PATIENCE, actor_token=token, store_id=store)
    answers: list[tuple[str, dict[str, Any]]] = []
    with kombu.Connection(uri) as connection, connection.channel() as channel:
        queue = reply_queue("gateway", context.correlation_id)
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, REPLIES, routing_key=queue)

        def answered(message: Any) -> None:
            answers.append((message.properties["type"], orjson.loads(message.body)))

        channel.basic_consume(queue, no_ack=True, callback=answered)
        message = amqp.Message(
            orjson.dumps(request),
            type=operation.name,
            reply_to=queue,
            correlation_id="1",
            application_headers={HEADER: context.header()},
        )
        key = f"{operation.name.partition('.')[2]}.{store or '-'}"
        channel.basic_publish(message, exchange=calls_exchange(operation.service), routing_key=key)
        until = time.monotonic() + PATIENCE
        while not answers and time.monotonic() < until:
            connection.drain_events(timeout=PATIENCE)
    return answers[0]

"""Calls between processes: commands and queries over the broker, with a deadline on every one.

Requests are transient and unconfirmed and expire with their deadline. A request waits in a durable queue
and is acknowledged when it is answered, so a service killed in between answers it after its restart;
the answer's effect stays single by the idempotency key. Answers come back through a direct exchange
and an exclusive queue per caller (why not `amq.rabbitmq.reply-to`: `docs/decisions/0004-calls.md`).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self

import amqp
import orjson
import uuid_utils.compat as uuids
from eventlet.event import Event as Waiter
from eventlet.timeout import Timeout

from chassis.bus.context import HEADER, CallContext
from chassis.bus.link import Link, LinkDown, connection_to
from chassis.bus.topology import REPLIES, calls_exchange, calls_queue, reply_queue
from chassis.process import logs
from contracts.operation import Operation

log = logs.get("rpc")

OK, REFUSED, FAILED, UNAVAILABLE = "ok", "refused", "failed", "unavailable"
CALL_PREFETCH = 32
_ECHO = "echo"
LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. RabbitMQ 4 ends the connection over a larger message, and would over its repetition."""
OVERDUE_AFTER = 2.0
"""Seconds after a call's deadline at which its service is no longer ready: each ends at its deadline or is stuck."""
DEAF_AFTER = 3
"""Turns of the link, a second each, without our own word coming back, after which the broker is taken to read nothing.

Turns and no seconds: where the process itself stood still nothing is said of the broker.
"""
AT_ONCE_PER_SERVICE = 64
"""Calls one caller has in flight to one service; more are turned away: a dead service takes no others with it."""


class CallFailed(Exception):
    """The call got no answer that can be used."""


class CallTimeout(CallFailed):
    """No answer before the deadline. The effect is unknown; a retry with the same key settles it."""


class Unavailable(CallFailed):
    """The service runs but its database is away; nothing was changed. Try again soon."""


class Overloaded(CallFailed):
    """Too many calls to this service are waiting already."""


class Refused(Exception):
    """The service said no. `wire` is `Refusal.wire()` of its refusal."""

    def __init__(self, wire: dict[str, Any]) -> None:
        super().__init__(wire["code"])
        self.wire = wire


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it arrived."""

    operation: str
    body: bytes
    context: CallContext
    reply_to: str
    correlation_id: str
    delivery_tag: int
    channel: Any


class CallServer:
    """Takes requests for one service from its calls queue and hands them to `dispatch`."""

    def __init__(self, uri: str, *, service: str, heartbeat: int, dispatch: Callable[[Incoming], None]) -> None:
        self._service, self._dispatch = service, dispatch
        self._paused = False
        self._tag = ""
        self._in_hand: dict[int, Incoming] = {}
        self.link = Link(uri, name=f"{service}.calls", heartbeat=heartbeat, on_connect=self._consume)

    def _consume(self, channel: Any) -> None:
        channel.basic_qos(0, CALL_PREFETCH, False)
        if not self._paused:
            self._tag = channel.basic_consume(calls_queue(self._service), callback=self._on_request)

    def problems(self) -> list[str]:
        """Why calls are not answered right now; empty when they are."""
        found = [] if self.link.is_up else ["calls: no broker connection"]
        if overdue := sum(call.context.remaining() < -OVERDUE_AFTER for call in list(self._in_hand.values())):
            found.append(f"calls: {overdue} overdue")
        return found

    def _on_request(self, message: Any) -> None:
        """Hand a request on. Never raises, whatever the message holds: the link would fall."""
        properties, tag, channel = message.properties, message.delivery_tag, message.channel
        try:
            context = CallContext.parse(properties["application_headers"][HEADER])
            incoming = Incoming(
                properties["type"],
                _as_bytes(message.body),
                context,
                properties["reply_to"],
                properties["correlation_id"],
                tag,
                channel,
            )
            too_late = context.remaining() <= 0
        except Exception as error:
            log.warning("unreadable call", service=self._service, error=type(error).__name__)
            self._fail(properties, tag, channel)
            return
        if too_late:
            self._settle(tag, channel)
        elif self._paused:
            self._settle(tag, channel, again=True)
        else:
            self._in_hand[id(incoming)] = incoming
            self._dispatch(incoming)

    def _fail(self, properties: dict[str, Any], tag: int, channel: Any) -> None:
        """Tell whoever sent what cannot be read, if he said where to, so that he does not wait for his deadline."""
        try:
            message = amqp.Message(b"{}", type=FAILED, correlation_id=properties["correlation_id"], delivery_mode=1)
            with self.link.writing(timeout=0) as writable:
                writable.basic_publish(message, exchange=REPLIES, routing_key=properties["reply_to"])
        except Exception as error:
            log.info("nobody to tell of it", service=self._service, error=type(error).__name__)
        self._settle(tag, channel)

    def _settle(self, tag: int, channel: Any, *, again: bool = False) -> None:
        with suppress(LinkDown), self.link.writing(timeout=0):
            if again:
                channel.basic_reject(tag, requeue=True)
            else:
                channel.basic_ack(tag)

    def answer(self, incoming: Incoming, outcome: str, body: bytes) -> None:
        """Send the answer and acknowledge the request; a lost link means the broker hands the request out again.

        An answer that cannot be sent is told as a failure: whatever the answer, the request is settled. Never raises.
        """
        self._in_hand.pop(id(incoming), None)
        if len(body) > LARGEST_ANSWER:
            log.error("answer too large", operation=incoming.operation, bytes=len(body))
            outcome, body = FAILED, b"{}"
        for kind, told in ((outcome, body), (FAILED, b"{}")):
            try:
                self._send(incoming, kind, told)
            except LinkDown:
                log.warning("answer not sent: no broker", operation=incoming.operation)
            except BaseException as error:  # of a greenlet; raised on, some of them would end the event loop
                log.error("answer cannot be sent", operation=incoming.operation, error=type(error).__name__)
                continue
            return
        self._settle(incoming.delivery_tag, incoming.channel)

    def _send(self, incoming: Incoming, outcome: str, body: bytes) -> None:
        message = amqp.Message(body, type=outcome, correlation_id=incoming.correlation_id, delivery_mode=1)
        with self.link.writing() as channel:
            channel.basic_publish(message, exchange=REPLIES, routing_key=incoming.reply_to)
            if channel is incoming.channel:
                channel.basic_ack(incoming.delivery_tag)

    def pause(self) -> None:
        """Take no more requests; those being worked on may still be answered."""
        if self._paused:
            return
        self._paused = True
        try:
            with self.link.writing(timeout=0) as channel:
                if self._tag:
                    channel.basic_cancel(self._tag, nowait=True)
        except LinkDown:
            pass


class Calls(Protocol):
    """Whatever calls services."""

    def call(self, operation: Operation[Any, Any], body: bytes, context: CallContext) -> bytes:
        """Call and return the response's JSON. Raises Refused and CallFailed."""
        ...


class Caller:
    """Calls services and waits for their answers. One per process; safe for many greenlets.

    Under an alarm of memory or disk the broker keeps the connection and its heartbeats, and reads nothing of who
    publishes. So a caller sends itself a word and looks whether that comes back: else each call would end at its
    deadline, and nobody would say why.
    """

    def __init__(self, uri: str, *, user: str, heartbeat: int) -> None:
        self._user = user
        self._numbers = itertools.count()
        self._waiting: dict[str, Waiter] = {}
        self._in_flight: dict[str, int] = {}
        self._reply_queue = ""
        self._turns_unheard = 0
        self.link = Link(
            uri,
            name=f"{user}.caller",
            heartbeat=heartbeat,
            on_connect=self._consume,
            on_lost=self._fail_waiting,
            on_tick=self._listen_for_itself,
        )

    def problems(self) -> list[str]:
        """Why nobody can be asked right now; empty when somebody can."""
        if not self.link.is_up:
            return ["no broker connection"]
        return ["the broker takes nothing: an alarm of its memory or disk?"] if self.is_unheard else []

    @property
    def is_unheard(self) -> bool:
        """True while the broker reads nothing of what is sent here."""
        return self._turns_unheard > DEAF_AFTER

    def _listen_for_itself(self, channel: Any) -> None:
        """Send a word to the own queue; one at a time, so that they fill nothing while nobody reads them."""
        if not self._turns_unheard:
            word = amqp.Message(b"", correlation_id=_ECHO, delivery_mode=1)
            channel.basic_publish(word, exchange=REPLIES, routing_key=self._reply_queue)
        self._turns_unheard += 1

    def _consume(self, channel: Any) -> None:
        self._turns_unheard = 0
        queue = reply_queue(self._user, str(uuids.uuid7()))
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, REPLIES, routing_key=queue)
        channel.basic_consume(queue, no_ack=True, callback=self._on_answer)
        self._reply_queue = queue

    def _on_answer(self, message: Any) -> None:
        number = message.properties.get("correlation_id", "")
        if number == _ECHO:
            self._turns_unheard = 0
            return
        waiter = self._waiting.pop(number, None)
        if waiter is not None:
            waiter.send((message.properties.get("type"), _as_bytes(message.body)))

    def _fail_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting.values():
            waiter.send((None, b""))

    def call(self, operation: Operation[Any, Any], body: bytes, context: CallContext) -> bytes:
        """Call and return the response's JSON.

        Sent again if the broker went away meanwhile: safe, because queries change nothing
        and commands carry their key. Raises Refused, CallTimeout, Overloaded or CallFailed.
        """
        service = operation.service
        if self._in_flight.get(service, 0) >= AT_ONCE_PER_SERVICE:
            raise Overloaded(service)
        self._in_flight[service] = self._in_flight.get(service, 0) + 1
        try:
            outcome = None
            while outcome is None:
                if context.remaining() <= 0:
                    raise CallTimeout(operation.name)
                outcome, answer = self._try(operation, body, context)
        finally:
            self._in_flight[service] -= 1
        return _said(operation, outcome, answer)

    def _try(self, operation: Operation[Any, Any], body: bytes, context: CallContext) -> tuple[str | None, bytes]:
        number = str(next(self._numbers))
        waiter = self._waiting[number] = Waiter()
        try:
            with self.link.writing(timeout=max(context.remaining(), 0)) as channel:
                _publish(channel, operation, body, context, correlation_id=number, reply_to=self._reply_queue)
            with Timeout(max(context.remaining(), 0.001), False):
                answer: tuple[str | None, bytes] = waiter.wait()
                return answer
            raise CallTimeout(operation.name)
        except LinkDown:
            time.sleep(0.05)
            return None, b""
        finally:
            self._waiting.pop(number, None)


def _as_bytes(body: bytes | str | memoryview) -> bytes:
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)


class PlainCaller:
    """Calls one after another, without an event loop: for an operator's command that does what a service does."""

    def __init__(self, uri: str, *, user: str) -> None:
        self._queue = reply_queue(user, str(uuids.uuid7()))
        self._numbers = itertools.count()
        self._answers: dict[str, tuple[str, bytes]] = {}
        self._connection = connection_to(uri)

    def __enter__(self) -> Self:
        self._connection.ensure_connection(max_retries=0)
        self._channel = self._connection.channel()
        self._channel.queue_declare(self._queue, exclusive=True, auto_delete=True, durable=False)
        self._channel.queue_bind(self._queue, REPLIES, routing_key=self._queue)
        self._channel.basic_consume(self._queue, no_ack=True, callback=self._on_answer)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.release()

    def _on_answer(self, message: Any) -> None:
        self._answers[message.properties["correlation_id"]] = message.properties["type"], _as_bytes(message.body)

    def call(self, operation: Operation[Any, Any], body: bytes, context: CallContext) -> bytes:
        """Call and return the response's JSON. Raises Refused and CallFailed."""
        number = str(next(self._numbers))
        _publish(self._channel, operation, body, context, correlation_id=number, reply_to=self._queue)
        while number not in self._answers:
            if (left := context.remaining()) <= 0:
                raise CallTimeout(f"{operation.name} was not answered: is {operation.service} running?")
            with suppress(TimeoutError):
                self._connection.drain_events(timeout=left)
        return _said(operation, *self._answers.pop(number))


def _publish(
    channel: Any, operation: Operation[Any, Any], body: bytes, context: CallContext, **properties: str
) -> None:
    message = amqp.Message(
        body,
        type=operation.name,
        delivery_mode=1,
        expiration=str(max(int(context.remaining() * 1000), 1)),
        application_headers={HEADER: context.header()},
        **properties,
    )
    key = f"{operation.name.partition('.')[2]}.{context.store_id or '-'}"
    channel.basic_publish(message, exchange=calls_exchange(operation.service), routing_key=key)


def _said(operation: Operation[Any, Any], outcome: str, answer: bytes) -> bytes:
    """The answer, if it is one. Raises Refused, Unavailable, CallFailed."""
    if outcome == OK:
        return answer
    if outcome == REFUSED:
        raise Refused(orjson.loads(answer))
    raise (Unavailable if outcome == UNAVAILABLE else CallFailed)(operation.name)

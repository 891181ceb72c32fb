"""A link: one broker connection that heals itself.

What kombu and nameko do not give (`docs/decisions/0002-nameko.md`, faults 3 to 5 and 12):
a half-dead connection is dropped by its socket, never closed politely;
reconnecting takes at most five seconds a try and can be stopped;
only one greenlet writes at a time, and only the one that runs the link reads.
Works with greenlets (patched) and with threads alike.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import amqp
import kombu
from kombu.exceptions import OperationalError as BrokerAway
from kombu.transport import pyamqp

from chassis.process import logs, metrics

log = logs.get("link")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_POLITE_CLOSE = 2.0
_TICK = 1.0

TRANSPORT_OPTIONS = {
    "connect_timeout": 3,
    # py-amqp's default of one second would cut the connection at every short hiccup of the network
    "socket_settings": {socket.TCP_USER_TIMEOUT: 10_000},
}


BROKER_ERRORS = (OSError, amqp.exceptions.AMQPError, BrokerAway)
"""What a broker that is away, or goes away, is told by."""


class OneReader(pyamqp.Connection):  # type: ignore[misc]  # kombu is untyped
    """A connection on which publishing never reads.

    If the broker may say `connection.blocked`, py-amqp looks for that word before it publishes. Where another greenlet
    is in the middle of a large frame, the publisher takes that frame's bytes for a header and never comes back.
    """

    negotiate_capabilities = pyamqp.Connection.negotiate_capabilities | {"connection.blocked": False}

    def channel(self, *arguments: Any, **named: Any) -> Any:
        """A channel on which a body stays the bytes that were sent, whatever encoding they claim."""
        made = super().channel(*arguments, **named)
        made.auto_decode = False
        return made

    def on_inbound_method(self, channel_id: int, method_sig: tuple[int, int], payload: Any, content: Any) -> Any:
        """Read what came in; a routing key that is no text does not end the connection."""
        if method_sig == amqp.spec.Basic.Deliver:
            payload = _with_key_in_ascii(bytes(payload))
        return super().on_inbound_method(channel_id, method_sig, payload, content)


def _with_key_in_ascii(payload: bytes) -> bytes:
    """A delivery's arguments; what of the routing key, which comes last, is not ASCII stands there as `?`."""
    if payload.isascii():
        return payload
    exchange_at = 4 + 1 + payload[4] + 8 + 1
    key_at = exchange_at + 1 + payload[exchange_at] + 1
    return payload[:key_at] + bytes(byte if byte < 0x80 else ord("?") for byte in payload[key_at:])


UNREADABLE = "unreadable"
"""The one property of a message whose properties cannot be read."""


class _AnyProperties(amqp.Message):  # type: ignore[misc]  # amqp is untyped
    """Reads a message's properties whatever they hold.

    One that py-amqp trips over would end the connection each time the broker delivers it, and convict its neighbours.
    """

    def _load_properties(self, class_id: int, buffer: Any, offset: int) -> int:
        try:
            return int(super()._load_properties(class_id, buffer, offset))
        except Exception as error:
            self.properties = {UNREADABLE: type(error).__name__}
            return len(buffer)


amqp.method_framing.Message = _AnyProperties


def connection_to(uri: str, *, heartbeat: int = 0, timeout: float = 3.0) -> kombu.Connection:
    """A connection that is not made yet. `heartbeat` and `timeout` in seconds."""
    made = kombu.Connection(uri, heartbeat=heartbeat, transport_options=TRANSPORT_OPTIONS, connect_timeout=timeout)
    made.transport.Connection = OneReader
    return made


class LinkDown(ConnectionError):
    """The broker is not reachable right now."""


class Link:
    """One connection with one channel, kept alive by the thread that calls `run()`.

    `on_connect(channel)` is called after each (re)connection and declares what to consume; `on_tick(channel)` once a
    second while it stands, when nobody else writes.
    """

    def __init__(
        self,
        uri: str,
        *,
        name: str,
        heartbeat: int,
        on_connect: Callable[[Any], None] | None = None,
        on_lost: Callable[[], None] | None = None,
        on_tick: Callable[[Any], None] | None = None,
    ) -> None:
        self._uri, self.name, self._heartbeat = uri, name, heartbeat
        self._on_connect, self._on_lost, self._on_tick = on_connect, on_lost, on_tick
        self._writing = threading.RLock()
        self._connection: kombu.Connection | None = None
        self._channel: Any = None
        self._up = threading.Event()
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self.last_turn = time.monotonic()

    @property
    def is_up(self) -> bool:
        """True while the connection is believed to live."""
        return self._up.is_set()

    @property
    def stopping(self) -> bool:
        """True once `stop()` was called."""
        return self._stopping.is_set()

    def wait_up(self, timeout: float) -> bool:
        """Wait until connected; False after `timeout` seconds."""
        return self._up.wait(timeout)

    @contextmanager
    def writing(self, timeout: float = 5.0) -> Iterator[Any]:
        """The channel, for this greenlet alone. Raises LinkDown if there is no connection in time.

        A broken connection is dropped, and one that something stopped in mid-sentence: what the broker saw of it is
        unknown. What cannot be put into a frame is its sender's fault alone: nothing of it was sent.
        """
        if not self._up.wait(timeout):
            raise LinkDown(self.name)
        with self._writing:
            channel = self._channel
            if channel is None:
                raise LinkDown(self.name)
            try:
                yield channel
            except BROKER_ERRORS as error:
                self._drop(self._connection)
                raise LinkDown(self.name) from error
            except Exception:
                raise
            except BaseException:
                self._drop(self._connection)
                raise

    def drop(self) -> None:
        """Give the connection up; a new one is made. For what can be settled in no other way."""
        self._drop(self._connection)

    def run(self) -> None:
        """Connect, consume, reconnect, until stopped. Never raises."""
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            self.last_turn = time.monotonic()
            connection = connection_to(self._uri, heartbeat=self._heartbeat)
            try:
                self._establish(connection)
                pause = _FIRST_PAUSE
                self._drain(connection)
            except BaseException as error:  # whatever it was: this connection is over
                metrics.CONNECTIONS_LOST.labels(self.name).inc()
                log.warning("broker connection lost", link=self.name, error=repr(error), retry_in=pause)
            finally:
                was_up = self._up.is_set()
                self._leave(connection)
            if was_up and self._on_lost is not None:
                self._on_lost()
            if self._stopping.wait(pause):
                break
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._ended.set()

    def _establish(self, connection: kombu.Connection) -> None:
        connection.ensure_connection(max_retries=0)  # one try; `connect()` would make two, two seconds apart
        channel = connection.channel()
        if self._on_connect is not None:
            self._on_connect(channel)
        self._connection, self._channel = connection, channel
        self._up.set()

    def _drain(self, connection: kombu.Connection) -> None:
        wire = connection.connection
        seen, seen_at = wire.bytes_recv, time.monotonic()
        ticked_at = seen_at
        while not self._stopping.is_set():
            self.last_turn = now = time.monotonic()
            if not self._up.is_set():
                raise LinkDown("given up by a writer")
            with suppress(TimeoutError):
                wire.drain_events(timeout=_TICK)  # kombu's own would quietly connect anew after a writer's drop
            if wire.bytes_recv != seen:
                seen, seen_at = wire.bytes_recv, now
            elif self._heartbeat and now - seen_at > 2 * self._heartbeat:
                raise LinkDown(f"nothing heard for {now - seen_at:.0f} s")
            if now - ticked_at >= _TICK:
                ticked_at = now
                with self._writing:
                    if self._heartbeat:
                        connection.heartbeat_check()
                    if self._on_tick is not None:
                        self._on_tick(self._channel)

    def _drop(self, connection: kombu.Connection | None) -> None:
        self._up.clear()
        if connection is not None:
            _collect(connection)

    def _leave(self, connection: kombu.Connection) -> None:
        polite = self._stopping.is_set() and self._up.is_set()
        self._up.clear()
        self._channel = self._connection = None
        if polite:
            closer = threading.Thread(target=_close_quietly, args=(connection,), daemon=True)
            closer.start()
            closer.join(_POLITE_CLOSE)
        _collect(connection)

    def stop(self, timeout: float = 5.0) -> None:
        """End the loop and close the connection; returns when it is closed or after `timeout` seconds."""
        self._stopping.set()
        self._ended.wait(timeout)


def _collect(connection: kombu.Connection) -> None:
    """Drop the socket. Reader and writer may both be at it; kombu then trips over what the other has taken away."""
    with suppress(Exception):
        connection.collect()


def _close_quietly(connection: kombu.Connection) -> None:
    try:
        connection.release()
    except Exception as error:  # the broker's side of the goodbye does not matter any more
        log.info("broker connection closed roughly", error=repr(error))


def publish_confirmed(
    uri: str, *, exchange: str, routing_key: str, body: bytes, properties: dict[str, Any], timeout: float = 3.0
) -> None:
    """Publish one message and wait for the broker's word for it, on a connection of its own.

    For the rare messages of the failure path. A connection that once had an error is never used again,
    because py-amqp would take a late answer for the next message's (fault 5).
    Raises LinkDown if the broker did not take the message or had no queue for it.
    """
    connection = connection_to(uri, timeout=timeout)
    try:
        connection.ensure_connection(max_retries=0)
        channel = connection.channel()
        channel.confirm_select()
        returned: list[Any] = []
        channel.events["basic_return"].add(lambda *details: returned.append(details))
        channel.basic_publish_confirm(
            amqp.Message(body, **properties),
            exchange=exchange,
            routing_key=routing_key,
            mandatory=True,
            confirm_timeout=timeout,
        )
        if returned:
            raise LinkDown(f"no queue for {routing_key} at {exchange}")
    except BROKER_ERRORS as error:
        raise LinkDown(f"{exchange}: {error!r}") from error
    finally:
        _collect(connection)

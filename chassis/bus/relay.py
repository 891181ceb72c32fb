"""The relay: carries recorded events from the outboxes to the broker. A plain process without greenlets.

One thread per database; one relay is active per database (advisory lock), others stand by.
Woken by NOTIFY, correct by looking for rows that are not published, never by "position greater than".
Publishes in batches with pipelined confirms and counts delivery tags itself;
a row is marked only when the broker has confirmed it and given it to a queue.
After any error both connections are dropped and the rows are published again: the consumers' inboxes know them.

One row does not stop those behind it. What the broker gives back waits aside and is tried again;
what can never be sent is parked in its row, with its explanation, until an operator has judged it (`crm outbox`).
"""

from __future__ import annotations

import math
import os
import signal
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import amqp
import psycopg

from chassis.bus.link import connection_to
from chassis.bus.topology import events_exchange, exchange_of, routing_key
from chassis.process import faults, logs, metrics
from chassis.process.health import Health
from chassis.process.settings import SERVICES, Environment, named
from chassis.store.database import CONNECT_ARGUMENTS
from contracts.envelope import EVENTS

log = logs.get("relay")

BATCH = 500
CONFIRM_TIMEOUT = 5.0
POLL = 0.5
HELD_FOR = 2.0
"""Seconds until an event that came back is tried again."""
MEASURED_EVERY = 5.0
STUCK_AFTER = 30.0
"""Seconds without a turn after which a relay is no longer ready, whatever it said last."""
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)

LOCK = "SELECT pg_try_advisory_lock(hashtext('crm.relay'), hashtext(current_database()))"
PENDING = """
    SELECT position, event_id::text, event_type, version, store_id, envelope::text
      FROM outbox WHERE published_at IS NULL AND parked_at IS NULL AND position <> ALL(%s) ORDER BY position LIMIT %s
"""
MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(%s)"
PARK = "UPDATE outbox SET parked_at = clock_timestamp(), problem = %s WHERE position = %s"
BACKLOG = """
    SELECT count(*) FILTER (WHERE parked_at IS NULL),
           coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at) FILTER (WHERE parked_at IS NULL)), 0),
           count(parked_at)
      FROM outbox WHERE published_at IS NULL
"""
REFUSED_FOR_ITSELF = frozenset((406, 501, 502))
"""What is said of a message that is too large or cannot be read. Anything else is the broker's trouble, or a mistake
in the topology."""
CANNOT_BE_WRITTEN = (struct.error, UnicodeError, OverflowError)
"""What py-amqp raises over a value that fits no frame. (Over a lost connection it raises nearly anything else.)"""


class NotConfirmed(ConnectionError):
    """The broker did not take a batch."""


class Row(NamedTuple):
    """An event that waits to be published, as `PENDING` gives it."""

    position: int
    event_id: str
    event_type: str
    version: int
    store_id: str
    envelope: str


class Publisher:
    """Publishes batches on one channel and waits for every confirm. Used once until its first error."""

    def __init__(self, uri: str, *, heartbeat: int) -> None:
        self._connection = connection_to(uri, heartbeat=heartbeat)
        self._connection.ensure_connection(max_retries=0)
        self._channel: Any = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._kept_alive_at = time.monotonic()
        self._tag = 0
        self._open: dict[int, str] = {}
        self._refused: set[str] = set()

    def _take(self, tag: int, multiple: bool) -> list[str]:
        tags = [each for each in self._open if each <= tag] if multiple else [tag]
        return [self._open.pop(each) for each in tags if each in self._open]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._take(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._refused.update(self._take(tag, multiple))

    def _on_return(self, _error: Any, exchange: str, key: str, message: Any) -> None:
        log.error("event came back: no queue", exchange=exchange, key=key)
        self._refused.add(message.properties["message_id"])

    def publish(self, messages: Sequence[tuple[str, str, str, amqp.Message]]) -> set[str]:
        """Publish (id, exchange, key, message) and return the ids the broker confirmed and routed.

        Raises NotConfirmed, OSError or an AMQP error; the publisher must then be thrown away.
        """
        self._refused.clear()
        for message_id, exchange, key, message in messages:
            self._tag += 1
            self._open[self._tag] = message_id
            self._channel.basic_publish(message, exchange=exchange, routing_key=key, mandatory=True)
        faults.point("relay_published_before_confirm", process="relay")
        until = time.monotonic() + CONFIRM_TIMEOUT
        while self._open:
            remaining = until - time.monotonic()
            if remaining <= 0:
                raise NotConfirmed(f"{len(self._open)} of {len(messages)} without an answer")
            self._connection.drain_events(timeout=remaining)
        return {message_id for message_id, *_ in messages} - self._refused

    def keep_alive(self) -> None:
        """Exchange heartbeats, at most once a second. Raises when the peer is gone."""
        if time.monotonic() - self._kept_alive_at < 1:
            return
        self._kept_alive_at = time.monotonic()
        with suppress(TimeoutError):
            self._connection.drain_events(timeout=0.001)
        self._connection.heartbeat_check()

    def drop(self) -> None:
        """Drop the connection without a goodbye."""
        self._connection.collect()


def event_message(event_id: str, event_type: str, producer: str, envelope: str, **headers: object) -> amqp.Message:
    """An event as an AMQP message: identity and type in the properties, the envelope as the body."""
    return amqp.Message(
        envelope.encode(),
        message_id=event_id,
        type=event_type,
        app_id=producer,
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
        application_headers=headers,
    )


class ServiceRelay:
    """The relay of one service's database."""

    def __init__(self, service: str, environment: Environment) -> None:
        self.service = service
        self._database_url = environment.text(named(service, "RELAY_URL"), wanted="postgresql://… of the relay's role")
        self._amqp_uri = environment.text(named(service, "AMQP_URI"), wanted="amqp://…")
        self._heartbeat = environment.number("CRM_HEARTBEAT_SECONDS", 10)
        self._stopping = threading.Event()
        self._failures = 0
        self._held: dict[int, float] = {}
        self._one_by_one_until = 0
        self._turned_at = time.monotonic()
        self.parked = 0
        self.problem = "starting"

    def problems(self) -> list[str]:
        """Why this relay is not ready."""
        found = [self.problem] if self.problem else []
        if self._held:
            found.append(f"{len(self._held)} events come back from the broker: no queue takes them")
        if self.parked:
            found.append(f"{self.parked} events parked that cannot be sent: crm outbox list")
        if time.monotonic() - self._turned_at > STUCK_AFTER:
            found.append(f"no turn for more than {STUCK_AFTER:.0f} s")
        return [f"{self.service}: {each}" for each in found]

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Relay until stopped; after an error, whatever it was, drop everything and begin again."""
        while not self._stopping.is_set():
            self._turned_at = time.monotonic()
            try:
                self._relay()
            except Exception as error:  # a thread that ends would be silent for ever
                pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
                self._failures += 1
                self.problem = logs.describe(error)
                log.warning("relay interrupted", service=self.service, error=self.problem, retry_in=pause)
                self._stopping.wait(pause)

    def _relay(self) -> None:
        with connected(self._database_url) as database:
            if not self._lead(database):
                return
            publisher = Publisher(self._amqp_uri, heartbeat=self._heartbeat)
            try:
                database.execute("LISTEN outbox")
                self.problem = ""
                log.info("relaying", service=self.service)
                while not self._stopping.is_set():
                    self._turned_at = time.monotonic()
                    if not self._publish_batch(database, publisher):
                        # whatever is recorded after that look is told by a NOTIFY of its commit, which waits for us
                        for _ in database.notifies(timeout=POLL, stop_after=1):
                            pass
                    publisher.keep_alive()
                    self._failures = 0
            finally:
                publisher.drop()

    def _lead(self, database: psycopg.Connection[Any]) -> bool:
        while not self._stopping.is_set():
            row = database.execute(LOCK).fetchone()
            if row and row[0]:
                return True
            self._turned_at = time.monotonic()
            self.problem = ""  # a standby is as healthy as the leader
            self._stopping.wait(1)
        return False

    def _publish_batch(self, database: psycopg.Connection[Any], publisher: Publisher) -> bool:
        """Publish what waits, a batch at most; True if more may wait."""
        now = time.monotonic()
        waiting = [position for position, until in self._held.items() if until > now]
        rows = [Row(*each) for each in database.execute(PENDING, (waiting, BATCH)).fetchall()]
        if not rows:
            self._held = {position: self._held[position] for position in waiting}
            return False
        if rows[0].position <= self._one_by_one_until:
            for row in rows:
                if row.position <= self._one_by_one_until:
                    self._publish_alone(database, publisher, row)
            return True
        sendable = [(row, message) for row in rows if (message := self._message(database, row)) is not None]
        try:
            taken = publisher.publish([message for _, message in sendable])
        except Exception as error:
            if is_rows_fault(error):  # one of them, and nobody says which
                self._one_by_one_until = rows[-1].position
            raise
        faults.point("relay_confirmed_before_mark", process="relay")
        self._mark(database, [row for row, _ in sendable], taken)
        return len(rows) == BATCH

    def _publish_alone(self, database: psycopg.Connection[Any], publisher: Publisher, row: Row) -> None:
        """Publish one of a batch in which something was wrong; if it is this one, park it."""
        message = self._message(database, row)
        if message is None:
            return
        try:
            taken = publisher.publish([message])
        except Exception as error:
            if is_rows_fault(error):
                self._park(database, row, error)
            raise
        self._mark(database, [row], taken)

    def _message(self, database: psycopg.Connection[Any], row: Row) -> tuple[str, str, str, amqp.Message] | None:
        """A row as the publisher takes it; None if there is no message of it, and then it is parked."""
        key = routing_key(f"{row.event_type}.v{row.version}", row.store_id)
        try:
            require_short(key, row.event_id, row.event_type)
            message = event_message(row.event_id, row.event_type, self.service, row.envelope)
        except Exception as error:
            self._park(database, row, error)
            return None
        event = EVENTS.get((row.event_type, row.version))
        exchange = exchange_of(event) if event else events_exchange(self.service)
        return row.event_id, exchange, key, message

    def _mark(self, database: psycopg.Connection[Any], rows: Sequence[Row], taken: set[str]) -> None:
        positions = [row.position for row in rows if row.event_id in taken]
        if positions:
            database.execute(MARK, (positions,))
            metrics.PUBLISHED.labels(self.service).inc(len(positions))
        now = time.monotonic()
        for row in rows:
            if row.event_id in taken:
                self._held.pop(row.position, None)
            else:
                self._held[row.position] = now + HELD_FOR

    def _park(self, database: psycopg.Connection[Any], row: Row, error: Exception) -> None:
        problem = logs.describe(error)
        database.execute(PARK, (problem, row.position))
        self._held.pop(row.position, None)
        self.parked += 1
        log.error(
            "event parked: it cannot be sent", service=self.service, event_id=row.event_id, error=logs.describe(error)
        )


class Backlog:
    """How much of a service's log is not published, measured apart from the relaying: also while nothing can be."""

    def __init__(self, relay: ServiceRelay, environment: Environment) -> None:
        self._relay = relay
        self._database_url = environment.text(named(relay.service, "RELAY_URL"))
        self._database: psycopg.Connection[Any] | None = None

    def measure(self) -> None:
        """Set the gauges; to not-a-number where the database does not say."""
        try:
            if self._database is None:
                self._database = connected(self._database_url)
            waiting, oldest, parked = self._database.execute(BACKLOG).fetchone() or (0, 0, 0)
            self._relay.parked = parked
        except Exception as error:
            log.warning("backlog not measured", service=self._relay.service, error=logs.describe(error))
            waiting = oldest = math.nan
            self.close()
        else:
            metrics.OUTBOX_PARKED.labels(self._relay.service).set(parked)
        metrics.OUTBOX_ROWS.labels(self._relay.service).set(waiting)
        metrics.OUTBOX_LAG.labels(self._relay.service).set(float(oldest))

    def close(self) -> None:
        """Close its connection; measuring makes a new one."""
        if self._database is not None:
            self._database.close()
            self._database = None


_OPTIONS = "-c statement_timeout=8000 -c timezone=Asia/Shanghai -c synchronous_commit=off"
"""A mark that a crash of the server takes back is an event published once more, which every inbox knows; so nobody
waits for the disk here, and services' own commits do not wait behind it."""


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection as the relay's role, in autocommit. Raises psycopg.Error."""
    arguments: dict[str, Any] = {**CONNECT_ARGUMENTS, "options": _OPTIONS}
    return psycopg.connect(url, autocommit=True, **arguments)


def require_short(*texts: str) -> None:
    """Raise ValueError for a text that does not fit where AMQP has 255 bytes for it."""
    for each in texts:
        if (size := len(each.encode())) > 255:
            raise ValueError(f"{size} bytes in a field of 255: {each[:40]}…")


def is_rows_fault(error: BaseException) -> bool:
    """True if the broker, or py-amqp on the way to it, found something wrong with a message itself."""
    return isinstance(error, CANNOT_BE_WRITTEN) or getattr(error, "reply_code", None) in REFUSED_FOR_ITSELF


def run(services: tuple[str, ...] = SERVICES) -> None:
    """Relay for these services until SIGTERM or SIGINT."""
    logs.configure("relay")
    environment = Environment()
    health = Health()
    relays = [ServiceRelay(service, environment) for service in services]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [threading.Thread(target=relay.run, name=relay.service, daemon=True) for relay in relays]
    for relay, thread in zip(relays, threads, strict=True):
        health.watch(relay)
        thread.start()
    backlogs = [Backlog(relay, environment) for relay in relays]
    threading.Thread(target=measure, args=(backlogs, stop), name="backlog", daemon=True).start()
    health.serve(environment.number("CRM_RELAY_HEALTH_PORT", 0))
    log.info("started", services=list(services), pid=os.getpid())
    stop.wait()
    for relay in relays:
        relay.stop()
    for thread in threads:
        thread.join(CONFIRM_TIMEOUT + 2)
    log.info("stopped")


def measure(backlogs: Sequence[Backlog], stop: threading.Event) -> None:
    """Measure by turns until told to stop."""
    while True:
        for each in backlogs:
            each.measure()
        if stop.wait(MEASURED_EVERY):
            break
    for each in backlogs:
        each.close()

"""The relay: carries recorded events from the outboxes to the broker. A plain process without greenlets.

One thread per database; one relay is active per database (advisory lock), others stand by.
Woken by NOTIFY, correct by looking for rows that are not published, never by "position greater than".
Publishes in batches with pipelined confirms and counts delivery tags itself;
a row is marked only when the broker has confirmed it and given it to a queue.
After any error both connections are dropped and the rows are published again: the consumers' inboxes know them.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import amqp
import kombu
import psycopg

from chassis import faults, logs, metrics
from chassis.database import CONNECT_ARGUMENTS
from chassis.health import Health
from chassis.link import BROKER_ERRORS, TRANSPORT_OPTIONS
from chassis.settings import SERVICES, Environment, named
from chassis.topology import events_exchange, routing_key

log = logs.get("relay")

BATCH = 500
CONFIRM_TIMEOUT = 5.0
POLL = 0.5
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)

LOCK = "SELECT pg_try_advisory_lock(hashtext('crm.relay'), hashtext(current_database()))"
PENDING = """
    SELECT position, event_id::text, event_type, version, store_id, envelope::text, recorded_at
      FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT %s
"""
MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(%s)"
LAG = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)
      FROM outbox WHERE published_at IS NULL
"""


class NotConfirmed(ConnectionError):
    """The broker did not take a batch."""


class Publisher:
    """Publishes batches on one channel and waits for every confirm. Used once until its first error."""

    def __init__(self, uri: str, *, heartbeat: int) -> None:
        self._connection = kombu.Connection(
            uri, heartbeat=heartbeat, transport_options=TRANSPORT_OPTIONS, connect_timeout=3
        )
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
        self.problem = "starting"

    def problems(self) -> list[str]:
        """Why this relay is not ready."""
        return [f"{self.service}: {self.problem}"] if self.problem else []

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Relay until stopped; after an error drop everything and begin again."""
        failures = 0
        while not self._stopping.is_set():
            try:
                self._relay()
            except (psycopg.Error, *BROKER_ERRORS) as error:
                pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
                failures += 1
                self.problem = f"{type(error).__name__}"
                log.warning("relay interrupted", service=self.service, error=repr(error)[:300], retry_in=pause)
                self._stopping.wait(pause)
            else:
                failures = 0

    def _relay(self) -> None:
        arguments: dict[str, Any] = {
            **CONNECT_ARGUMENTS,
            "options": "-c statement_timeout=8000 -c timezone=Asia/Shanghai",
        }
        with psycopg.connect(self._database_url, autocommit=True, **arguments) as database:
            if not self._lead(database):
                return
            publisher = Publisher(self._amqp_uri, heartbeat=self._heartbeat)
            try:
                database.execute("LISTEN outbox")
                self.problem = ""
                log.info("relaying", service=self.service)
                while not self._stopping.is_set():
                    if self._publish_batch(database, publisher) < BATCH:
                        # whatever is recorded after that look is told by a NOTIFY of its commit, which waits for us
                        for _ in database.notifies(timeout=POLL, stop_after=1):
                            pass
                    publisher.keep_alive()
            finally:
                publisher.drop()

    def _lead(self, database: psycopg.Connection[Any]) -> bool:
        while not self._stopping.is_set():
            row = database.execute(LOCK).fetchone()
            if row and row[0]:
                return True
            self.problem = ""  # a standby is as healthy as the leader
            self._stopping.wait(1)
        return False

    def _publish_batch(self, database: psycopg.Connection[Any], publisher: Publisher) -> int:
        rows = database.execute(PENDING, (BATCH,)).fetchall()
        if not rows:
            metrics.OUTBOX_ROWS.labels(self.service).set(0)
            metrics.OUTBOX_LAG.labels(self.service).set(0)
            return 0
        exchange = events_exchange(self.service)
        messages = [
            (
                event_id,
                exchange,
                routing_key(f"{kind}.v{version}", store),
                event_message(event_id, kind, self.service, body),
            )
            for _, event_id, kind, version, store, body, _ in rows
        ]
        taken = publisher.publish(messages)
        faults.point("relay_confirmed_before_mark", process="relay")
        positions = [row[0] for row in rows if row[1] in taken]
        database.execute(MARK, (positions,))
        metrics.PUBLISHED.labels(self.service).inc(len(positions))
        if len(positions) < len(rows) or len(rows) == BATCH:
            count, oldest = database.execute(LAG).fetchone() or (0, 0)
            metrics.OUTBOX_ROWS.labels(self.service).set(count)
            metrics.OUTBOX_LAG.labels(self.service).set(float(oldest))
        if len(positions) < len(rows):
            raise NotConfirmed(f"{len(rows) - len(positions)} of {len(rows)} refused by the broker")
        return len(rows)


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
    health.serve(environment.number("CRM_RELAY_HEALTH_PORT", 0))
    log.info("started", services=list(services), pid=os.getpid())
    stop.wait()
    for relay in relays:
        relay.stop()
    for thread in threads:
        thread.join(CONFIRM_TIMEOUT + 2)
    log.info("stopped")

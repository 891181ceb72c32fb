"""Replay: events out of the producers' logs to one consumer, for a new subscriber or a rebuilt projection.

The events keep their identity, so what a consumer has handled before stays handled once. What is parked, and what an
operator dropped, goes to nobody: it could not be sent the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from chassis.bus.relay import Publisher, event_message
from chassis.bus.topology import HEARS, inbox_exchange, routing_key
from chassis.process.settings import Environment, named
from chassis.store import archive
from chassis.store.migrations import models_of

CHUNK = 500

_LOG = """
    SELECT event_id::text, event_type, version, store_id, envelope::text FROM outbox
     WHERE event_type = ANY(%s) AND recorded_at >= %s AND recorded_at < %s AND parked_at IS NULL ORDER BY position
"""


class NoProjections(LookupError):
    """This consumer has nothing that follows from events alone."""


def events_of(
    consumer: str, *, since: datetime, until: datetime, environment: Environment, archives: Path | None = None
) -> Iterator[tuple[Any, ...]]:
    """(producer, id, type, version, store, envelope) of everything the consumer hears, each producer in its order."""
    producers: dict[str, list[str]] = {}
    for heard in HEARS[consumer]:
        producers.setdefault(heard.declaration.producer, []).append(heard.declaration.name)
    for producer, names in producers.items():
        if archives is not None:
            for archived in archive.read(producer, names=names, since=since, until=until, folder=archives):
                yield (producer, *archived)
        url = environment.text(named(producer, "OWNER_URL"))
        with psycopg.connect(url) as database, database.cursor(name="replay") as rows:
            rows.itersize = CHUNK
            rows.execute(_LOG, (names, since, until))
            for row in rows:
                yield (producer, *row)


def replay(
    consumer: str, *, since: datetime, until: datetime, environment: Environment, archives: Path | None = None
) -> int:
    """Publish the events to the consumer's inbox exchange, confirmed; returns how many. Needs the administrator."""
    with _publishing(environment) as publisher:
        return _send(
            publisher,
            consumer,
            events_of(consumer, since=since, until=until, environment=environment, archives=archives),
        )


@contextmanager
def _publishing(environment: Environment) -> Iterator[Publisher]:
    publisher = Publisher(environment.text("CRM_AMQP_URI", wanted="the administrator's amqp:// URI"), heartbeat=0)
    try:
        yield publisher
    finally:
        publisher.drop()


def _send(publisher: Publisher, consumer: str, events: Iterable[tuple[Any, ...]]) -> int:
    exchange, sent, chunk = inbox_exchange(consumer), 0, []
    for producer, event_id, kind, version, store, envelope in events:
        message = event_message(event_id, kind, producer, envelope, **{"x-replayed": 1})
        chunk.append((event_id, exchange, routing_key(f"{kind}.v{version}", store), message))
        if len(chunk) == CHUNK:
            sent += len(publisher.publish(chunk))
            chunk = []
    if chunk:
        sent += len(publisher.publish(chunk))
    return sent


def rebuild(consumer: str, *, environment: Environment, archives: Path | None = None) -> int:
    """Empty the consumer's projections and fill them again from the producers' logs; returns how many events.

    Events that arrive meanwhile find their place as always: projections do not depend on order.
    """
    projections = [table.name for table in models_of(consumer).sorted_tables if table.info.get("projection")]
    if not projections:
        raise NoProjections(f"{consumer} has no projections")
    epoch, end = datetime.fromisoformat("1990-01-01T00:00+00:00"), datetime.fromisoformat("9990-01-01T00:00+00:00")
    with _publishing(environment) as publisher:  # first what may be missing: emptied projections would stay empty
        for _ in events_of(consumer, since=end, until=end, environment=environment, archives=archives):
            pass
        with psycopg.connect(environment.text(named(consumer, "OWNER_URL"))) as database:
            names = ", ".join(f'"{name}"' for name in projections)
            database.execute(f"TRUNCATE {names}")  # names of our own tables
            database.execute("DELETE FROM inbox")
        everything = events_of(consumer, since=epoch, until=end, environment=environment, archives=archives)
        return _send(publisher, consumer, everything)

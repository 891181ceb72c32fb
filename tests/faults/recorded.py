"""Rows planted in an event log as if the service had recorded them; some that no broker takes."""

from __future__ import annotations

from typing import Any

from contracts.envelope import Received
from contracts.workshop.events import RepairSettled
from tests.support.events import made, received
from tests.support.ledger import Databases

SERVICE = "workshop"
OVER_THE_BROKERS_LIMIT = 130 * 1024 * 1024
"""Bytes; the broker takes 128 MiB."""
OVER_A_ROUTING_KEY = 300

_ROW = """
    INSERT INTO outbox (event_id, event_type, version, store_id, subject_type, subject_id, subject_version,
                        occurred_at, recorded_at, envelope)
    VALUES (%(event_id)s, %(event_type)s, %(version)s, %(store_id)s, %(subject_type)s, %(subject_id)s, 1,
            %(occurred_at)s, clock_timestamp(), %(envelope)s::jsonb
            || CASE WHEN %(filling)s > 0 THEN jsonb_build_object('filling', repeat('x', %(filling)s)) ELSE '{}' END)
"""


def good(databases: Databases) -> str:
    """An event that can be sent; its id."""
    return _plant(databases, received(made(RepairSettled)))


def with_a_key_too_long(databases: Databases) -> str:
    """Its store has a name that makes the routing key longer than a broker allows (255 bytes)."""
    return _plant(databases, received(made(RepairSettled), store_id="X" * OVER_A_ROUTING_KEY))


def larger_than_the_broker_takes(databases: Databases) -> str:
    """Its envelope is over the broker's own limit, which closes the channel."""
    return _plant(databases, received(made(RepairSettled)), filling=OVER_THE_BROKERS_LIMIT)


def _plant(databases: Databases, event: Received[Any], *, filling: int = 0) -> str:
    envelope = event.envelope
    row = {
        "event_id": envelope.event_id,
        "event_type": envelope.event_type,
        "version": envelope.version,
        "store_id": envelope.store_id,
        "subject_type": envelope.subject.type,
        "subject_id": envelope.subject.id,
        "occurred_at": envelope.occurred_at,
        "envelope": envelope.dump().decode(),
        "filling": filling,
    }
    with databases.connection(SERVICE) as admin:
        admin.execute(_ROW, row)
    return str(envelope.event_id)

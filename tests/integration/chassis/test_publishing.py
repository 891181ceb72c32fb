"""Publishing never reads: only the one who runs a link reads from it (fault 12 of decision 0002)."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import amqp
import pytest

from chassis.bus.link import Link, connection_to
from tests.support.broker import Broker


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Who read how often from any connection, by the name of the thread."""
    found: Counter[str] = Counter()
    really_read = amqp.connection.Connection.blocking_read

    def read(self: Any, timeout: float | None = None) -> Any:
        found[threading.current_thread().name] += 1
        return really_read(self, timeout)

    monkeypatch.setattr(amqp.connection.Connection, "blocking_read", read)
    return found


def test_a_link_never_reads_while_it_publishes(clean_queues: Broker, readers: Counter[str]):
    link = Link(clean_queues.uri("sales"), name="test", heartbeat=10)
    running = threading.Thread(target=link.run, name="runs the link", daemon=True)
    running.start()
    try:
        for _ in range(50):
            with link.writing() as channel:
                message = amqp.Message(b"{}" * 50_000, content_type="application/json")
                channel.basic_publish(message, exchange="sales.events", routing_key="order_signed.v1.HN")
        assert set(readers) == {"runs the link"}
    finally:
        link.stop()
        running.join(10)


def test_the_library_itself_would_read(clean_queues: Broker, readers: Counter[str]):
    """What the guard is for; if this turns red, py-amqp has mended it and `OneReader` may go."""
    import kombu

    for made, reads in (
        (kombu.Connection(clean_queues.uri("sales")), True),
        (connection_to(clean_queues.uri("sales")), False),
    ):
        with made as connection:
            channel = connection.channel()
            before = readers.total()
            channel.basic_publish(amqp.Message(b"{}"), exchange="sales.events", routing_key="order_signed.v1.HN")
            assert (readers.total() > before) is reads

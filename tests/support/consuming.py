"""A consumer in threads: the real one, with the test's own handlers, beside the real broker and database."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import amqp
from sqlalchemy.orm import Session

from chassis.bus import link
from chassis.bus.consumer import Consumer
from chassis.bus.lanes import Subscription
from chassis.store.database import Database
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from tests.support.broker import DELAYS, Broker
from tests.support.events import made, received

SERVICE = "followup"
Handle = Callable[[Session, Received[Any]], object]


@dataclass
class Hearing:
    """A running consumer of follow-up's queue and what it handled."""

    broker: Broker
    consumer: Consumer
    handled: list[Received[Any]] = field(default_factory=list)

    def send(
        self, event: Received[Any] | None = None, *, body: bytes | None = None, **properties: Any
    ) -> Received[Any]:
        """Publish an event (or these bytes in its place) as its producer would."""
        event = event or received(made(VehicleDelivered))
        envelope = event.envelope
        properties.setdefault("message_id", str(event.id))
        properties.setdefault("type", envelope.event_type)
        text = envelope.dump() if body is None else body
        self.broker.publish(*_address(event), text, user=envelope.producer, **properties)
        return event

    def send_all(self, events: Sequence[Received[Any]]) -> None:
        """Publish many on one channel."""
        with self.broker.channel() as channel:
            channel.confirm_select()
            for event in events:
                exchange, key = _address(event)
                message = amqp.Message(event.envelope.dump(), content_type="application/json", delivery_mode=2)
                channel.basic_publish_confirm(message, exchange=exchange, routing_key=key)

    def ids(self) -> list[str]:
        """Of what was handled, in order."""
        return [str(event.id) for event in self.handled]


def _address(event: Received[Any]) -> tuple[str, str]:
    envelope = event.envelope
    key = f"{envelope.event_type}.v{envelope.version}.{envelope.store_id}"
    return f"{envelope.producer}.events", key


@contextmanager
def hearing(
    broker: Broker,
    database: Database,
    handle: Handle = lambda _session, _event: None,
    *,
    batch: int = 1,
    uri: str | None = None,
    delays: tuple[float, ...] = DELAYS,
    events: tuple[type[Any], ...] = (VehicleDelivered, VehicleReturned),
    paces: Mapping[type[Any], float] | None = None,
) -> Iterator[Hearing]:
    """Run a consumer until the block ends. Its handler is called, then the event is noted; both in one transaction.

    All events share a lane; `paces` are those of events that may wait for others.
    """
    pool = ThreadPoolExecutor(16)
    guard = threading.Lock()
    found: Hearing

    def each(session: Session, heard: list[Received[Any]]) -> None:
        for event in heard:
            handle(session, event)
        with guard:
            found.handled.extend(heard)

    def spawn(work: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the pool is closing: the broker will deliver again
            pool.submit(work)

    consumer = Consumer(
        uri=uri or broker.uri(SERVICE),
        service=SERVICE,
        heartbeat=10,
        database=database,
        subscriptions={
            topic: Subscription(topic, each, "each", batch, pace=(paces or {}).get(event, 0.0))
            for topic, event in ((event.declaration.topic, event) for event in events)
        },
        retry_delays=delays,
        spawn=spawn,
    )
    found = Hearing(broker, consumer)
    tick, link._TICK = link._TICK, 0.1  # so that its thread ends sooner
    thread = threading.Thread(target=consumer.link.run, name="consumer", daemon=True)
    thread.start()
    assert consumer.link.wait_up(10), "the consumer did not connect"
    try:
        yield found
    finally:
        consumer.pause()
        pool.shutdown(wait=True)
        consumer.link.stop()
        thread.join(10)
        link._TICK = tick
        assert not thread.is_alive(), "the consumer's link did not end"

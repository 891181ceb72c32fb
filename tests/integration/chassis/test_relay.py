"""The relay carries every recorded event to the broker at least once, whoever of the three dies in between."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.bus import relay as relay_module
from chassis.bus.relay import NotConfirmed, Publisher, ServiceRelay, event_message
from chassis.process.settings import Environment, named
from chassis.store.database import Database
from chassis.store.outbox import record
from contracts.envelope import read
from contracts.workshop.events import RepairSettled
from tests.support.broker import Broker
from tests.support.databases import Databases
from tests.support.events import MORNING, made
from tests.support.polling import eventually, steadily
from tests.support.tcp_proxy import TcpProxy

SERVICE = "workshop"
QUEUE = "reporting"


@pytest.fixture
def db(databases: Databases, clean_queues: Broker) -> Database:
    """Workshop's database with an empty event log, and empty queues."""
    databases.as_owner(SERVICE, "DELETE FROM outbox")
    return databases(SERVICE)


def settled(db: Database, number: int = 1, *, store: str = "HN") -> list[str]:
    """Record events in one transaction; returns their ids."""
    with db.transaction() as session:
        return [
            str(
                record(
                    session,
                    made(RepairSettled),
                    subject_id=uuids.uuid7(),
                    subject_version=1,
                    store_id=store,
                    occurred_at=MORNING,
                )
            )
            for _ in range(number)
        ]


@contextmanager
def relaying(databases: Databases, broker: Broker, *, uri: str | None = None) -> Iterator[ServiceRelay]:
    values = databases.variables(SERVICE) | broker.variables(SERVICE)
    if uri is not None:
        values[named(SERVICE, "AMQP_URI")] = uri
    relay = ServiceRelay(SERVICE, Environment(values))
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(15)
        assert not thread.is_alive(), "the relay did not end"


def unpublished(db: Database) -> int:
    asked = text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
    return int(db.read(lambda connection: connection.scalar(asked)) or 0)


def arrived(broker: Broker, number: int) -> list[str]:
    """The ids of so many messages out of reporting's queue, in order."""
    found: list[str] = []
    with broker.channel() as channel:
        for _ in range(number):
            message = eventually(lambda: channel.basic_get(QUEUE, no_ack=True), what=f"message {len(found) + 1}")
            found.append(message.properties["message_id"])
    return found


def test_a_recorded_event_is_published_as_it_was_recorded(databases, clean_queues, db):
    with relaying(databases, clean_queues):
        (event_id,) = settled(db)
        message = clean_queues.take(QUEUE)
        eventually(lambda: unpublished(db) == 0)
    got = read(message.body)
    assert message.properties["message_id"] == str(got.id) == event_id
    assert message.delivery_info["routing_key"] == "repair_settled.v1.HN"
    properties = message.properties
    assert (properties["type"], properties["app_id"], properties["content_type"], properties["delivery_mode"]) == (
        "repair_settled",
        "workshop",
        "application/json",
        2,
    )


def test_what_was_recorded_while_nobody_relayed_is_published_in_order(databases, clean_queues, db):
    recorded = [event_id for _ in range(4) for event_id in settled(db, 5)]
    with relaying(databases, clean_queues):
        assert arrived(clean_queues, 20) == recorded
        eventually(lambda: unpublished(db) == 0)


def test_a_thousand_events_and_more_than_a_batch(databases, clean_queues, db):
    recorded = settled(db, 2 * relay_module.BATCH + 7)
    with relaying(databases, clean_queues):
        eventually(lambda: unpublished(db) == 0, within=20)
    assert arrived(clean_queues, len(recorded)) == recorded


def test_a_transaction_that_commits_late_is_not_forgotten(databases, clean_queues, db):
    """Its position is lower than what was published meanwhile: "greater than the last" would never see it."""
    with relaying(databases, clean_queues):
        with db.transaction() as slow:
            late = record(
                slow,
                made(RepairSettled),
                subject_id=uuids.uuid7(),
                subject_version=1,
                store_id="HN",
                occurred_at=MORNING,
            )
            slow.flush()
            (early,) = settled(db)
            assert arrived(clean_queues, 1) == [early]
        assert arrived(clean_queues, 1) == [str(late)]


def test_an_event_is_published_at_once_and_not_at_the_next_look(databases, clean_queues, db, monkeypatch):
    monkeypatch.setattr(relay_module, "POLL", 30.0)
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: relay.problem == "")
        settled(db)
        assert arrived(clean_queues, 1)
        relay.stop()
        settled(db)  # wakes it, so that it sees that it is to end


def test_a_lost_wake_up_is_made_good_by_looking(databases, clean_queues, db):
    with databases.admin(SERVICE) as admin:
        admin.execute("ALTER TABLE outbox DISABLE TRIGGER ALL")
        try:
            with relaying(databases, clean_queues):
                settled(db)
                assert arrived(clean_queues, 1)
        finally:
            admin.execute("ALTER TABLE outbox ENABLE TRIGGER ALL")


def test_of_two_relays_one_works_and_the_other_takes_over(databases, clean_queues, db):
    with ExitStack() as both:
        first = both.enter_context(relaying(databases, clean_queues))
        eventually(lambda: first.problem == "")
        second = both.enter_context(relaying(databases, clean_queues))
        recorded = settled(db, 20)
        assert arrived(clean_queues, 20) == recorded
        steadily(lambda: clean_queues.count(QUEUE) == 0, during=0.5)
        eventually(lambda: second.problem == "", what="a standby is healthy")
        first.stop()
        settled(db)
        assert arrived(clean_queues, 1)


def test_a_database_connection_that_was_cut_is_made_anew(databases, clean_queues, db):
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: relay.problem == "")
        databases.cut(SERVICE, role="relay")
        (event_id,) = settled(db)
        assert event_id in arrived(clean_queues, 1)
        eventually(lambda: unpublished(db) == 0)


def test_a_broker_connection_that_was_cut_loses_nothing(databases, clean_queues, db):
    parts = urlsplit(clean_queues.admin_uri)
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        uri = clean_queues.uri(SERVICE).replace(f":{parts.port}/", f":{proxy.port}/")
        with relaying(databases, clean_queues, uri=uri) as relay:
            eventually(lambda: relay.problem == "")
            recorded: list[str] = []
            for _ in range(5):
                recorded += settled(db, 20)
                proxy.cut()
            eventually(lambda: unpublished(db) == 0, within=20)
    found = Counter(arrived(clean_queues, clean_queues.count(QUEUE)))
    assert set(found) == set(recorded)


def test_a_broker_that_does_not_answer_is_given_up_and_the_events_come_later(databases, clean_queues, db, monkeypatch):
    monkeypatch.setattr(relay_module, "CONFIRM_TIMEOUT", 0.5)
    parts = urlsplit(clean_queues.admin_uri)
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        uri = clean_queues.uri(SERVICE).replace(f":{parts.port}/", f":{proxy.port}/")
        with relaying(databases, clean_queues, uri=uri) as relay:
            eventually(lambda: relay.problem == "")
            proxy.set("hold_s2c")
            recorded = settled(db, 3)
            eventually(lambda: relay.problem, what="it says that it is not ready")
            assert unpublished(db) == 3
            proxy.set("pass")
            eventually(lambda: unpublished(db) == 0, within=20)
    assert set(arrived(clean_queues, clean_queues.count(QUEUE))) == set(recorded)


def test_an_event_without_a_queue_stays_in_the_log_until_there_is_one(databases, clean_queues, db):
    """Nothing is marked that the broker took and threw away."""
    with clean_queues.channel() as channel:
        channel.exchange_delete("workshop.events")
    (event_id,) = settled(db)
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: relay.problem not in ("", "starting"))
        assert unpublished(db) == 1
        clean_queues.apply()
        assert arrived(clean_queues, 1) == [event_id]
        eventually(lambda: unpublished(db) == 0)


def test_the_publisher_tells_what_came_back(clean_queues):
    publisher = Publisher(clean_queues.admin_uri, heartbeat=0)
    try:
        with clean_queues.channel() as channel:
            channel.exchange_declare("planted", "topic", durable=False, auto_delete=True)
            channel.queue_declare("planted", exclusive=True, auto_delete=True, durable=False)
            channel.queue_bind("planted", "planted", "known.#")
            keys = ["lost.x", "known.x"]
            messages = [
                (str(number), "planted", keys[number % 2], event_message(str(number), "e", "s", "{}"))
                for number in range(6)
            ]
            assert publisher.publish(messages) == {"1", "3", "5"}
            assert publisher.publish(messages[1:2]) == {"1"}
    finally:
        publisher.drop()


def test_the_publisher_waits_for_every_answer(clean_queues, monkeypatch):
    monkeypatch.setattr(relay_module, "CONFIRM_TIMEOUT", 0.3)
    parts = urlsplit(clean_queues.admin_uri)
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        publisher = Publisher(clean_queues.admin_uri.replace(f":{parts.port}/", f":{proxy.port}/"), heartbeat=0)
        proxy.set("hold_s2c")
        with pytest.raises((NotConfirmed, TimeoutError)):
            publisher.publish([("1", "sales.events", "vehicle_delivered.v1.HN", event_message("1", "e", "s", "{}"))])
        publisher.drop()

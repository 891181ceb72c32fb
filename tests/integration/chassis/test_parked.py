"""One row that cannot be sent does not stop those behind it, and the relay says what is wrong until it is judged."""

from __future__ import annotations

import math
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.bus import parked
from chassis.bus import relay as relay_module
from chassis.bus.relay import Backlog
from chassis.process.settings import Environment, named
from chassis.store.database import Database
from tests.integration.chassis.test_relay import QUEUE, SERVICE, arrived, relaying, settled, unpublished
from tests.support.broker import Broker
from tests.support.databases import Databases
from tests.support.polling import eventually


@pytest.fixture
def db(databases: Databases, clean_queues: Broker) -> Database:
    databases.as_owner(SERVICE, "DELETE FROM outbox")
    return databases(SERVICE)


def url(databases: Databases) -> str:
    return databases.variables(SERVICE)[named(SERVICE, "RELAY_URL")]


def planted(databases: Databases, event_id: str, assignment: str) -> None:
    databases.as_owner(SERVICE, f"UPDATE outbox SET {assignment} WHERE event_id = '{event_id}'")


LONG = "store_id = repeat('H', 300)"
WIDE = "store_id = repeat('华', 90)"


@pytest.mark.parametrize("fault", [LONG, WIDE], ids=["a key over 255 signs", "a key over 255 bytes in fewer signs"])
def test_a_row_that_fits_no_message_is_parked_and_the_rest_goes_on(databases, clean_queues, db, fault):
    bad, *good = settled(db, 5)
    planted(databases, bad, fault)
    with relaying(databases, clean_queues) as relay:
        assert arrived(clean_queues, 4) == good
        eventually(lambda: unpublished(db) == 1)
        eventually(lambda: any("crm outbox list" in each for each in relay.problems()))
        assert relay.problem == ""
    (told,) = parked.look(url(databases))
    assert told.event_id == bad
    assert "255" in told.problem


def test_a_row_the_broker_takes_offence_at_is_found_among_its_batch(databases, clean_queues, db, monkeypatch):
    """The channel falls and nobody says over which message, so they go one by one."""
    bad_at = 7
    recorded = settled(db, 20)
    really = relay_module.event_message

    def message(event_id: str, *rest: str, **headers: Any) -> object:
        made = really(event_id, *rest, **headers)
        if event_id == recorded[bad_at]:
            made.properties["expiration"] = "never"  # 406 PRECONDITION_FAILED
        return made

    monkeypatch.setattr(relay_module, "event_message", message)
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: unpublished(db) == 1, within=15)
        eventually(lambda: relay.problem == "")
    good = [each for each in recorded if each != recorded[bad_at]]
    assert set(arrived(clean_queues, clean_queues.count(QUEUE))) == set(good)
    (told,) = parked.look(url(databases))
    assert (told.event_id, "PRECONDITION_FAILED" in told.problem) == (recorded[bad_at], True)


def test_a_parked_event_is_released_after_the_cause_is_mended(databases, clean_queues, db):
    bad, stays = settled(db, 2)
    planted(databases, bad, LONG)
    planted(databases, stays, LONG)
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: len(parked.look(url(databases))) == 2)
        planted(databases, bad, "store_id = 'HN'")
        assert parked.release(url(databases), None) == 2
        assert arrived(clean_queues, 1) == [bad]
        eventually(lambda: [one.event_id for one in parked.look(url(databases))] == [stays])
        assert parked.drop(url(databases), [UUID(stays)]) == 1
        assert parked.look(url(databases)) == []
        with closing(Backlog(relay, Environment(databases.variables(SERVICE)))) as backlog:
            backlog.measure()
        assert relay.problems() == []
    kept = text("SELECT count(*) FROM outbox WHERE problem IS NOT NULL AND published_at IS NOT NULL")
    assert db.read(lambda connection: connection.scalar(kept)) == 2, "what was wrong stays in the log"


def test_more_rows_than_a_batch_without_a_queue_do_not_stop_those_behind_them(databases, clean_queues, db, monkeypatch):
    monkeypatch.setattr(relay_module, "BATCH", 5)
    for event_id in settled(db, 12):
        planted(databases, event_id, "event_type = 'moon_landed'")
    good = settled(db, 3)
    with relaying(databases, clean_queues) as relay, clean_queues.channel() as channel:
        channel.exchange_declare("planted", "topic", durable=False, auto_delete=False)
        channel.queue_unbind("crm.unrouted", "crm.unrouted")
        try:
            assert arrived(clean_queues, 3) == good
            eventually(lambda: any("no queue takes them" in each for each in relay.problems()))
        finally:
            clean_queues.apply()
            channel.exchange_delete("planted")
        eventually(lambda: unpublished(db) == 0, within=15)
        assert relay.problems() == []


def gauge(name: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": SERVICE}) or 0.0


def test_the_backlog_is_measured_while_nothing_can_be_published(databases, clean_queues, db):
    settled(db, 3)
    values = databases.variables(SERVICE) | clean_queues.variables(SERVICE)
    values[named(SERVICE, "AMQP_URI")] = "amqp://nobody:of-the-tests@127.0.0.1:1/crm"
    relay = relay_module.ServiceRelay(SERVICE, Environment(values))
    with closing(Backlog(relay, Environment(values))) as backlog:
        backlog.measure()
        assert gauge("crm_outbox_unpublished") == 3
        assert gauge("crm_outbox_oldest_seconds") > 0
        first = "position = (SELECT min(position) FROM outbox)"
        databases.as_owner(SERVICE, f"UPDATE outbox SET parked_at = now() WHERE {first}")
        backlog.measure()
        assert (gauge("crm_outbox_unpublished"), gauge("crm_outbox_parked")) == (2, 1)


def test_a_backlog_nobody_can_measure_is_not_told_to_be_nothing(databases, clean_queues):
    values = databases.variables(SERVICE) | clean_queues.variables(SERVICE)
    values[named(SERVICE, "RELAY_URL")] = "postgresql://nobody:of-the-tests@127.0.0.1:1/nothing"
    relay = relay_module.ServiceRelay(SERVICE, Environment(values))
    Backlog(relay, Environment(values)).measure()
    assert math.isnan(gauge("crm_outbox_unpublished"))
    assert math.isnan(gauge("crm_outbox_oldest_seconds"))


def test_after_an_outage_a_hiccup_costs_a_hiccup(databases, clean_queues, db):
    """The pauses begin anew once something went well; five hiccups in a month made each one cost five seconds."""
    with relaying(databases, clean_queues) as relay:
        eventually(lambda: relay.problem == "")
        relay._failures = 50
        assert arrived(clean_queues, len(settled(db, 1)))
        eventually(lambda: relay._failures == 0)


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), MemoryError(), AttributeError("recv_into")])
def test_whatever_is_raised_the_relay_goes_on(databases, clean_queues, db, monkeypatch, error):
    really = relay_module.Publisher.publish
    raised: list[BaseException] = []

    def publish(self, messages):
        if not raised:
            raised.append(error)
            raise error
        return really(self, messages)

    monkeypatch.setattr(relay_module.Publisher, "publish", publish)
    event_id = str(uuids.uuid7())
    with relaying(databases, clean_queues) as relay:
        (event_id,) = settled(db)
        assert arrived(clean_queues, 1) == [event_id]
        eventually(lambda: relay.problems() == [])
    assert parked.look(url(databases)) == []


def test_a_relay_that_does_not_turn_is_not_ready(databases, clean_queues, monkeypatch):
    monkeypatch.setattr(relay_module, "STUCK_AFTER", -1.0)
    values = databases.variables(SERVICE) | clean_queues.variables(SERVICE)
    relay = relay_module.ServiceRelay(SERVICE, Environment(values))
    relay.problem = ""
    assert relay.problems() == [f"{SERVICE}: no turn for more than -1 s"]

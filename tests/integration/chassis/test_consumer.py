"""The consumer sees every message to one of four ends: handled, duplicate, tried again, or dead with its reason."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter

import orjson
import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.bus import dead
from chassis.store.database import Database
from chassis.store.outbox import Cause
from contracts.envelope import Doer, Received
from contracts.refusals import NotFound
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import VehicleReturned
from tests.support.broker import DELAYS, Broker
from tests.support.consuming import SERVICE, hearing
from tests.support.databases import Databases
from tests.support.events import made, received
from tests.support.polling import eventually, steadily


class NoSuchOrder(NotFound):
    code = "NO_SUCH_ORDER"
    zh = "没有订单{order}"
    en = "no order {order}"


@pytest.fixture
def db(databases: Databases) -> Database:
    return databases(SERVICE)


def dead_ones(broker: Broker, *, at_least: int = 1) -> list[dead.DeadMessage]:
    return eventually(lambda: _at_least(dead.look(broker.admin_uri, SERVICE), at_least), what="dead messages")


def _at_least(found: list, number: int) -> list:
    return found if len(found) >= number else []


def duplicates(db: Database, event: Received) -> int:
    asked = text("SELECT duplicates FROM inbox WHERE event_id = :id")
    return int(db.read(lambda connection: connection.scalar(asked, {"id": event.id})) or 0)


def test_an_event_is_handled_committed_and_acknowledged(clean_queues, db):
    with hearing(clean_queues, db) as ear:
        event = ear.send()
        eventually(lambda: ear.ids() == [str(event.id)])
        assert ear.handled[0] == event
        eventually(lambda: not ear.consumer.in_hand, what="nothing in hand")
    assert clean_queues.count(SERVICE) == 0
    assert clean_queues.count(f"{SERVICE}.dead") == 0


def test_the_same_event_again_has_no_second_effect(clean_queues, db):
    with hearing(clean_queues, db) as ear:
        event = ear.send()
        ear.send(event)
        ear.send(event)
        eventually(lambda: duplicates(db, event) == 2)
        assert ear.ids() == [str(event.id)]


def test_what_is_recorded_while_handling_names_the_event_as_its_cause(clean_queues, db):
    seen: list[Cause] = []
    with hearing(clean_queues, db, lambda session, _event: seen.append(session.info["cause"])) as ear:
        event = ear.send(received(made(VehicleDelivered), actor=Doer("s-1", "consultant")))
        eventually(lambda: seen)
    assert seen == [Cause(event.envelope.correlation_id, str(event.id), Doer("s-1", "consultant"))]


def test_an_error_is_tried_again_in_ever_longer_tiers_until_it_works(clean_queues, db):
    times: list[float] = []

    def handle(_session: Session, _event: Received) -> None:
        times.append(time.monotonic())
        if len(times) < 3:
            raise RuntimeError("not yet")

    with hearing(clean_queues, db, handle) as ear:
        event = ear.send()
        eventually(lambda: ear.ids() == [str(event.id)])
    waited = [after - before for before, after in itertools.pairwise(times)]
    assert waited[0] >= DELAYS[0]
    assert waited[1] >= DELAYS[1]
    assert clean_queues.count(f"{SERVICE}.dead") == 0


def test_an_error_without_end_is_dead_after_every_tier_and_says_why(clean_queues, db):
    def handle(_session: Session, _event: Received) -> None:
        raise RuntimeError("the moon is full")

    with hearing(clean_queues, db, handle, delays=DELAYS[:2]) as ear:
        event = ear.send()
        (told,) = dead_ones(clean_queues)
    assert (told.message_id, told.event) == (str(event.id), "vehicle_delivered")
    assert (told.reason, told.error, told.attempts) == ("retries_exhausted", "RuntimeError: the moon is full", 3)
    assert told.handler == "vehicle_delivered.v1"
    assert told.routing_key == "vehicle_delivered.v1.HN"
    assert orjson.loads(told.body)["event_id"] == str(event.id)


def test_a_failed_event_leaves_nothing_behind_and_is_not_claimed(clean_queues, db):
    asked = text("SELECT count(*) FROM inbox WHERE event_id = :id")

    def handle(session: Session, event: Received) -> None:
        session.execute(text("INSERT INTO inbox_suspect (message_id, starts) VALUES (:id, 1)"), {"id": f"x{event.id}"})
        raise RuntimeError("after the effect")

    with hearing(clean_queues, db, handle, delays=()) as ear:
        event = ear.send()
        dead_ones(clean_queues)
    assert db.read(lambda connection: connection.scalar(asked, {"id": event.id})) == 0
    suspects = text("SELECT count(*) FROM inbox_suspect WHERE message_id = :id")
    assert db.read(lambda connection: connection.scalar(suspects, {"id": f"x{event.id}"})) == 0


def test_a_refusal_is_dead_at_once(clean_queues, db):
    def handle(_session: Session, _event: Received) -> None:
        raise NoSuchOrder(order="o-1")

    with hearing(clean_queues, db, handle) as ear:
        ear.send()
        (told,) = dead_ones(clean_queues)
    assert (told.reason, told.attempts) == ("refused", 1)
    assert "NO_SUCH_ORDER" in told.error
    assert "o-1" in told.error


def _without(event: Received, name: str) -> bytes:
    raw = orjson.loads(event.envelope.dump())
    del raw["payload"][name]
    return orjson.dumps(raw)


DELIVERED = received(made(VehicleDelivered)).envelope.dump()
UNREADABLE = [
    ("not_json", b"hello", {}),
    ("not_json", b"", {}),
    ("not_json", b"\xff\x00", {}),
    ("bad_envelope", b"{}", {}),
    ("bad_envelope", b"[1]", {}),
    ("bad_payload", _without(received(made(VehicleDelivered)), "vin"), {}),
    (
        "unknown_event",
        received(made(VehicleDelivered)).envelope.dump().replace(b"vehicle_delivered", b"moon_landed"),
        {},
    ),
    (
        "unsupported_version",
        received(made(VehicleDelivered)).envelope.dump().replace(b'"version":1,"prod', b'"version":7,"prod'),
        {},
    ),
    ("not_subscribed", received(made(OrderSigned)).envelope.dump(), {}),
    ("wrong_content_type", DELIVERED, {"content_type": "application/xml"}),
    ("too_large", b'{"a":"' + b"x" * 1024 * 1024 + b'"}', {}),
]


@pytest.mark.parametrize(("reason", "body", "properties"), UNREADABLE, ids=[reason for reason, *_ in UNREADABLE])
def test_what_cannot_be_read_is_dead_at_once_with_its_reason_and_the_next_is_handled(
    clean_queues, db, reason, body, properties
):
    with hearing(clean_queues, db) as ear:
        ear.send(body=body, **properties)
        event = ear.send()
        (told,) = dead_ones(clean_queues)
        eventually(lambda: ear.ids() == [str(event.id)])
    assert told.reason == reason
    assert told.body == body
    assert told.attempts == 1


def test_a_message_without_any_property_is_dead_and_not_in_the_way(clean_queues, db):
    import amqp

    with hearing(clean_queues, db) as ear:
        with clean_queues.channel("sales") as channel:
            channel.basic_publish_confirm(
                amqp.Message(b"x"), exchange="sales.events", routing_key="vehicle_delivered.v1.HN"
            )
        event = ear.send()
        (told,) = dead_ones(clean_queues)
        eventually(lambda: ear.ids() == [str(event.id)])
    assert told.reason == "wrong_content_type"


def test_a_batch_shares_a_transaction_and_a_bad_member_harms_only_itself(clean_queues, db):
    bad = received(made(VehicleReturned))
    transactions: Counter[int] = Counter()

    def handle(session: Session, event: Received) -> None:
        transactions[int(session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) or 0)] += 1
        if event.id == bad.id:
            raise RuntimeError("bad")

    events = [received(made(VehicleReturned)) for _ in range(30)]
    wanted = {str(event.id) for event in events}
    for event in [*events[:15], bad, *events[15:]]:  # all of them are there before the consumer is
        clean_queues.publish("workshop.events", "vehicle_returned.v1.HN", event.envelope.dump())
    with hearing(clean_queues, db, handle, batch=50, delays=()) as ear:
        eventually(lambda: set(ear.ids()) == wanted)
        (told,) = dead_ones(clean_queues)
    assert orjson.loads(told.body)["event_id"] == str(bad.id)
    assert len(ear.ids()) == 30


def _transactions(db: Database, events: list[Received]) -> set[int]:
    asked = text("SELECT DISTINCT xmin::text::bigint FROM inbox WHERE event_id = ANY(:ids)")
    with db.reading() as connection:
        return set(connection.scalars(asked, {"ids": [event.id for event in events]}))


def test_events_nobody_waits_for_share_a_transaction_and_one_somebody_waits_for_takes_them_along(clean_queues, db):
    pace = 8.0
    with hearing(clean_queues, db, batch=50, paces={VehicleReturned: pace}) as ear:
        first = ear.send(received(made(VehicleReturned)))
        eventually(lambda: len(ear.ids()) == 1, within=4, what="the first of a quiet hour goes at once")
        gathered = [received(made(VehicleReturned)) for _ in range(5)]
        ear.send_all(gathered)
        steadily(lambda: len(ear.ids()) == 1, during=0.4)
        urgent = ear.send()
        eventually(lambda: len(ear.ids()) == 7, within=4, what="all of them went with it")
    assert len(_transactions(db, [*gathered, urgent])) == 1
    assert not _transactions(db, [first]) & _transactions(db, gathered)


def test_events_nobody_waits_for_go_when_their_time_has_come_or_as_many_as_may_share(clean_queues, db):
    pace = 2.5
    with hearing(clean_queues, db, batch=4, paces={VehicleReturned: pace}) as ear:
        ear.send(received(made(VehicleReturned)))
        eventually(lambda: len(ear.ids()) == 1)
        begun = time.monotonic()
        ear.send_all([received(made(VehicleReturned)) for _ in range(5)])
        eventually(lambda: len(ear.ids()) == 5, within=2, what="four are as many as may share")
        eventually(lambda: len(ear.ids()) == 6, within=6)
        assert time.monotonic() - begun >= pace - 1


def test_a_consumer_that_pauses_gives_back_what_waits_for_others(clean_queues, db):
    with hearing(clean_queues, db, batch=50, paces={VehicleReturned: 30.0}) as ear:
        ear.send(received(made(VehicleReturned)))
        eventually(lambda: len(ear.ids()) == 1)
        ear.send_all([received(made(VehicleReturned)) for _ in range(3)])
        eventually(lambda: len(ear.consumer.in_hand) == 3)
        ear.consumer.pause()
        eventually(lambda: not ear.consumer.in_hand, within=2)
    assert clean_queues.count(SERVICE) == 3


def test_what_is_settled_out_of_its_order_is_acknowledged_and_nothing_else(clean_queues, db):
    """One worker is slow: what came after it is acknowledged before it, and it is not acknowledged with them."""
    slow, may_go_on = received(made(VehicleDelivered)), threading.Event()

    def handle(_session: Session, event: Received) -> None:
        if event.id == slow.id:
            assert may_go_on.wait(10)

    with hearing(clean_queues, db, handle) as ear:
        ear.send(slow)
        quick = [ear.send() for _ in range(3)]
        eventually(lambda: len(ear.ids()) == 3)
        eventually(lambda: len(ear.consumer.in_hand) == 1)
        ear.consumer.link._drop(ear.consumer.link._connection)  # what is not acknowledged comes back
        may_go_on.set()
        eventually(lambda: duplicates(db, slow) == 1, within=10)
        eventually(lambda: not ear.consumer.in_hand)
    assert [duplicates(db, event) for event in quick] == [0, 0, 0]


def test_two_hundred_events_shuffled_and_doubled_with_chance_errors_are_handled_once_each(clean_queues, db):
    chance, guard = random.Random(5), threading.Lock()

    def handle(_session: Session, _event: Received) -> None:
        with guard:
            fails = chance.random() < 0.1
        if fails:
            raise RuntimeError("by chance")

    events = [received(made(VehicleDelivered)) for _ in range(100)] + [
        received(made(VehicleReturned)) for _ in range(100)
    ]
    twice = events * 2
    chance.shuffle(twice)
    with hearing(clean_queues, db, handle, batch=20, delays=(0.2,) * 20) as ear:
        ear.send_all(twice)
        eventually(lambda: len(ear.ids()) >= 200, within=30)
        eventually(
            lambda: not ear.consumer.in_hand and not [one for one in clean_queues.filled() if one.startswith(SERVICE)],
            what="nothing in hand, and no double on its way back",
            within=30,
        )
    assert Counter(ear.ids()) == Counter({str(event.id): 1 for event in events})
    assert clean_queues.count(f"{SERVICE}.dead") == 0


def test_a_paused_consumer_takes_nothing_and_loses_nothing(clean_queues, db):
    with hearing(clean_queues, db) as ear:
        ear.consumer.pause()
        eventually(lambda: not ear.consumer.in_hand)
        event = ear.send()
        steadily(lambda: ear.ids() == [], during=0.5)
    assert clean_queues.count(SERVICE) == 1
    with hearing(clean_queues, db) as again:
        eventually(lambda: again.ids() == [str(event.id)])


def test_a_cut_connection_heals_and_what_was_in_hand_has_its_effect_once(clean_queues, db):
    from urllib.parse import urlsplit

    from tests.support.tcp_proxy import TcpProxy

    parts = urlsplit(clean_queues.admin_uri)
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        uri = clean_queues.uri(SERVICE).replace(f":{parts.port}/", f":{proxy.port}/")
        working, may_go_on = threading.Event(), threading.Event()

        def handle(_session: Session, _event: Received) -> None:
            working.set()
            assert may_go_on.wait(10)

        with hearing(clean_queues, db, handle, uri=uri) as ear:
            event = ear.send()
            assert working.wait(5)
            assert proxy.cut() > 0
            may_go_on.set()
            eventually(lambda: duplicates(db, event) == 1, what="it was delivered again and known")
            other = ear.send()
            eventually(lambda: str(other.id) in ear.ids())
            assert ear.ids() == [str(event.id), str(other.id)]


def test_a_database_that_is_away_is_nobody_s_fault(clean_queues, databases: Databases):
    """Ten events while the database refuses connections: none is retried, none is dead, all are handled after."""
    databases(SERVICE)
    mine = Database(databases.url(SERVICE), pool_size=4)
    name = databases.name(SERVICE)
    with hearing(clean_queues, mine) as ear:
        eventually(lambda: ear.handled == [])
        with databases.admin(SERVICE) as admin:
            admin.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
            databases.cut(SERVICE, role="app")
            try:
                events = [ear.send() for _ in range(10)]
                steadily(lambda: ear.ids() == [], during=1.0)
            finally:
                admin.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
        eventually(lambda: sorted(ear.ids()) == sorted(str(event.id) for event in events), within=15)
    mine.close()
    databases(SERVICE).close()  # its connections were cut too
    assert clean_queues.count(f"{SERVICE}.dead") == 0
    assert all(clean_queues.count(f"{SERVICE}.retry.{tier}") == 0 for tier in ("200ms", "400ms", "800ms"))


def test_an_unknown_message_id_does_not_matter(clean_queues, db):
    with hearing(clean_queues, db) as ear:
        event = ear.send(message_id=str(uuids.uuid7()))
        eventually(lambda: ear.ids() == [str(event.id)])

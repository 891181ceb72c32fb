"""Dead messages: looked at without harm, replayed once their cause is mended, or dropped for good."""

from __future__ import annotations

import threading

import amqp
import pytest
from sqlalchemy.orm import Session

from chassis.bus import dead
from chassis.bus.dead import DeadMessage
from contracts.envelope import Received
from tests.support.broker import Broker
from tests.support.consuming import SERVICE, hearing
from tests.support.databases import Databases
from tests.support.polling import eventually

QUEUE = f"{SERVICE}.dead"


def bury(broker: Broker, number: int, *, reason: str = "refused") -> str:
    message_id = f"m-{number}"
    with broker.channel() as channel:
        channel.confirm_select()
        headers = {
            "x-dead-reason": reason,
            "x-dead-error": "boom",
            "x-dead-handler": "vehicle_delivered.v1",
            "x-dead-attempts": 3,
            "x-dead-at": "2026-11-02T09:00:00+08:00",
            "x-dead-key": "vehicle_delivered.v1.HN",
            "x-attempt": 2,
            "x-own": "kept",
        }
        message = amqp.Message(
            b'{"n":%d}' % number,
            message_id=message_id,
            type="vehicle_delivered",
            content_type="application/json",
            delivery_mode=2,
            application_headers=headers,
        )
        channel.basic_publish_confirm(message, exchange=QUEUE, routing_key="x")
    return message_id


def ids(found: list[DeadMessage]) -> list[str]:
    return [message.message_id for message in found]


def look(broker: Broker) -> list[DeadMessage]:
    return dead.look(broker.admin_uri, SERVICE)


def test_looking_shows_everything_and_changes_nothing(clean_queues):
    for number in range(3):
        bury(clean_queues, number)
    first = look(clean_queues)
    assert ids(first) == ["m-0", "m-1", "m-2"]
    assert (first[0].reason, first[0].error, first[0].attempts) == ("refused", "boom", 3)
    assert (first[0].event, first[0].routing_key) == ("vehicle_delivered", "vehicle_delivered.v1.HN")
    eventually(lambda: clean_queues.count(QUEUE) == 3)
    assert ids(look(clean_queues)) == ids(first)


def test_looking_as_often_as_one_likes_loses_nothing(clean_queues):
    """Since RabbitMQ 4.0 a quorum queue without a limit of its own drops a message at its twentieth redelivery."""
    bury(clean_queues, 1)
    for _ in range(25):
        assert ids(eventually(lambda: look(clean_queues))) == ["m-1"]


def test_an_empty_queue_has_nothing_to_show(clean_queues):
    assert look(clean_queues) == []
    assert dead.drop(clean_queues.admin_uri, SERVICE, lambda _: True) == 0
    assert dead.replay(clean_queues.admin_uri, SERVICE, lambda _: True) == 0


def test_dropping_forgets_what_was_chosen_and_nothing_else(clean_queues):
    for number in range(4):
        bury(clean_queues, number, reason="refused" if number % 2 else "not_json")
    assert dead.drop(clean_queues.admin_uri, SERVICE, lambda one: one.reason == "not_json") == 2
    assert ids(look(clean_queues)) == ["m-1", "m-3"]


def test_replaying_gives_the_message_back_to_its_consumer_as_if_new(clean_queues):
    bury(clean_queues, 1)
    kept = bury(clean_queues, 2)
    assert dead.replay(clean_queues.admin_uri, SERVICE, lambda one: one.message_id == "m-1") == 1
    back = clean_queues.take(SERVICE)
    assert (back.properties["message_id"], back.body) == ("m-1", b'{"n":1}')
    assert back.delivery_info["routing_key"] == "vehicle_delivered.v1.HN"
    headers = back.properties["application_headers"]
    headers.pop("x-delivery-count")  # the broker's own
    assert headers == {"x-own": "kept", "x-replayed": 1}
    assert back.properties["type"] == "vehicle_delivered"
    assert back.properties["delivery_mode"] == 2
    assert ids(look(clean_queues)) == [kept]


def test_a_replay_that_breaks_off_loses_nothing(clean_queues):
    for number in range(3):
        bury(clean_queues, number)

    def breaks(one: DeadMessage) -> bool:
        if one.message_id == "m-1":
            raise ZeroDivisionError
        return True

    with pytest.raises(ZeroDivisionError):
        dead.replay(clean_queues.admin_uri, SERVICE, breaks)
    eventually(lambda: clean_queues.count(QUEUE) + clean_queues.count(SERVICE) >= 3)
    everywhere = {clean_queues.take(SERVICE).properties["message_id"], *ids(look(clean_queues))}
    assert everywhere == {"m-0", "m-1", "m-2"}


def test_two_operators_at_once_do_not_double_or_lose(clean_queues):
    for number in range(20):
        bury(clean_queues, number)
    counts: list[int] = []

    def drop() -> None:
        counts.append(dead.drop(clean_queues.admin_uri, SERVICE, lambda _: True))

    both = [threading.Thread(target=drop) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert sum(counts) == 20
    assert clean_queues.count(QUEUE) == 0


def test_a_replayed_event_whose_cause_is_mended_has_its_effect(clean_queues, databases: Databases):
    mended = threading.Event()

    def handle(_session: Session, _event: Received) -> None:
        if not mended.is_set():
            raise RuntimeError("not mended")

    with hearing(clean_queues, databases(SERVICE), handle, delays=()) as ear:
        event = ear.send()
        eventually(lambda: ids(look(clean_queues)) == [str(event.id)])
        mended.set()
        assert dead.replay(clean_queues.admin_uri, SERVICE, lambda _: True) == 1
        eventually(lambda: ear.ids() == [str(event.id)])
    assert look(clean_queues) == []


def test_a_replay_before_the_cause_is_mended_ends(clean_queues, databases: Databases):
    """Each message is replayed once, though the consumer buries it again faster than the operator reads."""

    def handle(_session: Session, _event: Received) -> None:
        raise RuntimeError("not mended")

    replayed: list[int] = []
    with hearing(clean_queues, databases(SERVICE), handle, delays=()) as ear:
        for _ in range(5):
            ear.send()
        eventually(lambda: len(look(clean_queues)) == 5)

        def chosen(_: DeadMessage) -> bool:
            if replayed:
                eventually(lambda: clean_queues.count(QUEUE) == 4, what="what was replayed before is dead again")
            replayed.append(1)
            assert len(replayed) <= 10, "the same messages come round and round"
            return True

        assert dead.replay(clean_queues.admin_uri, SERVICE, chosen) == 5

"""A consumer's word for a delivery reaches the broker before anybody else's word can stand for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.bus.consumer import Consumer
from chassis.bus.lanes import Delivery


class Broker:
    """What the broker knows of one channel, and the link to it."""

    def __init__(self) -> None:
        self.unacknowledged: set[int] = set()
        self.acknowledged: set[int] = set()
        self.given_back: set[int] = set()
        self.line = threading.RLock()
        self.waiting = 0

    @contextmanager
    def writing(self, timeout: float) -> Iterator[Broker]:
        assert timeout == 0, "no worker waits for a link that is down"
        self.waiting += 1
        with self.line:
            yield self

    def drop(self) -> None:
        raise AssertionError("the link is given up")

    def _take(self, tags: set[int]) -> set[int]:
        if not tags <= self.unacknowledged or not tags:
            raise AssertionError(f"unknown delivery tag among {tags}")
        self.unacknowledged -= tags
        return tags

    def basic_ack(self, tag: int, *, multiple: bool = False) -> None:
        self.acknowledged |= self._take({one for one in self.unacknowledged if one <= tag} if multiple else {tag})

    def basic_reject(self, tag: int, *, requeue: bool) -> None:
        assert requeue
        self.given_back |= self._take({tag})


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def consumer(broker: Broker) -> Consumer:
    made = Consumer(
        uri="amqp://nowhere",
        service="customer",
        heartbeat=0,
        database=SimpleNamespace(),  # type: ignore[arg-type]  # nothing is handled here
        subscriptions={},
        retry_delays=(),
        spawn=lambda _work: None,
    )
    made.link = broker  # type: ignore[assignment]
    return made


def in_hand(consumer: Consumer, broker: Broker, tag: int) -> Delivery:
    delivery = Delivery(body=b"", properties={}, headers={}, routing_key="", tag=tag, channel=broker)
    broker.unacknowledged.add(tag)
    consumer.in_hand.add(delivery)
    return delivery


def said_while_another_writes(broker: Broker, *words: Any) -> None:
    """Each is begun while the line is taken, in this order, and ends when it is free."""
    running = []
    with broker.line:
        for word, deliveries in words:
            before = broker.waiting
            running.append(threading.Thread(target=word, args=(deliveries,)))
            running[-1].start()
            while broker.waiting == before:
                pass
    for one in running:
        one.join()


@pytest.mark.parametrize("given_back_first", [True, False])
@pytest.mark.parametrize("tag", [1, 2])
def test_what_is_given_back_is_not_acknowledged_with_its_neighbours(
    consumer: Consumer, broker: Broker, given_back_first: bool, tag: int
) -> None:
    both = {number: in_hand(consumer, broker, number) for number in (1, 2)}
    words = [(consumer._release, [both.pop(tag)]), (consumer._settle, list(both.values()))]
    said_while_another_writes(broker, *(words if given_back_first else reversed(words)))

    assert broker.given_back == {tag}
    assert broker.acknowledged == set(both)
    assert not consumer.in_hand


@pytest.mark.parametrize("order", [1, -1])
def test_nothing_is_acknowledged_twice(consumer: Consumer, broker: Broker, order: int) -> None:
    words = [(consumer._settle, [in_hand(consumer, broker, number)]) for number in (1, 2, 3)]
    said_while_another_writes(broker, *words[::order])

    assert broker.acknowledged == {1, 2, 3}
    assert not consumer.in_hand

"""Live changes come to each process by a queue of its own: bounded, gone with it, and it says what it lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import amqp
import pytest

from chassis.bus import link as link_module
from chassis.bus.listening import AT_ONCE, Listener
from contracts.envelope import Received
from contracts.workshop.events import RepairStageChanged
from tests.support.broker import Broker
from tests.support.events import made, received
from tests.support.polling import eventually
from tests.support.tcp_proxy import TcpProxy


@dataclass
class Ear:
    """What a process was told, in its order; it hears nothing more while `open` is not set."""

    said: list[str] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def heard(self, event: Received[Any]) -> None:
        self.open.wait(30)
        self.said.append(event.subject.id)

    def missed(self) -> None:
        self.said.append("missed")

    def deaf(self) -> None:
        self.said.append("deaf")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of a tenth of a second, so that tests end sooner."""
    monkeypatch.setattr(link_module, "_TICK", 0.1)


@contextmanager
def listening(uri: str, *, most_waiting: int = 10_000, open_from_the_beginning: bool = True) -> Iterator[Ear]:
    ear = Ear()
    if open_from_the_beginning:
        ear.open.set()
    listener = Listener(uri, heartbeat=10, hearer=ear, most_waiting=most_waiting)
    thread = threading.Thread(target=listener.link.run, daemon=True)
    thread.start()
    eventually(lambda: listener.link.is_up)
    try:
        yield ear
    finally:
        ear.open.set()
        listener.link.stop(10)
        thread.join(10)
        assert not thread.is_alive()


def move(broker: Broker, *subjects: str) -> None:
    """Publish what happened to these repair orders."""
    with broker.channel() as channel:
        channel.confirm_select()
        for subject_id in subjects:
            body = received(made(RepairStageChanged), subject_id=subject_id).envelope.dump()
            message = amqp.Message(body, content_type="application/json")
            channel.basic_publish_confirm(message, exchange="workshop.events", routing_key="repair_stage_changed.v1.HN")


def queues(broker: Broker) -> list[str]:
    found = broker.management.call("GET", f"/queues/{broker.management.vhost}")
    return [queue["name"] for queue in found if queue["name"].startswith("live.")]


def test_each_process_hears_everything_from_when_it_listens_and_leaves_nothing_behind(broker: Broker) -> None:
    with listening(broker.uri("gateway")) as one, listening(broker.uri("gateway")) as other:
        move(broker, "1", "2", "3")
        for ear in (one, other):
            eventually(lambda ear=ear: ear.said == ["missed", "1", "2", "3"])  # type: ignore[misc]
    eventually(lambda: queues(broker) == [])
    move(broker, "4")
    with listening(broker.uri("gateway")) as later:
        move(broker, "5")
        eventually(lambda: later.said == ["missed", "5"])


def test_who_does_not_keep_up_loses_the_oldest_and_is_told_so(broker: Broker) -> None:
    with listening(broker.uri("gateway"), most_waiting=10, open_from_the_beginning=False) as ear:
        subjects = [str(number) for number in range(AT_ONCE + 40)]
        move(broker, *subjects)
        ear.open.set()
        eventually(lambda: subjects[-1] in ear.said)
        eventually(lambda: ear.said.count("missed") > 1)
    heard = [one for one in ear.said if one not in ("missed", "deaf")]
    assert heard == [*subjects[:AT_ONCE], *subjects[-10:]]


def test_a_link_that_fell_is_told_at_once_and_what_comes_after_it_is_heard(broker: Broker) -> None:
    parts = urlsplit(broker.uri("gateway"))
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        through = parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{proxy.port}").geturl()
        with listening(through) as ear:
            move(broker, "1")
            eventually(lambda: ear.said == ["missed", "1"])
            proxy.set("reset")
            eventually(lambda: ear.said[-1] == "deaf")
            move(broker, "2")
            proxy.set("pass")
            eventually(lambda: ear.said[-1] == "missed", within=20)
            move(broker, "3")
            eventually(lambda: ear.said == ["missed", "1", "deaf", "missed", "3"])

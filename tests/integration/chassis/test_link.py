"""A link heals by itself: cut, half dead or with nobody there, and it can always be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import amqp
import pytest

from chassis.bus import link as link_module
from chassis.bus.link import Link, LinkDown, publish_confirmed
from tests.support.broker import PASSWORD, Broker
from tests.support.polling import eventually, patience, steadily
from tests.support.tcp_proxy import TcpProxy


@pytest.fixture
def proxy(broker: Broker) -> Iterator[TcpProxy]:
    """A proxy in front of the broker."""
    parts = urlsplit(broker.admin_uri)
    with TcpProxy(parts.hostname or "", parts.port or 0) as made:
        yield made


def through(broker: Broker, proxy: TcpProxy, user: str = "sales") -> str:
    return broker.uri(user).replace(f":{urlsplit(broker.admin_uri).port}/", f":{proxy.port}/")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of a tenth of a second, so that tests end sooner."""
    monkeypatch.setattr(link_module, "_TICK", 0.1)


@contextmanager
def running(uri: str, *, heartbeat: int = 10, on_lost: Any = None, within: float = 10) -> Iterator[Link]:
    connected: list[Any] = []
    link = Link(uri, name="test", heartbeat=heartbeat, on_connect=connected.append, on_lost=on_lost)
    thread = threading.Thread(target=link.run, daemon=True)
    thread.start()
    try:
        yield link
    finally:
        link.stop(within)
        thread.join(within)
        assert not thread.is_alive(), "the link did not end"


def send(link: Link) -> None:
    with link.writing(timeout=5) as channel:
        channel.basic_publish(amqp.Message(b"{}"), exchange="sales.events", routing_key="order_signed.v1.HN")


def test_a_link_connects_and_writes(broker, proxy):
    with running(through(broker, proxy)) as link:
        send(link)
        assert link.is_up


def test_a_link_that_is_cut_is_up_again_soon_and_says_that_it_was_lost(broker, proxy):
    lost: list[int] = []
    with running(through(broker, proxy), on_lost=lambda: lost.append(1)) as link:
        assert link.wait_up(5)
        for number in (1, 2):
            proxy.cut()
            eventually(partial(_has, lost, number))
            send(link)


def _has(found: list[int], number: int) -> bool:
    return len(found) == number


@pytest.mark.parametrize("mode", ["hold_s2c", "hold"])
def test_a_half_dead_link_is_noticed_by_its_silence_and_dropped(broker, proxy, mode):
    lost: list[float] = []
    with running(through(broker, proxy), heartbeat=1, on_lost=lambda: lost.append(time.monotonic())) as link:
        assert link.wait_up(5)
        began = time.monotonic()
        proxy.set(mode)
        eventually(lambda: lost, within=10)
        assert lost[0] - began < 5, "two heartbeats, and a little"
        proxy.set("pass")
        eventually(lambda: link.is_up, within=20)
        send(link)


def test_a_link_without_a_broker_keeps_trying_and_can_be_stopped_at_once(broker, proxy):
    proxy.set("reset")
    with running(through(broker, proxy)) as link:
        eventually(lambda: proxy.accepted > 2)
        with pytest.raises(LinkDown), link.writing(timeout=0.1):
            pass
        began = time.monotonic()
        link.stop(10)
        assert time.monotonic() - began < patience(6)
    assert not link.is_up


def test_one_try_to_reach_a_silent_broker_takes_five_seconds_at_most(broker, proxy):
    """As the module promises; after it the link may be stopped or may try again."""
    proxy.set("hold")
    with running(through(broker, proxy), within=20) as link:
        eventually(lambda: proxy.accepted == 1)
        first = link.last_turn
        eventually(lambda: link.last_turn != first, within=15)
        assert link.last_turn - first < 5.5


def test_a_healthy_link_stays_up_while_nothing_happens(broker, proxy):
    lost: list[int] = []
    with running(through(broker, proxy), heartbeat=1, on_lost=lambda: lost.append(1)) as link:
        assert link.wait_up(5)
        steadily(lambda: link.is_up and not lost, during=4)


def test_a_wrong_password_does_not_end_the_link(broker, proxy):
    uri = through(broker, proxy).replace(f":{PASSWORD}@", ":wrong@")
    with running(uri) as link:
        eventually(lambda: proxy.accepted > 1)
        assert not link.is_up


def test_an_error_while_writing_drops_the_connection(broker, proxy):
    """What the broker saw of it is unknown, so nothing more goes over it."""
    with running(through(broker, proxy)) as link:
        assert link.wait_up(5)
        before = proxy.accepted
        with pytest.raises(LinkDown), link.writing():
            raise BrokenPipeError
        eventually(lambda: proxy.accepted > before)
        send(link)


def test_a_writer_hears_that_the_link_is_down_even_if_the_reader_drops_it_at_the_same_time(broker, proxy, monkeypatch):
    """Two threads that collect one connection meet in py-amqp, where the socket of one is None to the other."""
    with running(through(broker, proxy)) as link:
        assert link.wait_up(5)
        assert link._connection is not None

        collect = link._connection.collect

        def collected_by_both() -> None:
            collect()
            raise AttributeError("'NoneType' object has no attribute 'close'")

        monkeypatch.setattr(link._connection, "collect", collected_by_both)
        with pytest.raises(LinkDown), link.writing():
            raise BrokenPipeError


def test_a_moved_message_is_confirmed(clean_queues):
    publish_confirmed(
        clean_queues.uri("followup"),
        exchange="followup.dead",
        routing_key="x",
        body=b"{}",
        properties={"delivery_mode": 2},
    )
    assert clean_queues.take("followup.dead")


def test_a_move_without_a_queue_is_an_error_and_not_a_loss(broker):
    with pytest.raises(LinkDown, match="no queue"):
        publish_confirmed(broker.uri("followup"), exchange="followup.retry", routing_key="x", body=b"{}", properties={})


def test_a_move_to_where_it_may_not_is_an_error(broker):
    with pytest.raises(LinkDown):
        publish_confirmed(broker.uri("followup"), exchange="sales.events", routing_key="x", body=b"{}", properties={})


def test_a_move_that_nobody_confirms_ends_in_time(broker, proxy):
    uri = through(broker, proxy, "followup")
    proxy.set("hold")
    began = time.monotonic()
    with pytest.raises(LinkDown):
        publish_confirmed(uri, exchange="followup.dead", routing_key="x", body=b"{}", properties={}, timeout=0.5)
    assert time.monotonic() - began < patience(10)

"""The proxy does to a connection what its mode says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.polling import eventually
from tests.support.tcp_proxy import TcpProxy


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything again; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(one: socket.socket) -> None:
        with one, contextlib.suppress(ConnectionResetError):
            while piece := one.recv(1024):
                one.sendall(piece)

    def accept() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(one,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[TcpProxy]:
    """A proxy in front of it."""
    with TcpProxy("127.0.0.1", echo) as made:
        yield made


@pytest.fixture
def client(proxy: TcpProxy) -> Iterator[socket.socket]:
    """A connection through it."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.5) as made:
        yield made


def said(client: socket.socket, text: bytes) -> bytes:
    client.sendall(text)
    return client.recv(1024)


def test_pass_forwards_both_ways(client):
    assert said(client, b"hello") == b"hello"


@pytest.mark.parametrize("mode", ["hold", "hold_c2s", "hold_s2c"])
def test_hold_keeps_the_connection_and_forwards_nothing_until_it_passes_again(client, proxy, mode):
    assert said(client, b"a") == b"a"
    proxy.set(mode)
    client.sendall(b"b")
    with pytest.raises(TimeoutError):
        client.recv(1024)
    assert proxy.connections == 1
    proxy.set("pass")
    assert client.recv(1024) == b"b"


def test_hold_takes_new_connections(proxy):
    proxy.set("hold")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=0.3) as client:
        client.sendall(b"x")
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_reset_ends_old_and_new_connections_rudely(client, proxy):
    assert said(client, b"a") == b"a"
    proxy.set("reset")
    with pytest.raises(ConnectionResetError):
        eventually(lambda: client.recv(1) and False)
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as other:  # noqa: PT011
        assert other.recv(1)
        raise ConnectionResetError


def test_cut_ends_what_is_open_and_lets_others_in(client, proxy):
    assert said(client, b"a") == b"a"
    assert proxy.cut() == 1
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as other:
        assert said(other, b"b") == b"b"


def test_latency_delays_each_piece(client, proxy):
    proxy.set("latency", latency=0.1)
    began = time.monotonic()
    assert said(client, b"a") == b"a"
    assert time.monotonic() - began >= 0.2


def test_a_target_that_is_not_there_resets_the_client():
    with TcpProxy("127.0.0.1", 9) as proxy:
        with (
            pytest.raises(OSError),  # noqa: PT011  # while it connects or when it listens
            socket.create_connection(("127.0.0.1", proxy.port), timeout=1) as client,
        ):
            eventually(lambda: client.recv(1) and False)
        eventually(lambda: proxy.refused_by_target == 1)

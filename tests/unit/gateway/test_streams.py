"""A stream goes along what is kept by itself: who does not read waits alone, and is let go."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.access import Actor
from contracts.workshop.events import RepairStageChanged
from gateway import streams as streams_module
from gateway import wire
from gateway.faults import HttpFault
from gateway.sessions import Live
from gateway.streams import SLICE, Stream, Streams, wants_stream
from gateway.wire import Connection, Request
from tests.support.events import MORNING, made, received
from tests.support.polling import eventually

ADVISOR = Actor("HN05", ("advisor",), ("HN",))


class Standing:
    """Sessions that stand as the test says."""

    def __init__(self) -> None:
        self.actor: Actor | None = ADVISOR

    def standing(self, token_hashes: set[bytes]) -> dict[bytes, Actor]:
        return dict.fromkeys(token_hashes, self.actor) if self.actor else {}


@pytest.fixture
def streams() -> Iterator[Streams]:
    made_up: Any = Standing()
    them = Streams(made_up, most=3)
    stopping = threading.Event()
    waking = threading.Thread(target=them.wake, args=(stopping,), daemon=True)
    waking.start()
    them.missed()
    yield them
    stopping.set()
    waking.join(5)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end, the client's end."""
    ours, client = socket.socketpair()
    with ours, client:
        yield ours, client


def session(name: bytes = b"one") -> Live:
    return Live(name, ADVISOR, must_change_password=False, checked=0.0, seen_at=MORNING)


def follow(streams: Streams, sock: socket.socket, *, name: bytes = b"one") -> threading.Thread:
    connection = Connection(sock, "10.0.0.1")
    response = streams.answer(session(name), last_event_id="")

    def run() -> None:
        try:
            assert response.follow is not None
            connection.write(response, keep=False)
            response.follow(connection)
        except OSError:
            pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    eventually(lambda: any(one.token_hash == name for one in streams._open))
    return thread


def flood(streams: Streams, number: int) -> None:
    for _ in range(number):
        streams.heard(received(made(RepairStageChanged)))


def test_a_client_that_never_reads_is_let_go_and_holds_up_nobody(
    streams: Streams, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SEND_SECONDS", 0.5)
    thread = follow(streams, pair[0])
    started = time.monotonic()
    flood(streams, 4000)
    assert time.monotonic() - started < 10, "who tells waits for nobody"
    thread.join(10)
    assert not thread.is_alive()
    assert not streams._open


def test_in_quiet_times_a_sign_of_life_says_up_to_where_there_was_nothing(
    streams: Streams, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams_module, "BEAT", 0.3)
    follow(streams, pair[0])
    streams.heard(received(made(RepairStageChanged), store_id="FT"))
    pair[1].settimeout(5)
    seen = b""
    while b": here" not in seen:
        seen += pair[1].recv(65536)
    assert seen.rpartition(b": here\n")[2].startswith(b"id: " + streams._changes.id_of(streams._changes.head).encode())
    assert b"event: change" not in seen
    streams.end_all()


def test_of_streams_there_are_so_many_and_no_more(streams: Streams) -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    threads = [follow(streams, ours, name=bytes([number])) for number, (ours, _) in enumerate(pairs)]
    with pytest.raises(HttpFault) as refused:
        streams.answer(session(b"another"), last_event_id="")
    assert refused.value.fault.code == "OVERLOADED"
    streams.end_all()
    for thread in threads:
        thread.join(5)
    for ends in pairs:
        for end in ends:
            end.close()
    assert not streams._open


def test_while_nothing_is_heard_nobody_is_let_in(streams: Streams) -> None:
    streams.deaf()
    with pytest.raises(HttpFault) as refused:
        streams.answer(session(), last_event_id="")
    assert refused.value.fault.code == "UNAVAILABLE"


def test_nobody_is_told_anything_while_no_one_can_say_who_still_may(
    streams: Streams, pair: tuple[socket.socket, socket.socket]
) -> None:
    thread = follow(streams, pair[0])

    def away(_token_hashes: set[bytes]) -> dict[bytes, Actor]:
        raise OSError("no database")

    streams._sessions = SimpleNamespace(standing=away)  # type: ignore[assignment]
    stopping = threading.Event()
    looking = threading.Thread(target=streams.run, args=(stopping,), daemon=True)
    looking.start()
    thread.join(5)
    stopping.set()
    looking.join(5)
    assert not thread.is_alive()
    assert not streams._open


def test_news_wakes_a_slice_of_the_streams_after_the_other(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once they would hold up whoever asks for something else."""
    monkeypatch.setattr("gateway.streams.BETWEEN_SLICES", 0.2)
    eventually(lambda: not streams._news.is_set())
    open_ = [Stream(b"%d" % number, ADVISOR, 0, {}) for number in range(2 * SLICE + 1)]
    streams._open.update(dict.fromkeys(open_))
    streams.missed()
    eventually(open_[0].news.is_set)
    assert sum(stream.news.is_set() for stream in open_) <= 2 * SLICE
    eventually(lambda: all(stream.news.is_set() for stream in open_))


@pytest.mark.parametrize(
    ("method", "accept", "wanted"),
    [
        ("GET", "text/event-stream", True),
        ("GET", "Text/Event-Stream;q=0.9", True),
        ("GET", "application/json, text/event-stream", True),
        ("HEAD", "text/event-stream", False),
        ("GET", "*/*", False),
        ("GET", "text/event-streams", False),
        ("GET", "", False),
    ],
)
def test_only_who_says_so_gets_a_stream(method: str, accept: str, *, wanted: bool) -> None:
    request = Request(method, "/api/v1/stream", "", {"accept": accept}, b"", "10.0.0.1", 0.0, keep=True)
    assert wants_stream(request) is wanted

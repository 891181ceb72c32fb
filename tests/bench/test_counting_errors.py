"""Whatever a server does wrong, the load client counts it; what is merely unusual, it reads."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.bench import load
from tests.bench.figures import Figures
from tests.bench.load import Requests, always, measure, request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"ok" * 500_000

# (what to answer to the n-th request, whether to close then); None is silence
Answer = Callable[[int], tuple[bytes | None, bool]]


@contextmanager
def a_server(answer: Answer) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve(connection: socket.socket) -> None:
        number = 0
        with connection, suppress(OSError):
            while connection.recv(65536):
                number += 1
                reply, closes = answer(number)
                if reply is None:
                    over.wait(10)
                    return
                connection.sendall(reply)
                if closes:
                    return

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)  # ends an accept that waits; a mere close lets it take one more
        listening.close()


def measured(answer: Answer) -> Figures:
    with a_server(answer) as base_url:
        wanted = always(request("GET", path="/", base_url=base_url, contains=b"ok"))
        return measure(base_url, wanted, clients=2, seconds=0.2, warmup=0.05)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(lambda n: (OK if n % 9 else OK.replace(b"200", b"500"), False), "-> 500", id="wrong status"),
        pytest.param(lambda n: (OK if n % 9 else OK.replace(b"ok", b"no"), False), "b'no'", id="wrong body"),
        pytest.param(lambda n: (OK if n % 9 else b"", n % 9 == 0), "closed the connection", id="dropped"),
        pytest.param(lambda n: (OK if n % 9 else OK[:-1], n % 9 == 0), "closed the connection", id="cut short"),
        pytest.param(lambda n: (OK if n % 9 else b"gibberish\r\n\r\n", False), "ValueError", id="not HTTP"),
    ],
)
def test_what_goes_wrong_is_counted_and_the_rest_still_measured(answer: Answer, reason: str) -> None:
    figures = measured(answer)
    assert figures.errors > 0
    assert figures.calls > figures.errors
    assert reason in figures.first_error


def test_a_reply_that_never_comes_is_an_error_and_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "REPLY_LIMIT_SECONDS", 0.5)
    began = time.monotonic()
    figures = measured(lambda n: (OK if n < 5 else None, False))
    assert "no reply within" in figures.first_error
    assert time.monotonic() - began < 5


def test_a_refused_connection_is_an_error() -> None:
    with a_server(lambda _n: (OK, False)) as base_url:
        pass
    wanted = always(request("GET", path="/", base_url=base_url))
    figures = measure(base_url, wanted, clients=2, seconds=0.1, warmup=0)
    assert (figures.calls, figures.errors) == (0, 2)


def test_a_generator_that_cannot_read_its_reply_is_an_error() -> None:
    with a_server(lambda _n: (OK, False)) as base_url:

        def requests(_client: int) -> Requests:
            reply = yield request("GET", path="/", base_url=base_url)
            raise KeyError(reply.body)

        figures = measure(base_url, requests, clients=1, seconds=0.1, warmup=0)
    assert figures.errors > 0
    assert "KeyError" in figures.first_error


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _n: (OK, False), id="kept alive"),
        pytest.param(lambda _n: (CLOSING, True), id="announced close"),
        pytest.param(lambda _n: (LARGE, False), id="a large body"),
    ],
)
def test_a_sound_server_gives_figures_without_errors(answer: Answer) -> None:
    figures = measured(answer)
    assert figures.errors == 0, figures.first_error
    assert figures.calls > 5
    assert figures.rate == pytest.approx(figures.calls / 0.2)

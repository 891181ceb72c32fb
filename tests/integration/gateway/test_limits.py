"""Limits of what comes in: sizes, slow and many connections, and requests that want to be two."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from tests.integration.gateway.running import CONNECTIONS, Gateway, Person
from tests.support.polling import eventually, patience

SLOW = 200
MEBIBYTE = 1024 * 1024


@pytest.fixture
def many(gateway: Gateway) -> Iterator[ExitStack]:
    """Connections opened here are closed with the test, and the gateway has forgotten them."""
    with ExitStack() as stack:
        yield stack


def open_many(gateway: Gateway, stack: ExitStack, number: int, *, sending: bytes = b"") -> list[socket.socket]:
    opened = [stack.enter_context(gateway.connect()) for _ in range(number)]
    for each in opened:
        if sending:
            each.sendall(sending)
    return opened


def answered(sock: socket.socket) -> bytes:
    """Everything until the server closes."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := sock.recv(65536):
            received += piece
    return received


def says(gateway: Gateway, sent: bytes) -> tuple[int, str]:
    """Status and code of the answer to these bytes, sent as they are."""
    with gateway.connect() as sock:
        with suppress(BrokenPipeError, ConnectionResetError):
            sock.sendall(sent)
        head, _, body = answered(sock).partition(b"\r\n\r\n")
    return int(head[9:12]), json.loads(body)["code"]


def test_three_hundred_megabytes_are_refused_before_they_are_read(gateway: Gateway) -> None:
    before = gateway.process.memory()
    head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    started = time.monotonic()
    assert says(gateway, head + b"Content-Length: 314572800\r\n\r\n" + b"x" * MEBIBYTE) == (413, "BODY_TOO_LARGE")
    chunk = b"100000\r\n" + b"x" * MEBIBYTE + b"\r\n"
    assert says(gateway, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 30) == (413, "BODY_TOO_LARGE")
    assert time.monotonic() - started < patience(10)
    assert gateway.process.memory() - before < 64 * MEBIBYTE


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414, "URL_TOO_LONG")),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 17_000 + b"\r\n\r\n", (431, "HEADERS_TOO_LARGE")),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 4000, (431, "HEADERS_TOO_LARGE")),
        (b"GET / HTTP/3.0\r\nHost: x\r\n\r\n", (400, "MALFORMED_REQUEST")),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", (400, "MALFORMED_REQUEST")),
        (
            (
                b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET"
            ),
            (400, "MALFORMED_REQUEST"),
        ),
    ],
)
def test_what_is_too_large_or_could_be_two_requests_is_refused(
    gateway: Gateway, sent: bytes, answer: tuple[int, str]
) -> None:
    assert says(gateway, sent) == answer


def test_garbage_does_not_hurt(gateway: Gateway, boss: Person) -> None:
    with ThreadPoolExecutor(8) as pool:
        for status, _ in pool.map(lambda number: says(gateway, bytes([number % 256]) * 50 + b"\r\n\r\n"), range(160)):
            assert status == 400
    assert boss.get("/me").status == 200


def test_half_a_request_and_a_reset_does_not_hurt(gateway: Gateway, boss: Person) -> None:
    for _ in range(100):
        with gateway.connect() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            sock.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nContent-Length: 99\r\n\r\n{")
    assert boss.get("/me").status == 200


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "MALFORMED_JSON"),
        (b"[]", "application/json", 400, "MALFORMED_JSON"),
        (b'{"account": "a", "password": "b", "x": 1}', "application/json", 422, "INVALID_REQUEST"),
        (b'{"account": {"$ne": 1}, "password": "b"}', "application/json", 422, "INVALID_REQUEST"),
        (b"account=a&password=b", "application/x-www-form-urlencoded", 415, "MEDIA_TYPE_NOT_SUPPORTED"),
        (b"{}", "text/plain", 415, "MEDIA_TYPE_NOT_SUPPORTED"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "application/json", 422, "INVALID_REQUEST"),
        (b"[" * 4000, "application/json", 400, "MALFORMED_JSON"),
        (b"[" * 200_000, "application/json", 413, "BODY_TOO_LARGE"),
    ],
)
def test_a_body_that_is_no_request_is_refused(
    gateway: Gateway, raw: bytes, content_type: str, status: int, code: str
) -> None:
    answer = gateway.ask("POST", "/sessions", raw=raw, Content_Type=content_type)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/orders", "GET, HEAD, POST"),
        ("DELETE", "/sessions", "POST"),
        ("OPTIONS", "/me", "GET, HEAD"),
        ("TRACE", "/me", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_listed_is_not_allowed(gateway: Gateway, method: str, path: str, allow: str) -> None:
    answer = gateway.ask(method, path)
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", allow)


@pytest.mark.parametrize("path", ["/nix", "/orders/1/2/3", "//etc/passwd", "/api/v2/me", "/../main.py", "/.git/config"])
def test_what_is_not_there_is_not_found(gateway: Gateway, path: str) -> None:
    answer = gateway.ask("GET", path)
    assert (answer.status, answer.code) == (404, "PATH_UNKNOWN")


def test_requests_sent_ahead_are_answered_in_order(gateway: Gateway, boss: Person) -> None:
    one = b"GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + boss.token.encode() + b"\r\n%s\r\n"
    with gateway.connect() as sock:
        sock.sendall(one % (b"/api/v1/me", b"") + one % (b"/nix", b"") + one % (b"/healthz", b"Connection: close\r\n"))
        received = answered(sock)
    assert [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


def test_head_is_answered_without_a_body(gateway: Gateway) -> None:
    answer = gateway.page("/docs", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 1000


def test_every_answer_says_what_browsers_must_not_do(gateway: Gateway, boss: Person) -> None:
    for answer in (boss.get("/me"), gateway.ask("GET", "/nix"), gateway.page("/docs"), gateway.page("/readyz")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers)


def test_two_hundred_slow_clients_delay_nobody_and_are_closed(gateway: Gateway, boss: Person, many: ExitStack) -> None:
    """Half of them say nothing, half stop in the middle of their headers; and one sends a body bit by bit."""
    opened = time.monotonic()
    silent = open_many(gateway, many, SLOW // 2)
    halfway = open_many(gateway, many, SLOW // 2, sending=b"GET /readyz HTTP/1.1\r\nX-Half: ")
    times = []
    for _ in range(50):
        started = time.monotonic()
        assert gateway.page("/readyz").status == 200
        assert boss.get("/me").status == 200
        times.append((time.monotonic() - started) / 2)
    assert sorted(times)[47] < patience(0.1), "the 95th percentile"
    for sock in silent:
        assert answered(sock) == b""
    for sock in halfway:
        assert answered(sock).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - opened < patience(20)


def test_more_connections_than_there_may_be_push_out_the_idle_ones(
    gateway: Gateway, boss: Person, many: ExitStack
) -> None:
    idle = open_many(gateway, many, CONNECTIONS + 40)
    assert gateway.page("/readyz").status == 200
    assert boss.get("/me").status == 200
    eventually(lambda: answered(idle[0]) == b"", what="the oldest to be closed")
    newest = idle[-1]
    newest.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answered(newest).startswith(b"HTTP/1.1 200 ")


def test_the_pages_beside_the_api_need_no_session(gateway: Gateway) -> None:
    for path in ("/", "/docs", "/openapi.json", "/asyncapi.json", "/healthz", "/readyz", "/metrics"):
        assert gateway.page(path).status == 200, path
    assert gateway.page("/docs", "POST").status == 405
    assert "paths" in gateway.page("/openapi.json").body
    assert b"crm_http_seconds_bucket" in gateway.page("/metrics").body

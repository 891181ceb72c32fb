"""HTTP/1.1 on a socket: what is read, what is refused, and how long anybody is waited for."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import pytest

from gateway import faults, wire
from gateway.faults import Fault, HttpFault
from gateway.wire import BODY_LIMIT, HEAD_LIMIT, URL_LIMIT, Arriving, Connection, Response

HOST = b"Host: crm\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[Connection, socket.socket]]:
    """The server's end as a connection, the client's end as a socket."""
    server, client = socket.socketpair()
    client.settimeout(5)
    yield Connection(server, "10.0.0.1"), client
    server.close()
    client.close()


Ends = tuple[Connection, socket.socket]


def send(client: socket.socket, sent: bytes) -> None:
    """In the background: more than fits into the socket's buffer, to a reader that may stop reading."""

    def sending() -> None:
        with suppress(OSError):
            client.sendall(sent)

    Thread(target=sending, daemon=True).start()


def refused(ends: Ends, sent: bytes) -> Fault:
    connection, client = ends
    send(client, sent)
    with pytest.raises(HttpFault) as caught:
        connection.read()
    return caught.value.fault


def get(path: bytes = b"/", headers: bytes = b"") -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def post(headers: bytes, body: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body


def test_a_request_is_read_with_its_parts(ends: Ends) -> None:
    connection, client = ends
    client.sendall(
        b"POST /a/%20b?q=1&r=? HTTP/1.1\r\n"
        + HOST
        + b"X-One:  a b \r\nx-many: 1\r\nX-Many:2\r\nContent-Length: 2\r\n\r\n{}"
    )
    request = connection.read()
    assert request is not None
    assert (request.method, request.path, request.query) == ("POST", "/a/%20b", "q=1&r=?")
    assert (request.body, request.address, request.keep) == (b"{}", "10.0.0.1", True)
    assert (request.headers["x-one"], request.headers["x-many"]) == ("a b", "1, 2")


def test_requests_sent_ahead_are_read_one_after_the_other(ends: Ends) -> None:
    connection, client = ends
    client.sendall(get(b"/1") + post(b"Content-Length: 1\r\n", b"x") + get(b"/3"))
    read = [connection.read() for _ in range(3)]
    assert [(each.path, each.body) for each in read if each] == [("/1", b""), ("/", b"x"), ("/3", b"")]


def test_a_request_may_come_byte_by_byte(ends: Ends) -> None:
    connection, client = ends

    def dribble() -> None:
        for byte in post(b"Content-Length: 3\r\n", b"abc"):
            client.sendall(bytes([byte]))

    Thread(target=dribble, daemon=True).start()
    request = connection.read()
    assert request is not None
    assert request.body == b"abc"


def test_chunks_are_put_together_and_trailers_dropped(ends: Ends) -> None:
    connection, client = ends
    client.sendall(
        post(b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n") + get()
    )
    request = connection.read()
    assert request is not None
    assert request.body == b"abc0123456789"
    following = connection.read()
    assert following is not None
    assert following.path == "/"


def test_what_was_typed_into_an_address_is_read_as_if_it_had_been_encoded(ends: Ends) -> None:
    connection, client = ends
    client.sendall(get("/客户/100%25?q=张伟&r=a".encode()) + get())
    request = connection.read()
    assert request is not None
    assert (request.path, request.query) == ("/%E5%AE%A2%E6%88%B7/100%25", "q=%E5%BC%A0%E4%BC%9F&r=a")
    assert connection.read() is not None


def test_the_limit_of_an_address_is_that_of_its_encoded_form(ends: Ends) -> None:
    assert refused(ends, get(b"/" + "张".encode() * (URL_LIMIT // 9))) is faults.URL_TOO_LONG


@pytest.mark.parametrize(
    ("headers", "body"),
    [(b"", b""), (b"Content-Length: 2\r\n", b"{}"), (b"Transfer-Encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n")],
)
def test_an_offer_of_another_protocol_is_not_taken_up(ends: Ends, headers: bytes, body: bytes) -> None:
    connection, client = ends
    client.sendall(post(b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + headers, body) + get(b"/next"))
    request, following = connection.read(), connection.read()
    assert request is not None
    assert following is not None
    assert (request.body, request.keep, following.path) == (b"{}" if body else b"", True, "/next")


def test_a_header_may_be_empty(ends: Ends) -> None:
    connection, client = ends
    client.sendall(get(headers=b"X-A:\r\nX-B: \t \r\nX-C: c\r\n"))
    request = connection.read()
    assert request is not None
    assert request.headers == {"host": "crm", "x-a": "", "x-b": "", "x-c": "c"}


@pytest.mark.parametrize(
    ("line", "headers", "keep"),
    [
        (b"GET / HTTP/1.1", HOST, True),
        (b"GET / HTTP/1.1", HOST + b"Connection: close\r\n", False),
        (b"GET / HTTP/1.0", b"", False),
        (b"GET / HTTP/1.0", b"Connection: keep-alive\r\n", False),
    ],
)
def test_a_connection_is_kept_as_its_client_wishes(ends: Ends, line: bytes, headers: bytes, keep: bool) -> None:
    connection, client = ends
    client.sendall(line + b"\r\n" + headers + b"\r\n")
    request = connection.read()
    assert request is not None
    assert request.keep is keep


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
        b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://crm/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
        get("/张".encode("gbk")),
        get("/张".encode()[:-1]),
        get(b"/\xed\xa0\x80"),
        get(b"/\xc0\xaf"),
        get(b"/a\x7fb"),
        get(b"/\xe5\xbc\xa0\x00"),
        get(b"/ "),
        "GÉT / HTTP/1.1\r\n".encode() + HOST + b"\r\n",
        "GET / HTTP/1.1张\r\n".encode() + HOST + b"\r\n",
        b"GET /\r\n" + HOST + b"\r\n",
        b"GET / RTSP/1.0\r\n" + HOST + b"\r\n",
        b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT crm:443 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        get(headers=b"Host: other\r\n"),
        get(headers=b"X y: 1\r\n"),
        get(headers=b"X-Y : 1\r\n"),
        get(headers=b"X-Y: 1\r\n folded\r\n"),
        get(headers=b"X-Y:\r\n\tfolded\r\n"),
        b"GET / HTTP/1.1\r\n " + HOST + b"\r\n",
        get(headers=b"X-Y: a\nb\r\n"),
        get(headers=b"X-Y: a\rb\r\n"),
        get(headers=b"X-Y: a\x00b\r\n"),
        get(headers=b": 1\r\n"),
        get(headers=b"X-Y\r\n"),
        get(headers=b"Authorization: a\r\nAuthorization: b\r\n"),
        post(b"Content-Length: 1\r\nContent-Length: 1\r\n", b"x"),
        post(b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        post(b"Content-Length: +1\r\n", b"x"),
        post(b"Content-Length: 0x1\r\n", b"x"),
        post(b"Content-Length: 1, 1\r\n", b"x"),
        post(b"Content-Length: \r\n"),
        post("Content-Length: ١\r\n".encode(), b"x"),
        post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
        post(b"Transfer-Encoding: identity\r\n"),
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post(b"Transfer-Encoding: chunked\r\n", b"x\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"-1\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"1\r\nab\r\n0\r\n\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"f" * 17 + b"\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"1\na\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"0\r\nContent-Length: 3\r\n\r\nabc"),
        post(b"Transfer-Encoding: chunked\r\n", b"0\r\nX\r\n\r\n"),
        post(b"Transfer-Encoding: chunked\r\n", b"1;" + b"x" * URL_LIMIT * 2),
        post(b"Transfer-Encoding: chunked\r\n", b"1" + b" " * URL_LIMIT * 2),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(ends: Ends, sent: bytes) -> None:
    assert refused(ends, sent) is faults.MALFORMED


def test_an_address_may_be_so_long_and_no_longer(ends: Ends) -> None:
    connection, client = ends
    path = b"/" + b"a" * (URL_LIMIT - len("GET / HTTP/1.1"))
    client.sendall(get(path))
    assert connection.read() is not None
    assert refused(ends, get(path + b"a")) is faults.URL_TOO_LONG


def test_an_address_without_end_is_given_up(ends: Ends) -> None:
    assert refused(ends, b"GET /" + b"a" * 40_000) is faults.URL_TOO_LONG


def test_headers_may_be_so_large_and_no_larger(ends: Ends) -> None:
    connection, client = ends
    room = HEAD_LIMIT + len(b"\r\n\r\n") - len(get(headers=b"X: \r\n"))
    client.sendall(get(headers=b"X: " + b"y" * room + b"\r\n"))
    assert connection.read() is not None
    assert refused(ends, get(headers=b"X: " + b"y" * (room + 1) + b"\r\n")) is faults.HEADERS_TOO_LARGE


def test_headers_without_end_are_given_up(ends: Ends) -> None:
    assert refused(ends, b"GET / HTTP/1.1\r\n" + b"X: yyyyyyyyyyyyyyyy\r\n" * 2000) is faults.HEADERS_TOO_LARGE


def test_a_body_may_be_a_mebibyte(ends: Ends) -> None:
    connection, client = ends
    body = b"x" * BODY_LIMIT
    send(client, post(b"Content-Length: %d\r\n" % len(body), body))
    request = connection.read()
    assert request is not None
    assert len(request.body) == BODY_LIMIT


def test_a_larger_body_is_refused_before_it_is_sent(ends: Ends) -> None:
    assert refused(ends, post(b"Content-Length: %d\r\n" % (BODY_LIMIT + 1))) is faults.BODY_TOO_LARGE
    assert refused(ends, post(b"Content-Length: 999999999999\r\n")) is faults.BODY_TOO_LARGE


def test_an_address_may_take_less() -> None:
    server, client = socket.socketpair()
    connection = Connection(
        server, "10.0.0.1", body_limit=lambda method, path: 4 if (method, path) == ("POST", "/") else 9
    )
    with server, client:
        send(client, post(b"Content-Length: 4\r\n", b"four") + post(b"Content-Length: 5\r\n"))
        assert connection.read() is not None
        with pytest.raises(HttpFault) as caught:
            connection.read()
        assert (caught.value.fault, caught.value.details) == (faults.BODY_TOO_LARGE, {"limit": 4})
    server, client = socket.socketpair()
    connection = Connection(server, "10.0.0.1", body_limit=lambda _method, _path: 4)
    with server, client:
        send(client, post(b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
        with pytest.raises(HttpFault) as caught:
            connection.read()
        assert (caught.value.fault, caught.value.details) == (faults.BODY_TOO_LARGE, {"limit": 4})


def test_chunks_are_counted(ends: Ends) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert refused(ends, post(b"Transfer-Encoding: chunked\r\n", chunk * 20)) is faults.BODY_TOO_LARGE


@pytest.mark.parametrize("size", [b"100001", b"7fffffff", b"fffffffff"])
def test_a_chunk_that_announces_too_much_is_refused_at_once(ends: Ends, size: bytes) -> None:
    assert refused(ends, post(b"Transfer-Encoding: chunked\r\n", size + b"\r\n")) is faults.BODY_TOO_LARGE


def test_trailers_are_counted(ends: Ends) -> None:
    trailers = b"0\r\n" + b"X: yyyyyyyyyyyyyyyy\r\n" * 2000
    assert refused(ends, post(b"Transfer-Encoding: chunked\r\n", trailers)) is faults.HEADERS_TOO_LARGE


def test_who_asks_first_is_told_to_go_on(ends: Ends) -> None:
    connection, client = ends
    client.sendall(post(b"Content-Length: 2\r\nExpect: 100-continue\r\n"))
    reader = Thread(target=connection.read, daemon=True)
    reader.start()
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(b"{}")
    reader.join(5)
    assert not reader.is_alive()


def test_who_asks_first_with_too_much_is_told_no(ends: Ends) -> None:
    sent = post(b"Content-Length: 2000000\r\nExpect: 100-continue\r\n")
    assert refused(ends, sent) is faults.BODY_TOO_LARGE


def test_another_expectation_is_not_met(ends: Ends) -> None:
    assert refused(ends, post(b"Content-Length: 1\r\nExpect: magic\r\n", b"x")) is faults.EXPECTATION


def test_who_leaves_is_not_waited_for(ends: Ends) -> None:
    connection, client = ends
    client.close()
    assert connection.read() is None


def test_who_says_nothing_is_left_without_a_word(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.05)
    assert ends[0].read() is None


def test_who_stops_in_the_middle_of_a_head_is_too_slow(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.05)
    assert refused(ends, b"GET / HTTP/1.1\r\nHost") is faults.TOO_SLOW


def test_who_stops_in_the_middle_of_a_body_is_too_slow(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BODY_SECONDS", 0.05)
    assert refused(ends, post(b"Content-Length: 5\r\n", b"{")) is faults.TOO_SLOW


def test_dribbling_does_not_stretch_the_time(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket's timeout begins anew with every byte; the limit here does not."""
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2)
    connection, client = ends
    over = Event()

    def dribble() -> None:
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        with suppress(OSError):
            while not over.wait(0.01):
                client.sendall(b"y")

    Thread(target=dribble, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(HttpFault) as caught:
        connection.read()
    over.set()
    assert caught.value.fault is faults.TOO_SLOW
    assert time.monotonic() - started < 2


def test_half_read_bodies_are_bounded_over_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    server, client = socket.socketpair()
    arriving = Arriving()
    connection = Connection(server, "10.0.0.1", arriving)
    send(client, post(b"Content-Length: 300000\r\n", b"x" * 300_000) + post(b"Content-Length: 300000\r\n"))
    request = connection.read()
    assert request is not None
    assert (len(request.body), arriving.held) == (300_000, 0)
    monkeypatch.setattr(wire, "ARRIVING_LIMIT", 200_000)
    send(client, b"x" * 300_000)
    with pytest.raises(HttpFault) as caught:
        connection.read()
    assert (caught.value.fault, arriving.held) == (faults.OVERLOADED, 0)
    server.close()
    client.close()


def test_who_does_not_take_his_answer_is_not_waited_for(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SEND_SECONDS", 0.1)
    with pytest.raises(TimeoutError):
        ends[0].write(Response(200, b"x" * 8 * BODY_LIMIT), keep=True)


def test_who_leaves_in_the_middle_of_a_body_gets_no_answer(ends: Ends) -> None:
    connection, client = ends
    client.sendall(post(b"Content-Length: 5\r\n", b"{"))
    client.close()
    with pytest.raises(OSError, match="left"):
        connection.read()


def test_an_answer_says_its_length_and_what_browsers_must_not_do(ends: Ends) -> None:
    connection, client = ends
    connection.write(Response(200, b"{}", extra=(("ETag", '"1"'),)), keep=True)
    head, _, body = client.recv(4096).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert body == b"{}"
    for line in (
        b"Content-Length: 2",
        b"Content-Type: application/json",
        b"Cache-Control: no-store",
        b"X-Content-Type-Options: nosniff",
        b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        b'ETag: "1"',
    ):
        assert line in lines
    assert not [line for line in lines if line.lower().startswith((b"server", b"x-powered-by", b"connection"))]


def test_an_answer_to_head_has_the_length_and_no_body(ends: Ends) -> None:
    connection, client = ends
    connection.write(Response(200, b"{}"), keep=False, without_body=True)
    answer = client.recv(4096)
    assert b"Content-Length: 2\r\n" in answer
    assert answer.endswith(b"Connection: close\r\n\r\n")


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x=1", "a\nb"])
def test_a_header_cannot_smuggle_another(ends: Ends, value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        ends[0].write(Response(200, b"", extra=(("X-Request-Id", value),)), keep=True)

"""HTTP/1.1 on a socket: a request read within its limits, an answer written in one piece.

Not by eventlet.wsgi: a socket timeout there bounds the wait for the next byte, here a limit holds for a whole request.
What a request consists of is found by llhttp (`gateway/parsing.py`); here is how much may come, and how slowly.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from gateway import faults
from gateway.faults import HttpFault
from gateway.parsing import Head, chunked, encoded

HEAD_LIMIT = 16 * 1024
URL_LIMIT = 8 * 1024
BODY_LIMIT = 1024 * 1024
"""Of any body; an address may take less (`gateway/routing.py`)."""
HEAD_SECONDS = 15.0
"""From the first byte of a request (or the beginning of the connection) to the end of its head."""
BODY_SECONDS = 30.0
SEND_SECONDS = 15.0
PAUSE_SECONDS = 75.0
"""Between two requests on one connection; longer than proxies keep theirs."""
LINGER_SECONDS, LINGER_BYTES = 1.0, 4 * 1024 * 1024
VANISHED_SECONDS = 30.0
"""Without a sign of life from the machine at the other end of a stream, once something was sent to it."""
STREAM_BUFFER = 32 * 1024
"""Bytes of a stream that the kernel holds for a client that does not read."""
ARRIVING_LIMIT = 128 * 1024 * 1024
"""Bytes of bodies that may be half read in all connections together."""
_CHUNK = 64 * 1024

_LENGTH = re.compile(r"[0-9]{1,12}")
_STATUS = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus}
SAFE = (
    b"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n"
)
NEVER_KEPT = b"no-store"
"""Of `Cache-Control`: an answer holds what somebody may see now."""
NOTHING_MAY_RUN = "default-src 'none'; frame-ancestors 'none'"


BodyLimit = Callable[[str, str], int]
"""Method and path → bytes of a body."""


@dataclass(slots=True)
class Request:
    """A request as it came: `path` still encoded, header names in small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    address: str
    arrived: float
    keep: bool

    def left_of(self, seconds: float) -> float:
        """What is left of so many seconds since it came; a moment at least, to say that nothing is."""
        return max(self.arrived + seconds - time.time(), 0.001)


@dataclass(slots=True)
class Response:
    """An answer. `extra` are further header lines; `encoding` says in what form the body is (`gateway/encoding.py`).

    `follow` goes on sending after the body until it returns, and the connection ends with it.
    """

    status: int
    body: bytes
    content_type: bytes = b"application/json"
    extra: tuple[tuple[str, str], ...] = ()
    policy: str = NOTHING_MAY_RUN
    caching: bytes = NEVER_KEPT
    encoding: bytes = b""
    follow: Callable[[Connection], None] | None = None


@dataclass(slots=True)
class Arriving:
    """How much of bodies that are not complete yet is held in memory, by all connections together."""

    held: int = 0

    def hold(self, size: int) -> None:
        """Count bytes that came in. Raises HttpFault: OVERLOADED."""
        self.held += size
        if self.held > ARRIVING_LIMIT:
            raise HttpFault(faults.OVERLOADED)


class Connection:
    """One client's connection. `busy` is true while a request of it is in hand."""

    def __init__(
        self,
        sock: socket.socket,
        address: str,
        arriving: Arriving | None = None,
        body_limit: BodyLimit = lambda _method, _path: BODY_LIMIT,
    ) -> None:
        self._sock, self._address, self._body_limit = sock, address, body_limit
        self._arriving, self._held = arriving or Arriving(), 0
        self._buffer = b""
        self.busy = False
        self.begun = False

    def read(self) -> Request | None:
        """The next request; None when the client has left or stays silent. Raises HttpFault, OSError."""
        raw = self._head()
        if raw is None:
            return None
        first, _, rest = raw.partition(b"\r\n")
        if not first.isascii():
            first = encoded(first)
            raw = first + b"\r\n" + rest
        if len(first) > URL_LIMIT:
            raise HttpFault(faults.URL_TOO_LONG)
        head = Head(first, raw)
        headers, modern = head.headers, head.modern
        path, _, query = head.target.decode("ascii").partition("?")
        body = b""
        if _announces_body(headers):
            body = self._body(headers, modern=modern, most=self._body_limit(head.method, path))
        keep = modern and headers.get("connection", "").lower() != "close"
        return Request(head.method, path, query, headers, body, self._address, time.time(), keep)

    def _head(self) -> bytes | None:
        deadline = time.monotonic() + (PAUSE_SECONDS if self.begun and not self._buffer else HEAD_SECONDS)
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > HEAD_LIMIT:
                long_line = self._buffer.find(b"\r\n") in range(URL_LIMIT)
                raise HttpFault(faults.HEADERS_TOO_LARGE if long_line else faults.URL_TOO_LONG)
            silent = not self._buffer
            try:
                received = self._receive(deadline)
            except TimeoutError:
                if silent:
                    return None
                raise HttpFault(faults.TOO_SLOW) from None
            if not received:
                return None
            if silent:
                deadline = time.monotonic() + HEAD_SECONDS
            self._buffer += received
        if end > HEAD_LIMIT:
            raise HttpFault(faults.HEADERS_TOO_LARGE)
        self.begun = True
        head, self._buffer = self._buffer[: end + 4], self._buffer[end + 4 :]
        return head.lstrip(b"\r\n")

    def _body(self, headers: dict[str, str], *, modern: bool, most: int) -> bytes:
        encoding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if encoding is not None and (length is not None or not modern or encoding.lower() != "chunked"):
            raise HttpFault(faults.MALFORMED)
        if length is not None and not _LENGTH.fullmatch(length):
            raise HttpFault(faults.MALFORMED)
        if length is not None and int(length) > most:
            raise HttpFault(faults.BODY_TOO_LARGE, limit=most)
        if modern and (expected := headers.get("expect")) is not None:
            if expected.lower() != "100-continue":
                raise HttpFault(faults.EXPECTATION)
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        deadline = time.monotonic() + BODY_SECONDS
        try:
            return self._chunked(deadline, most) if length is None else self._exactly(int(length), deadline)
        except TimeoutError:
            raise HttpFault(faults.TOO_SLOW) from None
        finally:
            self._arriving.held -= self._held
            self._held = 0

    def _exactly(self, size: int, deadline: float) -> bytes:
        if len(self._buffer) < size:
            parts, have = [self._buffer], len(self._buffer)
            while have < size:
                parts.append(self._more(deadline))
                have += len(parts[-1])
            self._buffer = b"".join(parts)
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        return body

    def _chunked(self, deadline: float, most: int) -> bytes:
        def following(size: int) -> bytes:
            return self._exactly(size + 2, deadline) if size else self._line(deadline)

        return chunked(following, most=most, most_trailers=HEAD_LIMIT)

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > URL_LIMIT:
                raise HttpFault(faults.MALFORMED)
            self._buffer += self._more(deadline)
        line, self._buffer = self._buffer[: end + 2], self._buffer[end + 2 :]
        return line

    def _more(self, deadline: float) -> bytes:
        received = self._receive(deadline)
        if not received:
            raise ConnectionResetError("the client left in the middle of a body")
        self._held += len(received)
        self._arriving.hold(len(received))
        return received

    def _receive(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._sock.recv(_CHUNK)

    def write(self, response: Response, *, keep: bool, without_body: bool = False) -> None:
        """Send the answer. Raises OSError when the client does not take all of it in time."""
        self.send(_rendered(response, keep=keep, without_body=without_body))

    def send(self, written: bytes) -> None:
        """Send bytes as they are. Raises OSError when the client does not take all of them in time."""
        left = memoryview(written)
        deadline = time.monotonic() + SEND_SECONDS
        while left:
            self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
            left = left[self._sock.send(left) :]

    def stay_open(self) -> None:
        """Make ready for a stream: a client that vanished is noticed soon, one that does not read holds little."""
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(VANISHED_SECONDS * 1000))
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, STREAM_BUFFER)

    def has_left(self) -> bool:
        """Whether the client has hung up; asked without waiting, and without taking what he may have sent."""
        plain = getattr(self._sock, "fd", self._sock)  # eventlet's own `recv` would wait
        plain.setblocking(False)
        try:
            return not plain.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def linger(self) -> None:
        """Let a client that is still sending read its refusal: take what comes for a moment, then close."""
        deadline, left = time.monotonic() + LINGER_SECONDS, LINGER_BYTES
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
            while left > 0 and (received := self._receive(deadline)):
                left -= len(received)

    def hang_up(self) -> None:
        """End it from another greenlet: whoever reads from it finds it closed."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back."""
        self._sock.close()


def _announces_body(headers: dict[str, str]) -> bool:
    return "content-length" in headers or "transfer-encoding" in headers


def _rendered(response: Response, *, keep: bool, without_body: bool) -> bytes:
    extra = "".join(f"{name}: {value}\r\n" for name, value in response.extra)
    if extra.count("\r\n") != len(response.extra) or extra.count("\n") != len(response.extra):
        raise ValueError("a header value holds a line break")
    # what did not change has no body, and its length would be taken for that of the body kept
    unmeasured = response.status == HTTPStatus.NOT_MODIFIED or response.follow is not None
    parts = (
        _STATUS[response.status],
        b"Content-Type: ",
        response.content_type,
        b"" if unmeasured else b"\r\nContent-Length: %d" % len(response.body),
        b"\r\nContent-Encoding: " + response.encoding if response.encoding else b"",
        b"\r\nCache-Control: ",
        response.caching,
        b"\r\nContent-Security-Policy: ",
        response.policy.encode("ascii"),
        b"\r\n",
        SAFE,
        extra.encode("latin-1"),
        b"\r\n" if keep else b"Connection: close\r\n\r\n",
        b"" if without_body else response.body,
    )
    return b"".join(parts)

"""A request's head and a chunked body, read by llhttp (httptools), and what it takes that we do not.

Strict (RFC 9112): what two programs could read differently is refused, and the connection ends.
llhttp is given a head, a line or a chunk at a time: of itself it would read on into the next request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway import faults
from gateway.faults import HttpFault

_LINES = re.compile(rb"(?:[\t\x20-\x7e\x80-\xff]++\r\n(?![\t ]))++\r\n")
"""Whole lines and nothing else: no control characters, no folded lines. llhttp refuses them, too."""
_MODERN = {b"HTTP/1.1": True, b"HTTP/1.0": False}
_ASCII = bytes(range(0x80))
_CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
_ONCE = frozenset(
    (
        "authorization",
        "content-length",
        "content-type",
        "expect",
        "host",
        "idempotency-key",
        "if-match",
        "transfer-encoding",
        "x-background",
        "x-request-id",
        "x-store-id",
    )
)
"""Headers that stand for one thing: two of them are two things."""


class Head:
    """A request's head: its line, `raw` with its last empty line. Raises HttpFault: MALFORMED."""

    __slots__ = ("_complete", "headers", "method", "modern", "target")

    def __init__(self, line: bytes, raw: bytes) -> None:
        self._complete, self.target = False, b""
        self.headers: dict[str, str] = {}
        parser = HttpRequestParser(self)
        _feed(parser, raw)
        words = line.split(b" ")
        modern = _MODERN.get(words[-1])
        if not self._complete or modern is None or len(words) != 3 or words[1] != self.target:
            raise HttpFault(faults.MALFORMED)
        if not self.target.startswith(b"/") or (modern and "host" not in self.headers) or not _LINES.fullmatch(raw):
            raise HttpFault(faults.MALFORMED)
        self.method, self.modern = parser.get_method().decode("ascii"), modern

    def on_url(self, url: bytes) -> None:
        self.target = url

    def on_header(self, raw_name: bytes, raw_value: bytes) -> None:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1").strip(" \t")
        if name in self.headers:
            if name in _ONCE:
                raise HttpFault(faults.MALFORMED)
            value = f"{self.headers[name]}, {value}"
        self.headers[name] = value

    def on_headers_complete(self) -> None:
        self._complete = True


def chunked(following: Callable[[int], bytes], *, most: int, most_trailers: int) -> bytes:
    """A chunked body. `following` gives the next chunk of a size, or the next line for 0, with its line break.

    Raises HttpFault: MALFORMED, BODY_TOO_LARGE, HEADERS_TOO_LARGE.
    """
    found = _Chunks(most, most_trailers)
    parser = HttpRequestParser(found)
    _feed(parser, _CHUNKED)
    while not found.complete:
        found.fed = following(found.size)
        _feed(parser, found.fed)
    return b"".join(found.parts)


class _Chunks:
    """What is found in a chunked body. llhttp keeps a chunk's size to itself, but tells that the line `fed` is one."""

    __slots__ = ("_left", "_left_of_trailers", "_most", "complete", "fed", "parts", "size")

    def __init__(self, most: int, most_trailers: int) -> None:
        self._most, self._left, self._left_of_trailers = most, most, most_trailers
        self.fed, self.size, self.complete = b"", 0, False
        self.parts: list[bytes] = []

    def on_chunk_header(self) -> None:
        self.size = int(self.fed.partition(b";")[0], 16)
        self._left -= self.size
        if self._left < 0:
            raise HttpFault(faults.BODY_TOO_LARGE, limit=self._most)

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_chunk_complete(self) -> None:
        self.size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self._left_of_trailers -= len(name) + len(value)
        if self._left_of_trailers < 0:
            raise HttpFault(faults.HEADERS_TOO_LARGE)

    def on_message_complete(self) -> None:
        self.complete = True


def encoded(line: bytes) -> bytes:
    """The request line with its raw UTF-8 percent-encoded: curl sends what was typed. Raises HttpFault: MALFORMED."""
    try:
        line.decode()
    except UnicodeDecodeError:
        raise HttpFault(faults.MALFORMED) from None
    return quote_from_bytes(line, safe=_ASCII).encode("ascii")


def _feed(parser: HttpRequestParser, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except HttpParserUpgrade as offer:  # not taken up: the request is answered as it is (RFC 9110, 7.8)
        if offer.args[0] != len(data):
            raise HttpFault(faults.MALFORMED) from None
    except HttpParserCallbackError as error:
        raise error.__context__ or error from None
    except HttpParserError:
        raise HttpFault(faults.MALFORMED) from None

"""Whoever sent a request that could be read gets an answer, whatever becomes of it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from eventlet.timeout import Timeout

from gateway.http import Server
from gateway.wire import Connection, Request, Response


def raising(error: BaseException) -> Callable[[Request], Response]:
    def handler(_request: Request) -> Response:
        raise error

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        raising(ValueError("secret")),
        raising(RecursionError()),
        raising(Timeout()),
        raising(KeyError("secret")),
        lambda _request: Response(200, b"{}", extra=(("X-Odd", "a\r\nb"),)),
        lambda _request: Response(200, b"{}", extra=(("X-Odd", "张"),)),
        lambda _request: Response(299, b"{}"),
        lambda _request: Response(200, "text", policy="张"),  # type: ignore[arg-type]
    ],
    ids=["error", "recursion", "time limit", "missing", "line break", "no latin", "no such status", "no bytes"],
)
def test_a_request_whose_handler_or_answer_fails_is_answered(handler: Callable[[Request], Response]) -> None:
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    server = Server()
    server.handler, server._is_accepting = handler, True
    with ours, theirs:
        theirs.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        theirs.shutdown(socket.SHUT_WR)
        server._serve(Connection(ours, "10.0.0.1"))
        answer = theirs.recv(65536)
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"INTERNAL_ERROR" in answer
    assert b"secret" not in answer

"""A reader of `GET /stream`, as a browser is one: messages as they come, and where to go on after a cut."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.polling import eventually

PATH = "/api/v1/stream"


@dataclass(frozen=True)
class Message:
    """One message, with the moment it came (`time.monotonic`)."""

    event: str
    id: str
    data: dict[str, Any]
    at: float


@dataclass
class Stream:
    """Reads in the background from when it is entered; `last` is the id to go on from."""

    port: int
    token: str
    last: str = ""
    accept: str = "text/event-stream"
    messages: list[Message] = field(default_factory=list)
    comments: int = 0
    status: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.sock = self.open()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, *, buffer: int | None = None) -> socket.socket:
        """A connection with the request sent and nothing read."""
        sock = socket.socket()
        if buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        sock.connect(("127.0.0.1", self.port))
        going_on = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        sock.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
            f"Accept: {self.accept}\r\n{going_on}\r\n".encode()
        )
        return sock

    def close(self) -> None:
        """Leave."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self.sock.close()

    def begun(self) -> Self:
        """Wait until its first message came."""
        eventually(lambda: self.messages or self.comments, what="the beginning of a stream")
        return self

    def changes(self) -> list[dict[str, Any]]:
        """What was told of changes so far."""
        return [message.data for message in self.messages if message.event == "change"]

    def subjects(self) -> list[str]:
        """What was changed, in the order it was told."""
        return [change["subject_id"] for change in self.changes()]

    def resets(self) -> int:
        """How often it said that everything is to be asked again."""
        return sum(message.event == "reset" for message in self.messages)

    def _read(self) -> None:
        self.read_from(self.sock)

    def read_from(self, sock: socket.socket) -> None:
        """Take in what comes until the other side ends it."""
        received = b""
        with suppress(OSError):
            while piece := sock.recv(65536):
                received += piece
                if not self.status:
                    head, end, rest = received.partition(b"\r\n\r\n")
                    if not end:
                        continue
                    self.status, received = int(head[9:12]), rest
                while b"\n\n" in received:
                    block, _, received = received.partition(b"\n\n")
                    self._take(block.decode())
        self.ended.set()

    def _take(self, block: str) -> None:
        said: dict[str, str] = {}
        for line in block.split("\n"):
            if line.startswith(":"):
                self.comments += 1
                continue
            name, _, value = line.partition(":")
            said[name] = value.removeprefix(" ")
        if "id" in said:
            self.last = said["id"]
        if "data" in said:
            self.messages.append(Message(said["event"], self.last, json.loads(said["data"]), time.monotonic()))

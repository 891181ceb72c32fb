"""Lanes: what waits for one handler, and when it is taken into a transaction.

A transaction costs far more than an event in it, so what comes meanwhile goes together. An event that somebody waits
for goes at once, and takes along whatever waits. One that nobody waits for (a visit in three days, a month's figure)
has a pace: the first goes at once as well, the next ones not sooner than that many seconds after the last transaction
began, or when there are as many as may share one. A quiet house notices nothing of it; a busy one works less.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy.orm import Session

from contracts.envelope import Received

Handler = Callable[[Session, list[Received[Any]]], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A service's interest in one event.

    Those that name the same `lane` have the same handler, and share its transactions: `batch` events at most.
    `pace` is in seconds, 0 for an event that goes at once.
    """

    topic: str
    handle: Handler
    lane: str
    batch: int = 1
    pace: float = 0.0


@dataclass(eq=False, slots=True)
class Delivery:
    """A message in hand."""

    body: bytes
    properties: dict[str, Any]
    headers: dict[str, Any]
    routing_key: str
    tag: int
    channel: Any
    event: Received[Any] | None = None
    subscription: Subscription | None = None
    taken_at: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, message: Any) -> Self:
        """What py-amqp read, whatever it holds."""
        return cls(
            body=_as_bytes(message.body),
            properties=message.properties,
            headers=_as_table(message.properties.get("application_headers")),
            routing_key=message.delivery_info["routing_key"],
            tag=message.delivery_tag,
            channel=message.channel,
        )

    @property
    def message_id(self) -> str:
        """The event's id, or a fingerprint of what cannot be read."""
        return str(self.properties.get("message_id") or hashlib.sha256(self.body).hexdigest())

    @property
    def attempt(self) -> int:
        """How often it was tried before and put back to wait."""
        return _count(self.headers.get("x-attempt"))

    @property
    def redeliveries(self) -> int:
        """How often the broker took it back from a consumer that vanished."""
        return _count(self.headers.get("x-delivery-count"))


def _count(header: object) -> int:
    """A header that counts; whoever writes something else there has counted nothing."""
    return max(header, 0) if isinstance(header, int) else 0


def _as_bytes(body: object) -> bytes:
    """A body as it was sent; py-amqp gives text where the sender named an encoding that fits."""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body or b"")  # type: ignore[call-overload]


def _as_table(headers: object) -> dict[str, Any]:
    """A message's headers; a name that is no text is left out."""
    return {name: each for name, each in headers.items() if isinstance(name, str)} if isinstance(headers, dict) else {}


class Lane:
    """The deliveries of one handler. One worker takes them; whoever adds the first one starts it."""

    def __init__(self, *, batch: int) -> None:
        self._batch = batch
        self._waiting: deque[Delivery] = deque()
        self._begun = float("-inf")
        self._news = threading.Event()
        self._hurried = False
        self.worked = False
        """True while a worker takes what is here."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, delivery: Delivery) -> None:
        """Let it wait; one that cannot wait wakes the worker."""
        self._waiting.append(delivery)
        if self._pause() <= 0:
            self._news.set()

    def hurry(self) -> None:
        """Nothing waits for others any more: the process is about to end."""
        self._hurried = True
        self._news.set()

    def take(self) -> list[Delivery]:
        """The next to share a transaction, when it is time for them."""
        while True:
            self._news.clear()
            pause = self._pause()
            if pause <= 0 or self._hurried:
                break
            self._news.wait(pause)
        self._begun = time.monotonic()
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch))]

    def clear(self) -> Iterator[Delivery]:
        """Everything that waits, which does not any more."""
        while self._waiting:
            yield self._waiting.popleft()

    def _pause(self) -> float:
        """Seconds until what waits may go."""
        if len(self._waiting) >= self._batch:
            return 0.0
        paces = [one.subscription.pace for one in self._waiting if one.subscription is not None]
        return self._begun + min(paces, default=0.0) - time.monotonic()

"""The call context: what travels with every call beside its request (point 2 of the chassis).

One JSON header, because encoding eight AMQP headers one by one costs more than the rest of a call.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

import orjson
import uuid_utils.compat as uuids

from chassis.process import clock
from contracts.access import Actor, Scope
from contracts.operation import Operation

A = TypeVar("A")
R = TypeVar("R")

HEADER = "x-crm-context"
LONGEST = 86_400.0


@dataclass(frozen=True, slots=True)
class CallContext:
    """As it travels. `deadline` is Unix time in seconds; `now` is set only in test mode."""

    correlation_id: str
    deadline: float
    actor_token: str | None = None
    store_id: str | None = None
    causation_id: str | None = None
    language: str = "zh"
    idempotency_key: str | None = None
    now: str | None = None
    trace: str | None = None

    def header(self) -> bytes:
        """The header's value."""
        return orjson.dumps(self)

    @classmethod
    def parse(cls, raw: bytes | str) -> CallContext:
        """Read a header. Raises ValueError or TypeError when it is not one of ours."""
        said: dict[str, Any] = orjson.loads(raw)
        read = cls(**said)
        if not isinstance(said["correlation_id"], str) or not isinstance(said["deadline"], int | float):
            raise TypeError("a context has a correlation_id and a deadline")
        for name, value in said.items():
            if value is not None and name != "deadline" and not isinstance(value, str):
                raise TypeError("what a context says is text")
        return read

    def remaining(self) -> float:
        """Seconds until the caller gives up; a day at most, because timers know no eternity."""
        return min(self.deadline - time.time(), LONGEST)

    def key_of_part(self, operation: str) -> str:
        """The key of a command that is a part of this one. Nobody can send it: the gateway takes no key with a blank.

        Whoever could would have a part done, or refused, before the whole is asked for.
        """
        return f"{self.idempotency_key} {operation}"

    def onward(self, *, key: str | None = None, at_most: float = 3.0) -> CallContext:
        """The context for a call made on behalf of this one: a shorter deadline and, for a command, its own key."""
        deadline = min(self.deadline - 0.05, time.time() + at_most)
        return replace(self, deadline=deadline, idempotency_key=key, causation_id=self.correlation_id)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a service's method sees it."""

    actor: Actor
    scope: Scope
    store_id: str | None
    now: datetime
    context: CallContext


class Ask(Protocol):
    """Asks another service, for whom a call is made: `ask(operation, request)` gives the response."""

    def __call__(self, operation: Operation[A, R], asked: A, /) -> R: ...


def new_context(timeout: float, **known: Any) -> CallContext:
    """A context for a call that starts here. `timeout` in seconds."""
    known.setdefault("correlation_id", str(uuids.uuid7()))
    return CallContext(deadline=time.time() + timeout, **known)


def moment(context: CallContext, *, test_mode: bool) -> datetime:
    """The time the call happens at: the clock, or the caller's `now` where the deployment says it is a test."""
    if test_mode and context.now:
        return datetime.fromisoformat(context.now).astimezone(clock.LOCAL)
    return clock.now()

"""Operations: what a service can be asked. Declared once, implemented by the service, exposed by the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Kind(StrEnum):
    """A command changes something and is idempotent by key; a query changes nothing."""

    COMMAND = "command"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Operation(Generic[A, R]):
    """One thing a service can be asked: with a request of the shape `A`, answered by the shape `R`.

    `name` is `<service>.<verb_noun>`; `refuses` lists the codes it can answer no with,
    beside those any operation may give (`refusals.ALWAYS_POSSIBLE`).
    `by_link` is asked by whoever has a customer's link: nobody signed for him, the request's `token` opens it or not. A
    command of that kind is idempotent by what it says, for his browser sends no key.
    `made_of` are the operations of other services that it asks for its caller, whose refusals it hands on.
    """

    name: str
    kind: Kind
    request: type
    response: type
    refuses: tuple[str, ...]
    summary: str
    by_link: bool = False
    made_of: tuple[Operation[Any, Any], ...] = ()

    @property
    def service(self) -> str:
        """Who implements it."""
        return self.name.partition(".")[0]


OPERATIONS: dict[str, Operation[Any, Any]] = {}
"""Every declared operation by name."""


def command(
    name: str,
    request: type[A],
    response: type[R],
    *,
    refuses: tuple[str, ...] = (),
    summary: str,
    by_link: bool = False,
    made_of: tuple[Operation[Any, Any], ...] = (),
) -> Operation[A, R]:
    """Declare an operation that changes something."""
    handed_on = dict.fromkeys((*refuses, *(code for part in made_of for code in part.refuses)))
    return _declare(Operation(name, Kind.COMMAND, request, response, tuple(handed_on), summary, by_link, made_of))


def query(
    name: str,
    request: type[A],
    response: type[R],
    *,
    refuses: tuple[str, ...] = (),
    summary: str,
    by_link: bool = False,
) -> Operation[A, R]:
    """Declare an operation that only reads."""
    return _declare(Operation(name, Kind.QUERY, request, response, refuses, summary, by_link))


def _declare(operation: Operation[A, R]) -> Operation[A, R]:
    if operation.name in OPERATIONS:
        raise TypeError(f"operation {operation.name} is declared twice")
    OPERATIONS[operation.name] = operation
    return operation

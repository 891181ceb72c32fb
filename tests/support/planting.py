"""Errors to plant: every class of SQLSTATE a database answers with, and an exception of every kind Python has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from eventlet.timeout import Timeout
from greenlet import GreenletExit
from sqlalchemy.exc import DBAPIError

OUTAGES = ("08006", "25006", "53100", "53300", "57P01", "58030")
"""SQLSTATEs of a database that is away, full or shut: no message's fault."""
OTHERS = ("22001", "23505", "40001", "42P01", "53200", "55P03", "57014", "XX000")
EXCEPTIONS: dict[str, Callable[[], BaseException]] = {
    "RecursionError": lambda: RecursionError("planted"),
    "MemoryError": lambda: MemoryError("planted"),
    "KeyError": lambda: KeyError("planted"),
    "OverflowError": lambda: OverflowError("planted"),
    "UnicodeEncodeError": lambda: UnicodeEncodeError("utf-8", "\ud800", 0, 1, "planted"),
    "Timeout": Timeout,  # without seconds it starts no timer
    "GreenletExit": lambda: GreenletExit("planted"),
    "SystemExit": lambda: SystemExit("planted"),
}
ENDS = ("Timeout", "GreenletExit", "SystemExit")
"""Of them those that are no `Exception`: they end whom they reach."""
KINDS = (*OUTAGES, *OTHERS, *EXCEPTIONS)


def error(kind: str) -> BaseException:
    """An error of this kind, as it would come out of the database or of Python."""
    if kind in EXCEPTIONS:
        return EXCEPTIONS[kind]()
    original = psycopg.errors.lookup(kind)("planted")
    return DBAPIError.instance("planted", {}, original, psycopg.Error)


class Plan:
    """What is to fail where: for each message one step that raises one kind, once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._owed: dict[tuple[str, str], str] = {}

    def owe(self, message: object, step: str, kind: str) -> None:
        """Let this message's next pass through the step raise this kind."""
        self._owed[str(message), step] = kind

    def strike(self, message: object, step: str) -> None:
        """Raise what is owed to this message at this step; nothing the second time."""
        with self._guard:
            kind = self._owed.pop((str(message), step), None)
        if kind is not None:
            raise error(kind)

    def open(self) -> dict[tuple[str, str], str]:
        """What was never raised: the step was not passed."""
        return dict(self._owed)

    def before(self, step: str, function: Callable[..., Any], message_of: Callable[..., object]) -> Callable[..., Any]:
        """The function, failing first for messages that are owed it; `message_of` finds which it is about."""

        def planted(*arguments: Any, **named: Any) -> Any:
            found = message_of(*arguments, **named)
            for each in found if isinstance(found, (list, set, tuple)) else (found,):
                self.strike(each, step)
            return function(*arguments, **named)

        return planted

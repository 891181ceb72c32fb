"""Waiting for something to become true: the only place in the tests that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.02


def eventually(check: Callable[[], T | None], *, within: float = 10.0, what: str = "") -> T:
    """Call `check` until it returns something true and return that; an AssertionError inside means "not yet".

    After `within` seconds the last thing seen is told.
    """
    until = time.monotonic() + within
    while True:
        try:
            seen = check()
        except AssertionError as error:
            last = f"it raised: {error}"
        else:
            if seen:
                return seen
            last = f"it was {seen!r}"
        if time.monotonic() >= until:
            raise AssertionError(f"not within {within:g} s: {what or _name(check)}; last {last}")
        time.sleep(PAUSE)


def steadily(check: Callable[[], object], *, during: float) -> None:
    """Assert that `check` stays true for `during` seconds: for what must not happen."""
    until = time.monotonic() + during
    while time.monotonic() < until:
        seen = check()
        assert seen, f"{_name(check)} became {seen!r}"
        time.sleep(PAUSE)


def _name(check: Callable[[], object]) -> str:
    return getattr(check, "__qualname__", repr(check))

"""Waiting for something to become true: the only place in the tests that sleeps, and that knows how busy we are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.02
LONGEST_PAUSE = 0.5
MOST_TIMES = 5.0


def patience(seconds: float) -> float:
    """So many seconds of a machine that has nothing else to do: up to five times as many while others use it.

    What is asserted of time is asserted of an idle machine; on a busy one it would be about the others.
    """
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * min(max(1.0, waiting), MOST_TIMES)


def eventually(check: Callable[[], T | None], *, within: float = 10.0, what: str = "") -> T:
    """Call `check` until it returns something true and return that; an AssertionError inside means "not yet".

    After `within` seconds of patience the last thing seen is told. What takes long to look at is looked at less often.
    """
    began = time.monotonic()
    while True:
        looks = time.monotonic()
        try:
            seen = check()
        except AssertionError as error:
            last = f"it raised: {error}"
        else:
            if seen:
                return seen
            last = f"it was {seen!r}"
        now = time.monotonic()
        if now - began >= patience(within):
            raise AssertionError(f"not within {within:g} s ({now - began:.0f}): {what or _name(check)}; last {last}")
        time.sleep(min(max(PAUSE, now - looks), LONGEST_PAUSE))


def steadily(check: Callable[[], object], *, during: float) -> None:
    """Assert that `check` stays true for `during` seconds: for what must not happen."""
    until = time.monotonic() + during
    while time.monotonic() < until:
        seen = check()
        assert seen, f"{_name(check)} became {seen!r}"
        time.sleep(PAUSE)


def _name(check: Callable[[], object]) -> str:
    return getattr(check, "__qualname__", repr(check))

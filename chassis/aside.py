"""Work that takes the processor for seconds, beside the event loop: desks are served and heartbeats sent meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

from eventlet import patcher, tpool

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """What `work` returns or raises, done in the one real thread that a process has for such things.

    It may compute and nothing else: no database, no broker, no greenlets. Without the event loop it is a plain call.
    """
    if not patcher.is_monkey_patched("thread"):
        return work()
    _one_thread()
    return cast("T", tpool.execute(work))


@cache
def _one_thread() -> None:
    """A thread of a pool costs memory, and two that compute would only wait for each other."""
    tpool.set_num_threads(1)

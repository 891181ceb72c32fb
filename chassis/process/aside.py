"""Work that takes the processor for seconds, beside the event loop: desks are served and heartbeats sent meanwhile."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

from eventlet import patcher, tpool
from eventlet.semaphore import Semaphore

T = TypeVar("T")

THREADS = 1 + min(max(2, (os.cpu_count() or 2) // 2), 4)
"""Of the process's pool, each of which costs memory: one for this, the rest for passwords (`gateway/passwords.py`)."""

_turn = Semaphore(1)


def aside(work: Callable[[], T]) -> T:
    """What `work` returns or raises, done in a real thread, one at a time: two would only wait for each other.

    It may compute and nothing else: no database, no broker, no greenlets. Without the event loop it is a plain call.
    Meanwhile no garbage is collected: a pass over all that such work makes stops everybody, for 0.2 s as measured.
    """
    if not patcher.is_monkey_patched("thread"):
        return work()
    few_threads()
    with _turn:
        return cast("T", tpool.execute(_uncollected, work))


def _uncollected(work: Callable[[], T]) -> T:
    gc.disable()
    try:
        return work()
    finally:
        gc.enable()


@cache
def few_threads() -> None:
    """Say how many real threads the process has: before their first use, for afterwards it is what it is."""
    tpool.set_num_threads(THREADS)

"""How a process of greenlets waits for its database: others go on, at the price of one listener of the event loop.

psycopg's own function in Python makes a selector and a timer for each statement, which under eventlet costs as much as
the rest of a small statement; its function in C is the quickest and stops every greenlet, heartbeats too
(fault 4 of `docs/decisions/0002-nameko.md`; why not another, `0070-waiting-for-the-database.md`).
"""

from __future__ import annotations

from typing import TypeVar

import greenlet
from eventlet import hubs
from psycopg import OperationalError, waiting
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait

T = TypeVar("T")


def wait_green() -> None:
    """Have this process wait by `wait_for_reading`: once, where eventlet has taken it over."""
    waiting.wait = wait_for_reading


def wait_for_reading(gen: PQGen[T], fileno: int, interval: float = 0.0, timeout: float | None = None) -> T:
    """Run a generator of psycopg's to its end and return its result; other greenlets run while it waits to read.

    Takes no timer: a server that does not answer is ended by `statement_timeout`, a connection that is gone by the
    keepalives of `chassis.store.database`, a call by its deadline. Where there is a `timeout` (seconds), or the
    connection takes no more to write, psycopg's own function goes on. Raises psycopg's OperationalError if somebody
    closed the connection meanwhile, and whatever the statement or a deadline raises.
    """
    hub, here = hubs.get_hub(), greenlet.getcurrent()
    if timeout is not None or here is hub.greenlet:
        return waiting.wait_selector(gen, fileno, interval, timeout)
    try:
        state = next(gen)
        while state == Wait.R:
            listener = hub.add(hub.READ, fileno, here.switch, here.throw, None)
            try:
                hub.switch()
            except hubs.IOClosed as error:
                raise OperationalError("connection socket closed") from error
            finally:
                hub.remove(listener)
                listener.defang()  # a turn of the loop that has it in hand already must not wake what goes on here
            state = gen.send(Ready.R)
    except StopIteration as ended:
        result: T = ended.value
        return result
    return waiting.wait_selector(_rest(state, gen), fileno, interval)


def _rest(state: Wait, gen: PQGen[T]) -> PQGen[T]:
    """A generator that waits for `state`, from there on."""
    try:
        while True:
            state = gen.send((yield state))
    except StopIteration as ended:
        result: T = ended.value
        return result

"""A service that does not answer takes nobody with it: its callers get an answer in time, the others work on."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.client import ApiProblem
from tests.support.polling import patience
from tests.support.system import System

CALLERS = 12
ANSWERED_WITHIN = 10.0
"""Seconds: the gateway's deadline of eight and some air."""


def test_calls_to_a_frozen_service_end_by_their_deadline_and_others_go_on(system: System) -> None:
    def ask_for_repair_orders(_: int) -> tuple[int, float]:
        started = time.monotonic()
        with pytest.raises(ApiProblem) as refused:
            system.desk.client("advisor").get("/repair-orders")
        return refused.value.status, time.monotonic() - started

    system.desk.client("receptionist").get("/customers/lookup", q="13800000000")
    with system.frozen("workshop", by=signal.SIGSTOP), ThreadPoolExecutor(CALLERS) as pool:
        waiting = [pool.submit(ask_for_repair_orders, number) for number in range(CALLERS)]
        slowest = max(_timed_look_up(system) for _ in range(50))
        answers = [future.result() for future in waiting]

    assert {status for status, _ in answers} <= {503, 504}
    assert max(seconds for _, seconds in answers) < patience(ANSWERED_WITHIN)
    assert slowest < patience(1.0), "a look-up waited for the frozen service"
    system.ready_again(within=15)


def _timed_look_up(system: System) -> float:
    started = time.monotonic()
    system.desk.client("receptionist").get("/customers/lookup", q="13800000000")
    return time.monotonic() - started

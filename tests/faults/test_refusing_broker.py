"""A broker that keeps its connections and takes nothing, as under an alarm of memory or disk: said at once."""

from __future__ import annotations

import time

import pytest

from chassis.bus.rpc import DEAF_AFTER
from simulator.client import ApiProblem
from tests.faults.test_lasting import no_problems
from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, SETTLED_WITHIN
from tests.support import randoms
from tests.support.business import Load, prepare
from tests.support.polling import eventually
from tests.support.system import System

SAID_WITHIN = DEAF_AFTER + 4.0
AT_ONCE = 2.0
"""Seconds; a call that waits in vain takes eight."""


def test_an_alarm_of_the_broker_is_said_at_once_by_who_publishes_and_nothing_is_half_done(system: System) -> None:
    closings = prepare(system.desk, count=CLOSINGS)
    desk, mobile = system.as_("receptionist"), randoms.mobile()

    with Load(system.desk, closings, rate=RATE), system.broker_alarmed():
        told = eventually(lambda: system.problems("gateway"), within=SAID_WITHIN, what="the gateway to say so")
        assert "calls: the broker takes nothing" in str(told)
        started = time.monotonic()
        with pytest.raises(ApiProblem) as refused:
            desk.post("/customers", {"name": "王五", "mobile": mobile, "store_id": "HN"})
        assert (refused.value.status, refused.value.code) == (503, "UNAVAILABLE")
        assert time.monotonic() - started < AT_ONCE
    ready_after = system.ready_again(within=READY_WITHIN)

    assert desk.get("/customers/lookup", q=mobile)["items"] == []
    eventually(lambda: no_problems(system, closings), within=SETTLED_WITHIN, what="every effect once")
    system.note(f"broker's alarm: ready {ready_after:.1f} s after it")
    assert system.dead_messages() == {}

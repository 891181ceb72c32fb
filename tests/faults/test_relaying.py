"""The relay under a broker that is away, and with rows that no broker takes: it says what is, and the rest goes on."""

from __future__ import annotations

from functools import partial

from tests.faults import recorded
from tests.faults.test_lasting import no_problems
from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, SETTLED_WITHIN
from tests.support.business import Load, prepare
from tests.support.polling import eventually
from tests.support.system import System

TOLD_WITHIN = 8.0
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
PUBLISHED = "SELECT published_at IS NOT NULL FROM outbox WHERE event_id::text = %s"
PARKED = "SELECT problem FROM outbox WHERE event_id::text = %s AND parked_at IS NOT NULL"


def waiting(system: System) -> float:
    """Rows that are not published, as the relay tells it."""
    return system.metric("relay", "crm_outbox_unpublished", service=recorded.SERVICE)


def published(system: System, event_id: str) -> bool:
    """True once the event is out."""
    return system.rows(recorded.SERVICE, PUBLISHED, event_id) == [(True,)]


def oldest(system: System) -> float:
    """Their age in seconds, as the relay tells it."""
    return system.metric("relay", "crm_outbox_oldest_seconds", service=recorded.SERVICE)


def test_the_gauges_of_the_outbox_are_true_while_the_broker_is_away(system: System) -> None:
    with system.frozen("broker"):
        planted = [recorded.good(system.databases) for _ in range(3)]
        eventually(lambda: waiting(system) == len(planted), within=TOLD_WITHIN, what="rows counted")
        eventually(lambda: oldest(system) >= 2, within=TOLD_WITHIN, what="their age measured")
    system.ready_again(within=READY_WITHIN)
    eventually(lambda: system.rows(recorded.SERVICE, UNPUBLISHED) == [(0,)], within=READY_WITHIN)
    eventually(lambda: waiting(system) == oldest(system) == 0, within=TOLD_WITHIN, what="gauges back at nothing")


def test_rows_that_no_broker_takes_are_parked_and_told_of_and_everything_else_goes_on(system: System) -> None:
    closings = prepare(system.desk, count=CLOSINGS)
    before = recorded.good(system.databases)

    with Load(system.desk, closings, rate=RATE):
        bad = [recorded.with_a_key_too_long(system.databases), recorded.larger_than_the_broker_takes(system.databases)]
        after = recorded.good(system.databases)
    eventually(lambda: all(parked(system, one) for one in bad), within=SETTLED_WITHIN, what="both rows parked")

    for good in (before, after):
        eventually(partial(published, system, good), within=READY_WITHIN)
    told = eventually(lambda: system.problems("relay"), within=TOLD_WITHIN, what="the relay to say so")
    assert recorded.SERVICE in str(told)
    listed = system.crm("outbox", "list", recorded.SERVICE)
    assert all(one in listed for one in bad)
    for one in bad:
        system.crm("outbox", "drop", recorded.SERVICE, one)
    system.ready_again(within=READY_WITHIN)
    eventually(lambda: no_problems(system, closings), within=SETTLED_WITHIN, what="every effect once")
    assert system.dead_messages() == {}


def parked(system: System, event_id: str) -> str:
    """Why a row waits for somebody's judgement; empty while it does not."""
    return next((problem for (problem,) in system.rows(recorded.SERVICE, PARKED, event_id)), "")

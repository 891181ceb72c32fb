"""Poison among good events: each kind ends in the dead queue with its reason, and nothing else does."""

from __future__ import annotations

from tests.support.business import Load, prepare
from tests.support.ledger import problems
from tests.faults.poison import KINDS, publish
from tests.support.system import System
from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, SETTLED_WITHIN
from tests.support.polling import eventually

HEARERS = ("customer", "followup", "reporting")


def test_dead_queues_hold_exactly_the_poison_and_good_events_pass(system: System) -> None:
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        expected = {publish(system.admin_amqp_uri, poison): poison.reason for poison in KINDS}

    eventually(
        lambda: {name: len(found) for name, found in system.dead_messages().items()} == dict.fromkeys(HEARERS, len(KINDS)),
        within=SETTLED_WITHIN,
        what="ten dead messages at each hearer",
    )
    system.ready_again(within=READY_WITHIN)
    eventually(lambda: not problems(system.databases, closings), within=SETTLED_WITHIN, what="every effect once")
    for hearer in HEARERS:
        assert {dead.message_id: dead.reason for dead in system.dead_messages()[hearer]} == expected, hearer
        assert all(dead.error for dead in system.dead_messages()[hearer])


def test_dead_messages_can_be_replayed_and_dropped(system: System) -> None:
    killers = [dead for dead in system.dead_messages()["customer"] if dead.reason == "retries_exhausted"]
    assert len(killers) == 1

    system.crm("dead", "replay", "customer", killers[0].message_id)
    eventually(
        lambda: [dead.reason for dead in system.dead_messages()["customer"] if dead.message_id == killers[0].message_id]
        == ["retries_exhausted"],
        within=SETTLED_WITHIN,
        what="the replayed message fails again and is dead again",
    )
    for hearer in HEARERS:
        system.crm("dead", "drop", hearer, "--all")

    assert system.dead_messages() == {}

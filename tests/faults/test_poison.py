"""Poison among good events: each kind ends in the dead queue with its reason, and nothing else does."""

from __future__ import annotations

from tests.faults.poison import KINDS, publish
from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, SETTLED_WITHIN
from tests.support.business import Load, prepare
from tests.support.ledger import problems
from tests.support.polling import eventually
from tests.support.system import System

HEARERS = ("customer", "followup", "reporting")


def test_dead_queues_hold_exactly_the_poison_and_good_events_pass(system: System) -> None:
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        expected = {publish(system.admin_amqp_uri, poison): poison.reason for poison in KINDS}

    def dead_counts() -> dict[str, int]:
        return {hearer: len(found) for hearer, found in system.dead_messages().items()}

    everywhere = dict.fromkeys(HEARERS, len(KINDS))
    eventually(lambda: dead_counts() == everywhere, within=SETTLED_WITHIN, what="ten dead messages at each hearer")
    system.ready_again(within=READY_WITHIN)
    eventually(lambda: not problems(system.databases, closings), within=SETTLED_WITHIN, what="every effect once")
    for hearer in HEARERS:
        assert {dead.message_id: dead.reason for dead in system.dead_messages()[hearer]} == expected, hearer
        assert all(dead.error for dead in system.dead_messages()[hearer])


def test_dead_messages_can_be_replayed_and_dropped(system: System) -> None:
    raising = next(poison for poison in KINDS if poison.reason == "retries_exhausted")
    message_id = publish(system.admin_amqp_uri, raising)

    def reasons() -> list[str]:
        return [dead.reason for dead in system.dead_messages().get("customer", []) if dead.message_id == message_id]

    eventually(lambda: reasons() == ["retries_exhausted"], within=SETTLED_WITHIN)
    assert "1 replayed" in system.crm("dead", "replay", "customer", message_id)
    eventually(
        lambda: reasons() == ["retries_exhausted"], within=SETTLED_WITHIN, what="it fails again and is dead again"
    )
    assert message_id in system.crm("dead", "list", "customer")
    assert "PlantedFault" in system.crm("dead", "show", "customer", message_id)
    eventually(lambda: set(system.dead_messages()) == set(HEARERS), within=SETTLED_WITHIN)
    for hearer in HEARERS:
        system.crm("dead", "drop", hearer, "--all")

    assert system.dead_messages() == {}

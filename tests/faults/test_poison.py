"""Poison among good events: each kind ends in the dead queue with its reason, and nothing else does."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.bus.topology import HEARS
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from tests.faults.poison import KINDS, publish, publish_deep_among_good
from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, ROUNDS, SETTLED_WITHIN
from tests.support.business import Load, prepare
from tests.support.ledger import problems
from tests.support.polling import eventually
from tests.support.system import System

HEARERS = tuple(sorted(hearer for hearer, heard in HEARS.items() if VehicleDelivered in heard))
"""Whoever hears of a delivery, which the poison is said to be."""
HANDLED = "SELECT count(*) FROM inbox WHERE handler = 'vehicle_returned.v1' AND event_id::text = ANY(%s)"


def handled(system: System, hearer: str, good: list[str]) -> bool:
    """True once each of these had its effect there."""
    return system.rows(hearer, HANDLED, good) == [(len(good),)]


def test_dead_queues_hold_exactly_the_poison_and_good_events_pass(system: System) -> None:
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        expected = {publish(system.admin_amqp_uri, poison): poison.reason for poison in KINDS}

    def dead_counts() -> dict[str, int]:
        return {hearer: len(found) for hearer, found in system.dead_messages().items()}

    everywhere = dict.fromkeys(HEARERS, len(KINDS))
    eventually(lambda: dead_counts() == everywhere, within=SETTLED_WITHIN, what="every kind dead at each hearer")
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


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_a_message_too_deep_to_read_and_its_good_neighbours_only_the_deep_one_is_dead(
    system: System, round_: int
) -> None:
    lost_before = links_lost(system)
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        deep, good = publish_deep_among_good(system.admin_amqp_uri)

    hearers = [hearer for hearer, heard in HEARS.items() if VehicleReturned in heard]
    for hearer in hearers:
        eventually(
            partial(handled, system, hearer, good),
            within=SETTLED_WITHIN,
            what=f"every good event handled by {hearer}",
        )
    eventually(
        lambda: (
            {hearer: [one.message_id for one in dead] for hearer, dead in system.dead_messages().items()}
            == {hearer: [deep] for hearer in hearers}
        ),
        within=SETTLED_WITHIN,
        what="exactly the deep one dead at each hearer",
    )
    eventually(lambda: not problems(system.databases, closings), within=SETTLED_WITHIN, what="every effect once")
    assert links_lost(system) == lost_before, "a message broke a link"
    for hearer in hearers:
        system.crm("dead", "drop", hearer, "--all")


def links_lost(system: System) -> float:
    """How often a hearer's link fell so far."""
    return sum(system.metric(hearer, "crm_broker_connections_lost_total") for hearer in HEARERS)

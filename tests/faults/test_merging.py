"""Whoever dies in the middle of a merge or of its undoing: it is made once, everywhere, and undone leaves no trace."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.support.business import Closing, close
from tests.support.kept import five_with_a_past, kept, reaches, settled
from tests.support.system import System

HEARERS = ("sales", "workshop", "followup")
READY_WITHIN = 15.0


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong while records are merged."""

    name: str
    strike: Callable[[System], None]


FAULTS = (
    Fault("customer dies before its commit", lambda system: system.die_at("before_commit", "customer")),
    Fault("the others die before their commit", lambda system: system.die_at("before_commit", *HEARERS)),
    Fault("the others die after it", lambda system: system.die_at("after_commit_before_ack", *HEARERS)),
    Fault("the relay dies", lambda system: system.die_at("relay_confirmed_before_mark", "relay")),
)


def ask(system: System, path: str, body: dict[str, object], fault: Fault) -> None:
    """Ask as a client that never gives up, while the fault strikes."""
    with ThreadPoolExecutor(1) as pool:
        struck = pool.submit(fault.strike, system)
        close(system.desk, Closing("sales_manager", path, body, "", secrets.token_hex(8)))
        struck.result()
    system.ready_again(within=READY_WITHIN)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_merge_and_its_undoing_have_their_effects_exactly_once(system: System, fault: Fault) -> None:
    cars = five_with_a_past(system)
    ids = [car.customer_id for car in cars]
    before = kept(system, ids)

    ask(system, "/merges", {"loser_ids": ids[1:], "survivor_id": ids[0], "reason": "同一人"}, fault)
    ((merge_id,),) = system.rows("customer", "SELECT id::text FROM merge WHERE survivor_id::text = %s", ids[0])
    reaches(system, merge_id, "complete")
    settled(system)
    for service, table in (("sales", "sales_order"), ("workshop", "repair_order"), ("followup", "visit")):
        query = f"SELECT count(*) FROM {table} WHERE customer_id::text = ANY(%s)"
        assert system.rows(service, query, ids[1:]) == [(0,)]

    ask(system, f"/merges/{merge_id}/undo", {"reason": "不是同一人"}, fault)
    reaches(system, merge_id, "undone")
    settled(system)
    assert kept(system, ids) == before
    assert system.dead_messages() == {}

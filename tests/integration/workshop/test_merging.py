"""Repair orders follow their customers' records, in whatever order that is heard (E8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.customers import rekeying
from contracts.customer.events import DocumentMoved
from contracts.envelope import Received
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop.repair_orders.models import REPAIR_ORDERS, RepairOrder
from tests.integration.workshop.people import OIL, Workshop
from tests.support.events import deliver
from tests.support.examples import examples
from tests.support.records import merged, parted, unmerged


def hear(workshop: Workshop, events: Sequence[Received[Any]]) -> None:
    """As the consumer does, one by one."""

    def follow(session: Any, some: Sequence[Received[Any]]) -> None:
        rekeying.follow(session, some[0], [REPAIR_ORDERS], acknowledge=RepairOrdersRekeyed)

    for event in events:
        deliver(workshop.database.transaction, follow, [event])


def opened(workshop: Workshop, customer: UUID) -> UUID:
    """A vehicle taken in for a customer."""
    order = workshop.do(
        "open_repair_order",
        "advisor",
        vehicle_id=uuids.uuid7(),
        customer_id=customer,
        store_id=workshop.store,
        km=1000,
        complaint="保养",
        lines=[OIL],
    )
    return order.ro_id


def orders(workshop: Workshop) -> list[dict[str, Any]]:
    """Every column of the store's repair orders."""
    wanted = select(RepairOrder.__table__).where(RepairOrder.store_id == workshop.store).order_by(RepairOrder.number)
    return [dict(row._mapping) for row in workshop.database.read(lambda reading: list(reading.execute(wanted)))]


def whose(workshop: Workshop) -> dict[UUID, UUID]:
    return {row["id"]: row["customer_id"] for row in orders(workshop)}


def people(count: int) -> list[UUID]:
    return [uuids.uuid7() for _ in range(count)]


def test_five_records_become_one_and_part_again_and_every_order_is_what_it_was(workshop):
    survivor, *losers = people(5)
    for one in (survivor, *losers):
        opened(workshop, one)
    before = orders(workshop)
    hear(workshop, [merged(losers, into=survivor)])
    assert {row["customer_id"] for row in orders(workshop)} == {survivor}
    hear(workshop, [unmerged(losers, of=survivor)])
    assert orders(workshop) == before


def test_a_vehicle_taken_in_for_a_loser_is_the_survivor_s_and_its_events_name_whom_it_was_told_of(workshop):
    survivor, loser = people(2)
    hear(workshop, [merged([loser], into=survivor)])
    his = opened(workshop, loser)
    workshop.authorize(his)
    assert workshop.shown(his).customer_id == survivor
    assert {told["customer_id"] for told in workshop.payloads(his)} == {str(loser)}
    hear(workshop, [unmerged([loser], of=survivor)])
    assert workshop.shown(his).customer_id == loser


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_order_and_twice_every_order_ends_where_it_belongs(workshop, data):
    """Orders before and after, an undoing before its merge, a later merge before an earlier one."""
    a, b, c, n = people(4)
    ours = [opened(workshop, one) for one in (a, b, c)]
    history = [
        merged([b], into=a, version=2),
        unmerged([b], of=a, version=3),
        merged([c], into=b, version=2),
        parted(b, n, DocumentMoved("repair_order", str(ours[1]), n, 1)),
        merged([b, c], into=a, version=4),
        unmerged([c], of=a, version=5),
    ]
    shuffled = data.draw(st.permutations([*history, *history]))
    cut = data.draw(st.integers(0, len(shuffled)))
    hear(workshop, shuffled[:cut])
    late = opened(workshop, c)
    hear(workshop, shuffled[cut:])
    found = whose(workshop)
    assert [found[one] for one in (*ours, late)] == [a, n, c, c]

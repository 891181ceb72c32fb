"""Orders follow their customers' records, in whatever order that is heard (E8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis.customers import rekeying
from contracts.customer.events import DocumentMoved
from contracts.envelope import Received
from contracts.sales import operations
from contracts.sales.events import OrdersRekeyed
from services.sales.orders.models import ORDERS, Order
from tests.integration.sales.people import MODEL, PRICE, Showroom
from tests.support.events import deliver
from tests.support.examples import examples
from tests.support.records import merged, parted, unmerged


def hear(showroom: Showroom, events: Sequence[Received[Any]]) -> None:
    """As the consumer does, one by one."""

    def follow(session: Any, some: Sequence[Received[Any]]) -> None:
        rekeying.follow(session, some[0], [ORDERS], acknowledge=OrdersRekeyed)

    for event in events:
        deliver(showroom.database.transaction, follow, [event])


def order(showroom: Showroom, customer: UUID) -> UUID:
    """An order written for a customer."""
    made: operations.Order = showroom.do(
        "create_order", "consultant", customer_id=customer, store_id=showroom.store, model=MODEL, total_fen=PRICE
    )
    return made.order_id


def orders(showroom: Showroom) -> list[dict[str, Any]]:
    """Every column of the store's orders."""
    wanted = select(Order.__table__).where(Order.store_id == showroom.store).order_by(Order.number)
    return [dict(row._mapping) for row in showroom.database.read(lambda reading: list(reading.execute(wanted)))]


def whose(showroom: Showroom) -> dict[UUID, UUID]:
    return {row["id"]: row["customer_id"] for row in orders(showroom)}


def people(count: int) -> list[UUID]:
    return [uuids.uuid7() for _ in range(count)]


def test_five_records_become_one_and_part_again_and_every_order_is_what_it_was(showroom):
    survivor, *losers = people(5)
    for one in (survivor, *losers, *losers):
        order(showroom, one)
    before = orders(showroom)
    hear(showroom, [merged(losers, into=survivor)])
    assert {row["customer_id"] for row in orders(showroom)} == {survivor}
    assert [row["origin_customer_id"] for row in orders(showroom)] == [None, *losers, *losers]
    hear(showroom, [unmerged(losers, of=survivor)])
    assert orders(showroom) == before


def test_an_order_written_for_a_loser_is_the_survivor_s_and_goes_back_with_the_undoing(showroom):
    survivor, loser = people(2)
    hear(showroom, [merged([loser], into=survivor)])
    his, own = order(showroom, loser), order(showroom, survivor)
    assert whose(showroom) == {his: survivor, own: survivor}
    for asked in (loser, survivor):
        assert len(showroom.page(role="sales_manager", customer_id=asked).items) == 2
    hear(showroom, [unmerged([loser], of=survivor)])
    assert whose(showroom) == {his: loser, own: survivor}


def test_what_was_written_for_the_survivor_goes_where_it_is_listed(showroom):
    survivor, loser = people(2)
    hear(showroom, [merged([loser], into=survivor)])
    stays, goes = order(showroom, survivor), order(showroom, survivor)
    hear(showroom, [unmerged([loser], of=survivor, documents=[DocumentMoved("order", str(goes), loser, 1)])])
    assert whose(showroom) == {stays: survivor, goes: loser}


def test_a_document_given_to_the_new_one_of_a_split_comes_back_when_the_two_are_merged(showroom):
    one, new = people(2)
    stays, goes = order(showroom, one), order(showroom, one)
    hear(showroom, [parted(one, new, DocumentMoved("order", str(goes), new, 1))])
    assert whose(showroom) == {stays: one, goes: new}
    hear(showroom, [merged([new], into=one)])
    assert whose(showroom) == {stays: one, goes: one}


def test_a_document_of_another_service_is_none_of_ours(showroom):
    one, new = people(2)
    mine = order(showroom, one)
    hear(showroom, [parted(one, new, DocumentMoved("repair_order", str(mine), new, 1))])
    assert whose(showroom) == {mine: one}


def test_an_order_s_events_name_whom_it_was_written_for(showroom):
    survivor, loser = people(2)
    ours = order(showroom, loser)
    hear(showroom, [merged([loser], into=survivor)])
    showroom.sign(ours)
    assert [told["customer_id"] for told in showroom.payloads(ours)] == [str(loser)]


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_any_order_and_twice_every_order_ends_where_it_belongs(showroom, data):
    """Orders before and after, an undoing before its merge, a later merge before an earlier one."""
    a, b, c, n = people(4)
    ours = [order(showroom, one) for one in (a, b, c)]
    history = [
        merged([b], into=a, version=2),
        unmerged([b], of=a, version=3),
        merged([c], into=b, version=2),
        parted(b, n, DocumentMoved("order", str(ours[1]), n, 1)),
        merged([b, c], into=a, version=4),
    ]
    shuffled = data.draw(st.permutations([*history, *history]))
    cut = data.draw(st.integers(0, len(shuffled)))
    hear(showroom, shuffled[:cut])
    late = order(showroom, c)
    hear(showroom, shuffled[cut:])
    found = whose(showroom)
    assert [found[one] for one in (*ours, late)] == [a, n, a, a]


def test_each_change_is_acknowledged_once_even_when_the_inbox_was_emptied(showroom):
    survivor, loser = people(2)
    order(showroom, loser)
    event = merged([loser], into=survivor)
    hear(showroom, [event])
    with showroom.database.transaction() as session:
        session.execute(text("DELETE FROM inbox WHERE event_id = :id"), {"id": event.id})
    hear(showroom, [event])
    with showroom.database.transaction() as session:
        told = session.scalars(
            text("SELECT envelope->'payload' FROM outbox WHERE event_type = 'orders_rekeyed' AND subject_id LIKE :id"),
            {"id": f"{event.payload.change_id}/%"},
        ).all()
    assert told == [{"change_id": str(event.payload.change_id), "kind": "merged", "part": 1, "rows": 1}]

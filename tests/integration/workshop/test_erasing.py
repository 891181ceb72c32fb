"""Repair orders stay with the books; what was said at the desk is gone when the customer was forgotten (PIPL 47)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis.customers import erasing, rekeying
from contracts.customer.events import CustomerErased
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop.repair_orders.models import REPAIR_ORDERS, RepairOrder
from tests.integration.workshop.people import OIL, Workshop
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged


def hear(workshop: Workshop, events: Any) -> None:
    """As the consumer does, one by one."""

    def handle(session: Any, some: Any) -> None:
        if isinstance(some[0].payload, CustomerErased):
            erasing.forget(session, some[0], holding=REPAIR_ORDERS)
        else:
            rekeying.follow(session, some[0], [REPAIR_ORDERS], acknowledge=RepairOrdersRekeyed)

    for event in events:
        deliver(workshop.database.transaction, handle, [event])


def agreed(workshop: Workshop, customer: UUID) -> UUID:
    """A repair order he agreed to."""
    ro_id = workshop.do(
        "open_repair_order", "advisor", vehicle_id=uuid4(), customer_id=customer, store_id=workshop.store, km=5,
        complaint="孩子晕车", lines=[OIL],
    ).ro_id  # fmt: skip
    workshop.authorize(ro_id)
    return ro_id


def repair_orders(workshop: Workshop) -> list[dict[str, Any]]:
    wanted = select(RepairOrder.__table__).where(RepairOrder.store_id == workshop.store).order_by(RepairOrder.number)
    return [dict(row._mapping) for row in workshop.database.read(lambda reading: list(reading.execute(wanted)))]


@pytest.mark.parametrize("seed", range(6))
def test_his_words_go_from_his_repair_orders_and_nothing_else_does(workshop, seed):
    his, joined, other = (uuid4() for _ in range(3))
    for who in (his, joined, other):
        agreed(workshop, who)
    before = repair_orders(workshop)
    hear(workshop, twice_shuffled([merged([joined], into=his), erased(his, joined)], seed=seed))
    after = repair_orders(workshop)
    assert [(row["complaint"], row["consent_by"]) for row in after] == [("", ""), ("", ""), ("孩子晕车", "张伟")]
    same = set(before[0]) - {"complaint", "consent_by", "customer_id", "origin_customer_id"}
    assert [{name: row[name] for name in same} for row in after] == [
        {name: row[name] for name in same} for row in before
    ]
    assert [line.description for line in workshop.shown(after[0]["id"]).lines] == [OIL.description]

"""Orders stay with the books; who signed them is gone when the customer was forgotten (PIPL 47)."""

from __future__ import annotations

from typing import Any

import pytest
import uuid_utils.compat as uuids

from chassis.customers import erasing
from contracts.customer.events import CustomerErased
from services.sales.orders.models import ORDERS
from tests.integration.sales.people import Showroom
from tests.integration.sales.test_merging import hear as hear_merge
from tests.integration.sales.test_merging import orders
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged


def hear(showroom: Showroom, events: Any) -> None:
    """As the consumer does, one by one."""

    def forget(session: Any, some: Any) -> None:
        erasing.forget(session, some[0], holding=ORDERS)

    for event in events:
        if isinstance(event.payload, CustomerErased):
            deliver(showroom.database.transaction, forget, [event])
        else:
            hear_merge(showroom, [event])


@pytest.mark.parametrize("seed", range(6))
def test_his_name_goes_from_his_orders_and_nothing_else_does(showroom, seed):
    his, joined, other = (uuids.uuid7() for _ in range(3))
    signed = [showroom.write(customer=who) for who in (his, joined, other)]
    for order in signed:
        showroom.sign(order)
    showroom.write(customer=his)
    before = orders(showroom)
    hear(showroom, twice_shuffled([merged([joined], into=his), erased(his, joined)], seed=seed))
    after = orders(showroom)
    assert [row["signer"] for row in after] == ["", "", "张伟", None]
    same = set(before[0]) - {"signer", "customer_id", "origin_customer_id"}
    assert [{name: row[name] for name in same} for row in after] == [
        {name: row[name] for name in same} for row in before
    ]

"""The orders in which repair orders are listed, and what each is found by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracts.workshop.operations import ListRepairOrders, RepairOrderSort, Stage
from services.workshop.repair_orders import queries
from tests.integration.workshop.people import NOW, OIL, PROMISE, Workshop
from tests.support.databases import Databases
from tests.support.plans import plan_of_page

MANY = """
    INSERT INTO repair_order (id, number, store_id, vehicle_id, customer_id, advisor_id, stage, km, complaint,
                              authorized_fen, opened_at, version, bay, promised_at, returned_at)
    SELECT gen_random_uuid(), 'MANY-' || n, 'S' || n %% 20, gen_random_uuid(), gen_random_uuid(), 'advisor',
           CASE WHEN n / 20 %% 25 > 0 THEN 'delivered' ELSE 'opened' END, 1, '', 0,
           CAST('2026-11-01' AS timestamptz) + n * interval '1 minute', 1, '',
           CAST('2026-11-02' AS timestamptz) + n %% 999 * interval '1 minute',
           CASE WHEN n / 20 %% 25 > 0 THEN CAST('2026-11-03' AS timestamptz) + n * interval '1 minute' END
      FROM generate_series(1, 40000) n
"""


@pytest.fixture(scope="module")
def many(databases: Databases) -> Iterator[Workshop]:
    """Years of twenty stores."""
    databases("workshop")
    databases.as_owner("workshop", MANY)
    databases.as_owner("workshop", "ANALYZE repair_order")
    yield Workshop(databases("workshop"), "S3")
    databases.as_owner("workshop", "DELETE FROM repair_order WHERE number LIKE 'MANY-%%'")


def test_the_board_may_be_asked_for_by_promise_and_by_how_long_a_vehicle_is_here(workshop: Workshop) -> None:
    first, second, third = (workshop.open(OIL, now=NOW + timedelta(hours=hour)) for hour in range(3))
    workshop.authorize(third, promised_at=PROMISE)
    workshop.authorize(second, promised_at=PROMISE + timedelta(hours=1))

    def by(sort: RepairOrderSort | None) -> list[object]:
        return [order.ro_id for order in workshop.page(sort=sort).items]

    assert by(None) == by(RepairOrderSort.PROMISE) == [third, second, first]
    assert by(RepairOrderSort.LONGEST_HERE) == [first, second, third]
    assert by(RepairOrderSort.NEWEST) == [third, second, first]


def test_a_board_that_is_worked_off_is_walked_without_a_gap(workshop: Workshop) -> None:
    orders = [workshop.ready(OIL) for _ in range(5)]
    expected = [order.ro_id for order in workshop.page().items]
    assert set(expected) == set(orders)
    page = workshop.page(size=2)
    for order in page.items:
        workshop.settle(order.ro_id)
        workshop.give_back(order.ro_id)
    following = workshop.page(size=2, after=page.next)
    assert [order.ro_id for order in following.items] == expected[2:4]
    last = workshop.page(size=2, after=following.next)
    assert ([order.ro_id for order in last.items], last.next, last.total) == (expected[4:], None, 3)


@pytest.mark.parametrize(
    ("sort", "stage"),
    [
        (RepairOrderSort.PROMISE, None),
        (RepairOrderSort.LONGEST_HERE, Stage.RETURNED),
        (RepairOrderSort.NEWEST, Stage.RETURNED),
        (None, Stage.RETURNED),
    ],
)
def test_each_order_of_a_store_s_list_is_read_by_its_index(
    many: Workshop, sort: RepairOrderSort | None, stage: Stage | None
) -> None:
    scope, asked = many.scope("list_repair_orders", "advisor"), ListRepairOrders(stage=stage, sort=sort)
    plan = plan_of_page(many.database, lambda reading: queries.list_repair_orders(reading, asked, scope=scope))
    index = queries.SORTS[sort].index if sort else "repair_order_by_store"
    assert index in plan, plan
    assert "->  Sort" not in plan, plan

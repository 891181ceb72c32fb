"""The orders in which orders and yards are listed, and what each is found by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.sales import operations
from contracts.sales.operations import ListOrders, OrderSort, Standing
from contracts.sales.stock import StockSort
from services.sales.orders import queries
from tests.integration.sales.people import NOW, PROMISE, Showroom
from tests.support.databases import Databases
from tests.support.plans import plan_of_page

MANY = """
    INSERT INTO sales_order (id, number, store_id, customer_id, consultant_id, model, status, total_fen, paid_fen,
                             created_at, version, promised_date)
    SELECT gen_random_uuid(), 'MANY-' || n, 'S' || n %% 20, gen_random_uuid(), 'consultant', 'GL8', 'approved', 1, 0,
           CAST('2026-11-01' AS timestamptz) + n * interval '1 minute', 1,
           CASE WHEN n %% 7 > 0 THEN CAST('2026-11-02' AS date) + n %% 999 END
      FROM generate_series(1, 40000) n
"""


@pytest.fixture(scope="module")
def many(databases: Databases) -> Iterator[Any]:
    """Years of twenty stores."""
    databases("sales")
    databases.as_owner("sales", MANY)
    databases.as_owner("sales", "ANALYZE sales_order")
    yield databases("sales")
    databases.as_owner("sales", "DELETE FROM sales_order WHERE number LIKE 'MANY-%%'")


def test_orders_are_listed_by_when_they_were_written_or_by_the_date_promised(showroom: Showroom) -> None:
    first, second, third = (showroom.write(now=NOW + timedelta(hours=hour)) for hour in range(3))
    showroom.sign(third, promised=PROMISE)
    showroom.sign(first, promised=PROMISE + timedelta(days=1))

    def by(**sort: Any) -> list[Any]:
        return [order.order_id for order in showroom.page(**sort).items]

    assert by() == by(sort=OrderSort.NEWEST) == [third, second, first]
    assert by(sort=OrderSort.OLDEST) == [first, second, third]
    assert by(sort=OrderSort.PROMISE) == [third, first, second], "what nobody promised comes last"


def test_what_something_is_still_to_be_done_for_is_listed_apart_from_what_is_over(showroom: Showroom) -> None:
    written, handed_over, cancelled = (showroom.write(now=NOW + timedelta(hours=hour)) for hour in range(3))
    for order_id in (handed_over, cancelled):
        showroom.sign(order_id)
    showroom.pay(handed_over)
    showroom.allocate(handed_over, showroom.receive())
    showroom.deliver(handed_over)
    showroom.cancel(cancelled)
    assert [order.order_id for order in showroom.page(standing=Standing.OPEN).items] == [cancelled, written]
    showroom.confirm(cancelled)

    def told(**asked: Any) -> list[Any]:
        return [order.order_id for order in showroom.page(**asked).items]

    assert told(standing=Standing.OPEN) == [written]
    assert told(standing=Standing.OVER) == [cancelled, handed_over]
    assert told() == told(standing=Standing.ANY) == [cancelled, handed_over, written]
    assert told(standing=Standing.OPEN, status=operations.OrderStatus.DELIVERED) == []


def test_orders_that_are_worked_off_are_walked_without_a_gap(showroom: Showroom) -> None:
    written = [showroom.write(now=NOW + timedelta(hours=hour)) for hour in range(5)]
    asked: dict[str, Any] = {"status": operations.OrderStatus.APPROVED, "sort": OrderSort.OLDEST, "size": 2}
    page = showroom.page(**asked)
    for order in page.items:
        showroom.sign(order.order_id)
    following = showroom.page(**asked, after=page.next)
    assert [order.order_id for order in following.items] == written[2:4]
    assert [order.order_id for order in showroom.page(**asked, after=following.next).items] == written[4:]


def test_a_yard_is_listed_by_how_long_a_vehicle_waits(showroom: Showroom) -> None:
    arrived = [showroom.receive(now=NOW + timedelta(minutes=minute)) for minute in range(3)]

    def by(**sort: Any) -> list[str | None]:
        return [one.vin for one in showroom.yard(**sort)]

    assert (by(), by(sort=StockSort.NEWEST)) == (arrived, arrived[::-1])


@pytest.mark.parametrize("sort", list(OrderSort))
def test_each_order_of_a_store_s_list_is_read_by_its_index(many: Any, showroom: Showroom, sort: OrderSort) -> None:
    scope, asked = showroom.of("S3").scope("list_orders", "sales_manager"), ListOrders(sort=sort)
    plan = plan_of_page(many, lambda reading: queries.list_orders(reading, asked, scope=scope))
    assert queries.SORTS[sort].index in plan, plan
    assert "->  Sort" not in plan, plan

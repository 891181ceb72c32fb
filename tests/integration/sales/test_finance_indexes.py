"""Each list that finance works off is read by one index, however many orders, payments and notices there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chassis.store.pages import Sorting
from contracts.sales import finance, receivables
from contracts.sales import payments as in_money
from services.sales.payments import queries
from services.sales.payments.queries import finance as lists
from tests.integration.sales.people import NOW, Showroom
from tests.support.databases import Databases
from tests.support.plans import plan_of_page

MANY = (
    """
    INSERT INTO sales_order (id, number, store_id, customer_id, consultant_id, model, status, total_fen, paid_fen,
                             created_at, version)
    SELECT gen_random_uuid(), 'MUCH-' || n, 'S' || n %% 20, gen_random_uuid(), 'consultant', 'GL8', 'signed', 9, 0,
           CAST('2026-11-01' AS timestamptz) + n * interval '1 minute', 1
      FROM generate_series(1, 10000) n
    """,
    """
    INSERT INTO receivable (id, order_id, store_id, payer, payer_name, owed_fen, paid_fen, balance_fen, to_return_fen,
                            compensation_fen, due_on, changed_at)
    SELECT gen_random_uuid(), id, store_id, 'buyer', '', 9, 0, 9, 9, 0, CAST(created_at AS date), created_at
      FROM sales_order WHERE number LIKE 'MUCH-%%'
    """,
    """
    INSERT INTO payment (id, order_id, store_id, kind, channel, external_ref, reference_key, state, amount_fen,
                         unused_fen, refunded_fen, promised_fen, reported, registered_at, confirmed_at, version)
    SELECT gen_random_uuid(), id, store_id, 'balance', 'wechat', number, number, 'confirmed', 9, 9, 0, 0, true,
           created_at, created_at, 1
      FROM sales_order WHERE number LIKE 'MUCH-%%'
    """,
    """
    INSERT INTO refund (id, payment_id, order_id, store_id, channel, amount_fen, state, reason, requested_by,
                        requested_at, version)
    SELECT gen_random_uuid(), id, order_id, store_id, channel, 1, 'requested', '', 'finance', registered_at, 1
      FROM payment WHERE reference_key LIKE 'MUCH-%%'
    """,
    """
    INSERT INTO payment_notice (id, store_id, channel, reference_key, order_number, amount_fen, outcome, result,
                                payment_id, times, first_at, last_at)
    SELECT gen_random_uuid(), store_id, 'wechat', reference_key, reference_key, 8, 'paid', 'contradicts', id, 1,
           registered_at, registered_at
      FROM payment WHERE reference_key LIKE 'MUCH-%%'
    """,
)
GONE = (
    "DELETE FROM payment_notice WHERE reference_key LIKE 'MUCH-%%'",
    "DELETE FROM refund USING payment p WHERE p.id = payment_id AND p.reference_key LIKE 'MUCH-%%'",
    "DELETE FROM payment WHERE reference_key LIKE 'MUCH-%%'",
    "DELETE FROM receivable USING sales_order o WHERE o.id = order_id AND o.number LIKE 'MUCH-%%'",
    "DELETE FROM sales_order WHERE number LIKE 'MUCH-%%'",
)
TABLES = ("sales_order", "receivable", "payment", "refund", "payment_notice")


@pytest.fixture(scope="module")
def much(databases: Databases) -> Iterator[Any]:
    """The money of twenty stores."""
    databases("sales")
    for statement in MANY:
        databases.as_owner("sales", statement)
    databases.as_owner("sales", f"ANALYZE {', '.join(TABLES)}")
    yield databases("sales")
    for statement in GONE:
        databases.as_owner("sales", statement)


LISTS: dict[str, tuple[Sorting, Callable[..., Any]]] = {
    "list_receivables": (
        lists.BY_DUE,
        lambda on, scope: queries.list_receivables(on, receivables.ListReceivables(), scope=scope, now=NOW),
    ),
    "list_returns": (
        lists.TO_RETURN,
        lambda on, scope: queries.list_returns(on, receivables.ListReturns(), scope=scope),
    ),
    "list_receipts": (
        lists.UNAPPLIED,
        lambda on, scope: queries.list_receipts(on, in_money.ListReceipts(), scope=scope),
    ),
    "list_refunds": (lists.REFUNDS, lambda on, scope: queries.list_refunds(on, finance.ListRefunds(), scope=scope)),
    "list_notices": (lists.NOTICES, lambda on, scope: queries.list_notices(on, finance.ListNotices(), scope=scope)),
}


@pytest.mark.parametrize("operation", LISTS)
def test_a_store_s_list_is_read_by_its_index_in_its_order(much: Any, showroom: Showroom, operation: str) -> None:
    by, read = LISTS[operation]
    scope = showroom.of("S3").scope(operation, "finance")
    plan = plan_of_page(much, lambda on: read(on, scope))
    assert by.index in plan, plan
    assert "->  Sort" not in plan, plan

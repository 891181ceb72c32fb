"""Payments at, below and above what is owed (C4, C19)."""

from datetime import datetime
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.sales.operations import CreateOrder, OrderStatus
from services.sales.orders.errors import BalanceOpen, Overpayment
from services.sales.orders.models import Order
from services.sales.prices.usecases import Price

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PRICE = 20_000_000


def order(status: OrderStatus, *, paid_fen: int) -> Order:
    written = Order.write(
        CreateOrder(customer_id=UUID(int=2), store_id="HN", model="雅阁 2.0L", total_fen=PRICE),
        Price("雅阁 2.0L", PRICE, 0, 0, []),
        beyond=False,
        by="C1",
        number="HN-SO-202611-0001",
        consultant_id="C1",
        now=NOW,
    )
    written.status, written.paid_fen = status, paid_fen
    return written


@pytest.mark.parametrize("amount_fen", [1, 14_999_999, 15_000_000])
def test_up_to_the_whole_balance_may_be_paid(amount_fen: int) -> None:
    signed = order(OrderStatus.SIGNED, paid_fen=5_000_000)
    signed.pay(amount_fen=amount_fen, now=NOW)
    assert (signed.paid_fen, signed.version) == (5_000_000 + amount_fen, 2)


def test_a_fen_more_than_the_balance_is_refused_with_the_balance() -> None:
    signed = order(OrderStatus.SIGNED, paid_fen=5_000_000)
    with pytest.raises(Overpayment) as refused:
        signed.pay(amount_fen=15_000_001, now=NOW)
    assert refused.value.details == {"balance": "150,000.00", "balance_fen": 15_000_000, "field": "amount_fen"}
    assert (signed.paid_fen, signed.version) == (5_000_000, 1)


def test_nothing_more_may_be_paid_on_a_paid_order() -> None:
    with pytest.raises(Overpayment):
        order(OrderStatus.ALLOCATED, paid_fen=PRICE).pay(amount_fen=1, now=NOW)


def test_the_car_leaves_when_the_last_fen_is_paid() -> None:
    allocated = order(OrderStatus.ALLOCATED, paid_fen=PRICE - 1)
    with pytest.raises(BalanceOpen) as refused:
        allocated.deliver(km=12, now=NOW)
    assert refused.value.details == {"balance_fen": 1}
    assert allocated.status is OrderStatus.ALLOCATED

    allocated.pay(amount_fen=1, now=NOW)
    allocated.deliver(km=12, now=NOW)
    assert (allocated.status, allocated.km, allocated.delivered_at) == (OrderStatus.DELIVERED, 12, NOW)

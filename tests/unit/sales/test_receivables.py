"""Who owes what of an order: its buyer and the lender together what it costs, to the fen (C19; field list 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.sales.operations import OrderStatus
from services.sales.receivables.rules import Settlement, Share, shares

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
NOTHING = Settlement()


@dataclass(frozen=True)
class Deal:
    """An order as far as somebody owes of it."""

    total_fen: int = 100
    paid_fen: int = 0
    loan_fen: int = 0
    loan_paid_fen: int = 0
    status: OrderStatus = OrderStatus.SIGNED
    signed_at: datetime | None = NOW


def owed(deal: Deal, settlement: Settlement = NOTHING) -> tuple[tuple[int, int], tuple[int, int]]:
    return tuple((one.owed_fen, one.paid_fen) for one in shares(deal, settlement))  # type: ignore[return-value]


def test_before_the_contract_nobody_owes_anything() -> None:
    assert owed(Deal(signed_at=None, status=OrderStatus.APPROVED)) == ((0, 0), (0, 0))


def test_without_a_letter_the_buyer_owes_all() -> None:
    assert owed(Deal(paid_fen=30)) == ((100, 30), (0, 0))


@pytest.mark.parametrize(
    ("paid", "loan", "loan_paid", "buyer", "lender"),
    [
        (0, 60, 0, (40, 0), (60, 0)),
        (40, 60, 0, (40, 40), (60, 0)),
        (41, 60, 0, (41, 41), (59, 0)),  # what the buyer paid of the lender's share the lender does not owe
        (100, 60, 0, (100, 100), (0, 0)),
        (100, 60, 60, (40, 40), (60, 60)),
        (60, 0, 60, (40, 0), (60, 60)),  # paid, and its letter stands no more
        (0, 200, 0, (0, 0), (100, 0)),  # the price is lower by now
    ],
)
def test_a_letter_moves_a_share_to_its_lender(
    paid: int, loan: int, loan_paid: int, buyer: tuple[int, int], lender: tuple[int, int]
) -> None:
    assert owed(Deal(paid_fen=paid, loan_fen=loan, loan_paid_fen=loan_paid)) == (buyer, lender)


@given(st.data())
def test_together_they_owe_the_price_and_nobody_owes_less_than_he_paid(data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 300))
    paid = data.draw(st.integers(0, total))
    deal = Deal(total, paid, data.draw(st.integers(0, 400)), data.draw(st.integers(0, paid)))
    buyer, lender = shares(deal, NOTHING)
    assert buyer.owed_fen + lender.owed_fen == total
    assert buyer.paid_fen + lender.paid_fen == paid
    assert buyer.balance_fen + lender.balance_fen == total - paid
    assert buyer.to_return_fen == lender.to_return_fen == 0


@pytest.mark.parametrize(
    ("settlement", "returned"),
    [
        (NOTHING, 50),
        (Settlement(forfeited_fen=20), 30),
        (Settlement(forfeited_fen=60), 0),  # no more stays than there is
        (Settlement(compensation_fen=20), 70),
    ],
)
def test_of_a_cancelled_order_what_was_paid_goes_back_less_what_is_forfeited_or_more_by_what_is_owed_twice(
    settlement: Settlement, returned: int
) -> None:
    buyer, lender = shares(Deal(paid_fen=60, loan_paid_fen=10, status=OrderStatus.CANCELLED), settlement)
    assert (buyer.balance_fen, buyer.to_return_fen) == (0, returned)
    assert (lender.balance_fen, lender.to_return_fen) == (0, 10)


def test_a_share_owes_nothing_below_nothing() -> None:
    assert (Share("buyer", 10, 30).balance_fen, Share("buyer", 10, 30).to_return_fen) == (0, 20)  # type: ignore[arg-type]

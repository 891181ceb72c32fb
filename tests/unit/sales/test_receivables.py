"""Who owes what of an order: its buyer and the lender together what it costs, to the fen (C19; field list 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.sales.operations import OrderStatus
from contracts.sales.receivables import Payer
from services.sales.receivables.rules import Part, Settlement, Share, shares

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
    buyer, lender = shares(deal, settlement)
    return (buyer.owed_fen, buyer.paid_fen), (lender.owed_fen, lender.paid_fen)


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


SON, FIRM = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("paid", "son", "firm", "owed_by"),
    [
        (0, 0, 0, {None: 40, SON: 30, FIRM: 30}),
        (30, 30, 0, {None: 40, SON: 30, FIRM: 30}),
        (70, 0, 0, {None: 70, SON: 30, FIRM: 0}),  # the buyer paid what the others were to pay, the last one's first
        (45, 45, 0, {None: 25, SON: 45, FIRM: 30}),  # he paid more than was said: the buyer owes less
    ],
)
def test_others_owe_what_was_named_for_them_as_far_as_nobody_else_has_paid_it(
    paid: int, son: int, firm: int, owed_by: dict[UUID | None, int]
) -> None:
    found = shares(Deal(paid_fen=paid), NOTHING, parts=[Part(SON, 30, son), Part(FIRM, 30, firm)])
    assert {one.party_id: one.owed_fen for one in found if one.payer is not Payer.LENDER} == owed_by


def test_before_there_is_a_letter_its_lender_owes_what_was_named_for_it() -> None:
    buyer, lender = shares(Deal(), NOTHING, lent_fen=60)
    assert (buyer.owed_fen, lender.owed_fen) == (40, 60)


@given(st.data())
def test_together_they_owe_the_price_and_nobody_owes_less_than_he_paid(data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 300))
    paid = data.draw(st.integers(0, total))
    by_lender = data.draw(st.integers(0, paid))
    by_son = data.draw(st.integers(0, paid - by_lender))
    deal = Deal(total, paid, data.draw(st.integers(0, 400)), by_lender)
    found = shares(deal, NOTHING, parts=[Part(SON, data.draw(st.integers(0, 400)), by_son), Part(FIRM, 7, 0)])
    assert sum(one.owed_fen for one in found) == total
    assert sum(one.paid_fen for one in found) == paid
    assert sum(one.balance_fen for one in found) == total - paid
    assert {one.to_return_fen for one in found} == {0}


@pytest.mark.parametrize(
    ("settlement", "returned"),
    [
        (NOTHING, 50),
        (Settlement(forfeited={None: 20}), 30),
        (Settlement(forfeited={None: 60}), 0),  # no more stays than there is
        (Settlement(compensation={None: 20}), 70),
    ],
)
def test_of_a_cancelled_order_what_was_paid_goes_back_less_what_is_forfeited_or_more_by_what_is_owed_twice(
    settlement: Settlement, returned: int
) -> None:
    buyer, lender = shares(Deal(paid_fen=60, loan_paid_fen=10, status=OrderStatus.CANCELLED), settlement)
    assert (buyer.balance_fen, buyer.to_return_fen) == (0, returned)
    assert (lender.balance_fen, lender.to_return_fen) == (0, 10)


def test_a_deposit_is_forfeited_by_or_owed_twice_to_who_paid_it() -> None:
    deal, parts = Deal(paid_fen=60, status=OrderStatus.CANCELLED), [Part(SON, 20, 20), Part(FIRM, 9, 0)]

    def returned(settlement: Settlement) -> list[tuple[int, int]]:
        buyer, _, son, _ = shares(deal, settlement, parts=parts)
        return [(one.to_return_fen, one.compensation_fen) for one in (buyer, son)]

    assert returned(Settlement(forfeited={SON: 20})) == [(40, 0), (0, 0)]
    assert returned(Settlement(forfeited={SON: 15, None: 5})) == [(35, 0), (5, 0)]
    assert returned(Settlement(compensation={SON: 20})) == [(40, 0), (40, 20)]


def test_a_share_owes_nothing_below_nothing() -> None:
    assert (Share(Payer.BUYER, 10, 30).balance_fen, Share(Payer.BUYER, 10, 30).to_return_fen) == (0, 20)

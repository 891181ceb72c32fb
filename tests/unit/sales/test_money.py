"""Money: amounts and references as they are read, deposits in law, what a payment and a refund may become (C19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.money import reference_key
from contracts.sales.operations import Fault, OrderStatus, PaymentChannel, PaymentKind, PayOrder
from contracts.sales.payments import PaymentState, RefundKind, RefundState
from services.sales.payments import errors
from services.sales.payments.models import Payment, Refund
from services.sales.payments.rules import PAYMENTS, REFUNDS, fen_of
from services.sales.receivables.rules import Paid, deposit_by_law, forfeits, owes_twice

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
DEPOSIT, BALANCE = PaymentKind.DEPOSIT, PaymentKind.BALANCE


def awaited(amount_fen: int = 1_990) -> Payment:
    asked = PayOrder(UUID(int=1), amount_fen, "P-1", channel=PaymentChannel.CASH)
    return Payment.register(asked, store_id="HN", by="F1", now=NOW)


def come(amount_fen: int = 1_990, *, applied_fen: int | None = None) -> Payment:
    payment = awaited(amount_fen)
    payment.confirm(applied_fen=amount_fen if applied_fen is None else applied_fen, now=NOW)
    return payment


def asked_back() -> Refund:
    said: dict[str, Any] = {"kind": RefundKind.RETURN, "amount_fen": 1, "reason": "多收", "payer_id": None}
    return Refund.request(come(), **said, by="F1", now=NOW)


# -- as they are read


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("19.90", 1990),
        ("8.80", 880),
        ("1.67", 167),
        ("0.29", 29),
        ("0.1", 10),
        ("186,800.00", 18_680_000),
        ("１２.５", 1250),
    ],
)
def test_yuan_in_a_notice_are_the_fen_they_say(yuan: str, fen: int) -> None:
    """6.2: with plate fees, not with cars; `int(x * 100)` is wrong for these."""
    assert fen_of(yuan) == fen


@given(st.integers(1, 99_999))
def test_every_small_amount_is_read_back_to_the_fen(fen: int) -> None:
    assert fen_of(f"{Decimal(fen) / 100:.2f}") == fen


@pytest.mark.parametrize(
    "odd", ["19.905", "", "0", "0.00", "-5", "1e3", "五元", "1,86", "12,3456.00", "19.90元", "NaN", " ", "1.", ".5"]
)
def test_what_is_no_amount_of_at_most_two_places_is_refused(odd: str) -> None:
    """6.2, 6.3."""
    with pytest.raises(errors.AmountUnreadable) as refused:
        fen_of(odd)
    assert refused.value.details == {"amount": odd, "field": "amount"}


@pytest.mark.parametrize("alike", ["WX-001", "wx-001", "ＷＸ－００１", " wx -001 "])
def test_a_reference_is_the_same_whatever_its_case_width_and_blanks(alike: str) -> None:
    assert reference_key(alike) == "wx-001"


# -- what is a deposit in law


@pytest.mark.parametrize(
    ("paid", "total", "deposit"),
    [
        ([(DEPOSIT, 5_000_000)], 18_680_000, 3_736_000),
        ([(DEPOSIT, 3_736_000)], 18_680_000, 3_736_000),
        ([(DEPOSIT, 3_735_999)], 18_680_000, 3_735_999),
        ([(DEPOSIT, 2_000_000), (DEPOSIT, 2_000_000)], 18_680_000, 3_736_000),
        ([(DEPOSIT, 20)], 99, 19),
        ([(PaymentKind.EARNEST, 5_000_000), (BALANCE, 100)], 18_680_000, 0),
        ([], 18_680_000, 0),
    ],
)
def test_a_deposit_is_at_most_a_fifth_of_the_price(
    paid: list[tuple[PaymentKind, int]], total: int, deposit: int
) -> None:
    """6.10: 50 000 on a car of 186 800 are 37 360 of deposit and a prepayment; 订金 is none."""
    assert sum(deposit_by_law([Paid(*one) for one in paid], total_fen=total).values()) == deposit


def test_of_deposits_of_several_what_came_first_is_deposit_first() -> None:
    paid = [Paid(DEPOSIT, 15, UUID(int=1)), Paid(BALANCE, 9), Paid(DEPOSIT, 15), Paid(DEPOSIT, 15, UUID(int=1))]
    assert deposit_by_law(paid, total_fen=100) == {UUID(int=1): 15, None: 5}


@pytest.mark.parametrize(("status", "fault"), [*product(OrderStatus, [None, *Fault])])
def test_a_deposit_is_forfeited_or_owed_twice_by_the_fault_of_a_cancellation(
    status: OrderStatus, fault: Fault | None
) -> None:
    cancelled = status is OrderStatus.CANCELLED
    assert forfeits(status, fault) == (cancelled and fault is Fault.BUYER)
    assert owes_twice(status, fault) == (cancelled and fault is Fault.SELLER)


# -- what they may become


TO: dict[PaymentState, Callable[[Payment], object]] = {
    PaymentState.CONFIRMED: lambda payment: payment.confirm(applied_fen=0, now=NOW),
    PaymentState.FAILED: lambda payment: payment.fail(now=NOW),
    PaymentState.REVERSED: lambda payment: payment.reverse(reason="退票", now=NOW),
}
GIVEN: dict[RefundState, Callable[[Refund], object]] = {
    RefundState.APPROVED: lambda refund: refund.approve(by="M1", now=NOW),
    RefundState.REFUSED: lambda refund: refund.refuse(reason="不退", by="M1", now=NOW),
    RefundState.PAID: lambda refund: refund.pay(external_ref="R-1", by="F1", now=NOW),
}


@pytest.mark.parametrize(("at", "to"), [*product(PaymentState, TO)])
def test_a_payment_becomes_what_the_table_says_and_nothing_else(at: PaymentState, to: PaymentState) -> None:
    payment = awaited()
    payment.state = at
    if to in PAYMENTS[at]:
        TO[to](payment)
        assert (payment.state, payment.version) == (to, 2)
        return
    with pytest.raises(errors.PaymentState) as refused:
        TO[to](payment)
    assert refused.value.details == {"state": at, "wanted": to}
    assert (payment.state, payment.version) == (at, 1)


@pytest.mark.parametrize(("at", "to"), [*product(RefundState, GIVEN)])
def test_a_refund_becomes_what_the_table_says_and_nothing_else(at: RefundState, to: RefundState) -> None:
    refund = asked_back()
    refund.state = at
    if to in REFUNDS[at]:
        GIVEN[to](refund)
        assert (refund.state, refund.version) == (to, 2)
        return
    with pytest.raises(errors.RefundState) as refused:
        GIVEN[to](refund)
    assert refused.value.details == {"state": at, "wanted": to}
    assert (refund.state, refund.version) == (at, 1)


def test_the_tables_are_those_of_the_rules() -> None:
    assert {(at, to) for at, tos in PAYMENTS.items() for to in tos} == {
        ("registered", "confirmed"),
        ("registered", "failed"),
        ("confirmed", "reversed"),
    }
    assert {(at, to) for at, tos in REFUNDS.items() for to in tos} == {
        ("requested", "approved"),
        ("requested", "refused"),
        ("approved", "paid"),
        ("approved", "refused"),
    }


def test_whoever_asked_for_a_refund_does_not_agree_to_it() -> None:
    refund = asked_back()
    with pytest.raises(errors.OwnRefund):
        refund.approve(by="F1", now=NOW)
    assert refund.state is RefundState.REQUESTED


# -- what becomes of their fen


@pytest.mark.parametrize(
    ("applied", "asked", "lost"), [(1_990, 90, 90), (1_000, 990, 0), (1_000, 991, 1), (0, 1_990, 0)]
)
def test_what_goes_back_is_first_what_was_for_nothing(applied: int, asked: int, lost: int) -> None:
    payment = come(applied_fen=applied)
    payment.promise_back(asked)
    assert payment.give_back(asked) == lost
    assert (payment.applied_fen, payment.refunded_fen) == (applied - lost, asked)


def test_no_fen_more_goes_back_than_came() -> None:
    payment = come(100)
    payment.promise_back(60)
    with pytest.raises(errors.RefundTooMuch) as refused:
        payment.promise_back(41)
    assert refused.value.details == {"left": "0.40", "left_fen": 40, "field": "amount_fen"}
    payment.promise_back(40)


def test_money_that_goes_back_is_not_taken_back_as_well() -> None:
    payment = come()
    payment.promise_back(1)
    with pytest.raises(errors.RefundStands):
        payment.reverse(reason="退票", now=NOW)
    payment.keep(1)
    assert payment.reverse(reason="退票", now=NOW) == 1_990
    assert (payment.applied_fen, payment.unapplied_fen) == (0, 0)


def test_what_never_came_is_not_given_back() -> None:
    with pytest.raises(errors.PaymentState):
        awaited().promise_back(1)

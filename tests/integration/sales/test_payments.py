"""Payments against PostgreSQL: one reference is one payment, and never more than the price is paid."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.refusals import Refusal
from contracts.sales.operations import OrderStatus, PaymentChannel, PaymentKind, PayOrder
from contracts.sales.parties import PartyKind, PayerNamed
from contracts.sales.payments import NoticeResult, PaymentState, Settled
from services.sales.orders.errors import OrderNotFound, Overpayment
from services.sales.payments import errors
from services.sales.payments.errors import ReferenceUsed
from services.sales.payments.models import Payment
from tests.integration.sales.people import DEPOSIT, PRICE, Showroom
from tests.support.polling import eventually
from tests.support.randoms import code

WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}
"""ASCII as a Chinese keyboard writes it in full width."""

SIGNED = ("order_signed", 2)


def payments(showroom: Showroom, order_id: UUID) -> list[tuple[str, int]]:
    with showroom.database.transaction() as session:
        known = session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id))
        return [(payment.external_ref, payment.amount_fen) for payment in known]


def test_the_same_reference_twice_is_one_payment(showroom: Showroom) -> None:
    """A defect of a peer: it was booked twice."""
    order_id, reference = showroom.signed(), code("P")
    first = showroom.pay(order_id, DEPOSIT, reference=reference)
    again = showroom.pay(order_id, DEPOSIT, reference=reference)
    assert again == first
    assert payments(showroom, order_id) == [(reference, DEPOSIT)]
    assert showroom.recorded(order_id) == [SIGNED, ("payment_confirmed", 3)]


def test_the_same_reference_at_once_is_one_payment(showroom: Showroom) -> None:
    order_id, reference = showroom.signed(), code("P")
    with ThreadPoolExecutor(4) as tills:
        paid = [tills.submit(showroom.pay, order_id, DEPOSIT, reference=reference) for _ in range(8)]
    assert {each.result().paid_fen for each in paid} == {DEPOSIT}
    assert payments(showroom, order_id) == [(reference, DEPOSIT)]
    assert showroom.recorded(order_id) == [SIGNED, ("payment_confirmed", 3)]


def test_a_reference_stands_for_one_amount(showroom: Showroom) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference)
    with pytest.raises(errors.ReferenceDiffers) as refused:
        showroom.pay(order_id, DEPOSIT + 1, reference=reference)
    assert refused.value.details == {"field": "amount_fen", "differs": "amount_fen", "names": "金额"}
    assert payments(showroom, order_id) == [(reference, DEPOSIT)]


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_reference_that_is_told_again_as_something_else_is_refused_and_says_what_differs(
    showroom: Showroom, confirmed: bool
) -> None:
    """A defect: another payer, or another kind, was silently left out."""
    order_id, reference = showroom.signed(), code("P")
    showroom.name_parties(order_id, PayerNamed(PartyKind.FIRM, 100, firm="红彤物流"))
    (firm,) = (one.party_id for one in showroom.money(order_id).receivables if one.party_id is not None)
    showroom.pay(order_id, 29, reference=reference, confirmed=confirmed)
    before = showroom.money(order_id)
    for told, differs in (
        ({"payer_id": firm}, "payer_id"),
        ({"kind": PaymentKind.DEPOSIT}, "kind"),
        ({"kind": PaymentKind.DEPOSIT, "payer_id": firm}, "kind, payer_id"),
    ):
        with pytest.raises(errors.ReferenceDiffers) as refused:
            showroom.pay(order_id, 29, reference=reference, **told)
        assert refused.value.details["differs"] == differs
    assert showroom.money(order_id) == before


def test_a_reference_stands_for_one_order(showroom: Showroom) -> None:
    order_id, other, reference = showroom.signed(), showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference)
    with pytest.raises(ReferenceUsed) as refused:
        showroom.pay(other, DEPOSIT, reference=reference)
    assert refused.value.details["number"] == showroom.shown(order_id).number
    assert payments(showroom, other) == []
    assert showroom.recorded(other) == [SIGNED]


def test_a_reference_used_at_once_for_two_orders_is_refused_for_one(showroom: Showroom) -> None:
    first, second, reference = showroom.signed(), showroom.signed(), code("P")
    with ThreadPoolExecutor(1) as other_till, showroom.database.transaction() as session:
        showroom.within(session, "pay_order", "finance", PayOrder(first, DEPOSIT, reference, PaymentKind.DEPOSIT))
        session.flush()
        late = other_till.submit(showroom.pay, second, DEPOSIT, reference=reference)
        eventually(showroom.somebody_waits)
        session.commit()
        with pytest.raises(ReferenceUsed):
            late.result(timeout=10)
    assert payments(showroom, second) == []


def test_a_fen_too_much_leaves_no_payment(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=DEPOSIT)
    with pytest.raises(Overpayment) as refused:
        showroom.pay(order_id, PRICE - DEPOSIT + 1)
    owed = PRICE - DEPOSIT
    told = {"balance": f"{owed / 100:,.2f}", "balance_fen": owed, "field": "amount_fen"}
    assert refused.value.details == told
    assert len(payments(showroom, order_id)) == 1
    assert showroom.recorded(order_id)[-1] == ("payment_confirmed", 3)


def test_payments_at_once_never_exceed_the_price(showroom: Showroom) -> None:
    order_id = showroom.signed()

    def pay(_: int) -> type[Refusal] | None:
        try:
            showroom.pay(order_id, PRICE // 4)
        except Overpayment as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(6) as tills:
        outcomes = list(tills.map(pay, range(6)))
    assert sorted(outcomes, key=str) == [Overpayment, Overpayment, None, None, None, None]
    assert showroom.shown(order_id).paid_fen == PRICE
    assert sum(amount for _, amount in payments(showroom, order_id)) == PRICE


# -- references


def test_a_reference_typed_otherwise_is_the_same_payment_and_another_one_in_another_channel(
    showroom: Showroom,
) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference)
    for alike in (reference.lower(), f" {reference} ", reference.translate(WIDE)):
        assert showroom.pay(order_id, DEPOSIT, reference=alike).paid_fen == DEPOSIT
    with pytest.raises(ReferenceUsed):
        showroom.pay(showroom.signed(), DEPOSIT, reference=reference.lower())
    assert showroom.pay(order_id, DEPOSIT, reference=reference, channel=PaymentChannel.CARD).paid_fen == 2 * DEPOSIT


def test_of_twenty_clients_that_pay_with_one_reference_one_does_and_the_rest_are_told_why(showroom: Showroom) -> None:
    orders, reference = [showroom.signed() for _ in range(20)], code("P")
    together = Barrier(len(orders))

    def pay(order_id: UUID) -> str:
        together.wait(30)
        try:
            showroom.pay(order_id, DEPOSIT, reference=reference)
        except ReferenceUsed as refusal:
            return refusal.code
        return "paid"

    with ThreadPoolExecutor(len(orders)) as tills:
        assert sorted(tills.map(pay, orders)) == ["REFERENCE_USED"] * 19 + ["paid"]
    assert sum(showroom.shown(order_id).paid_fen for order_id in orders) == DEPOSIT


# -- awaited, taken back


def test_an_awaited_payment_counts_when_it_comes(showroom: Showroom) -> None:
    order_id = showroom.signed()
    assert showroom.pay(order_id, DEPOSIT, confirmed=False).paid_fen == 0
    (payment,) = showroom.money(order_id).payments
    assert (payment.state, payment.applied_fen) == (PaymentState.REGISTERED, 0)
    assert showroom.recorded(order_id) == [SIGNED]
    showroom.do("settle_payment", "finance", payment_id=payment.payment_id, outcome=Settled.CONFIRMED)
    assert showroom.shown(order_id).paid_fen == DEPOSIT
    assert showroom.recorded(order_id) == [SIGNED, ("payment_confirmed", 3)]
    with pytest.raises(errors.PaymentState):
        showroom.do("settle_payment", "finance", payment_id=payment.payment_id, outcome=Settled.FAILED)


def test_an_awaited_payment_that_is_told_as_come_has_come_once(showroom: Showroom) -> None:
    """A defect: it stayed awaited, and the order was never paid."""
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference, confirmed=False)
    with ThreadPoolExecutor(4) as tills:
        paid = [tills.submit(showroom.pay, order_id, DEPOSIT, reference=reference) for _ in range(4)]
    assert {each.result().paid_fen for each in paid} == {DEPOSIT}
    assert showroom.pay(order_id, DEPOSIT, reference=reference, confirmed=False).paid_fen == DEPOSIT
    (payment,) = showroom.money(order_id).payments
    assert (payment.state, payment.applied_fen) == (PaymentState.CONFIRMED, DEPOSIT)
    assert showroom.recorded(order_id) == [SIGNED, ("payment_confirmed", 3)]


def test_what_comes_of_an_awaited_payment_beyond_the_balance_is_not_refused(showroom: Showroom) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, PRICE, reference=reference, confirmed=False)
    showroom.pay(order_id, DEPOSIT)
    assert showroom.pay(order_id, PRICE, reference=reference).balance_fen == 0
    assert showroom.money(order_id).unapplied_fen == DEPOSIT


def test_an_awaited_payment_that_fails_leaves_the_order_as_it_was(showroom: Showroom) -> None:
    order_id = showroom.signed()
    showroom.pay(order_id, DEPOSIT, confirmed=False)
    (payment,) = showroom.money(order_id).payments
    showroom.do("settle_payment", "finance", payment_id=payment.payment_id, outcome=Settled.FAILED)
    assert (showroom.shown(order_id).paid_fen, showroom.recorded(order_id)) == (0, [SIGNED])


def test_a_payment_that_is_taken_back_is_owed_again(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=DEPOSIT)
    (payment,) = showroom.money(order_id).payments
    showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")
    assert showroom.shown(order_id).paid_fen == 0
    assert showroom.money(order_id).balance_fen == PRICE
    with pytest.raises(errors.PaymentState):
        showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")


@pytest.mark.parametrize("gone", ["reversed", "failed"])
def test_a_reference_whose_money_is_gone_pays_nothing_more_and_says_so(showroom: Showroom, gone: str) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference, confirmed=gone == "reversed")
    (payment,) = showroom.money(order_id).payments
    if gone == "reversed":
        showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")
    else:
        showroom.do("settle_payment", "finance", payment_id=payment.payment_id, outcome=Settled.FAILED)
    with pytest.raises(errors.ReferenceEnded):
        showroom.pay(order_id, DEPOSIT, reference=reference)
    assert [one.state for one in showroom.money(order_id).payments] == [gone]
    assert showroom.shown(order_id).paid_fen == 0


@pytest.mark.parametrize("gone", ["reversed", "failed"])
def test_what_was_booked_wrongly_and_taken_back_is_booked_rightly_by_its_own_reference_and_says_so(
    showroom: Showroom, gone: str
) -> None:
    """A defect: its reference was used up for ever by the order it had been typed on by mistake."""
    wrong, right, reference = showroom.signed(), showroom.signed(), code("P")
    showroom.pay(wrong, DEPOSIT, reference=reference, confirmed=gone == "reversed")
    (mistaken,) = showroom.money(wrong).payments
    if gone == "reversed":
        showroom.do("reverse_payment", "finance", payment_id=mistaken.payment_id, reason="录错订单")
    else:
        showroom.do("settle_payment", "finance", payment_id=mistaken.payment_id, outcome=Settled.FAILED)
    assert showroom.pay(right, DEPOSIT, reference=reference.lower()).paid_fen == DEPOSIT
    (booked,) = showroom.money(right).payments
    assert booked.replaces_id == mistaken.payment_id
    (kept,) = showroom.money(wrong).payments
    assert (kept.external_ref, kept.state, showroom.shown(wrong).paid_fen) == (reference, gone, 0)
    for again in (wrong, showroom.signed()):
        with pytest.raises(ReferenceUsed):
            showroom.pay(again, DEPOSIT, reference=reference)
    assert showroom.pay(right, DEPOSIT, reference=reference).paid_fen == DEPOSIT, "and is one payment there"


def test_a_wrong_amount_is_taken_back_and_typed_again_by_the_same_reference(showroom: Showroom) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, 2900, reference=reference)
    (mistaken,) = showroom.money(order_id).payments
    showroom.do("reverse_payment", "finance", payment_id=mistaken.payment_id, reason="录错金额")
    assert showroom.pay(order_id, 29, reference=reference).paid_fen == 29
    assert showroom.told_by_channel(order_id, "0.29", reference=reference) is NoticeResult.APPLIED, "another channel"


def test_of_two_tills_that_book_what_was_taken_back_at_once_one_does(showroom: Showroom) -> None:
    wrong, first, second, reference = *(showroom.signed() for _ in range(3)), code("P")
    showroom.pay(wrong, DEPOSIT, reference=reference)
    (mistaken,) = showroom.money(wrong).payments
    showroom.do("reverse_payment", "finance", payment_id=mistaken.payment_id, reason="录错订单")
    together = Barrier(2)

    def book(order_id: UUID) -> str:
        together.wait(30)
        try:
            showroom.pay(order_id, DEPOSIT, reference=reference)
        except ReferenceUsed as refusal:
            return refusal.code
        return "paid"

    with ThreadPoolExecutor(2) as tills:
        assert sorted(tills.map(book, [first, second])) == ["REFERENCE_USED", "paid"]


def test_paid_never_means_completed(showroom: Showroom) -> None:
    """A defect of a peer: an order was completed when it was paid."""
    order_id = showroom.signed(paid_fen=PRICE)
    assert showroom.shown(order_id).status is OrderStatus.SIGNED
    assert showroom.shown(order_id).delivered_at is None


def test_nobody_sees_or_moves_money_of_another_store(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    order_id = showroom.signed(paid_fen=DEPOSIT)
    (payment,) = showroom.money(order_id).payments
    other = elsewhere()
    with pytest.raises(OrderNotFound):
        other.money(order_id)
    with pytest.raises(errors.PaymentNotFound):
        other.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")
    with pytest.raises(errors.PaymentNotFound):
        other.do("request_refund", "finance", payment_id=payment.payment_id, amount_fen=1, reason="多收")

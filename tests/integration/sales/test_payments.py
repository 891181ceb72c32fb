"""Payments against PostgreSQL: one reference is one payment, and never more than the price is paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.refusals import Refusal
from contracts.sales.operations import PaymentKind, PayOrder
from services.sales.orders.errors import Overpayment, ReferenceUsed
from services.sales.orders.models import Payment
from tests.integration.sales.people import DEPOSIT, PRICE, Showroom
from tests.support.polling import eventually
from tests.support.randoms import code

SIGNED = ("order_signed", 2)


def payments(showroom: Showroom, order_id: UUID) -> list[tuple[str, int]]:
    with showroom.database.transaction() as session:
        known = session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id))
        return [(payment.external_ref, payment.amount_fen) for payment in known]


def test_the_same_reference_twice_is_one_payment(showroom: Showroom) -> None:
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
    with pytest.raises(ReferenceUsed):
        showroom.pay(order_id, DEPOSIT + 1, reference=reference)
    assert payments(showroom, order_id) == [(reference, DEPOSIT)]


def test_a_reference_stands_for_one_order(showroom: Showroom) -> None:
    order_id, other, reference = showroom.signed(), showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference)
    with pytest.raises(ReferenceUsed):
        showroom.pay(other, DEPOSIT, reference=reference)
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
    assert refused.value.details == {"balance": f"{(PRICE - DEPOSIT) / 100:,.2f}", "balance_fen": PRICE - DEPOSIT}
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

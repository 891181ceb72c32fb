"""Money that goes back: asked for, agreed to by another, paid; never more than came (C19, R43; field list 6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest

from contracts.refusals import OperationNotAllowed
from contracts.sales.operations import Fault, OrderStatus, PaymentKind
from contracts.sales.payments import Refund, RefundState
from contracts.sales.stock import StockStatus
from services.sales.payments import errors
from tests.integration.sales.people import PRICE, Showroom
from tests.integration.sales.test_notices import receipts, told
from tests.support.randoms import code

REFUNDS = ("refund_requested", "refund_approved", "refund_refused", "refund_paid")


def payment_of(showroom: Showroom, order_id: UUID, *, nth: int = -1) -> UUID:
    return showroom.money(order_id).payments[nth].payment_id


def ask(showroom: Showroom, order_id: UUID, amount_fen: int, *, role: str = "finance", nth: int = -1) -> Refund:
    payment_id = payment_of(showroom, order_id, nth=nth)
    refund: Refund = showroom.do("request_refund", role, payment_id=payment_id, amount_fen=amount_fen, reason="多收")
    return refund


def pay_out(showroom: Showroom, refund: Refund) -> Refund:
    showroom.do("approve_refund", "general_manager", refund_id=refund.refund_id)
    paid: Refund = showroom.do("pay_refund", "finance", refund_id=refund.refund_id, external_ref=code("R"))
    return paid


def test_what_goes_back_is_owed_again_from_the_moment_it_is_paid(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=1990)
    refund = ask(showroom, order_id, 29)
    assert showroom.shown(order_id).paid_fen == 1990
    assert pay_out(showroom, refund).state is RefundState.PAID
    money = showroom.money(order_id)
    assert (money.paid_fen, money.balance_fen, money.payments[0].refunded_fen) == (1961, PRICE - 1961, 29)
    assert told(showroom, *REFUNDS) == [("refund_requested", 29), ("refund_approved", 29), ("refund_paid", 29)]


def test_nothing_goes_back_that_nobody_else_agreed_to(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=1990)
    refund = ask(showroom, order_id, 90, role="sales_manager")
    with pytest.raises(errors.RefundState):
        showroom.do("pay_refund", "finance", refund_id=refund.refund_id, external_ref=code("R"))
    with pytest.raises(errors.OwnRefund):
        showroom.do("approve_refund", "sales_manager", refund_id=refund.refund_id)
    with pytest.raises(OperationNotAllowed):
        showroom.do("approve_refund", "finance", refund_id=refund.refund_id)
    assert showroom.shown(order_id).paid_fen == 1990


def test_a_refused_refund_leaves_the_money_where_it_was(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=1990)
    refund = ask(showroom, order_id, 1990)
    refused = showroom.do("refuse_refund", "sales_manager", refund_id=refund.refund_id, reason="合同约定")
    assert (refused.state, showroom.shown(order_id).paid_fen) == (RefundState.REFUSED, 1990)
    assert ask(showroom, order_id, 1990).state is RefundState.REQUESTED, "and may be asked for again"


def test_two_refunds_of_sixty_on_a_hundred_at_once_are_one(showroom: Showroom) -> None:
    """6.8."""
    order_id = showroom.signed(paid_fen=100)
    payment_id, together = payment_of(showroom, order_id), Barrier(2)

    def ask_for(_: int) -> str:
        together.wait(30)
        try:
            showroom.do("request_refund", "finance", payment_id=payment_id, amount_fen=60, reason="多收")
        except errors.RefundTooMuch as refusal:
            return str(refusal.details["left_fen"])
        return "asked"

    with ThreadPoolExecutor(2) as desks:
        assert sorted(desks.map(ask_for, range(2))) == ["40", "asked"]


def test_all_but_a_fen_and_then_all_is_more_than_came(showroom: Showroom) -> None:
    """6.8: total − 1 first, then the total."""
    order_id = showroom.signed(paid_fen=100)
    pay_out(showroom, ask(showroom, order_id, 99))
    with pytest.raises(errors.RefundTooMuch):
        ask(showroom, order_id, 100)
    pay_out(showroom, ask(showroom, order_id, 1))
    assert showroom.shown(order_id).paid_fen == 0


def test_what_came_for_a_cancelled_order_can_go_back(showroom: Showroom) -> None:
    """6.9: the customer's balance returns to nothing."""
    order_id = showroom.signed(paid_fen=1990)
    showroom.cancel(order_id, fault=Fault.NEITHER)
    showroom.confirm(order_id)
    pay_out(showroom, ask(showroom, order_id, 1990))
    assert (showroom.shown(order_id).paid_fen, showroom.shown(order_id).status) == (0, OrderStatus.CANCELLED)


def test_unapplied_money_that_is_asked_back_is_nobody_s_question_any_more(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE)
    showroom.told_by_channel(order_id, "19.90")
    refund = ask(showroom, order_id, 1990)
    assert receipts(showroom) == []
    assert told(showroom, "receipt_unapplied", "receipt_settled") == [
        ("receipt_unapplied", 1990),
        ("receipt_settled", None),
    ]
    showroom.do("refuse_refund", "general_manager", refund_id=refund.refund_id, reason="核对中")
    assert receipts(showroom) == [(order_id, 1990)]
    pay_out(showroom, ask(showroom, order_id, 1990))
    assert (showroom.shown(order_id).paid_fen, receipts(showroom)) == (PRICE, [])


def test_a_refund_puts_no_delivered_car_back_into_stock(showroom: Showroom) -> None:
    """A defect of a peer."""
    order_id = showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, showroom.receive())
    showroom.deliver(order_id)
    pay_out(showroom, ask(showroom, order_id, PRICE))
    assert showroom.shown(order_id).status is OrderStatus.DELIVERED
    assert showroom.yard() == []
    assert [one.order_id for one in showroom.yard(status=StockStatus.GONE)] == [order_id]


def test_one_outgoing_reference_is_one_refund(showroom: Showroom) -> None:
    """A defect: two refunds were paid out by one reference, of which one had never gone."""
    order_id, reference = showroom.signed(paid_fen=1990), code("R")
    first, second = ask(showroom, order_id, 29), ask(showroom, order_id, 90)
    for refund in (first, second):
        showroom.do("approve_refund", "general_manager", refund_id=refund.refund_id)

    def pay(refund: Refund, by: str) -> RefundState:
        state: RefundState = showroom.do("pay_refund", "finance", refund_id=refund.refund_id, external_ref=by).state
        return state

    assert pay(first, reference) is RefundState.PAID
    with pytest.raises(errors.RefundReferenceUsed) as refused:
        pay(second, f" {reference.lower()}")
    assert (refused.value.details["field"], showroom.shown(order_id).paid_fen) == ("external_ref", 1961)
    assert pay(second, code("R")) is RefundState.PAID


def test_of_two_refunds_that_go_out_at_once_by_one_reference_one_does(showroom: Showroom) -> None:
    reference, together = code("R"), Barrier(2)
    refunds = [ask(showroom, showroom.signed(paid_fen=1990), 29) for _ in range(2)]
    for refund in refunds:
        showroom.do("approve_refund", "general_manager", refund_id=refund.refund_id)

    def pay(refund: Refund) -> str:
        together.wait(30)
        try:
            showroom.do("pay_refund", "finance", refund_id=refund.refund_id, external_ref=reference)
        except errors.RefundReferenceUsed as refusal:
            return refusal.code
        return "paid"

    with ThreadPoolExecutor(2) as desks:
        assert sorted(desks.map(pay, refunds)) == ["REFUND_REFERENCE_USED", "paid"]


# -- deposits (民法典 586, 587)


def deposited(showroom: Showroom, fen: int, *, kind: PaymentKind = PaymentKind.DEPOSIT, fault: Fault) -> UUID:
    order_id = showroom.signed()
    showroom.pay(order_id, fen, kind=kind)
    showroom.cancel(order_id, fault=fault)
    showroom.confirm(order_id)
    return order_id


def test_a_buyer_at_fault_loses_a_fifth_of_the_price_and_gets_the_prepayment_back(showroom: Showroom) -> None:
    """6.10."""
    fifth, above = PRICE // 5, 1_000_000
    order_id = deposited(showroom, fifth + above, fault=Fault.BUYER)
    money = showroom.money(order_id)
    assert (money.deposit_fen, money.forfeited_fen, money.compensation_fen) == (fifth, fifth, 0)
    with pytest.raises(errors.DepositForfeited) as refused:
        ask(showroom, order_id, above + 1)
    assert refused.value.details["stays_fen"] == fifth
    pay_out(showroom, ask(showroom, order_id, above))
    assert showroom.money(order_id).paid_fen == fifth


def test_a_seller_at_fault_returns_it_and_owes_it_once_more(showroom: Showroom) -> None:
    order_id = deposited(showroom, 1_000_000, fault=Fault.SELLER)
    money = showroom.money(order_id)
    assert (money.deposit_fen, money.forfeited_fen, money.compensation_fen) == (1_000_000, 0, 1_000_000)
    pay_out(showroom, ask(showroom, order_id, 1_000_000))


def test_earnest_money_is_returned_whoever_is_at_fault(showroom: Showroom) -> None:
    """订金 is not 定金."""
    order_id = deposited(showroom, 1_000_000, kind=PaymentKind.EARNEST, fault=Fault.BUYER)
    assert showroom.money(order_id).forfeited_fen == 0
    pay_out(showroom, ask(showroom, order_id, 1_000_000))
    assert showroom.money(order_id).paid_fen == 0

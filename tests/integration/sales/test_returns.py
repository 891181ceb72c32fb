"""What of a cancelled order goes back, and to whom; deposits forfeited, or owed twice (民法典 587; field list 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sales import receivables as owed
from contracts.sales.operations import Fault, PaymentKind
from contracts.sales.parties import PartyKind, PayerNamed
from contracts.sales.receivables import Payer
from services.sales import payments
from services.sales.payments.errors import DepositForfeited, NoCompensation, OwnRefund
from tests.integration.sales.people import NOW, PRICE, Showroom
from tests.integration.sales.test_receivables import told
from tests.integration.sales.test_refunds import ask, pay_out


def returns(showroom: Showroom) -> list[tuple[UUID, int, int]]:
    asked, scope = owed.ListReturns(), showroom.scope("list_returns", "finance")
    page = showroom.database.read(lambda on: payments.queries.list_returns(on, asked, scope=scope))
    return [(one.order_id, one.to_return_fen, one.compensation_fen) for one in page.items]


def cancelled(showroom: Showroom, fault: Fault, *, fen: int = 1_000_000) -> UUID:
    order_id = showroom.signed()
    showroom.pay(order_id, fen, kind=PaymentKind.DEPOSIT)
    showroom.cancel(order_id, fault=fault)
    showroom.confirm(order_id)
    return order_id


def test_a_cancelled_order_owes_its_customer_what_he_paid_until_it_went_back(showroom: Showroom) -> None:
    """6.9."""
    order_id = cancelled(showroom, Fault.NEITHER)
    assert returns(showroom) == [(order_id, 1_000_000, 0)]
    pay_out(showroom, ask(showroom, order_id, 1_000_000))
    assert returns(showroom) == []
    assert told(showroom, order_id)[-1]["buyer"]["to_return_fen"] == 0


def test_a_forfeited_deposit_is_not_to_be_given_back(showroom: Showroom) -> None:
    """6.10."""
    fifth, above = PRICE // 5, 1_000_000
    order_id = cancelled(showroom, Fault.BUYER, fen=fifth + above)
    assert returns(showroom) == [(order_id, above, 0)]
    pay_out(showroom, ask(showroom, order_id, above))
    assert returns(showroom) == []


def test_a_deposit_is_returned_and_paid_once_more_by_two_people_each(showroom: Showroom) -> None:
    """6.10, 民法典 587."""
    order_id = cancelled(showroom, Fault.SELLER)
    assert returns(showroom) == [(order_id, 2_000_000, 1_000_000)]
    on_top = showroom.do("request_compensation", "sales_manager", order_id=order_id, reason="本店无法供车")
    with pytest.raises(OwnRefund):
        showroom.do("approve_refund", "sales_manager", refund_id=on_top.refund_id)
    with pytest.raises(NoCompensation):
        showroom.do("request_compensation", "finance", order_id=order_id, reason="再来一次")
    pay_out(showroom, on_top)
    assert returns(showroom) == [(order_id, 1_000_000, 0)]
    pay_out(showroom, ask(showroom, order_id, 1_000_000))
    assert returns(showroom) == []
    with pytest.raises(NoCompensation):
        showroom.do("request_compensation", "finance", order_id=order_id, reason="再来一次")


def deposited_by(showroom: Showroom, fault: Fault, *, father: int, buyer: int) -> tuple[UUID, UUID]:
    """A cancelled order of which the buyer's father had paid a part of the deposit, and he before the buyer."""
    order_id = showroom.signed()
    showroom.name_parties(order_id, PayerNamed(PartyKind.CUSTOMER, 5_000_000, customer_id=uuid4()))
    (named,) = (one.party_id for one in showroom.money(order_id).receivables if one.payer is Payer.OTHER)
    assert named is not None
    showroom.pay(order_id, father, kind=PaymentKind.DEPOSIT, payer_id=named)
    showroom.pay(order_id, buyer, kind=PaymentKind.DEPOSIT, now=NOW + timedelta(minutes=1))
    showroom.cancel(order_id, fault=fault)
    showroom.confirm(order_id)
    return order_id, named


def by_payer(showroom: Showroom, order_id: UUID) -> dict[str, tuple[int, int]]:
    return {one.payer: (one.to_return_fen, one.compensation_fen) for one in showroom.money(order_id).receivables}


def test_a_deposit_that_another_paid_is_forfeited_by_him_and_not_by_nobody(showroom: Showroom) -> None:
    """6.10; a defect: all of it was to be given back to whoever had paid it for the buyer."""
    fifth = PRICE // 5
    order_id, _ = deposited_by(showroom, Fault.BUYER, father=fifth - 100, buyer=300)
    assert by_payer(showroom, order_id) == {"buyer": (200, 0), "other": (0, 0)}
    with pytest.raises(DepositForfeited) as refused:
        ask(showroom, order_id, 1, nth=0)
    assert refused.value.details["stays_fen"] == fifth - 100, "what the buyer paid does not stay instead"
    refund = pay_out(showroom, ask(showroom, order_id, 200, nth=1))
    assert (refund.payer_id, returns(showroom)) == (None, [])


def test_what_we_owe_on_top_of_a_deposit_goes_to_who_paid_it(showroom: Showroom) -> None:
    """6.10, 民法典 587; a defect: it went to the buyer."""
    order_id, father = deposited_by(showroom, Fault.SELLER, father=1_000_000, buyer=300)
    assert by_payer(showroom, order_id) == {"buyer": (600, 300), "other": (2_000_000, 1_000_000)}
    whose: dict[str, Any] = {"order_id": order_id, "reason": "本店无法供车"}
    on_top = showroom.do("request_compensation", "finance", **whose, payer_id=father)
    assert (on_top.amount_fen, on_top.payer_id) == (1_000_000, father)
    for nobody in (father, uuid4()):
        with pytest.raises(NoCompensation):
            showroom.do("request_compensation", "finance", **whose, payer_id=nobody)
    pay_out(showroom, on_top)
    assert by_payer(showroom, order_id) == {"buyer": (600, 300), "other": (1_000_000, 0)}
    buyers = showroom.do("request_compensation", "finance", **whose)
    assert (buyers.amount_fen, buyers.payer_id) == (300, None)
    pay_out(showroom, buyers)
    for nth, paid in enumerate((1_000_000, 300)):
        pay_out(showroom, ask(showroom, order_id, paid, nth=nth))
    assert returns(showroom) == []


def test_a_refused_compensation_may_be_asked_for_again_and_nothing_is_owed_without_fault(showroom: Showroom) -> None:
    order_id = cancelled(showroom, Fault.SELLER)
    on_top = showroom.do("request_compensation", "finance", order_id=order_id, reason="本店无法供车")
    showroom.do("refuse_refund", "general_manager", refund_id=on_top.refund_id, reason="核对中")
    assert showroom.money(order_id).payments[0].applied_fen == 1_000_000
    showroom.do("request_compensation", "finance", order_id=order_id, reason="本店无法供车")
    for fault in (Fault.BUYER, Fault.NEITHER):
        with pytest.raises(NoCompensation):
            showroom.do("request_compensation", "finance", order_id=cancelled(showroom, fault), reason="要求双倍")

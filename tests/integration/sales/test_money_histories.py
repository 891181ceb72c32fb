"""Whatever is done with money, in whatever order, by desks and channels: not a fen is lost or doubled (C19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.refusals import Refusal
from contracts.sales.operations import Fault, PaymentChannel, PaymentKind
from contracts.sales.payments import Outcome, Settled
from tests.integration.sales.people import MODEL, NOW, Showroom
from tests.support.examples import examples
from tests.support.randoms import code

PRICE = 100
"""Small: at the price of a car an error of a fen does not show."""
AMOUNTS = (1, 9, 19, 20, 21, 29, 50, 99, 100, 101)
MONEY = (
    *("pay_order", "settle_payment", "reverse_payment", "apply_receipt", "payment_notice"),
    *("request_refund", "approve_refund", "refuse_refund", "pay_refund", "request_compensation"),
    *("keep_loan_letter", "end_loan_letter"),
)
ORDER = (
    *("amend_order", "request_cancel", "confirm_cancel", "withdraw_cancel"),
    *("allocate_vehicle", "deliver_order", "close_order"),
)
ROLES = {"payment_notice": "payment_channel", "keep_loan_letter": "loan_clerk", "end_loan_letter": "loan_clerk"}
ROLES |= {"approve_refund": "general_manager", "refuse_refund": "general_manager"}
ROLES |= dict.fromkeys(ORDER, "sales_manager")

_ORDERS = text("SELECT o.* FROM sales_order o WHERE o.store_id = :store ORDER BY o.id")
_PAYMENTS = text("SELECT p.* FROM payment p WHERE p.store_id = :store ORDER BY p.id")
_REFUNDS = text("SELECT r.* FROM refund r WHERE r.store_id = :store ORDER BY r.id")
_OWED = text("SELECT w.* FROM receivable w WHERE w.store_id = :store ORDER BY w.id")


class Books:
    """All that a store's database says of money, at one moment."""

    def __init__(self, showroom: Showroom) -> None:
        at = {"store": showroom.store}
        with showroom.database.transaction() as session:
            self.orders = {row.id: row for row in session.execute(_ORDERS, at)}
            self.payments = session.execute(_PAYMENTS, at).all()
            self.refunds = session.execute(_REFUNDS, at).all()
            self.owed = session.execute(_OWED, at).all()

    def as_in(self, other: Books) -> bool:
        """True if nothing is otherwise."""
        return vars(self) == vars(other)

    def hold(self) -> None:
        """What must be true of it, whatever was done."""
        for payment in self.payments:
            self._holds_of_payment(payment)
        for order in self.orders.values():
            self._holds_of_order(order)

    def _holds_of_payment(self, payment: Any) -> None:
        of_it = [one for one in self.refunds if one.payment_id == payment.id and one.kind == "return"]
        assert sum(one.amount_fen for one in of_it if one.state == "paid") == payment.refunded_fen
        assert sum(one.amount_fen for one in of_it if one.state != "refused") == payment.promised_fen
        assert payment.promised_fen <= (payment.amount_fen if payment.state == "confirmed" else 0)

    def _holds_of_order(self, order: Any) -> None:
        came = [one for one in self.payments if one.order_id == order.id and one.state == "confirmed"]
        applied = [one.amount_fen - one.unused_fen - one.refunded_fen for one in came]
        assert sum(applied) == order.paid_fen <= order.total_fen
        by_lender = sum(fen for one, fen in zip(came, applied, strict=True) if one.kind == "loan")
        assert by_lender == order.loan_paid_fen
        owed = [one for one in self.owed if one.order_id == order.id]
        assert sum(one.paid_fen for one in owed) == (order.paid_fen if owed else 0)
        on_top = [one for one in self.refunds if one.order_id == order.id and one.kind == "compensation"]
        assert len([one for one in on_top if one.state != "refused"]) <= 1
        if order.status == "cancelled":
            stays = sum(one.owed_fen for one in owed)
            returned = sum(one.to_return_fen - one.compensation_fen for one in owed)
            assert returned == order.paid_fen - stays
            assert order.cancel_fault == "buyer" or stays == 0
            assert stays <= order.total_fen // 5
        else:
            assert sum(one.balance_fen for one in owed) == order.total_fen - order.paid_fen
            assert all(one.to_return_fen == 0 for one in owed)
        if order.status in ("delivered", "closed"):
            assert order.delivered_at is not None

    def said_of(self, order_id: UUID) -> str:
        """Where an order stands."""
        return str(self.orders[order_id].status)


def asked(showroom: Showroom, what: str, draw: Callable[[Any], Any], *, order_id: UUID, car: str) -> dict[str, Any]:
    """What somebody may ask for with what there is."""
    books = Books(showroom)
    amount = draw(st.sampled_from(AMOUNTS))
    payment = draw(st.sampled_from([one.id for one in books.payments])) if books.payments else order_id
    refund = draw(st.sampled_from([one.id for one in books.refunds])) if books.refunds else order_id
    known = [one.external_ref for one in books.payments]
    reference = draw(st.sampled_from(known)) if known and draw(st.booleans()) else code("W")
    number = books.orders[order_id].number
    yuan = f"{amount // 100}.{amount % 100:02d}"
    reason = {"reason": "核对"}
    return {
        "pay_order": {
            "order_id": order_id,
            "amount_fen": amount,
            "external_ref": reference,
            "kind": draw(st.sampled_from(list(PaymentKind))),
            "channel": PaymentChannel.WECHAT,
            "confirmed": draw(st.booleans()),
        },
        "settle_payment": {"payment_id": payment, "outcome": draw(st.sampled_from(list(Settled)))},
        "reverse_payment": {"payment_id": payment, **reason},
        "apply_receipt": {"payment_id": payment, "order_id": order_id},
        "request_refund": {"payment_id": payment, "amount_fen": amount, **reason},
        "approve_refund": {"refund_id": refund},
        "refuse_refund": {"refund_id": refund, **reason},
        "pay_refund": {"refund_id": refund, "external_ref": code("R")},
        "request_compensation": {"order_id": order_id, **reason},
        "payment_notice": {
            "store_id": showroom.store,
            "channel": draw(st.sampled_from([PaymentChannel.WECHAT, PaymentChannel.LENDER])),
            "external_ref": reference,
            "order_number": draw(st.sampled_from([number, "NOBODY"])),
            "amount": yuan,
            "outcome": draw(st.sampled_from(list(Outcome))),
        },
        "keep_loan_letter": {
            "order_id": order_id,
            "lender": "平安银行",
            "letter_no": "L",
            "amount_fen": amount,
            "valid_until": NOW.date(),
        },
        "end_loan_letter": {"order_id": order_id, **reason},
        "amend_order": {"order_id": order_id, "total_fen": draw(st.sampled_from([97, 98, 100, 150])), **reason},
        "request_cancel": {"order_id": order_id, "fault": draw(st.sampled_from(list(Fault))), **reason},
        "confirm_cancel": {"order_id": order_id},
        "withdraw_cancel": {"order_id": order_id},
        "allocate_vehicle": {"order_id": order_id, "vin": car},
        "deliver_order": {"order_id": order_id, "km": 9},
        "close_order": {"order_id": order_id},
    }[what]


@pytest.mark.hypothesis
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.generate],  # a history takes a second: a shorter one that fails is not worth a minute
)
@given(data=st.data())
def test_no_history_of_money_loses_a_fen_or_finishes_an_order(showroom: Showroom, data: st.DataObject) -> None:
    here = showroom.of(code("M"))
    cars = [here.receive() for _ in range(2)]
    ours = []
    for _ in range(2):
        made = here.do(
            "create_order", "consultant", customer_id=UUID(int=1), store_id=here.store, model=MODEL, total_fen=PRICE
        )
        here.sign(made.order_id, promised=(NOW + timedelta(days=9)).date())
        ours.append(made.order_id)
    before = Books(here)
    for _ in range(data.draw(st.integers(15, 45))):
        # money most of the time; what is done to the order now and then
        what = data.draw(st.sampled_from(MONEY if data.draw(st.integers(0, 3)) else ORDER))
        order_id = data.draw(st.sampled_from(ours))
        wanted = asked(here, what, data.draw, order_id=order_id, car=data.draw(st.sampled_from(cars)))
        try:
            here.do(what, ROLES.get(what, "finance"), **wanted)
        except Refusal:
            assert what != "payment_notice", "what a channel reports is never refused"
            assert Books(here).as_in(before), "what is refused changes nothing"
            continue
        after = Books(here)
        after.hold()
        if what in MONEY:
            assert [after.said_of(one) for one in ours] == [before.said_of(one) for one in ours], (
                "paid is not completed"
            )
        before = after

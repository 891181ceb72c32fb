"""Whatever is done to orders, in whatever order and by whomever: no way past what must hold of them (C4, C19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from contracts.refusals import Refusal
from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.operations import Fault
from tests.integration.sales.people import MODEL, NOW, Showroom
from tests.support.examples import examples
from tests.support.randoms import code

LIST = 1_000
"""Small amounts: at the price of a car an error of a fen does not show."""
LINES = [
    LineAsked(LineKind.CAR, MODEL, LIST),
    LineAsked(LineKind.FEE, "上牌费", 7),
    LineAsked(LineKind.GIFT, "贴膜", 33),
]


class Deed(NamedTuple):
    """Something that is done to an order: by whom, for how much, and about which car."""

    what: str
    by: str
    amount: int
    car: str


DEEDS: dict[str, Callable[[Deed], dict[str, Any]]] = {
    "price_order": lambda deed: {"model": MODEL, "lines": LINES, "total_fen": deed.amount},
    "submit_order": lambda _: {},
    "approve_order": lambda _: {},
    "reject_order": lambda _: {"reason": "太低"},
    "amend_order": lambda deed: {"total_fen": deed.amount, "reason": "老客户", "lines": LINES},
    "approve_amendment": lambda _: {},
    "reject_amendment": lambda _: {"reason": "太低"},
    "sign_order": lambda _: {"contract_no": "C", "signer": "张伟", "promised_date": (NOW + timedelta(days=9)).date()},
    "pay_order": lambda deed: {"amount_fen": deed.amount, "external_ref": code("P")},
    "allocate_vehicle": lambda deed: {"vin": deed.car},
    "deliver_order": lambda _: {"km": 9},
    "close_order": lambda _: {},
    "request_cancel": lambda _: {"fault": Fault.BUYER, "reason": "不买了"},
    "confirm_cancel": lambda _: {},
    "withdraw_cancel": lambda _: {},
}
ONWARD = {
    "draft": ("submit_order",),
    "approval_pending": ("approve_order",),
    "approved": ("sign_order",),
    "signed": ("pay_order", "allocate_vehicle"),
    "allocated": ("pay_order", "deliver_order"),
}
"""What leads an order to its end, so that histories come there; half of the deeds are any."""


def deed_on(data: st.DataObject, order: Any, cars: list[str]) -> Deed:
    """What may come into somebody's head about an order that stands so."""
    onward = ONWARD.get(order.status, ()) if data.draw(st.booleans()) else ()
    what = data.draw(st.sampled_from(sorted(onward or DEEDS)))
    amounts = sorted({1, 500, 970, 978, LIST + 7, max(1, order.total_fen - order.paid_fen)})
    by = "finance" if what == "pay_order" else data.draw(st.sampled_from(["sales_manager", "general_manager"]))
    return Deed(what, by, data.draw(st.sampled_from(amounts)), data.draw(st.sampled_from(cars)))


_ALL = text(
    """
    SELECT o.*, (SELECT sum(l.amount_fen) FROM order_line l
                  WHERE l.order_id = o.id AND l.amendment = o.amendment) AS lines,
           (SELECT sum(p.amount_fen - p.unused_fen - p.refunded_fen) FROM payment p
             WHERE p.order_id = o.id AND p.state = 'confirmed') AS payments,
           (SELECT v.vin FROM stock_vehicle v WHERE v.order_id = o.id) AS has
      FROM sales_order o WHERE o.store_id = :store_id
    """
)


def hold(showroom: Showroom) -> dict[UUID, Any]:
    """What must hold of every order of the store, at any moment; gives them by their identifier."""
    with showroom.database.transaction() as session:
        orders = session.execute(_ALL, {"store_id": showroom.store}).all()
    for order in orders:
        assert order.lines == order.total_fen
        assert (order.payments or 0) == order.paid_fen <= order.total_fen
        assert order.vin == order.has
        assert (order.vin is not None) is (order.allocated_at is not None)
        assert order.status != "cancelled" or order.vin is None
        assert order.status not in ("delivered", "closed") or order.paid_fen == order.total_fen
        assert (order.status == "cancel_pending") is (order.status_before is not None)
    taken = [order.vin for order in orders if order.vin is not None]
    assert len(taken) == len(set(taken))
    return {order.id: order for order in orders}


@pytest.mark.hypothesis
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],  # a history takes a second: a shorter one that fails is not worth a minute
)
@given(data=st.data())
def test_no_history_of_deeds_gets_past_what_must_hold(showroom: Showroom, data: st.DataObject) -> None:
    here = showroom.of(code("H"))
    cars = [here.receive() for _ in range(2)]
    ours = [here.offer(*LINES, total_fen=total).order_id for total in (LIST + 7, 900)]
    before = hold(here)
    for _ in range(data.draw(st.integers(10, 40))):
        order_id = data.draw(st.sampled_from(ours))
        deed = deed_on(data, before[order_id], cars)
        try:
            here.do(deed.what, deed.by, order_id=order_id, **DEEDS[deed.what](deed))
        except Refusal:
            assert hold(here) == before, "what is refused changes nothing"
            continue
        after = hold(here)
        was, now = before[order_id], after[order_id]
        assert now.version == was.version + 1
        assert was.status not in ("delivered", "closed") or now.status == "closed"
        assert was.status != "cancelled"
        before = {**before, order_id: now}
        assert after == before, "nothing is done to another order"

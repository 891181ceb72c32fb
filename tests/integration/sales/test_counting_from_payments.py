"""The time of a step runs from a payment: it moves with the money, and what was first planned stays (C5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.sales.policies import DELIVERY_STEPS, FULL, StepTime
from contracts.sales.steps import CountsFrom, PaidPart, StepCode
from contracts.shapes import plain
from tests.integration.sales.people import DEPOSIT, NOW, Showroom
from tests.integration.sales.test_delivery_steps import C, at, seen, signed, step_of
from tests.support.publishing import publish


def test_c5_a_promise_that_counts_from_a_payment_moves_with_it_and_what_was_first_planned_stays(
    showroom: Showroom,
) -> None:
    """C5; a defect: a bank's answer was due while nobody had paid a deposit, so nobody had asked it."""
    counted = [
        StepTime(one.code, one.half_days, CountsFrom.DEPOSIT if one.code is C.PDI else one.counts_from)
        for one in FULL.steps
    ]
    policy = plain(replace(FULL, steps=counted))
    publish(showroom.database, DELIVERY_STEPS, policy, now=NOW - timedelta(days=1), store_id=showroom.store)
    order_id = signed(showroom, by_loan=True)

    def of(code: StepCode) -> tuple[datetime | None, datetime | None]:
        step = step_of(showroom, order_id, code)
        return step.planned_at, step.due_at

    assert step_of(showroom, order_id, C.LOAN_APPROVAL).counts_from is PaidPart.DEPOSIT, "whatever the store says"
    assert step_of(showroom, order_id, C.PDI).counts_from is PaidPart.DEPOSIT
    first = at("2026-11-27", 17)
    assert of(C.LOAN_APPROVAL) == (first, first)
    showroom.pay(order_id, DEPOSIT, now=at("2026-11-26"))
    assert of(C.LOAN_APPROVAL) == (first, at("2026-12-01", 17))
    (payment,) = showroom.money(order_id).payments
    showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票", now=at("2026-11-27"))
    planned, due = of(C.LOAN_APPROVAL)
    assert due is not None
    assert (planned, due > at("2026-12-01", 17)) == (first, True), "and goes back with it"
    assert seen(showroom, order_id).holds is C.DEPOSIT

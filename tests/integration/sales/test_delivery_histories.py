"""Whatever is done to orders and their steps, at whatever time: no way past what must hold of a delivery (C4, C5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.refusals import Refusal
from contracts.sales.deliveries import Delivery
from contracts.sales.operations import Fault, OrderStatus
from contracts.sales.policies import DELIVERY_STEPS, FULL
from contracts.sales.steps import PromiseReason, StepAct, StepCode, StepState
from contracts.shapes import plain
from tests.integration.sales.people import NOW, Showroom
from tests.integration.sales.test_delivery_risk import watch
from tests.integration.sales.test_delivery_steps import CHECKED, seen, signed
from tests.integration.sales.test_order_histories import hold
from tests.support.examples import examples
from tests.support.publishing import publish
from tests.support.randoms import code, plate

C, A, S = StepCode, StepAct, StepState
TERMS = ("by_loan", "self_insured", "self_plating", "accessories", "before_plate")
C5 = """
    DEPOSIT        CONTRACT
    ALLOCATE       DEPOSIT
    LOAN_APPROVAL  CONTRACT
    BALANCE        ALLOCATE LOAN_APPROVAL
    CERTIFICATE    ALLOCATE
    INVOICE        BALANCE
    INSURANCE      ALLOCATE
    PURCHASE_TAX   INVOICE
    TEMP_PLATE     INVOICE INSURANCE
    PLATE          PURCHASE_TAX INSURANCE CERTIFICATE
    MORTGAGE_REG   PLATE
    ACCESSORY      ALLOCATE
    PDI            ALLOCATE
    CLEAN          PDI ACCESSORY
"""
"""The rules once more, written by hand: what comes before what."""
BEFORE = {
    StepCode(line.split()[0]): [StepCode(one) for one in line.split()[1:]] for line in C5.split("\n") if line.strip()
}
Deed = tuple[str, str, dict[str, Any]]
"""What is done, by whom, and what is said with it."""
AFTER_KEYS = {C.PURCHASE_TAX, C.PLATE, C.MORTGAGE_REG}
BY_ORDER = {C.CONTRACT, C.DEPOSIT, C.ALLOCATE, C.BALANCE, C.HANDOVER}
LEVELS = ["at_risk", "late"]
PAUSES = (timedelta(minutes=1), timedelta(hours=9), timedelta(days=1), timedelta(days=3))


def before(step: StepCode, needed: Collection[StepCode]) -> set[StepCode]:
    """What of the needed steps comes before a step, itself or through one that is not needed."""
    return {one for each in BEFORE.get(step, ()) for one in ({each} if each in needed else before(each, needed))}


def before_keys(delivery: Delivery) -> set[StepCode]:
    """What must be done when the keys are given."""
    needed = {step.code for step in delivery.steps if step.state is not S.NOT_REQUIRED}
    return needed - {C.HANDOVER} - (AFTER_KEYS if delivery.terms.before_plate else set())


def waited_for(step: StepCode, delivery: Delivery) -> set[StepCode]:
    """What of an order must be done before this step is."""
    if step is C.HANDOVER:
        return before_keys(delivery)
    if step is C.APPOINT:
        return before_keys(delivery) - {C.CLEAN, C.APPOINT}
    return before(step, {one.code for one in delivery.steps if one.state is not S.NOT_REQUIRED})


def finish(data: st.DataObject, step: StepCode, *, now: datetime) -> dict[str, Any]:
    """Done, with what shows it."""
    begins = now + data.draw(st.sampled_from([timedelta(0), timedelta(days=2)]))
    more: dict[StepCode, dict[str, Any]] = {C.INSURANCE: {"effective_from": begins}, C.PLATE: {"plate": plate()}}
    return {"code": step, "act": A.FINISH, **more.get(step, {})}


def onward(data: st.DataObject, here: Showroom, delivery: Delivery, car: str, now: datetime) -> Deed:
    """What leads an order to its keys."""
    order = delivery.order
    owed = (order.total_fen or 0) - (order.paid_fen or 0)
    if order.status is OrderStatus.CANCEL_PENDING:
        return "withdraw_cancel", "sales_manager", {}
    if owed:
        amount = data.draw(st.sampled_from([owed, max(1, owed // 2)]))
        return "pay_order", "finance", {"amount_fen": amount, "external_ref": code("P")}
    if order.vin is None:
        return "allocate_vehicle", "sales_manager", {"vin": car}
    left = [
        step.code
        for step in delivery.steps
        if A.FINISH in step.may and not step.waits_for and step.code not in BY_ORDER
    ]
    finishes = data.draw(st.integers(0, 4)) > 0
    if left and finishes:
        return "change_step", "sales_manager", finish(data, data.draw(st.sampled_from(left)), now=now)
    return "deliver_order", "sales_manager", {"km": 9, "checklist": CHECKED}


def anything(data: st.DataObject, here: Showroom, delivery: Delivery, car: str, now: datetime) -> Deed:
    """What may come into somebody's head."""
    step = data.draw(st.sampled_from(StepCode))
    act = data.draw(st.sampled_from(StepAct))
    day = now.date() + timedelta(days=data.draw(st.integers(-1, 12)))
    said = {"code": step, "act": act, "reason": "等"}
    money = here.money(delivery.order.order_id).payments if delivery.order.delivered_at is None else []
    came = [one.payment_id for one in money if one.state == "confirmed"]
    deeds: list[Deed] = [
        *[("change_step", "sales_manager", finish(data, step, now=now))] * 4,  # what is most often said too early
        ("change_step", "sales_manager", said | ({"expected_on": day} if act is A.BLOCK else {})),
        ("allocate_vehicle", "sales_manager", {"vin": car}),
        ("deliver_order", "sales_manager", {"km": 9, "checklist": CHECKED[data.draw(st.integers(0, 1)) :]}),
        ("check_handover", "delivery_clerk", {"code": CHECKED[0], "done": data.draw(st.booleans())}),
        (
            "repromise_order",
            "sales_manager",
            {"promised_date": day, "reason": PromiseReason.FACTORY, "remark": "到车晚"},
        ),
        ("request_cancel", "sales_manager", {"fault": Fault.BUYER, "reason": "不买了"}),
        ("confirm_cancel", "sales_manager", {}),
        ("withdraw_cancel", "sales_manager", {}),
        ("close_order", "sales_manager", {}),
        *[("reverse_payment", "finance", {"payment_id": one, "reason": "退票"}) for one in came[-1:]],
    ]
    return data.draw(st.sampled_from(deeds))


def picture(here: Showroom, ours: list[UUID], now: datetime) -> dict[UUID, Delivery]:
    return {order_id: seen(here, order_id, now=now) for order_id in ours}


def risks_are_told_once(here: Showroom, order_id: UUID) -> None:
    """Of each promise every level at most once, and none after a graver one."""
    told: list[int] = []
    for event in here.payloads(order_id):
        if {"reason", "promised_date"} <= set(event):
            told = []  # another promise
        elif "critical_step" in event:
            assert not told or LEVELS.index(event["level"]) > told[-1], "told once for each level and promise"
            told.append(LEVELS.index(event["level"]))


def holds_together(was: Delivery, now_is: Delivery, *, moment: datetime) -> None:
    """What must be true of a change, whatever it was."""
    order = now_is.order
    state, came_from = ({step.code: step.state for step in one.steps} for one in (now_is, was))
    assert order.first_promise == was.order.first_promise
    assert was.order.status not in (OrderStatus.DELIVERED, OrderStatus.CLOSED) or order.status in (
        OrderStatus.DELIVERED,
        OrderStatus.CLOSED,
    ), "what was delivered is never cancelled"
    if was.order.status is OrderStatus.CANCELLED or order.status is OrderStatus.CANCELLED:
        assert state == came_from, "steps of a cancelled order stay as they were"
        return
    facts = {
        C.CONTRACT: True,
        C.DEPOSIT: (order.paid_fen or 0) > 0,
        C.ALLOCATE: order.vin is not None,
        C.BALANCE: order.paid_fen == order.total_fen,
        C.HANDOVER: order.delivered_at is not None,
    }
    if was.order.delivered_at is None:
        assert {one for one in BY_ORDER if state[one] is S.DONE} == {one for one, is_so in facts.items() if is_so}
    done = {one for one in state if state[one] is S.DONE}
    for step in done - {one for one in came_from if came_from[one] is S.DONE} - BY_ORDER:
        assert waited_for(step, was) <= done, f"{step} was done before what it waits for"
    for one in now_is.steps:
        assert set(one.waits_for) <= waited_for(one.code, now_is) - done
    if order.delivered_at == moment and was.order.delivered_at is None:
        assert before_keys(was) <= done
        assert all(item.done_at for item in now_is.checklist)
        assert all(one.effective_from is None or one.effective_from <= moment for one in now_is.steps)


@pytest.mark.hypothesis
@settings(
    max_examples=examples(5),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],  # a history takes a second: a shorter one that fails is not worth a minute
)
@given(data=st.data())
def test_no_history_of_a_delivery_gets_past_what_must_hold(showroom: Showroom, data: st.DataObject) -> None:
    here = showroom.of(code("D"))
    publish(here.database, DELIVERY_STEPS, plain(FULL), now=NOW - timedelta(days=1), store_id=here.store)
    cars = [here.receive() for _ in range(2)]
    terms: Any = {one: data.draw(st.booleans()) for one in TERMS}
    promised = NOW.date() + timedelta(days=data.draw(st.integers(0, 15)))
    ours = [signed(here, promised=promised, **terms), signed(here, promised=promised)]
    now = NOW
    shown = picture(here, ours, now)
    for _ in range(data.draw(st.integers(20, 50))):
        order_id = ours[data.draw(st.integers(0, 3)) // 3]  # one of them three times as often, so that it gets far
        if data.draw(st.integers(0, 3)) == 0:
            now += data.draw(st.sampled_from(PAUSES))
            watch(here, now)
            shown = picture(here, ours, now)
        choose = onward if data.draw(st.integers(0, 2)) else anything
        what, by, asked = choose(data, here, shown[order_id], data.draw(st.sampled_from(cars)), now)
        about = {} if what == "reverse_payment" else {"order_id": order_id}
        try:
            here.do(what, by, now=now, **about, **asked)
        except Refusal:
            assert picture(here, ours, now) == shown, "what is refused changes nothing"
            continue
        hold(here)
        after = picture(here, ours, now)
        holds_together(shown[order_id], after[order_id], moment=now)
        others = [one for one in ours if one != order_id]
        assert [after[one] for one in others] == [shown[one] for one in others], "nothing is done to another order"
        shown = after
    watch(here, now + timedelta(days=30))
    for order_id in ours:
        risks_are_told_once(here, order_id)

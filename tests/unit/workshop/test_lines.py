"""The lines of an order: who bears what, what waits for the customer's word, what may still be changed (C7, R51)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from contracts.workshop import operations
from contracts.workshop.lines import ChangeLine, DeclineLine
from contracts.workshop.operations import JobLine, LineKind, LineState, PayType, Share, Stage, Verdict
from services.workshop.repair_orders.errors import (
    AmountBelowLines,
    DiscountTooLarge,
    LineBegun,
    LineNotFound,
    LinesUnanswered,
    NotAuthorized,
    NothingToDo,
    SharesWrong,
    StageNotAllowed,
)
from services.workshop.repair_orders.models import Consent, RepairOrder
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.rules.work import OPEN_TO_MONEY, OPEN_TO_WORK, UNAGREED
from tests.unit.workshop.test_transitions import (
    INSPECTOR,
    NOW,
    OIL,
    PROMISE,
    WINDOW,
    authorize,
    dispatch,
    finish,
    order_at,
    settle,
    start,
    state,
)

HALF, MAKER = Decimal(50), PayType.WARRANTY
LAMP = JobLine("左前大灯", 120_000, Decimal("0.8"))
OFF = JobLine("会员优惠", -2_000, kind=LineKind.DISCOUNT)


def agree(order: RepairOrder, **said: Any) -> Consent:
    return order.authorize(operations.AuthorizeRepair(order.id, "李娜", **said), by="A2", now=NOW)


def change(order: RepairOrder, position: int, **said: Any) -> None:
    order.change_line(ChangeLine(order.id, position, **said))


def decline(order: RepairOrder, position: int) -> Consent:
    return order.decline_line(DeclineLine(order.id, position, "张伟", "call"), by="A1", now=NOW)


def states(order: RepairOrder) -> list[LineState]:
    return [line.state for line in order.lines]


def at_work() -> RepairOrder:
    order = order_at(Stage.OPENED)
    for step in (authorize, dispatch, start):
        step(order)
    return order


# -- who bears what


@pytest.mark.parametrize(
    ("amount_fen", "shares", "borne"),
    [
        (10_001, [Share(PayType.GOODWILL, percent=HALF)], {MAKER: 5_001, PayType.GOODWILL: 5_000}),
        (10_001, [Share(PayType.CUSTOMER, amount_fen=10_001)], {MAKER: 0, PayType.CUSTOMER: 10_001}),
        (0, [Share(PayType.CUSTOMER, percent=HALF)], {MAKER: 0}),
        (
            100,
            [Share(PayType.CUSTOMER, percent=Decimal("33.3")), Share(PayType.GOODWILL, percent=Decimal("33.3"))],
            {MAKER: 34, PayType.CUSTOMER: 33, PayType.GOODWILL: 33},
        ),
    ],
)
def test_shares_are_rounded_down_and_who_pays_the_line_bears_the_rest(
    amount_fen: int, shares: list[Share], borne: dict[PayType, int]
) -> None:
    line = JobLine("前保险杠", amount_fen, pay_type=MAKER, shares=shares)
    work.require_prices([line])
    totals = work.totals([line])
    assert sum(totals.values()) == amount_fen
    assert totals == dict.fromkeys(PayType, 0) | borne


@pytest.mark.parametrize(
    "line",
    [
        replace(LAMP, shares=[Share(PayType.CUSTOMER, percent=HALF)]),
        replace(LAMP, shares=[Share(MAKER, percent=HALF), Share(MAKER, percent=HALF)]),
        replace(LAMP, shares=[Share(MAKER)]),
        replace(LAMP, shares=[Share(MAKER, percent=HALF, amount_fen=1)]),
        replace(LAMP, shares=[Share(MAKER, amount_fen=LAMP.amount_fen + 1)]),
        replace(LAMP, shares=[Share(MAKER, amount_fen=-1)]),
        replace(LAMP, shares=[Share(MAKER, percent=HALF), Share(PayType.GOODWILL, percent=Decimal("50.01"))]),
        replace(OFF, shares=[Share(MAKER, percent=HALF)]),
    ],
    ids=["himself", "twice", "nothing", "both", "too much", "below 0", "too much together", "a discount"],
)
def test_shares_that_say_too_much_or_too_little_are_refused(line: JobLine) -> None:
    with pytest.raises(SharesWrong) as refused:
        work.require_prices([OIL, line])
    assert refused.value.details == {"line": 2}


# -- more work


@pytest.mark.parametrize(
    ("stage", "line"), list(product(Stage, [LAMP, OFF])), ids=lambda one: getattr(one, "kind", one)
)
def test_work_is_added_until_it_is_inspected_and_a_discount_until_the_invoice(stage: Stage, line: JobLine) -> None:
    order = order_at(stage)
    before = state(order)
    allowed = stage in (OPEN_TO_MONEY if line is OFF else OPEN_TO_WORK)
    with nullcontext() if allowed else pytest.raises(StageNotAllowed):
        order.add_line(line)
    if not allowed:
        assert state(order) == before
        return
    assert (order.version, len(order.lines), order.lines[-1].position) == (2, 3, 3)


@pytest.mark.parametrize(
    ("added", "waits"),
    [
        (replace(OIL, amount_fen=20_000), False),
        (replace(OIL, amount_fen=20_001), True),
        (replace(WINDOW, amount_fen=10**9), False),
        (replace(WINDOW, shares=[Share(PayType.CUSTOMER, amount_fen=20_001)]), True),
        (replace(WINDOW, shares=[Share(PayType.CUSTOMER, amount_fen=20_000)]), False),
        (OFF, False),
    ],
    ids=["as agreed", "a fen more", "another pays", "his share is more", "his share is as agreed", "a discount"],
)
def test_what_goes_beyond_what_he_agreed_to_waits_for_his_word(added: JobLine, *, waits: bool) -> None:
    order = order_at(Stage.OPENED)
    agree(order, promised_at=PROMISE, up_to_fen=OIL.amount_fen + 20_000)
    order.add_line(added)
    assert order.lines[-1].state is (LineState.PROPOSED if waits else LineState.AUTHORIZED)
    dispatch(order)
    start(order)
    assert order.lines[-1].state is (LineState.PROPOSED if waits else LineState.WORKING)


def test_nobody_works_on_what_waits_and_the_work_does_not_end_before_he_answered() -> None:
    order = at_work()
    order.add_line(LAMP)
    assert states(order) == [LineState.WORKING, LineState.WORKING, LineState.PROPOSED]
    before = state(order)
    with pytest.raises(LinesUnanswered) as refused:
        finish(order)
    assert (refused.value.details, state(order)) == ({"lines": [3]}, before)
    said = agree(order)
    assert (said.lines, said.up_to_fen, said.version, said.said_by, said.staff_id) == ([3], 150_000, 5, "李娜", "A2")
    assert (order.authorized_fen, order.stage, order.version) == (150_000, Stage.IN_PROGRESS, 6)
    assert (order.promised_at, order.first_promise) == (PROMISE, PROMISE)
    finish(order)
    assert states(order) == [LineState.DONE] * 3


def test_what_he_declines_is_neither_done_nor_paid() -> None:
    order = at_work()
    order.add_line(LAMP)
    said = decline(order, 3)
    assert (said.said, said.lines, said.said_by, said.channel) == ("declined", [3], "张伟", "call")
    finish(order)
    order.inspect(verdict=Verdict.PASSED, inspector_id=INSPECTOR, now=NOW)
    settle(order)
    assert states(order) == [LineState.PASSED, LineState.PASSED, LineState.DECLINED]
    assert work.customer_fen(order.lines) == OIL.amount_fen


def test_work_sent_back_is_being_worked_on_again() -> None:
    order = at_work()
    finish(order)
    order.inspect(verdict=Verdict.REWORK, inspector_id=INSPECTOR, now=NOW)
    assert states(order) == [LineState.WORKING] * 2
    start(order)
    finish(order)
    assert states(order) == [LineState.DONE] * 2


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage in OPEN_TO_MONEY - UNAGREED])
def test_a_customer_who_agreed_to_everything_has_nothing_more_to_agree_to(stage: Stage) -> None:
    order = order_at(stage)
    for line in order.lines:
        line.state = LineState.WORKING
    order.promised_at = PROMISE
    before = state(order)
    with pytest.raises(NothingToDo):
        agree(order)
    assert state(order) == before
    assert agree(order, up_to_fen=OIL.amount_fen + 1).up_to_fen == order.authorized_fen == OIL.amount_fen + 1
    assert order.stage is stage


def test_nobody_agrees_to_less_than_he_is_asked_to_pay() -> None:
    order = order_at(Stage.OPENED)
    with pytest.raises(AmountBelowLines) as refused:
        agree(order, promised_at=PROMISE, up_to_fen=OIL.amount_fen - 1)
    assert refused.value.details == {"field": "up_to_fen", "customer_fen": OIL.amount_fen}


def test_an_order_all_of_whose_work_was_declined_has_nothing_to_agree_to() -> None:
    order = order_at(Stage.OPENED, OIL)
    decline(order, 1)
    with pytest.raises(NothingToDo):
        agree(order, promised_at=PROMISE)


# -- other work


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({"amount_fen": OIL.amount_fen}, False),
        ({"amount_fen": OIL.amount_fen - 1}, False),
        ({"amount_fen": OIL.amount_fen + 1}, True),
        ({"hours": Decimal(9)}, False),
        ({"description": "发动机大修"}, True),
        ({"description": "发动机大修", "pay_type": PayType.WARRANTY}, False),
        ({"pay_type": PayType.WARRANTY, "amount_fen": 10**9}, False),
    ],
    ids=["the same", "less", "a fen more", "longer", "other work", "other work that another pays", "another pays"],
)
def test_work_that_is_another_than_he_agreed_to_waits_for_his_word(said: dict[str, Any], *, waits: bool) -> None:
    order = order_at(Stage.OPENED)
    authorize(order)
    change(order, 1, **said)
    assert order.lines[0].state is (LineState.PROPOSED if waits else LineState.AUTHORIZED)
    assert {name: getattr(order.lines[0], name) for name in said} == said


def test_a_price_that_rises_while_the_work_is_done_holds_back_the_invoice_until_he_agrees() -> None:
    order = at_work()
    change(order, 1, amount_fen=OIL.amount_fen + 1)
    assert order.lines[0].state is LineState.WORKING
    finish(order)
    order.inspect(verdict=Verdict.PASSED, inspector_id=INSPECTOR, now=NOW)
    with pytest.raises(NotAuthorized) as refused:
        settle(order)
    assert refused.value.details == {"customer_fen": OIL.amount_fen + 1, "authorized_fen": OIL.amount_fen}
    agree(order)
    settle(order)
    assert order.stage is Stage.SETTLED


@pytest.mark.parametrize("begun", [LineState.WORKING, LineState.DONE, LineState.PASSED, LineState.DECLINED])
def test_what_was_begun_or_declined_is_neither_declined_nor_other_work(begun: LineState) -> None:
    order = order_at(Stage.IN_PROGRESS)
    order.lines[0].state = begun
    for refused in (lambda: decline(order, 1), lambda: change(order, 1, description="别的")):
        with pytest.raises(LineBegun):
            refused()
    assert (order.lines[0].state, order.lines[0].description, order.version) == (begun, OIL.description, 1)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in OPEN_TO_MONEY])
def test_after_the_invoice_nothing_is_changed_or_declined(stage: Stage) -> None:
    order = order_at(stage)
    with pytest.raises(StageNotAllowed):
        change(order, 1, amount_fen=1)
    with pytest.raises(StageNotAllowed):
        decline(order, 1)


def test_a_discount_is_not_left_larger_than_the_work() -> None:
    order = order_at(Stage.OPENED, OIL, replace(OFF, amount_fen=-20_000))
    for refused in (lambda: decline(order, 1), lambda: change(order, 1, amount_fen=19_999)):
        with pytest.raises(DiscountTooLarge):
            refused()


def test_a_line_that_is_not_there_is_not_found() -> None:
    order = order_at(Stage.OPENED)
    for position in (3, 99):
        with pytest.raises(LineNotFound):
            change(order, position, amount_fen=1)

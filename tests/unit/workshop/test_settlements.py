"""Who owes what of a repair order's lines, with which tax, and what a settlement and a payment may become (C7, C19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.money import reference_key
from contracts.workshop.operations import JobLine, LineKind, LineState, PayType, Share
from contracts.workshop.settlements import RepairPaymentState, SettlementState
from services.workshop.repair_orders import models
from services.workshop.settlements import errors, rules
from services.workshop.settlements.models import Settlement

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)


def kept(*lines: JobLine, declined: int | None = None) -> list[models.JobLine]:
    return [
        models.JobLine.write(line, position=place, state=LineState.DECLINED if place == declined else LineState.PASSED)
        for place, line in enumerate(lines, start=1)
    ]


def settlement(*, amount_fen: int, paid_fen: int = 0) -> Settlement:
    state = rules.stands_as(amount_fen=amount_fen, paid_fen=paid_fen)
    return Settlement(amount_fen=amount_fen, paid_fen=paid_fen, state=state, allowed_by=None, version=1)


ILLEGAL = [(state, to) for state, to in product(SettlementState, SettlementState) if to not in rules.SETTLEMENTS[state]]


@pytest.mark.parametrize(("state", "to"), ILLEGAL)
def test_a_settlement_becomes_nothing_that_its_table_does_not_allow(
    state: SettlementState, to: SettlementState
) -> None:
    with pytest.raises(errors.SettlementState) as refused:
        rules.require_settlement(state, to=to)
    assert refused.value.details == {"state": state, "wanted": to}


@pytest.mark.parametrize(("state", "to"), [(state, to) for state in SettlementState for to in rules.SETTLEMENTS[state]])
def test_a_settlement_becomes_what_its_table_allows(state: SettlementState, to: SettlementState) -> None:
    rules.require_settlement(state, to=to)


def test_what_is_void_stays_void() -> None:
    one = settlement(amount_fen=100)
    one.void(reason="付款方有误", by="F1", now=NOW)
    for tried in (lambda: one.void(reason="再来", by="F2", now=NOW), lambda: one.receive(100, now=NOW)):
        with pytest.raises(errors.SettlementState):
            tried()
    assert (one.voided_by, one.paid_fen) == ("F1", 0)


@pytest.mark.parametrize(
    ("state", "to"),
    [(state, to) for state, to in product(RepairPaymentState, RepairPaymentState) if to not in rules.PAYMENTS[state]],
)
def test_a_payment_becomes_nothing_that_its_table_does_not_allow(
    state: RepairPaymentState, to: RepairPaymentState
) -> None:
    with pytest.raises(errors.RepairPaymentState):
        rules.require_payment(state, to=to)


@pytest.mark.parametrize(
    ("pays", "state", "left"),
    [([], "owed", 100), ([99], "owed", 1), ([99, 1], "paid", 0), ([100], "paid", 0)],
    ids=["nothing", "a fen less", "in two", "at once"],
)
def test_it_is_paid_with_the_last_fen(pays: list[int], state: str, left: int) -> None:
    one = settlement(amount_fen=100)
    for amount in pays:
        one.receive(amount, now=NOW)
    assert (one.state, one.balance_fen, one.version) == (state, left, 1 + len(pays))


def test_a_fen_more_than_is_owed_is_refused() -> None:
    one = settlement(amount_fen=100, paid_fen=40)
    with pytest.raises(errors.RepairOverpayment) as refused:
        one.receive(61, now=NOW)
    assert refused.value.details == {"field": "amount_fen", "balance": "0.60", "balance_fen": 60}
    assert one.paid_fen == 40


def test_it_is_owed_again_when_a_payment_was_taken_back() -> None:
    one = settlement(amount_fen=100, paid_fen=100)
    one.lose(1, now=NOW)
    assert (one.state, one.balance_fen) == (SettlementState.OWED, 1)


def test_nobody_lets_go_unpaid_what_is_paid() -> None:
    with pytest.raises(errors.NothingOwed):
        settlement(amount_fen=100, paid_fen=100).allow_unpaid(reason="老客户", by="M1", now=NOW)


def test_the_vehicle_stays_while_a_fen_is_owed_and_nobody_let_it_go() -> None:
    one = settlement(amount_fen=100, paid_fen=99)
    with pytest.raises(errors.CustomerUnpaid) as refused:
        one.require_paid_or_allowed()
    assert refused.value.details == {"balance": "0.01", "balance_fen": 1}
    one.allow_unpaid(reason="公司月结", by="M1", now=NOW)
    one.require_paid_or_allowed()
    settlement(amount_fen=100, paid_fen=100).require_paid_or_allowed()


# -- the field list, row by row ---------------------------------------------------------------------------------


def test_half_a_line_of_100_01_for_each_of_two_payers_is_50_01_and_50_00() -> None:
    """Who pays is a fact of the line, and one line can have several payers (odoo/odoo#239652)."""
    labour = JobLine("工时", 10_001, pay_type=PayType.WARRANTY, shares=[Share(PayType.GOODWILL, percent=Decimal(50))])
    lines = kept(labour, JobLine("雨刮片", 6_000))
    owed = {
        payer: sum(line.amount_fen for line in rules.settled_lines(lines, payer=payer, percent=13))
        for payer in rules.payers(lines, paid=())
    }
    assert owed == {PayType.CUSTOMER: 6_000, PayType.WARRANTY: 5_001, PayType.GOODWILL: 5_000}


def test_each_payer_has_one_document_of_the_same_lines() -> None:
    """Repair-DeskPOS/RepairDesk-BUGS-IMPROVEMENTS#625."""
    hood = JobLine("钣金", 90_000, pay_type=PayType.INSURANCE, shares=[Share(PayType.CUSTOMER, amount_fen=50_000)])
    lines = kept(hood, JobLine("机油", 30_000), JobLine("免赔优惠", -1_000, kind=LineKind.DISCOUNT))
    positions = {
        payer: [(line.position, line.amount_fen) for line in rules.settled_lines(lines, payer=payer, percent=13)]
        for payer in rules.payers(lines, paid=())
    }
    assert positions == {
        PayType.CUSTOMER: [(1, 50_000), (2, 30_000), (3, -1_000)],
        PayType.INSURANCE: [(1, 40_000)],
    }


def test_three_lines_of_5_00_contain_1_73_of_tax_not_1_74() -> None:
    """What the customer pays never depends on tax (odoo/odoo#37896, frappe/erpnext#42523)."""
    lines = kept(*(JobLine(name, 500) for name in ("检查", "清洁", "润滑")))
    settled = rules.settled_lines(lines, payer=PayType.CUSTOMER, percent=13)
    assert [line.vat_fen for line in settled] == [58, 58, 57]
    assert (sum(line.amount_fen for line in settled), sum(line.vat_fen for line in settled)) == (1500, 173)


def test_what_he_declined_he_does_not_pay() -> None:
    lines = kept(JobLine("机油", 30_000), JobLine("雨刮", 6_000), declined=2)
    settled = rules.settled_lines(lines, payer=PayType.CUSTOMER, percent=13)
    assert [line.description for line in settled] == ["机油"]


@pytest.mark.parametrize(
    ("lines", "paid", "who"),
    [
        ([JobLine("索赔", 100, pay_type=PayType.WARRANTY)], [], [PayType.CUSTOMER, PayType.WARRANTY]),
        ([JobLine("免费检查", 0)], [], [PayType.CUSTOMER]),
        ([JobLine("机油", 100)], [PayType.INSURANCE], [PayType.CUSTOMER, PayType.INSURANCE]),
    ],
    ids=["the customer has his sheet", "of nothing too", "who paid is told what he is owed back"],
)
def test_whom_a_settlement_is_made_for(lines: list[JobLine], paid: list[PayType], who: list[PayType]) -> None:
    assert rules.payers(kept(*lines), paid=paid) == who


@given(st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=12), st.integers(0, 30))
def test_the_tax_of_lines_is_that_of_their_sum_and_none_is_a_fen_off(amounts: Sequence[int], percent: int) -> None:
    taxes = rules.taxed(amounts, percent=percent)
    whole = Decimal(sum(amounts)) * percent / (100 + percent)
    assert abs(sum(taxes) - whole) <= Decimal("0.5")
    for amount, tax in zip(amounts, taxes, strict=True):
        assert abs(tax - Decimal(amount) * percent / (100 + percent)) < 1


@pytest.mark.parametrize(("one", "other"), [("ｗx 001", "WX001"), ("POS-1", "pos-1 "), ("A\u3000B", "ab")])
def test_letter_case_width_and_blanks_make_no_other_reference(one: str, other: str) -> None:
    assert reference_key(one) == reference_key(other)

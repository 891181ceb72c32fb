"""Every act on every step at every state: what the table names goes there, all else is refused."""

from itertools import product

import pytest

from contracts.access import matrix
from contracts.sales.steps import DeliveryTerms, StepAct, StepCode, StepState
from services.sales.steps.errors import StepByOrder, StepNotRedone, StepNotYours, StepOutOfTurn
from services.sales.steps.rules.graph import (
    MANAGERS,
    STEPS,
    before,
    before_handover,
    before_ready,
    needed,
    to_reverse,
)
from services.sales.steps.rules.states import NEXT, next_state, require_may

C5 = """
    pending      start finish block fail waive
    in_progress  finish block fail waive
    blocked      block resume fail waive
    failed       start waive
    rework       finish block fail
    done         redo reopen
    not_required require
"""
LEGAL = {(state, act) for state, *acts in (line.split() for line in C5.split("\n") if line.strip()) for act in acts}
TO = {
    "start": "in_progress",
    "resume": "in_progress",
    "finish": "done",
    "block": "blocked",
    "fail": "failed",
    "redo": "rework",
    "reopen": "pending",
    "require": "pending",
    "waive": "not_required",
}
EVERYTHING = list(product(StepState, StepAct))
WORK = StepCode.PDI
ALL = frozenset(StepCode)
C = StepCode


def test_the_table_is_that_of_the_rules() -> None:
    assert {(state.value, act.value) for state, act in NEXT} == LEGAL


@pytest.mark.parametrize(("state", "act"), [pair for pair in EVERYTHING if pair in NEXT])
def test_a_legal_act_takes_a_step_where_it_says(state: StepState, act: StepAct) -> None:
    assert next_state(WORK, state, act).value == TO[act.value]


@pytest.mark.parametrize(("state", "act"), [pair for pair in EVERYTHING if pair not in NEXT])
def test_every_other_act_is_refused_and_says_where_the_step_stands(state: StepState, act: StepAct) -> None:
    with pytest.raises(StepOutOfTurn) as refused:
        next_state(WORK, state, act)
    assert refused.value.details == {"step": WORK, "state": state, "act": act}


@pytest.mark.parametrize("code", StepCode)
def test_only_work_is_redone(code: StepCode) -> None:
    if code in (C.ACCESSORY, C.PDI, C.CLEAN):
        assert next_state(code, StepState.DONE, StepAct.REDO) is StepState.REWORK
    else:
        with pytest.raises(StepNotRedone):
            next_state(code, StepState.DONE, StepAct.REDO)


def test_what_is_done_is_left_only_by_redoing_it_or_taking_the_word_back() -> None:
    assert {act for state, act in NEXT if state is StepState.DONE} == {StepAct.REDO, StepAct.REOPEN}


# -- who -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in StepCode if not STEPS[code].by_order])
def test_a_step_is_done_by_its_owner_and_by_managers_and_by_nobody_else(code: StepCode) -> None:
    may = {STEPS[code].role, *MANAGERS}
    for role in matrix().roles:
        if role in may:
            require_may(code, StepAct.FINISH, [role])
        else:
            with pytest.raises(StepNotYours):
                require_may(code, StepAct.FINISH, [role])


@pytest.mark.parametrize("act", [StepAct.WAIVE, StepAct.REQUIRE, StepAct.REOPEN])
def test_its_owner_neither_drops_a_step_nor_takes_back_that_it_is_done(act: StepAct) -> None:
    with pytest.raises(StepNotYours):
        require_may(C.PLATE, act, ["plate_clerk"])
    require_may(C.PLATE, act, ["plate_clerk", "sales_manager"])


@pytest.mark.parametrize("code", [C.CONTRACT, C.DEPOSIT, C.ALLOCATE, C.BALANCE, C.HANDOVER])
def test_what_follows_from_the_order_is_nobodys_word(code: StepCode) -> None:
    for act in (StepAct.FINISH, StepAct.WAIVE, StepAct.REOPEN, StepAct.FAIL):
        with pytest.raises(StepByOrder):
            require_may(code, act, ["general_manager"])
    require_may(code, StepAct.BLOCK, [STEPS[code].role])


def test_every_owner_is_a_role_that_somebody_can_have() -> None:
    assert {step.role for step in STEPS.values()} <= set(matrix().roles)


# -- the graph -------------------------------------------------------------------------------------------------


def test_every_step_of_the_rules_has_its_row_in_the_order_in_which_it_is_shown() -> None:
    assert list(STEPS) == list(StepCode)


def test_no_step_waits_for_itself() -> None:
    for terms in (DeliveryTerms(), DeliveryTerms(by_loan=True, before_plate=True, accessories=True)):
        seen: dict[StepCode, set[StepCode]] = {}

        def all_before(code: StepCode, terms: DeliveryTerms = terms, seen: dict = seen) -> set[StepCode]:
            if code not in seen:
                nearest = before(code, ALL, terms=terms)
                seen[code] = set(nearest).union(*(all_before(one) for one in nearest))
            return seen[code]

        assert not [code for code in StepCode if code in all_before(code)]


@pytest.mark.parametrize("later", [C.PLATE, C.HANDOVER])
def test_7_6_the_certificate_comes_before_the_plate_and_the_keys(later: StepCode) -> None:
    assert C.CERTIFICATE in before(later, ALL, terms=DeliveryTerms())
    assert C.CERTIFICATE in before(C.HANDOVER, ALL, terms=DeliveryTerms(self_plating=True))


def test_where_a_step_is_not_needed_what_waits_for_it_waits_for_what_it_waited_for() -> None:
    short = {C.CONTRACT, C.ALLOCATE, C.BALANCE}
    terms = DeliveryTerms()
    assert before(C.ALLOCATE, short, terms=terms) == [C.CONTRACT]
    assert before(C.BALANCE, short, terms=terms) == [C.ALLOCATE, C.CONTRACT]
    assert before(C.HANDOVER, short, terms=terms) == [C.CONTRACT, C.ALLOCATE, C.BALANCE]


def test_a_car_that_drives_before_its_plate_waits_for_no_plate() -> None:
    kept = before_handover(ALL, terms=DeliveryTerms(before_plate=True))
    assert {C.PURCHASE_TAX, C.PLATE, C.MORTGAGE_REG}.isdisjoint(kept)
    assert C.TEMP_PLATE in kept
    assert C.PLATE in before_handover(ALL, terms=DeliveryTerms())


def test_ready_is_all_but_the_appointment_and_the_keys() -> None:
    terms = DeliveryTerms()
    assert set(before_handover(ALL, terms=terms)) - set(before_ready(ALL, terms=terms)) == {C.APPOINT}
    assert C.CLEAN not in before(C.APPOINT, ALL, terms=terms)


@pytest.mark.parametrize(
    ("terms", "more", "less"),
    [
        (DeliveryTerms(), set(), {C.LOAN_APPROVAL, C.TEMP_PLATE, C.MORTGAGE_REG, C.ACCESSORY}),
        (DeliveryTerms(by_loan=True), {C.LOAN_APPROVAL, C.MORTGAGE_REG}, {C.TEMP_PLATE, C.ACCESSORY}),
        (DeliveryTerms(self_insured=True), set(), {C.INSURANCE}),
        (DeliveryTerms(self_plating=True), {C.INSURANCE}, {C.PURCHASE_TAX, C.PLATE}),
        (DeliveryTerms(before_plate=True), {C.TEMP_PLATE}, set()),
        (DeliveryTerms(accessories=True), {C.ACCESSORY}, set()),
    ],
)
def test_the_deal_says_which_steps_it_needs(terms: DeliveryTerms, more: set[StepCode], less: set[StepCode]) -> None:
    wanted = {code for code in StepCode if needed(code, terms)}
    assert more <= wanted
    assert wanted.isdisjoint(less)
    assert {C.CONTRACT, C.DEPOSIT, C.ALLOCATE, C.BALANCE, C.INVOICE, C.PDI, C.HANDOVER} <= wanted


def test_7_7_invoice_insurance_and_registration_outlive_a_cancelled_order() -> None:
    assert to_reverse([C.CONTRACT, C.PLATE, C.INVOICE, C.PDI]) == [C.INVOICE, C.PLATE]
    assert to_reverse([C.CONTRACT, C.ALLOCATE]) == []

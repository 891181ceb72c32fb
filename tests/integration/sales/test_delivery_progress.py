"""What a customer sees of his delivery by his link: what is done, planned and late, and why in words for him (R44)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from contracts.sales.deliveries import StageNoted
from contracts.sales.progress import OrderProgress, PromiseTold, Standing, StepTold
from contracts.sales.steps import DelayCause, PlateStage, PromiseReason, StepAct, StepCode
from contracts.shapes import plain
from tests.integration.sales.people import NOW, PROMISE, Showroom
from tests.integration.sales.test_delivery_risk import repromise, watch
from tests.integration.sales.test_delivery_steps import CHECKED, act, at, finish, paid_and_allocated, signed

C, A, S = StepCode, StepAct, Standing
TICK = timedelta(microseconds=1)


def told(showroom: Showroom, order_id: UUID, now: datetime = NOW) -> OrderProgress:
    return showroom.progress(showroom.link(order_id).token, now=now)


def step_told(showroom: Showroom, order_id: UUID, code: StepCode, now: datetime = NOW) -> StepTold:
    return next(one for one in told(showroom, order_id, now).steps if one.step is code)


def test_r44_the_customer_sees_each_step_with_its_day_and_nothing_that_is_ours_alone(full: Showroom) -> None:
    order_id = paid_and_allocated(full, promised=date(2026, 12, 24))
    act(full, order_id, C.CERTIFICATE, A.BLOCK, reason="合格证质押在建设银行,找王经理", expected_on=date(2026, 12, 1))
    act(full, order_id, C.INSURANCE, A.FINISH, effective_from=NOW, insurer="人保财险", evidence="PICC-1")
    seen = told(full, order_id)
    assert [(one.step, one.standing, one.planned_on) for one in seen.steps] == [
        (C.CONTRACT, S.DONE, None),
        (C.DEPOSIT, S.DONE, None),
        (C.ALLOCATE, S.DONE, None),
        (C.BALANCE, S.DONE, None),
        (C.INVOICE, S.UNDER_WAY, date(2026, 11, 24)),
        (C.INSURANCE, S.DONE, None),
        (C.PURCHASE_TAX, S.TO_COME, date(2026, 11, 25)),
        (C.PLATE, S.TO_COME, date(2026, 12, 4)),
        (C.APPOINT, S.TO_COME, date(2026, 12, 4)),
        (C.HANDOVER, S.TO_COME, date(2026, 12, 24)),
    ]
    assert {one.done_on for one in seen.steps} == {NOW.date(), None}
    assert (seen.expected_on, seen.cause, seen.moved) == (None, None, [])
    for kept in ("王经理", "银行", "人保", "PICC", "inspector", "insurance_clerk"):
        assert kept not in str(plain(seen)), kept


def test_what_is_late_says_so_right_after_its_time_and_in_whose_hands_it_lies(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    due = at("2026-11-24", 17)  # the insurer's day
    on_time, late = (step_told(full, order_id, C.INSURANCE, moment) for moment in (due, due + TICK))
    assert (on_time.standing, on_time.cause) == (S.UNDER_WAY, None)
    assert (late.standing, late.cause, late.planned_on) == (S.LATE, DelayCause.INSURER, due.date())


def test_a_promise_that_will_be_broken_says_when_the_keys_can_be_given_and_what_is_waited_for(full: Showroom) -> None:
    order_id = paid_and_allocated(full, promised=date(2026, 12, 3))
    assert told(full, order_id).expected_on is None
    act(full, order_id, C.CERTIFICATE, A.BLOCK, reason="质押", expected_on=date(2026, 12, 1))
    seen = told(full, order_id)
    assert (seen.expected_on, seen.cause) == (date(2026, 12, 4), DelayCause.CERTIFICATE)
    for what in (A.RESUME, A.FINISH):
        act(full, order_id, C.CERTIFICATE, what)
    assert told(full, order_id).expected_on is None


def test_a_day_promised_instead_is_told_with_its_reason_and_without_what_was_remarked(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    repromise(full, order_id, date(2026, 12, 24), PromiseReason.CUSTOMER)
    seen = told(full, order_id)
    assert seen.promised_date == date(2026, 12, 24)
    assert seen.moved == [PromiseTold(NOW.date(), PROMISE, date(2026, 12, 24), PromiseReason.CUSTOMER)]
    assert "知悉" not in str(plain(seen))


def test_r44_a_registration_tells_its_stages_and_their_days_and_no_plate(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    full.do("note_plate_stage", "plate_clerk", order_id=order_id, stage=PlateStage.DOCUMENTS)
    assert step_told(full, order_id, C.PLATE).standing is S.UNDER_WAY, "begun before its turn"
    later = NOW + timedelta(days=2)
    finish(full, order_id, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX, C.PLATE, now=later)
    plate = step_told(full, order_id, C.PLATE)
    assert (plate.standing, plate.done_on) == (S.DONE, later.date())
    assert plate.stages == [StageNoted(PlateStage.DOCUMENTS, NOW.date()), StageNoted(PlateStage.LICENCE, later.date())]
    assert "12345" not in str(plain(told(full, order_id)))


def test_a_step_the_deal_does_without_is_not_told(full: Showroom) -> None:
    order_id = paid_and_allocated(full, self_plating=True)
    assert {C.PLATE, C.PURCHASE_TAX, C.ACCESSORY}.isdisjoint(one.step for one in told(full, order_id).steps)


def test_a_plate_that_comes_after_the_keys_is_followed_by_the_same_link(full: Showroom) -> None:
    order_id = paid_and_allocated(full, before_plate=True)
    finish(full, order_id, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.TEMP_PLATE, C.PDI, C.CLEAN, C.APPOINT)
    link = full.link(order_id)
    keys = NOW + timedelta(days=2)
    full.deliver(order_id, checklist=CHECKED, now=keys)
    seen = {one.step: one for one in full.progress(link.token, now=keys).steps}
    assert (seen[C.HANDOVER].standing, seen[C.PURCHASE_TAX].standing) == (S.DONE, S.LATE)
    assert seen[C.PLATE].planned_on is not None
    assert full.progress(link.token, now=keys).expected_on is None


@pytest.mark.parametrize("confirmed", [False, True], ids=["asked for", "confirmed"])
def test_of_an_order_that_may_be_cancelled_nothing_is_planned_or_late(full: Showroom, confirmed: bool) -> None:
    order_id = paid_and_allocated(full, promised=date(2026, 11, 24))
    full.cancel(order_id)
    if confirmed:
        full.confirm(order_id)
    seen = told(full, order_id, at("2026-12-20"))
    assert {(one.planned_on, one.cause) for one in seen.steps} == {(None, None)}
    assert {one.standing for one in seen.steps} == {S.DONE, S.TO_COME}
    assert (seen.expected_on, seen.cause) == (None, None)


def test_a_store_with_few_steps_tells_those_and_the_keys(showroom: Showroom) -> None:
    order_id = signed(showroom, promised=date(2026, 11, 24))
    watch(showroom, NOW)
    seen = told(showroom, order_id)
    assert [one.step for one in seen.steps] == [C.CONTRACT, C.DEPOSIT, C.ALLOCATE, C.BALANCE, C.HANDOVER]
    assert (seen.expected_on, seen.cause) == (date(2026, 11, 26), DelayCause.CAR)

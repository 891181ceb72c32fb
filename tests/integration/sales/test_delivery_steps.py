"""From the contract to the keys by steps: who does them, what follows from the order, and what holds the keys back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.process.clock import LOCAL
from contracts.refusals import Refusal, StaleVersion
from contracts.sales import deliveries as asked
from contracts.sales import operations
from contracts.sales.policies import DELIVERY_STEPS, FULL, SHORT
from contracts.sales.steps import DeliveryRisk, DeliveryTerms, PlateStage, StepAct, StepCode, StepState
from contracts.shapes import plain
from services.sales.deliveries import queries
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order
from services.sales.steps import errors
from services.sales.steps import usecases as steps
from services.sales.steps.rules.graph import STEPS
from tests.integration.sales.people import DEPOSIT, NOW, PRICE, PROMISE, Showroom
from tests.support.publishing import publish

C, A, S = StepCode, StepAct, StepState
CHECKED = [item.code for item in FULL.checklist]
INSURED = NOW + timedelta(days=1)
MORE: dict[StepCode, dict[str, Any]] = {
    C.INSURANCE: {"effective_from": INSURED, "evidence": "PICC-1"},
    C.PLATE: {"plate": "粤b·12345"},
}
BY_HAND = [code for code in StepCode if not STEPS[code].by_order]


def signed(showroom: Showroom, *, promised: date = PROMISE, now: datetime = NOW, **terms: bool) -> UUID:
    order_id = showroom.write(now=now)
    contract: dict[str, Any] = {"contract_no": "HT-1", "signer": "张伟", "promised_date": promised}
    showroom.do("sign_order", "consultant", order_id=order_id, terms=DeliveryTerms(**terms), now=now, **contract)
    return order_id


def paid_and_allocated(showroom: Showroom, **more: Any) -> UUID:
    order_id = signed(showroom, **more)
    showroom.pay(order_id)
    showroom.allocate(order_id, showroom.receive())
    return order_id


def act(
    showroom: Showroom, order_id: UUID, code: StepCode, what: StepAct, *, role: str = "", **more: Any
) -> asked.Step:
    """Somebody does something to a step; without a role, who owns it."""
    done: asked.Step = showroom.do(
        "change_step", role or STEPS[code].role, order_id=order_id, code=code, act=what, **more
    )
    return done


def finish(showroom: Showroom, order_id: UUID, *codes: StepCode, now: datetime = NOW) -> None:
    for code in codes:
        act(showroom, order_id, code, A.FINISH, now=now, **MORE.get(code, {}))


def seen(showroom: Showroom, order_id: UUID, *, role: str = "sales_manager", now: datetime = NOW) -> asked.Delivery:
    request, scope = operations.OrderById(order_id), showroom.scope("delivery", role)
    return showroom.database.read(
        lambda reading: queries.delivery(reading, request, scope=scope, roles=(role,), now=now)
    )


def states(showroom: Showroom, order_id: UUID) -> dict[StepCode, StepState]:
    return {step.code: step.state for step in seen(showroom, order_id).steps}


def step_of(showroom: Showroom, order_id: UUID, code: StepCode, **more: Any) -> asked.Step:
    return next(step for step in seen(showroom, order_id, **more).steps if step.code is code)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL).replace(hour=hour)


# -- which steps, and when ----------------------------------------------------------------------------------------


def test_a_signed_order_has_its_steps_each_with_a_first_promise(full: Showroom) -> None:
    shown = seen(full, signed(full))
    assert [step.code for step in shown.steps] == list(StepCode)
    required = [step for step in shown.steps if step.state is not S.NOT_REQUIRED]
    assert {step.code for step in shown.steps} - {step.code for step in required} == {
        C.LOAN_APPROVAL,
        C.TEMP_PLATE,
        C.MORTGAGE_REG,
        C.ACCESSORY,
    }
    assert [step.code for step in required if step.state is S.DONE] == [C.CONTRACT]
    assert all(step.planned_at == step.due_at for step in required if step.code is not C.CONTRACT)
    assert (shown.ready_on, shown.holds, shown.risk) == (date(2026, 12, 3), C.DEPOSIT, DeliveryRisk.LATE)


def test_a_store_that_does_with_little_has_three_steps(showroom: Showroom) -> None:
    shown = seen(showroom, signed(showroom))
    assert [step.code for step in shown.steps] == [C.CONTRACT, C.ALLOCATE, C.BALANCE]
    assert shown.checklist == []


def test_an_order_that_is_not_signed_has_no_steps(showroom: Showroom) -> None:
    order_id = showroom.write()
    with pytest.raises(errors.StepsNone):
        seen(showroom, order_id)
    with pytest.raises(errors.StepNotFound):
        act(showroom, order_id, C.PDI, A.FINISH)


def test_a_policy_that_changes_at_midnight_is_that_of_the_moment_of_the_contract(showroom: Showroom) -> None:
    midnight = at("2026-11-24", 0)
    publish(showroom.database, DELIVERY_STEPS, plain(FULL), now=NOW, store_id=showroom.store, effective_from=midnight)
    before = signed(showroom, now=midnight - timedelta(microseconds=1))
    after = signed(showroom, now=midnight)
    assert [len(states(showroom, one)) for one in (before, after)] == [len(SHORT.steps), len(FULL.steps)]
    showroom.pay(before)
    assert len(states(showroom, before)) == len(SHORT.steps), "what was signed keeps its steps"


def test_a_plan_over_a_year_not_announced_is_provisional(full: Showroom) -> None:
    order_id = signed(full, now=at("2026-12-28"), promised=date(2027, 1, 15))
    assert seen(full, order_id).provisional
    assert not seen(full, signed(full)).provisional


# -- what follows from the order -------------------------------------------------------------------------------------


def test_money_and_the_car_do_their_steps_themselves(full: Showroom) -> None:
    order_id = signed(full)
    done = lambda: {code for code, state in states(full, order_id).items() if state is S.DONE}  # noqa: E731
    full.pay(order_id, DEPOSIT)
    assert done() == {C.CONTRACT, C.DEPOSIT}
    full.allocate(order_id, full.receive())
    assert done() == {C.CONTRACT, C.DEPOSIT, C.ALLOCATE}
    full.pay(order_id, PRICE - DEPOSIT - 1)
    assert C.BALANCE not in done(), "a fen is missing"
    full.pay(order_id, 1)
    assert done() == {C.CONTRACT, C.DEPOSIT, C.ALLOCATE, C.BALANCE}
    assert step_of(full, order_id, C.BALANCE).done_by == "finance"


def test_what_is_told_twice_changes_nothing(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    before = seen(full, order_id)

    def follow(session: Any) -> None:
        steps.follow(session, session.get(Order, order_id), by="finance", now=NOW + timedelta(hours=1))

    full.database.run(follow)
    assert seen(full, order_id) == before


def test_money_that_went_back_opens_its_steps_again(full: Showroom) -> None:
    order_id = paid_and_allocated(full)

    def reverse(session: Any) -> None:
        order = session.get(Order, order_id)
        order.paid_fen = 0
        steps.follow(session, order, by="finance", now=NOW + timedelta(hours=1))

    full.database.run(reverse)
    assert {code for code in (C.DEPOSIT, C.BALANCE) if states(full, order_id)[code] is S.PENDING} == {
        C.DEPOSIT,
        C.BALANCE,
    }


@pytest.mark.parametrize("code", [code for code in StepCode if STEPS[code].by_order])
def test_what_follows_from_the_order_is_nobodys_word(full: Showroom, code: StepCode) -> None:
    with pytest.raises(errors.StepByOrder):
        act(full, signed(full), code, A.FINISH)


# -- by hand --------------------------------------------------------------------------------------------------------


def test_from_the_contract_to_the_keys_by_every_owner(full: Showroom) -> None:
    order_id = paid_and_allocated(full, by_loan=True, accessories=True)
    begun = [C.LOAN_APPROVAL, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX, C.PLATE]
    finish(full, order_id, *begun, C.MORTGAGE_REG, C.ACCESSORY, C.PDI, C.CLEAN)
    assert seen(full, order_id).is_ready
    assert full.shown(order_id).status is operations.OrderStatus.READY
    finish(full, order_id, C.APPOINT)
    shown = seen(full, order_id)
    assert {step.state for step in shown.steps if step.code is not C.HANDOVER} == {S.DONE, S.NOT_REQUIRED}
    assert shown.holds is C.HANDOVER
    order = full.deliver(order_id, checklist=CHECKED)
    assert order.status is operations.OrderStatus.DELIVERED
    assert states(full, order_id)[C.HANDOVER] is S.DONE
    names = [name for name, _ in full.recorded(order_id)]
    assert names.count("delivery_step_changed") == len(begun) + 5
    assert [names.count(name) for name in ("plate_issued", "vehicle_delivered")] == [1, 1]
    issued = next(one for one in full.payloads(order_id) if "plate" in one)
    assert (issued["plate"], issued["vin"]) == ("粤B12345", order.vin)
    with pytest.raises(errors.StepsOver):
        act(full, order_id, C.PDI, A.REDO, reason="划痕")


def test_every_change_raises_the_order_by_one_and_is_told_once(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    before = full.shown(order_id).version
    act(full, order_id, C.PDI, A.START)
    assert full.recorded(order_id)[-1] == ("delivery_step_changed", before + 1)
    told = full.payloads(order_id)[-1]
    assert (told["code"], told["from_state"], told["to_state"]) == ("PDI", "pending", "in_progress")


def test_a_step_is_not_done_before_what_it_waits_for(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    act(full, order_id, C.PURCHASE_TAX, A.START)  # papers may be gathered
    with pytest.raises(errors.StepWaits) as refused:
        act(full, order_id, C.PURCHASE_TAX, A.FINISH)
    assert refused.value.details["waits_for"] == "INVOICE"
    finish(full, order_id, C.INVOICE, C.PURCHASE_TAX)


@pytest.mark.parametrize("what", [A.BLOCK, A.FAIL])
def test_what_is_held_up_says_why(full: Showroom, what: StepAct) -> None:
    order_id = paid_and_allocated(full)
    for reason in ("", "  "):
        with pytest.raises(errors.ReasonMissing):
            act(full, order_id, C.PDI, what, reason=reason)
    assert act(full, order_id, C.PDI, what, reason="缺胎压计").reason == "缺胎压计"


def test_7_6_a_pledged_certificate_shows_its_risk_on_the_day_of_the_order(full: Showroom) -> None:
    order_id = paid_and_allocated(full, promised=date(2026, 12, 24))
    assert seen(full, order_id).risk is DeliveryRisk.ON_TRACK
    act(full, order_id, C.CERTIFICATE, A.BLOCK, reason="合格证质押在银行", expected_on=date(2026, 12, 22))
    shown = seen(full, order_id)
    assert (shown.holds, shown.risk) == (C.CERTIFICATE, DeliveryRisk.LATE)
    assert shown.ready_on == date(2026, 12, 25), "three days for the plate come after it"
    with pytest.raises(errors.StepWaits):
        finish(full, order_id, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX, C.PLATE)


def test_what_is_expected_is_expected_for_a_day_to_come(full: Showroom) -> None:
    order_id = signed(full)
    with pytest.raises(errors.ExpectedInPast):
        act(full, order_id, C.ALLOCATE, A.BLOCK, reason="在途", expected_on=NOW.date() - timedelta(days=1))
    act(full, order_id, C.ALLOCATE, A.BLOCK, reason="在途", expected_on=NOW.date())


def test_7_8_a_car_is_not_driven_before_its_insurance_begins(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    finish(full, order_id, *[code for code in BY_HAND if states(full, order_id)[code] is S.PENDING])
    with pytest.raises(errors.InsuranceNotBegun):
        full.deliver(order_id, checklist=CHECKED, now=INSURED - timedelta(microseconds=1))
    full.deliver(order_id, checklist=CHECKED, now=INSURED)


def test_an_insurance_is_done_with_its_beginning_and_a_registration_with_its_plate(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    with pytest.raises(errors.EvidenceMissing) as refused:
        act(full, order_id, C.INSURANCE, A.FINISH)
    assert refused.value.details["field"] == "effective_from"
    finish(full, order_id, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX)
    with pytest.raises(errors.EvidenceMissing):
        act(full, order_id, C.PLATE, A.FINISH)
    for plate in ("粤B1234", "临牌", "粤B12345临"):
        with pytest.raises(errors.PlateInvalid):
            act(full, order_id, C.PLATE, A.FINISH, plate=plate)
    assert states(full, order_id)[C.PLATE] is S.PENDING


def test_a_registration_goes_by_stages_with_their_days(full: Showroom) -> None:
    order_id = paid_and_allocated(full)

    def note(stage: PlateStage, on: date | None = None, **more: Any) -> asked.Step:
        step: asked.Step = full.do("note_plate_stage", "plate_clerk", order_id=order_id, stage=stage, on=on, **more)
        return step

    assert note(PlateStage.DOCUMENTS).state is S.IN_PROGRESS
    later = NOW + timedelta(days=2)
    noted = note(PlateStage.INSPECTION, NOW.date() + timedelta(days=1), now=later)
    assert [(one.stage, one.on.day) for one in noted.stages] == [
        (PlateStage.DOCUMENTS, 23),
        (PlateStage.INSPECTION, 24),
    ]
    for day in (NOW.date() - timedelta(days=1), later.date() + timedelta(days=1)):
        with pytest.raises(errors.StageAhead):
            note(PlateStage.NUMBER, day, now=later)
    finish(full, order_id, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX, C.PLATE, now=later)
    assert step_of(full, order_id, C.PLATE).stages[-1] == asked.StageNoted(PlateStage.LICENCE, later.date())
    with pytest.raises(errors.StepOutOfTurn):
        note(PlateStage.NUMBER, now=later)


def test_r45_accessories_that_are_not_good_are_redone_and_hold_the_keys_back(full: Showroom) -> None:
    order_id = paid_and_allocated(full, accessories=True)
    finish(full, order_id, *[code for code in BY_HAND if states(full, order_id)[code] is S.PENDING])
    act(full, order_id, C.ACCESSORY, A.REDO, reason="贴膜有气泡")
    with pytest.raises(errors.StepsIncomplete) as refused:
        full.deliver(order_id, checklist=CHECKED)
    assert refused.value.details["steps"] == "ACCESSORY"
    finish(full, order_id, C.ACCESSORY, now=NOW + timedelta(days=1))
    full.deliver(order_id, checklist=CHECKED)


def test_r46_the_keys_wait_for_the_checklist_which_says_what_is_missing(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    finish(full, order_id, *[code for code in BY_HAND if states(full, order_id)[code] is S.PENDING])
    with pytest.raises(errors.ChecklistIncomplete) as refused:
        full.deliver(order_id, checklist=CHECKED[:-2])
    assert refused.value.details["missing"] == "SIGNATURE, PHOTO"
    assert full.shown(order_id).delivered_at is None


def test_a_car_handed_over_before_its_plate_gets_it_afterwards(full: Showroom) -> None:
    order_id = paid_and_allocated(full, before_plate=True)
    finish(full, order_id, C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.TEMP_PLATE, C.PDI, C.CLEAN, C.APPOINT)
    full.deliver(order_id, checklist=CHECKED)
    finish(full, order_id, C.PURCHASE_TAX, C.PLATE, now=NOW + timedelta(days=9))
    assert [name for name, _ in full.recorded(order_id)][-1] == "plate_issued"
    with pytest.raises(errors.StepsOver):
        act(full, order_id, C.CLEAN, A.REDO, reason="脏")


def test_an_order_signed_before_there_were_steps_is_handed_over_as_it_was(showroom: Showroom) -> None:
    order_id = paid_and_allocated(showroom)

    def forget(session: Any) -> None:
        for table in ("step_change", "delivery_step", "delivery_plan"):
            session.execute(text(f"DELETE FROM {table} WHERE order_id = :id"), {"id": order_id})

    showroom.database.run(forget)
    showroom.deliver(order_id)


# -- cancelled -------------------------------------------------------------------------------------------------------


def test_a_cancelled_order_has_no_delivery_any_more_and_its_steps_stay_as_they_were(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    full.cancel(order_id)
    with pytest.raises(errors.StepsOver):
        act(full, order_id, C.PDI, A.FINISH)
    assert step_of(full, order_id, C.PDI).may == []
    full.confirm(order_id)
    assert states(full, order_id)[C.ALLOCATE] is S.DONE
    with pytest.raises(errors.StepsOver):
        act(full, order_id, C.PDI, A.FINISH)


def test_7_7_what_outlives_an_order_is_reversed_before_it_is_cancelled(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    finish(full, order_id, C.INVOICE, C.INSURANCE)
    full.cancel(order_id)
    with pytest.raises(errors.StepsToReverse) as refused:
        full.confirm(order_id)
    assert refused.value.details["steps"] == "INVOICE, INSURANCE"
    for code in (C.INVOICE, C.INSURANCE):
        act(full, order_id, code, A.REOPEN, role="sales_manager", reason="红字发票/退保")
    full.confirm(order_id)
    assert full.shown(order_id).vin is None


@pytest.mark.parametrize("plated", [False, True], ids=["never had a plate", "had a plate"])
def test_7_7_a_car_that_had_a_plate_does_not_come_back_as_new(full: Showroom, plated: bool) -> None:
    order_id = paid_and_allocated(full)
    done = [C.CERTIFICATE, C.INVOICE, C.INSURANCE, C.PURCHASE_TAX, *([C.PLATE] if plated else [])]
    finish(full, order_id, *done)
    full.cancel(order_id)
    for code in done[1:]:
        act(full, order_id, code, A.REOPEN, role="sales_manager", reason="红字发票、退保、退税、退牌")
    vehicle = full.shown(order_id).vehicle_id
    full.confirm(order_id)
    with full.database.reading() as reading:
        condition = reading.scalar(text("SELECT condition FROM stock_vehicle WHERE vehicle_id = :id"), {"id": vehicle})
    assert condition == ("used" if plated else "new")


# -- who -------------------------------------------------------------------------------------------------------------


def test_a_step_is_done_by_its_owner_or_a_manager(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    with pytest.raises(errors.StepNotYours) as refused:
        act(full, order_id, C.CERTIFICATE, A.FINISH, role="plate_clerk")
    assert refused.value.details["roles"] == "finance, sales_manager, general_manager"
    act(full, order_id, C.CERTIFICATE, A.FINISH, role="sales_manager")


def test_what_a_step_may_become_is_shown_to_whoever_may(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    assert step_of(full, order_id, C.PDI, role="plate_clerk").may == []
    assert step_of(full, order_id, C.PDI, role="inspector").may == [A.START, A.FINISH, A.BLOCK, A.FAIL]
    assert A.WAIVE in step_of(full, order_id, C.PDI).may


def test_a_manager_drops_a_step_and_takes_it_back_in(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    act(full, order_id, C.PLATE, A.WAIVE, role="sales_manager", reason="客户自行上牌")
    assert C.PLATE not in step_of(full, order_id, C.APPOINT).waits_for
    assert act(full, order_id, C.PLATE, A.REQUIRE, role="sales_manager", reason="改为代办").state is S.PENDING
    assert C.PLATE in step_of(full, order_id, C.APPOINT).waits_for


def test_an_order_of_somebody_else_does_not_exist_for_a_consultant(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    with pytest.raises(OrderNotFound):
        act(full.served_by("C2"), order_id, C.APPOINT, A.FINISH)
    with pytest.raises(OrderNotFound):
        seen(full.served_by("C2"), order_id, role="consultant")


def test_who_looked_at_an_older_step_changes_nothing_and_another_step_does_not_stand_in_his_way(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    looked = {code: step_of(full, order_id, code).version for code in (C.PDI, C.CERTIFICATE)}
    act(full, order_id, C.PDI, A.START, expected_version=looked[C.PDI])
    with pytest.raises(StaleVersion):
        act(full, order_id, C.PDI, A.FINISH, expected_version=looked[C.PDI])
    act(full, order_id, C.CERTIFICATE, A.FINISH, expected_version=looked[C.CERTIFICATE])


def test_two_at_once_do_a_step_once(full: Showroom) -> None:
    order_id = paid_and_allocated(full)

    def attempt(_: int) -> str:
        try:
            act(full, order_id, C.PDI, A.FINISH)
        except Refusal as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(8) as people:
        outcomes = sorted(people.map(attempt, range(8)))
    assert outcomes == ["STEP_STATE"] * 7 + ["done"]
    assert [name for name, _ in full.recorded(order_id)].count("delivery_step_changed") == 1

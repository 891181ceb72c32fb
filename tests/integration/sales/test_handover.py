"""The checklist at the handover: who saw to what and when; and what is told with the keys for later (R46)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.sales import deliveries as asked
from contracts.sales.policies import DELIVERY_STEPS, SHORT, ChecklistItem
from contracts.sales.steps import StepAct, StepCode
from contracts.sales.stock import Condition
from contracts.shapes import plain
from services.sales.orders.errors import OrderNotFound
from services.sales.steps import errors
from tests.integration.sales.people import MODEL, NOW, PROMISE, Showroom
from tests.integration.sales.test_delivery_steps import (
    BY_HAND,
    CHECKED,
    INSURED,
    act,
    at,
    finish,
    paid_and_allocated,
    seen,
    signed,
    states,
    step_of,
)
from tests.support.publishing import publish
from tests.support.randoms import vin

C, A = StepCode, StepAct
LATER = NOW + timedelta(hours=1)


def tick(
    showroom: Showroom, order_id: UUID, code: str, *, role: str = "consultant", done: bool = True, now: datetime = NOW
) -> list[asked.HandoverItem]:
    """Somebody ticks an item, or takes it back; the checklist then."""
    shown: asked.Delivery = showroom.do("check_handover", role, order_id=order_id, code=code, done=done, now=now)
    return shown.checklist


def seen_to(items: list[asked.HandoverItem]) -> dict[str, tuple[datetime | None, str | None]]:
    return {item.code: (item.done_at, item.done_by) for item in items if item.done_at is not None}


def all_done(showroom: Showroom, **terms: Any) -> UUID:
    """An order of which nothing but the checklist and the keys is left."""
    order_id = paid_and_allocated(showroom, **terms)
    finish(showroom, order_id, *[code for code in BY_HAND if states(showroom, order_id)[code] == "pending"])
    return order_id


def delivered(showroom: Showroom, order_id: UUID, **more: Any) -> dict[str, Any]:
    """What is told with the keys."""
    showroom.deliver(order_id, **more)
    return showroom.payloads(order_id)[-1]


# -- the checklist ---------------------------------------------------------------------------------------------------


def test_r46_each_item_is_ticked_by_whoever_saw_to_it_and_the_keys_need_no_more(full: Showroom) -> None:
    order_id = all_done(full)
    assert seen_to(seen(full, order_id).checklist) == {}
    tick(full, order_id, "PDI", role="inspector")
    shown = tick(full, order_id, "DOCUMENTS", role="delivery_clerk", now=LATER)
    assert [item.code for item in shown] == CHECKED
    assert seen_to(shown) == {"PDI": (NOW, "inspector"), "DOCUMENTS": (LATER, "delivery_clerk")}
    with pytest.raises(errors.ChecklistIncomplete) as refused:
        full.deliver(order_id, checklist=["TOOLS"])
    assert refused.value.details["missing"] == "EXPLANATION, SIGNATURE, PHOTO"
    assert "TOOLS" not in seen_to(seen(full, order_id).checklist), "what was refused did nothing"
    keys = NOW + timedelta(days=7)
    full.deliver(order_id, checklist=["PDI", "TOOLS", "EXPLANATION", "SIGNATURE", "PHOTO"], now=keys)
    kept = seen_to(seen(full, order_id).checklist)
    assert (kept["PDI"], kept["TOOLS"], kept["PHOTO"]) == ((NOW, "inspector"), (keys, "C1"), (keys, "C1"))


def test_an_item_ticked_twice_stays_whose_it_was_and_one_taken_back_is_to_be_seen_to(full: Showroom) -> None:
    order_id = all_done(full)
    tick(full, order_id, "TOOLS", role="delivery_clerk")
    assert seen_to(tick(full, order_id, "TOOLS", now=LATER)) == {"TOOLS": (NOW, "delivery_clerk")}
    for _ in range(2):
        assert seen_to(tick(full, order_id, "TOOLS", done=False)) == {}
    with pytest.raises(errors.ChecklistIncomplete):
        full.deliver(order_id, checklist=[code for code in CHECKED if code != "TOOLS"])


def test_a_tick_moves_nothing_and_is_told_to_nobody(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    before, told = seen(full, order_id), full.recorded(order_id)
    tick(full, order_id, "PDI")
    after = seen(full, order_id)
    assert (after.version, after.steps, full.recorded(order_id)) == (before.version, before.steps, told)


def test_what_the_checklist_does_not_have_is_not_ticked(full: Showroom) -> None:
    with pytest.raises(errors.ChecklistUnknown) as refused:
        tick(full, signed(full), "FLOWERS")
    assert refused.value.details["field"] == "code"


def test_nothing_is_ticked_before_the_contract_after_the_keys_or_while_it_may_be_cancelled(full: Showroom) -> None:
    unsigned, gone, going = full.write(), all_done(full), paid_and_allocated(full)
    full.deliver(gone, checklist=CHECKED)
    full.cancel(going)
    with pytest.raises(errors.StepsNone):
        tick(full, unsigned, "PDI")
    for over in (gone, going):
        for done in (True, False):
            with pytest.raises(errors.StepsOver):
                tick(full, over, "PDI", done=done)
    assert len(seen_to(seen(full, gone).checklist)) == len(CHECKED)


def test_who_may_not_see_the_order_ticks_nothing(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    with pytest.raises(OrderNotFound):
        tick(full.served_by("C2"), order_id, "PDI")


def test_the_checklist_of_a_car_that_has_gone_is_that_of_its_day(full: Showroom) -> None:
    order_id = all_done(full)
    full.deliver(order_id, checklist=CHECKED)
    longer = plain(SHORT) | {"checklist": [plain(ChecklistItem("FLOWERS", "鲜花", "Flowers"))]}
    publish(full.database, DELIVERY_STEPS, longer, now=NOW + timedelta(days=8), store_id=full.store)
    late = NOW + timedelta(days=9)
    assert [item.code for item in seen(full, order_id, now=late).checklist] == CHECKED
    new = signed(full, now=late, promised=late.date())
    assert [item.code for item in seen(full, new, now=late).checklist] == ["FLOWERS"]


# -- what is told for later ------------------------------------------------------------------------------------------


def test_what_follow_up_needs_goes_with_the_keys(full: Showroom) -> None:
    order_id = paid_and_allocated(full, by_loan=True)
    ends = at("2027-11-24", 0)
    insured: dict[str, Any] = {"effective_from": INSURED, "effective_until": ends, "insurer": "人保财险"}
    act(full, order_id, C.INSURANCE, A.FINISH, **insured)
    finish(full, order_id, *[code for code in BY_HAND if states(full, order_id)[code] == "pending"])
    told = delivered(full, order_id, checklist=CHECKED)
    moments = [datetime.fromisoformat(told[name]) for name in ("insured_from", "insured_until")]
    assert moments == [INSURED, ends]
    assert (told["insurer"], told["by_loan"]) == ("人保财险", True)
    assert told["warranty_from"] == (NOW + timedelta(days=7)).date().isoformat()


def test_what_went_through_other_hands_than_ours_is_not_known(full: Showroom) -> None:
    told = delivered(full, all_done(full, self_insured=True), checklist=CHECKED)
    assert [told[name] for name in ("insurer", "insured_from", "insured_until", "by_loan")] == [None, None, None, False]


def test_a_store_with_few_steps_tells_what_it_knows(showroom: Showroom) -> None:
    told = delivered(showroom, paid_and_allocated(showroom, by_loan=True))
    assert (told["by_loan"], told["insured_until"], told["warranty_from"]) == (True, None, PROMISE.isoformat())


def test_a_used_car_begins_no_guarantee(showroom: Showroom) -> None:
    order_id = signed(showroom)
    showroom.pay(order_id)
    showroom.allocate(order_id, used_car(showroom))
    assert delivered(showroom, order_id)["warranty_from"] is None


def used_car(showroom: Showroom) -> str:
    """A car that somebody had before."""
    whose: dict[str, Any] = {"model": MODEL, "store_id": showroom.store, "condition": Condition.USED}
    arrived: str = showroom.do("receive_stock", "sales_manager", vin=vin(), **whose).vin
    return arrived


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        pytest.param("2026-11-24", "2027-11-24", id="a day"),
        pytest.param("2028-02-29", "2029-03-01", id="a day that the next year does not have"),
    ],
)
def test_an_insurance_is_for_a_year_unless_it_is_said_until_when(full: Showroom, begins: str, ends: str) -> None:
    order_id = paid_and_allocated(full)
    step = act(full, order_id, C.INSURANCE, A.FINISH, effective_from=at(begins, 0))
    assert (step.effective_until, step.insurer) == (at(ends, 0), "")


def test_an_insurance_ends_after_it_has_begun(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    for ends in (INSURED, INSURED - timedelta(seconds=1)):
        with pytest.raises(errors.InsuranceEndsEarly):
            act(full, order_id, C.INSURANCE, A.FINISH, effective_from=INSURED, effective_until=ends)
    act(full, order_id, C.INSURANCE, A.FINISH, effective_from=INSURED, effective_until=INSURED + timedelta(seconds=1))


def test_a_word_that_is_taken_back_takes_its_insurance_along(full: Showroom) -> None:
    order_id = paid_and_allocated(full)
    act(full, order_id, C.INSURANCE, A.FINISH, effective_from=INSURED, insurer="人保财险")
    act(full, order_id, C.INSURANCE, A.REOPEN, role="sales_manager", reason="退保")
    step = step_of(full, order_id, C.INSURANCE)
    assert (step.effective_from, step.effective_until, step.insurer) == (None, None, "")


# -- the keys on their day -------------------------------------------------------------------------------------------


def test_keys_that_are_ready_before_their_day_are_late_only_after_it(full: Showroom) -> None:
    order_id = paid_and_allocated(full, promised=date(2026, 12, 24))
    finish(full, order_id, *[code for code in BY_HAND if states(full, order_id)[code] == "pending"])
    day_is_over = at("2026-12-24", 20)
    handover = step_of(full, order_id, C.HANDOVER, now=day_is_over)
    assert (handover.due_at, handover.is_late) == (day_is_over, False)
    assert step_of(full, order_id, C.HANDOVER, now=day_is_over + timedelta(microseconds=1)).is_late

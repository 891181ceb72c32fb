"""When steps are due and keys can be given: over weekends, 调休 and festivals, in half days, late, and announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import USUAL_HOURS, OpeningHours, Span
from contracts.sales.policies import FULL, SHORT, DeliverySteps
from contracts.sales.steps import DeliveryRisk, DeliveryTerms, PaidPart, StepCode, StepState
from services.sales.steps.forecast import (
    NONE_LEFT,
    OFFICE,
    Deal,
    Forecast,
    Standing,
    day_of,
    forecast,
    reserve_left,
    risk,
    working_end,
)
from services.sales.steps.rules.graph import STEPS, needed

STORE = Calendar.of(USUAL_HOURS)
TICK = timedelta(microseconds=1)
C, S = StepCode, StepState


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), LOCAL).replace(hour=hour, minute=minute)


SIGNED = at("2026-11-23")  # a Monday


def order(policy: DeliverySteps = FULL, *, terms: DeliveryTerms | None = None, **done: Any) -> dict[StepCode, Standing]:
    """The steps of an order signed on that Monday, with what else was done, and when."""
    agreed = terms or DeliveryTerms()
    moments = {"CONTRACT": SIGNED, **done}
    return {
        one.code: Standing(
            S.NOT_REQUIRED if not needed(one.code, agreed) else S.DONE if one.code in moments else S.PENDING,
            one.half_days,
            done_at=moments.get(one.code),
            counts_from=one.counts_from.part or STEPS[one.code].counts_from,
        )
        for one in policy.steps
    }


def reckoned(steps: dict[StepCode, Standing], now: datetime = SIGNED, **deal: Any) -> Forecast:
    terms = deal.pop("terms", DeliveryTerms())
    store = deal.pop("store", STORE)
    return forecast(steps, Deal(terms, deal.get("signed_at", SIGNED), deal.get("half_paid_at")), store=store, now=now)


# -- working days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "half_days", "ends"),
    [
        pytest.param(at("2026-11-27"), 2, at("2026-11-30", 17), id="4.10 from Friday"),
        pytest.param(at("2026-11-28"), 2, at("2026-11-30", 17), id="4.10 from Saturday"),
        pytest.param(at("2026-11-29", 23), 2, at("2026-11-30", 17), id="from Sunday night"),
        pytest.param(
            at("2026-11-30", 0), 2, at("2026-12-01", 17), id="the day itself never counts, from its midnight on"
        ),
        pytest.param(at("2026-02-13"), 2, at("2026-02-14", 17), id="4.9 a Saturday that is worked"),
        pytest.param(at("2026-02-13"), 6, at("2026-02-25", 17), id="over Spring Festival"),
        pytest.param(at("2026-09-30"), 2, at("2026-10-08", 17), id="over the national day"),
        pytest.param(at("2026-11-23"), 1, at("2026-11-24", 13), id="half a day ends at noon of the next"),
        pytest.param(at("2026-11-23"), 3, at("2026-11-25", 13), id="a day and a half"),
        pytest.param(at("2026-11-27"), 1, at("2026-11-30", 13), id="half a day over a weekend"),
        pytest.param(at("2026-11-23"), 0, at("2026-11-23", 17), id="none: that day"),
        pytest.param(at("2026-11-28"), 0, at("2026-11-30", 17), id="none on a day off: the next working day"),
        pytest.param(at("2026-11-23", 17), 0, at("2026-11-23", 17), id="none at closing time: that day"),
        pytest.param(at("2026-11-23", 18), 0, at("2026-11-24", 17), id="none after closing: the next day"),
    ],
)
def test_so_many_half_working_days_of_an_office_end_then(start: datetime, half_days: int, ends: datetime) -> None:
    assert working_end(start, half_days, OFFICE) == ends


def test_4_9_the_showroom_works_on_a_sunday_and_the_vehicle_office_does_not() -> None:
    saturday = at("2026-11-28")
    assert working_end(saturday, 2, STORE) == at("2026-11-29", 20)
    assert working_end(saturday, 2, OFFICE) == at("2026-11-30", 17)


def test_a_day_that_ends_at_midnight_is_that_day() -> None:
    all_day = Calendar.of(OpeningHours(*[[Span("00:00", "24:00")]] * 7))
    ends = working_end(at("2026-11-23"), 2, all_day)
    assert ends == at("2026-11-25", 0)
    assert day_of(ends) == date(2026, 11, 24)


def test_a_store_that_closes_for_good_ends_no_more_days() -> None:
    closing = replace(STORE, closes_on=date(2026, 11, 25))
    assert working_end(SIGNED, 2, closing) == at("2026-11-24", 20)
    assert working_end(SIGNED, 4, closing) is None


def test_no_days_go_by_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        working_end(SIGNED, -1, OFFICE)


# -- the forecast ------------------------------------------------------------------------------------------------


def test_an_order_takes_its_longest_path_by_each_steps_own_calendar() -> None:
    found = reckoned(order())
    assert found.due == {
        C.DEPOSIT: at("2026-11-24", 20),
        C.ALLOCATE: at("2026-11-25", 20),
        C.BALANCE: at("2026-11-27", 20),
        C.CERTIFICATE: at("2026-11-27", 17),
        C.INVOICE: at("2026-11-28", 20),
        C.INSURANCE: at("2026-11-26", 17),
        C.PURCHASE_TAX: at("2026-11-30", 17),
        C.PLATE: at("2026-12-03", 17),
        C.PDI: at("2026-11-26", 20),
        C.CLEAN: at("2026-11-27", 14, 15),
        C.APPOINT: at("2026-12-03", 20),
        C.HANDOVER: at("2026-12-03", 20),
    }
    assert (found.ready_on, found.holds, found.provisional) == (date(2026, 12, 3), C.DEPOSIT, False)
    assert found.until == at("2026-11-24", 20)


def test_what_is_done_early_brings_the_rest_forward() -> None:
    found = reckoned(order(DEPOSIT=SIGNED, ALLOCATE=SIGNED, BALANCE=SIGNED))
    assert found.due[C.INVOICE] == at("2026-11-24", 20)
    assert (found.ready_on, found.holds) == (date(2026, 11, 30), C.INVOICE)


def test_a_step_is_late_after_its_time_and_not_at_it_and_then_it_is_reckoned_for_the_next_close() -> None:
    steps = order(SHORT)
    due = at("2026-11-24", 20)
    on_time, late = reckoned(steps, now=due), reckoned(steps, now=due + TICK)
    assert (on_time.due[C.ALLOCATE], late.due[C.ALLOCATE]) == (due, due)
    assert (on_time.ready_on, late.ready_on) == (date(2026, 11, 26), date(2026, 11, 27))
    assert (on_time.until, late.until) == (due, at("2026-11-25", 20))


def test_a_car_on_its_way_is_set_aside_when_it_comes() -> None:
    steps = order(SHORT)
    steps[C.ALLOCATE] = replace(steps[C.ALLOCATE], state=S.BLOCKED, expected_on=date(2026, 12, 10))
    found = reckoned(steps)
    assert (found.due[C.ALLOCATE], found.ready_on) == (at("2026-12-10", 20), date(2026, 12, 12))
    assert found.holds is C.ALLOCATE


def test_an_answer_announced_earlier_than_the_step_may_take_hurries_nobody() -> None:
    steps = order(SHORT)
    steps[C.ALLOCATE] = replace(steps[C.ALLOCATE], expected_on=date(2026, 11, 23))
    assert reckoned(steps).due[C.ALLOCATE] == at("2026-11-24", 20)


def test_an_answer_that_did_not_come_is_waited_for_a_day_at_a_time() -> None:
    steps = order(SHORT)
    steps[C.ALLOCATE] = replace(steps[C.ALLOCATE], state=S.BLOCKED, expected_on=date(2026, 11, 25))
    found = reckoned(steps, now=at("2026-11-27"))
    assert (found.due[C.ALLOCATE], found.until) == (at("2026-11-25", 20), at("2026-11-27", 20))


def test_work_sent_back_has_its_time_once_more() -> None:
    steps = order(DEPOSIT=SIGNED, ALLOCATE=SIGNED, PDI=SIGNED)
    steps[C.PDI] = replace(steps[C.PDI], state=S.REWORK, done_at=None, since=at("2026-12-10"))
    found = reckoned(steps, now=at("2026-12-10"))
    assert found.due[C.PDI] == at("2026-12-11", 20)


def test_accessories_wait_for_half_of_the_price() -> None:
    terms = DeliveryTerms(accessories=True)
    steps = order(terms=terms, DEPOSIT=SIGNED, ALLOCATE=SIGNED)
    waiting = reckoned(steps, terms=terms)
    assert waiting.due[C.BALANCE] == at("2026-11-25", 20)
    assert waiting.due[C.ACCESSORY] == at("2026-11-27", 20)
    paid = reckoned(steps, terms=terms, half_paid_at=SIGNED)
    assert paid.due[C.ACCESSORY] == at("2026-11-25", 20)


def test_a_bank_is_asked_once_the_deposit_is_there_and_answers_so_many_days_after_it() -> None:
    """A defect: its answer was due a day after the contract, while nobody had paid anything."""
    terms = DeliveryTerms(by_loan=True)
    waiting = reckoned(order(terms=terms), terms=terms)
    assert (waiting.due[C.DEPOSIT], waiting.due[C.LOAN_APPROVAL]) == (at("2026-11-24", 20), at("2026-11-27", 17))
    assert C.LOAN_APPROVAL not in waiting.turns
    thursday = at("2026-11-26")
    paid = reckoned(order(terms=terms, DEPOSIT=thursday), thursday, terms=terms)
    assert paid.due[C.LOAN_APPROVAL] == at("2026-12-01", 17)
    assert C.LOAN_APPROVAL in paid.turns
    late = reckoned(order(terms=terms), at("2026-11-30"), terms=terms)
    assert (late.due[C.LOAN_APPROVAL], late.holds) == (at("2026-12-03", 17), C.DEPOSIT), "who is late is who pays"


@pytest.mark.parametrize(
    ("part", "paid", "due", "holds"),
    [
        (PaidPart.ALL, {}, at("2026-11-30", 17), C.BALANCE),
        (PaidPart.ALL, {"BALANCE": at("2026-11-27")}, at("2026-12-02", 17), C.INSURANCE),
        (PaidPart.DEPOSIT, {}, at("2026-11-26", 17), C.BALANCE),
        (None, {}, at("2026-11-26", 17), C.BALANCE),
    ],
)
def test_a_store_lets_the_time_of_a_step_run_from_a_payment(
    part: PaidPart | None, paid: dict[str, Any], due: datetime, holds: StepCode
) -> None:
    """C5: a promise may count from a payment."""
    steps = order(DEPOSIT=SIGNED, ALLOCATE=SIGNED, CERTIFICATE=SIGNED, **paid)
    steps[C.INSURANCE] = replace(steps[C.INSURANCE], half_days=6, counts_from=part)
    found = reckoned(steps, paid.get("BALANCE", SIGNED))
    assert found.due[C.INSURANCE] == due
    assert found.holds is holds


@pytest.mark.parametrize("part", PaidPart)
@pytest.mark.parametrize("code", StepCode)
def test_whatever_step_counts_from_whatever_payment_all_of_it_ends(code: StepCode, part: PaidPart) -> None:
    """What a payment itself waits for does not wait for it."""
    terms = DeliveryTerms(by_loan=True, accessories=True)
    steps = order(terms=terms)
    if steps[code].state is S.NOT_REQUIRED:
        return
    steps[code] = replace(steps[code], counts_from=part)
    found = reckoned(steps, terms=terms)
    assert found.ready_on is not None
    assert found.holds in found.turns


def test_what_holds_an_order_is_the_money_where_accessories_wait_for_it() -> None:
    terms = DeliveryTerms(accessories=True, self_insured=True, self_plating=True)
    done: dict[str, Any] = {
        "DEPOSIT": SIGNED,
        "ALLOCATE": SIGNED,
        "CERTIFICATE": SIGNED,
        "INVOICE": SIGNED,
        "PDI": SIGNED,
    }
    assert reckoned(order(terms=terms, **done), terms=terms).holds is C.BALANCE


def test_a_loan_is_paid_out_in_the_banks_days() -> None:
    terms = DeliveryTerms(by_loan=True)
    friday = at("2026-11-27")
    steps = order(terms=terms, DEPOSIT=SIGNED, ALLOCATE=friday, LOAN_APPROVAL=friday)
    assert reckoned(steps, now=friday, terms=terms).due[C.BALANCE] == at("2026-12-01", 17)
    cash = order(DEPOSIT=SIGNED, ALLOCATE=friday)
    assert reckoned(cash, now=friday).due[C.BALANCE] == at("2026-11-29", 20)


def test_4_7_a_year_that_was_not_announced_is_provisional_and_no_error() -> None:
    signed = at("2026-12-28")
    terms = DeliveryTerms()
    done: dict[str, Any] = dict.fromkeys(
        ("CONTRACT", "DEPOSIT", "ALLOCATE", "BALANCE", "INVOICE", "CERTIFICATE", "INSURANCE"), signed
    )
    found = reckoned(order(terms=terms, **done), now=signed, signed_at=signed)
    assert found.due[C.PURCHASE_TAX] == at("2026-12-29", 17)
    assert found.due[C.PLATE] == at("2027-01-04", 17)
    assert found.provisional
    assert not reckoned(order()).provisional


def test_where_no_calendar_reaches_nothing_is_promised() -> None:
    found = reckoned(order(), store=replace(STORE, closes_on=date(2026, 11, 24)))
    assert (found.due[C.DEPOSIT], found.ready_on, found.until) == (None, None, None)
    assert reserve_left(date(2026, 12, 24), found.ready_on) == NONE_LEFT
    assert risk(days_left=NONE_LEFT, reserve_days=0, holds=C.DEPOSIT) is DeliveryRisk.LATE


def test_with_everything_done_only_the_keys_are_left_and_each_day_is_a_day_later() -> None:
    steps = order(SHORT, ALLOCATE=SIGNED, BALANCE=SIGNED)
    for day in ("2026-11-23", "2026-11-29"):
        found = reckoned(steps, now=at(day))
        assert (found.ready_on, found.holds) == (date.fromisoformat(day), C.HANDOVER)


def test_a_step_the_deal_does_without_holds_nothing() -> None:
    steps = order(DEPOSIT=SIGNED, ALLOCATE=SIGNED, BALANCE=SIGNED)
    steps[C.PLATE] = replace(steps[C.PLATE], state=S.NOT_REQUIRED)
    found = reckoned(steps)
    assert C.PLATE not in found.due
    assert found.ready_on == date(2026, 11, 25)


# -- the risk ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promised", "level"),
    [
        ("2026-12-02", DeliveryRisk.LATE),
        ("2026-12-03", DeliveryRisk.AT_RISK),
        ("2026-12-04", DeliveryRisk.ON_TRACK),
    ],
)
def test_a_promise_is_at_risk_right_at_its_edges(promised: str, level: DeliveryRisk) -> None:
    found = reckoned(order())
    left = reserve_left(date.fromisoformat(promised), found.ready_on)
    assert risk(days_left=left, reserve_days=FULL.reserve_days, holds=found.holds) is level


def test_a_store_that_wants_no_reserve_is_on_track_on_the_day_itself() -> None:
    assert risk(days_left=0, reserve_days=0, holds=C.PLATE) is DeliveryRisk.ON_TRACK


def test_keys_that_wait_for_the_customer_are_at_no_risk_until_the_day_is_over() -> None:
    assert risk(days_left=0, reserve_days=5, holds=C.HANDOVER) is DeliveryRisk.ON_TRACK
    assert risk(days_left=-1, reserve_days=5, holds=C.HANDOVER) is DeliveryRisk.LATE

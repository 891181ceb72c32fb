"""Who works on which line, for how long, and when a forgotten clock is stopped (C7, C18): at each limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import OpeningHours, Span
from contracts.workshop import operations
from contracts.workshop.operations import LineKind, LineState, Stage
from services.workshop.repair_orders.errors import (
    ClockingEndWrong,
    ClockingNotForgotten,
    LineNotFound,
    LineNotToDo,
    LinesNotBegun,
    LinesUnanswered,
    StageNotAllowed,
    WorkOfAnother,
)
from services.workshop.repair_orders.models import Clocking, JobLine, RepairOrder
from services.workshop.repair_orders.rules.clocking import worked
from services.workshop.repair_orders.rules.moving import Step, allows
from services.workshop.repair_orders.usecases.clocks import day_ends
from tests.unit.workshop.test_transitions import NOW, OIL, TECHNICIAN, WINDOW, order_at, state

DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]
HOURS = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
STORE = Calendar.of(HOURS)
MOMENT, HOUR = timedelta(microseconds=1), timedelta(hours=1)


def at(time: str, day: int = 23) -> datetime:
    """On a Monday, unless another day is said."""
    return datetime.fromisoformat(f"2026-11-{day}T{time}:00+08:00").astimezone(LOCAL)


# -- how long somebody worked


@pytest.mark.parametrize(
    ("began", "ended", "hours"),
    [
        (at("09:00"), at("10:30"), 1.5),
        (at("11:00"), at("14:00"), 2.0),
        (at("12:00"), at("13:00"), 0.0),
        (at("12:15"), at("12:45"), 0.0),
        (at("17:00"), at("19:30"), 2.5),
        (at("07:30"), at("09:00"), 1.5),
        (at("17:00"), at("09:00", 24), 1.0),
        (at("17:00", 28), at("09:00", 30), 1.0),
        (at("10:00", 29), at("12:00", 29), 2.0),
        (at("09:00"), at("09:00"), 0.0),
    ],
    ids=[
        *("a morning", "over lunch", "lunch alone", "within lunch", "after it closed", "before it opened"),
        *("over night", "over sunday", "on sunday", "no time"),
    ],
)
def test_time_counts_without_the_store_s_breaks_and_after_hours_too(
    began: datetime, ended: datetime, hours: float
) -> None:
    assert worked(STORE, began, ended) == timedelta(hours=hours)


def test_in_a_store_that_nobody_told_of_all_time_counts() -> None:
    assert worked(None, at("11:00"), at("14:00")) == 3 * HOUR


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (at("09:00"), at("17:30")),
        (at("12:30"), at("17:30")),
        (at("17:30") - MOMENT, at("17:30")),
        (at("17:30"), at("17:30", 24)),
        (at("19:00"), at("17:30", 24)),
        (at("06:00"), at("17:30")),
        (at("18:00", 28), at("17:30", 30)),
    ],
    ids=["a morning", "at lunch", "just before", "as it closes", "late", "early", "on saturday evening"],
)
def test_a_forgotten_clock_is_stopped_when_the_store_closes(began: datetime, ends: datetime) -> None:
    assert day_ends(STORE, began) == ends


def test_where_no_store_closes_it_is_stopped_at_midnight() -> None:
    closed = Calendar.of(HOURS, closes_on=at("00:00").date())
    assert day_ends(None, at("09:00")) == day_ends(closed, at("09:00")) == at("00:00", 24)


# -- a clock


def clock(began: datetime = NOW) -> Clocking:
    return Clocking.begin(UUID(int=1), 1, store_id="HN", technician_id="T1", now=began)


def forgotten() -> Clocking:
    one = clock(at("14:00"))
    one.end(at("17:30"), hours=STORE, forgotten=True)
    return one


def test_what_is_confirmed_as_it_was_closed_keeps_its_end() -> None:
    one = forgotten()
    one.confirm(None, by="M1", reason="他做到下班", hours=STORE, now=at("09:00", 24))
    assert (one.ended_at, one.first_ended_at, one.worked_hours) == (at("17:30"), None, Decimal("3.5"))
    assert (one.confirmed_by, one.confirmed_at, one.version) == ("M1", at("09:00", 24), 3)


@pytest.mark.parametrize("really", [at("14:00"), at("15:30"), at("19:00")], ids=["at once", "earlier", "later"])
def test_a_correction_keeps_what_it_was_closed_at(really: datetime) -> None:
    one = forgotten()
    for reason in ("先这样", "再改"):
        one.confirm(really, by="M1", reason=reason, hours=STORE, now=at("09:00", 24))
    assert (one.ended_at, one.first_ended_at, one.reason) == (really, at("17:30"), "再改")
    assert one.worked_hours == Decimal((really - at("14:00")) / HOUR)


@pytest.mark.parametrize("really", [at("14:00") - MOMENT, at("09:00", 24) + MOMENT], ids=["before it", "tomorrow"])
def test_no_clock_stopped_before_it_began_or_in_the_future(really: datetime) -> None:
    one = forgotten()
    before = {**vars(one)}
    with pytest.raises(ClockingEndWrong):
        one.confirm(really, by="M1", reason="错了", hours=STORE, now=at("09:00", 24))
    assert {**vars(one)} == before


def test_what_its_technician_stopped_himself_is_not_confirmed() -> None:
    runs, stopped = clock(), clock()
    stopped.end(NOW + HOUR, hours=None)
    for one in (runs, stopped):
        with pytest.raises(ClockingNotForgotten):
            one.confirm(None, by="M1", reason="看看", hours=None, now=NOW + 2 * HOUR)


def test_a_clock_that_is_set_back_ends_no_earlier_than_it_began() -> None:
    one = clock()
    one.end(NOW - HOUR, hours=None)
    assert (one.ended_at, one.worked_hours) == (NOW, Decimal(0))


# -- work by line


def given(stage: Stage = Stage.AUTHORIZED) -> RepairOrder:
    order = order_at(stage, OIL, WINDOW)
    order.technician_id = None if stage is Stage.AUTHORIZED else TECHNICIAN
    order.worked_by = []
    return order


def test_the_first_line_that_is_given_dispatches_the_order_and_the_second_changes_it() -> None:
    order = given()
    order.give_line(1, technicians=["T1"], bay="3", now=NOW)
    assert (order.stage, order.technician_id, order.version) == (Stage.DISPATCHED, None, 2)
    order.give_line(2, technicians=["T3", "T2", "T3"], bay="", now=NOW)
    assert [(line.technicians, line.bay) for line in order.lines] == [(["T1"], "3"), (["T2", "T3"], "")]
    assert (order.stage, order.worked_by, order.version) == (Stage.DISPATCHED, ["T1", "T2", "T3"], 3)


@pytest.mark.parametrize("stage", Stage)
def test_a_line_is_given_where_an_order_may_be_dispatched_and_nowhere_else(stage: Stage) -> None:
    order = given(stage)
    order.lines[0].state = LineState.AUTHORIZED
    before = state(order)
    if allows(Step.DISPATCH, stage=stage, to=Stage.DISPATCHED):
        order.give_line(1, technicians=["T2"], bay="", now=NOW)
        assert order.stage is (Stage.DISPATCHED if stage is Stage.AUTHORIZED else stage), "what goes on goes on"
        return
    with pytest.raises(StageNotAllowed):
        order.give_line(1, technicians=["T2"], bay="", now=NOW)
    assert state(order) == before


@pytest.mark.parametrize("stage", Stage)
def test_somebody_takes_a_line_up_where_work_may_begin_or_goes_on(stage: Stage) -> None:
    order = given(stage)
    order.technician_id, order.lines[0].state = TECHNICIAN, LineState.AUTHORIZED
    before = state(order)
    if stage is Stage.IN_PROGRESS or allows(Step.START, stage=stage, to=Stage.IN_PROGRESS):
        assert order.take_up(1, by=TECHNICIAN, now=NOW)
        assert (order.stage, order.lines[0].state) == (Stage.IN_PROGRESS, LineState.WORKING)
        return
    with pytest.raises(StageNotAllowed):
        order.take_up(1, by=TECHNICIAN, now=NOW)
    assert state(order) == before


@pytest.mark.parametrize("stage", Stage)
def test_a_line_is_done_while_the_work_goes_on(stage: Stage) -> None:
    order = given(stage)
    order.technician_id, order.lines[0].state = TECHNICIAN, LineState.WORKING
    if stage is Stage.IN_PROGRESS:
        order.end_line(1, by=TECHNICIAN)
        assert (order.lines[0].state, order.stage, order.version) == (LineState.DONE, Stage.IN_PROGRESS, 2)
        return
    with pytest.raises(StageNotAllowed):
        order.end_line(1, by=TECHNICIAN)


def test_who_takes_up_one_line_begins_no_other_and_all_must_be_begun_before_the_order_is_done() -> None:
    order = given()
    order.give_line(1, technicians=["T1"], bay="", now=NOW)
    order.give_line(2, technicians=["T2"], bay="", now=NOW)
    order.take_up(1, by="T1", now=NOW)
    order.end_line(1, by="T1")
    assert [line.state for line in order.lines] == [LineState.DONE, LineState.AUTHORIZED]
    with pytest.raises(LinesNotBegun) as refused:
        order.finish(by="T1", now=NOW)
    assert refused.value.details == {"lines": [2]}
    order.take_up(2, by="T2", now=NOW)
    order.finish(by="T2", now=NOW)
    assert [line.state for line in order.lines] == [LineState.DONE, LineState.DONE]
    assert (order.stage, order.worked_by) == (Stage.QC, ["T1", "T2"])


def test_a_line_is_taken_up_by_whom_it_was_given_to_and_one_of_nobody_s_own_by_whose_the_order_is() -> None:
    order = given(Stage.DISPATCHED)
    order.give_line(1, technicians=["T2"], bay="", now=NOW)
    for line, other in ((1, TECHNICIAN), (2, "T2")):
        with pytest.raises(WorkOfAnother):
            order.take_up(line, by=other, now=NOW)
    assert order.take_up(1, by="T2", now=NOW)
    assert order.take_up(2, by=TECHNICIAN, now=NOW)
    assert order.take_up(1, by="M1", now=NOW, anybodys=True), "a manager joins in, and is one of them"
    assert not order.take_up(1, by="M1", now=NOW, anybodys=True), "who is one of them already changes nothing"
    assert order.worked_by == ["M1", TECHNICIAN, "T2"]


def test_a_line_that_is_nobody_s_is_taken_up_by_whoever_has_another_of_the_order() -> None:
    order = given()
    order.give_line(1, technicians=["T1"], bay="", now=NOW)
    with pytest.raises(WorkOfAnother):
        order.take_up(2, by="T2", now=NOW)
    assert order.take_up(2, by="T1", now=NOW)


def test_given_back_a_line_is_the_order_s_again_and_a_dispatch_gives_all_lines() -> None:
    order = given(Stage.DISPATCHED)
    order.give_line(1, technicians=["T2"], bay="5", now=NOW)
    order.give_line(1, technicians=[], bay="", now=NOW)
    assert order.take_up(1, by=TECHNICIAN, now=NOW)
    order.give_line(2, technicians=["T2"], bay="5", now=NOW)
    order.dispatch(technician_id="T3", bay="4", now=NOW)
    assert [(line.technicians, line.bay) for line in order.lines] == [([], ""), ([], "")]
    assert order.worked_by == [TECHNICIAN, "T2", "T3"], "who had it may still not inspect it"


@pytest.mark.parametrize("line_state", [LineState.DECLINED, LineState.DONE, LineState.PASSED])
def test_there_is_nothing_to_do_on_a_line_that_is_over(line_state: LineState) -> None:
    order = given(Stage.IN_PROGRESS)
    order.lines[0].state = line_state
    before = state(order)
    for tried in (
        lambda: order.take_up(1, by=TECHNICIAN, now=NOW),
        lambda: order.end_line(1, by=TECHNICIAN),
        lambda: order.give_line(1, technicians=["T2"], bay="", now=NOW),
    ):
        with pytest.raises(LineNotToDo) as refused:
            tried()
        assert refused.value.details == {"line": 1}
    assert state(order) == before


def test_nobody_works_on_a_discount_or_a_line_that_is_not_there() -> None:
    order = given(Stage.IN_PROGRESS)
    off = operations.JobLine("优惠", -100, kind=LineKind.DISCOUNT)
    order.lines.append(JobLine.write(off, position=3, state=LineState.AUTHORIZED))
    with pytest.raises(LineNotToDo):
        order.take_up(3, by=TECHNICIAN, now=NOW)
    with pytest.raises(LineNotFound):
        order.take_up(9, by=TECHNICIAN, now=NOW)


def test_nobody_works_on_a_line_that_waits_for_the_customer_s_word() -> None:
    order = given(Stage.IN_PROGRESS)
    order.lines[0].state = LineState.PROPOSED
    with pytest.raises(LinesUnanswered) as refused:
        order.take_up(1, by=TECHNICIAN, now=NOW)
    assert refused.value.details == {"lines": [1]}
    order.give_line(1, technicians=["T2"], bay="", now=NOW)
    assert order.lines[0].technicians == ["T2"], "whose it will be may be said before"


def test_what_was_agreed_to_while_it_waited_goes_on_with_the_order_s_work() -> None:
    order = given(Stage.WAITING_CUSTOMER)
    order.lines[0].state = order.lines[1].state = LineState.AUTHORIZED
    order.lines[1].technicians = ["T2"]
    order.resume(by=TECHNICIAN, now=NOW)
    assert [line.state for line in order.lines] == [LineState.WORKING, LineState.AUTHORIZED]

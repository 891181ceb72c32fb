"""When an order will be ready and whether its promise holds (C8): the field's own examples, and each limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from contracts.gateway.calendars import OpeningHours, Span
from contracts.workshop.operations import Stage
from contracts.workshop.progress import Risk, RiskReason
from services.workshop.repair_orders.rules.prediction import (
    Job,
    Known,
    Prediction,
    Work,
    is_worse,
    predict,
    risk_of,
    work_left,
)

DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]
HOURS = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
STORE = Calendar.of(HOURS)
KNOWN = Known(STORE.add, {}, {})
MOMENT = timedelta(microseconds=1)
QUARTER = timedelta(minutes=15)
HOUR, NONE = timedelta(hours=1), timedelta(0)


def at(time: str, day: int = 23) -> datetime:
    """On a Monday, unless another day is said."""
    return datetime.fromisoformat(f"2026-11-{day}T{time}:00+08:00").astimezone(LOCAL)


def job(
    stage: Stage = Stage.IN_PROGRESS,
    *,
    no: int = 1,
    hours: str = "2",
    technician_id: str | None = "T1",
    bay: str = "",
    worked: timedelta = NONE,
    **more: object,
) -> Job:
    told = {
        "stage_since": at("08:30"),
        "promised_at": None,
        "expected_at": None,
        "ready_at": None,
        "works": (Work((technician_id,) if technician_id else (), Decimal(hours), worked),),
        "bays": (bay,) if bay else (),
        "clocked_on": False,
    }
    return Job(ro_id=UUID(int=no), stage=stage, **(told | more))  # type: ignore[arg-type]


def work(hours: str, *technicians: str, worked: timedelta = NONE) -> Work:
    return Work(technicians, Decimal(hours), worked)


def of(one: Job, *others: Job, now: datetime, known: Known = KNOWN) -> Prediction:
    return predict([*others, one], known=known, now=now)[one.ro_id]


# -- when it will be ready


@pytest.mark.parametrize(
    ("now", "hours", "ready"),
    [
        (at("09:00"), "1", at("10:45")),
        (at("11:30"), "1", at("14:15")),
        (at("16:00"), "2", at("09:45", 24)),
        (at("12:30"), "1", at("14:45")),
        (at("17:00", 28), "1", at("09:45", 30)),
    ],
    ids=["a morning", "over lunch", "over night", "from lunch on", "over sunday"],
)
def test_work_is_working_time(now: datetime, hours: str, ready: datetime) -> None:
    assert of(job(hours=hours), now=now).eta == ready


def test_waiting_is_wall_time_and_the_work_after_it_working_time() -> None:
    """A part from 17:00 until 09:30 of the next day, then 2 h, inspection and wash: 13:15, not two days later."""
    waits = job(Stage.WAITING_PARTS, expected_at=at("09:30", 24))
    assert of(waits, now=at("17:00")) == Prediction(at("13:15", 24), Risk.NONE, RiskReason.PARTS)


def test_the_incident_of_the_commission() -> None:
    """Waiting for parts until 17:00 against a promise of 16:00 (R37)."""
    waits = job(Stage.WAITING_PARTS, expected_at=at("17:00"), promised_at=at("16:00"))
    found = of(waits, now=at("10:00"))
    assert (found.risk, found.reason) == (Risk.LATE, RiskReason.PARTS)
    assert found.eta is not None
    assert found.eta > at("16:00")


def test_what_should_have_been_there_is_expected_now() -> None:
    assert of(job(Stage.WAITING_PARTS, hours="1", expected_at=at("09:00")), now=at("10:00")).eta == at("11:45")


def test_of_a_wait_that_nobody_dated_what_such_waits_took_is_believed_and_else_nobody_knows() -> None:
    waits = job(Stage.WAITING_INSURER, hours="1", stage_since=at("09:00"), promised_at=at("17:00"))
    known = Known(STORE.add, {}, {Stage.WAITING_INSURER: timedelta(hours=5)})
    assert of(waits, now=at("10:00"), known=known).eta == at("15:45")
    assert of(waits, now=at("10:00")) == Prediction(None, Risk.AT_RISK, RiskReason.INSURER)


@pytest.mark.parametrize(
    ("worked", "left"),
    [
        (timedelta(0), timedelta(hours=2)),
        (timedelta(minutes=90), timedelta(minutes=30)),
        (timedelta(minutes=104), timedelta(minutes=16)),
        (timedelta(minutes=106), QUARTER),
        (timedelta(hours=9), QUARTER),
    ],
)
def test_work_past_its_standard_time_is_never_shown_as_none(worked: timedelta, left: timedelta) -> None:
    assert work_left(work("2", "T1", worked=worked), factors={}) == left


@pytest.mark.parametrize(
    ("factor", "hours"), [("1.5", 3.0), ("2", 4.0), ("2.01", 4.0), ("9", 4.0), ("0.5", 1.0), ("0.1", 1.0)]
)
def test_a_technician_is_as_quick_as_was_measured_within_reason(factor: str, hours: float) -> None:
    assert work_left(work("2", "T1"), factors={"T1": Decimal(factor)}) == timedelta(hours=hours)
    known = Known(STORE.add, {"T1": Decimal(factor)}, {})
    assert of(job(), now=at("08:30"), known=known).eta == STORE.add(at("08:30"), timedelta(hours=hours, minutes=45))


@pytest.mark.parametrize(
    ("hours", "worked", "left"),
    [
        ("0.1", NONE, timedelta(minutes=6)),
        ("0.1", timedelta(minutes=3), timedelta(minutes=6)),
        ("0.1", timedelta(minutes=6), QUARTER),
        ("0", NONE, QUARTER),
    ],
    ids=["not begun", "begun", "over", "nobody knows"],
)
def test_a_short_line_takes_no_longer_than_it_takes_until_it_runs_over(
    hours: str, worked: timedelta, left: timedelta
) -> None:
    assert work_left(work(hours, "T1", worked=worked), factors={}) == left


# -- by line


def test_an_overrun_of_one_line_leaves_the_work_of_the_other() -> None:
    """Two hours on a line of one, and another of one that nobody began: a quarter and an hour, not a quarter alone."""
    both = job(works=(work("1", "T1", worked=2 * HOUR), work("1", "T1")))
    found = of(both, now=at("08:30"))
    assert (found.eta, found.reason) == (at("08:30") + QUARTER + HOUR + timedelta(minutes=45), RiskReason.OVERRUN)


def test_two_technicians_work_at_the_same_time_each_at_his_lines() -> None:
    assert of(job(works=(work("2", "T1"), work("1", "T2"))), now=at("08:30")).eta == at("11:15")
    assert of(job(works=(work("2", "T1"), work("1", "T1"))), now=at("08:30")).eta == at("13:15")


def test_a_line_that_two_share_takes_half_as_long() -> None:
    assert of(job(works=(work("2", "T1", "T2"),)), now=at("08:30")).eta == at("10:15")
    assert work_left(work("2", "T1", "T2"), factors={"T1": Decimal(2)}) == timedelta(minutes=90)


def test_the_second_technician_of_an_order_is_missed_by_his_next_one() -> None:
    first = job(no=1, works=(work("1", "T1"), work("2", "T2")), promised_at=at("12:00"))
    second = job(Stage.DISPATCHED, no=2, hours="1", technician_id="T2", promised_at=at("17:00"))
    assert of(second, first, now=at("08:30")) == Prediction(at("13:15"), Risk.ON_TRACK, RiskReason.QUEUE)


def test_the_lines_of_one_order_do_not_wait_for_each_other_s_bay() -> None:
    assert of(job(works=(work("2", "T1"), work("2", "T2")), bay="3"), now=at("08:30")).eta == at("11:15")


def test_a_line_that_nobody_has_says_so() -> None:
    assert of(job(works=(work("1", "T1"), work("1"))), now=at("08:30")).reason is RiskReason.NOT_DISPATCHED


def test_what_a_technician_is_clocked_on_goes_before_what_he_let_stand() -> None:
    stands = job(no=1, hours="1", promised_at=at("09:00"))
    goes_on = job(no=2, hours="1", promised_at=at("17:00"), clocked_on=True)
    found = predict([stands, goes_on], known=KNOWN, now=at("08:30"))
    assert [found[one.ro_id].eta for one in (goes_on, stands)] == [at("10:15"), at("11:15")]


# -- inspection and wash


@pytest.mark.parametrize(
    ("stage", "ready", "reason"),
    [
        (Stage.QC, at("10:45"), RiskReason.INSPECTION),
        (Stage.WASHING, at("10:30"), RiskReason.WASHING),
    ],
)
def test_of_work_that_is_done_inspection_and_wash_are_left(stage: Stage, ready: datetime, reason: RiskReason) -> None:
    assert of(job(stage), now=at("10:00")) == Prediction(ready, Risk.NONE, reason)


@pytest.mark.parametrize("stage", [Stage.READY, Stage.SETTLED])
@pytest.mark.parametrize(("ready", "risk"), [(at("15:45"), Risk.ON_TRACK), (at("16:30"), Risk.LATE)])
def test_what_is_ready_was_so_in_time_or_not(stage: Stage, ready: datetime, risk: Risk) -> None:
    done = job(stage, ready_at=ready, promised_at=at("16:00"))
    assert of(done, now=at("18:00", 24)) == Prediction(ready, risk, RiskReason.READY)


# -- who is before it


def test_an_order_begins_when_its_technician_is_free() -> None:
    first = job(no=2, hours="3", promised_at=at("17:00"))
    later = job(Stage.DISPATCHED, no=1, hours="1", promised_at=at("14:00"))
    last = job(Stage.DISPATCHED, no=3, hours="1", promised_at=at("16:00"))
    found = predict([last, later, first], known=KNOWN, now=at("08:30"))
    assert [found[one.ro_id].eta for one in (first, later, last)] == [at("13:15"), at("14:15"), at("15:15")]
    assert [found[one.ro_id].reason for one in (first, later, last)] == [
        RiskReason.WORK,
        RiskReason.QUEUE,
        RiskReason.QUEUE,
    ]


def test_another_technician_waits_for_the_bay() -> None:
    first, other = job(no=2, bay="3"), job(Stage.DISPATCHED, no=1, bay="3", technician_id="T2")
    assert of(other, first, now=at("08:30")).eta == of(first, now=at("08:30")).eta + timedelta(hours=3, minutes=0)  # type: ignore[operator]


def test_who_waits_holds_up_nobody() -> None:
    waits = job(Stage.WAITING_PARTS, no=2, expected_at=at("09:00", 25), promised_at=at("09:00"))
    assert of(job(Stage.DISPATCHED, no=1, promised_at=at("17:00")), waits, now=at("08:30")).reason is RiskReason.WORK


def test_work_that_nobody_was_given_says_so() -> None:
    found = of(job(Stage.AUTHORIZED, technician_id=None, promised_at=at("17:00")), now=at("09:00"))
    assert found == Prediction(at("11:45"), Risk.ON_TRACK, RiskReason.NOT_DISPATCHED)


def test_in_any_order_the_same_is_predicted() -> None:
    jobs = [job(Stage.DISPATCHED, no=no, hours=str(no), promised_at=at("17:00")) for no in range(1, 6)]
    assert predict(jobs, known=KNOWN, now=at("09:00")) == predict(jobs[::-1], known=KNOWN, now=at("09:00"))


def test_a_store_that_does_not_open_any_more_has_nothing_ready() -> None:
    closed = Calendar.of(HOURS, closes_on=at("08:30").date())
    found = of(job(promised_at=at("17:00")), now=at("09:00"), known=Known(closed.add, {}, {}))
    assert (found.eta, found.risk) == (None, Risk.AT_RISK)


def test_work_that_runs_over_says_so() -> None:
    assert of(job(worked=timedelta(hours=2) + MOMENT), now=at("11:00")).reason is RiskReason.OVERRUN
    assert of(job(worked=timedelta(hours=2)), now=at("11:00")).reason is RiskReason.WORK


# -- whether the promise holds


@pytest.mark.parametrize(
    ("eta", "risk"),
    [
        (at("16:00") - QUARTER - MOMENT, Risk.ON_TRACK),
        (at("16:00") - QUARTER, Risk.ON_TRACK),
        (at("16:00") - QUARTER + MOMENT, Risk.AT_RISK),
        (at("16:00") + QUARTER, Risk.AT_RISK),
        (at("16:00") + QUARTER + MOMENT, Risk.LATE),
        (None, Risk.AT_RISK),
    ],
)
def test_a_quarter_of_an_hour_around_the_promise_is_at_risk(eta: datetime | None, risk: Risk) -> None:
    assert risk_of(at("16:00"), eta=eta, now=at("09:00")) is risk
    assert risk_of(None, eta=eta, now=at("09:00")) is Risk.NONE


@pytest.mark.parametrize(("now", "late"), [(at("16:00"), False), (at("16:00") + MOMENT, True)])
def test_once_the_promise_has_passed_it_is_late_whatever_is_expected(now: datetime, *, late: bool) -> None:
    assert (risk_of(at("16:00"), eta=at("15:00"), now=now) is Risk.LATE) is late


def test_an_advisor_is_told_of_each_worse_level_only() -> None:
    worse = {(risk, than) for risk in Risk for than in Risk if is_worse(risk, than=than)}
    assert worse == {
        (Risk.AT_RISK, Risk.NONE),
        (Risk.AT_RISK, Risk.ON_TRACK),
        (Risk.LATE, Risk.NONE),
        (Risk.LATE, Risk.ON_TRACK),
        (Risk.LATE, Risk.AT_RISK),
    }

"""Whether promises hold, as it is kept: who is told once of what, and another time that is promised (C8, R37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, text

from chassis.store import tables
from contracts.refusals import StaleVersion, StoreNotAllowed
from contracts.workshop import progress as contract
from contracts.workshop.clocking import HoursEstimate
from contracts.workshop.jobs import JobClass
from contracts.workshop.operations import JobLine, Stage
from contracts.workshop.progress import ProgressOfBoard, Risk, RiskReason
from contracts.workshop.stages import WaitingFor
from services.workshop.repair_orders import queries
from services.workshop.repair_orders.errors import PromiseInPast, RepairOrderNotFound, StageNotAllowed
from services.workshop.repair_orders.usecases import promises
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.randoms import code
from tests.support.records import erased

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def watch(workshop: Workshop, *, now: datetime = NOW) -> int:
    return workshop.database.run(lambda session: promises.watch_promises(session, now=now))


def told(workshop: Workshop, ro_id: UUID) -> list[dict[str, Any]]:
    """What the advisor was told of this order's promise."""
    log = tables.outbox.c
    wanted = select(tables.outbox).where(log.subject_type == "promise", log.subject_id == str(ro_id))
    rows = workshop.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    assert [row.subject_version for row in rows] == list(range(1, len(rows) + 1))
    return [row.envelope["payload"] for row in rows]


def board(workshop: Workshop, *, now: datetime = NOW, store_id: str | None = None) -> list[contract.Progress]:
    asked, scope = ProgressOfBoard(store_id), workshop.scope("board_progress", "advisor")
    return workshop.database.read(lambda reading: queries.board_progress(reading, asked, scope=scope, now=now)).items


def at_work(workshop: Workshop, *, technician: str = "technician", now: datetime = NOW, **asked: Any) -> UUID:
    ro_id = workshop.open(OIL, WINDOW, now=now)
    workshop.authorize(ro_id, now=now, **asked)
    workshop.dispatch(ro_id, technician=technician, now=now)
    workshop.start(ro_id, by=technician, now=now)
    return ro_id


def renew(workshop: Workshop, ro_id: UUID, promised_at: datetime, **asked: Any) -> Any:
    return workshop.move("renew_promise", "advisor", ro_id, promised_at=promised_at, reason="等配件", **asked)


def test_waiting_beyond_the_promise_is_late_and_its_advisor_is_told_once(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    workshop.wait(ro_id, expected_at=PROMISE + HOUR)
    for minutes in (0, 0, 2, 30):
        watch(workshop, now=NOW + minutes * MINUTE)
    order = workshop.shown(ro_id)
    shown = workshop.progress(ro_id)
    assert (shown.risk, shown.reason, shown.eta) == (Risk.LATE, RiskReason.PARTS, PROMISE + timedelta(hours=3.5))
    assert told(workshop, ro_id) == [
        {
            "ro_id": str(ro_id),
            "customer_id": str(order.customer_id),
            "advisor_id": "advisor",
            "promised_at": PROMISE.isoformat(),
            "eta": (PROMISE + timedelta(hours=3.5)).isoformat(),
            "risk": "late",
            "reason": "parts",
        }
    ]


def test_each_level_is_told_once_for_each_promise(workshop: Workshop) -> None:
    ro_id = at_work(workshop, promised_at=NOW + timedelta(hours=2.5))
    watch(workshop)
    assert [one["risk"] for one in told(workshop, ro_id)] == ["at_risk"]
    workshop.wait(ro_id, expected_at=NOW + 3 * HOUR)
    watch(workshop)
    workshop.resume(ro_id)
    watch(workshop)
    workshop.wait(ro_id, expected_at=NOW + 4 * HOUR)
    watch(workshop)
    assert [one["risk"] for one in told(workshop, ro_id)] == ["at_risk", "late"]
    renew(workshop, ro_id, NOW + 9 * HOUR)
    watch(workshop)
    assert len(told(workshop, ro_id)) == 2, "the new promise holds"
    workshop.wait(ro_id, expected_at=NOW + 9 * HOUR)
    watch(workshop)
    assert [one["risk"] for one in told(workshop, ro_id)] == ["at_risk", "late", "late"]


def test_what_nobody_touches_is_late_when_its_time_has_passed(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    watch(workshop)
    assert told(workshop, ro_id) == []
    watch(workshop, now=PROMISE + MINUTE)
    (late,) = told(workshop, ro_id)
    assert (late["risk"], late["reason"]) == ("late", "overrun")


def test_what_was_looked_at_a_moment_ago_is_not_looked_at_again(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    watch(workshop)
    mine = text("SELECT looked_at FROM promise_watch WHERE order_id = :id")

    def looked_at() -> Any:
        return workshop.database.read(lambda reading: reading.scalar(mine, {"id": ro_id}))

    watch(workshop, now=NOW + MINUTE)
    assert looked_at() == NOW
    watch(workshop, now=NOW + MINUTE + timedelta(microseconds=1))
    assert looked_at() > NOW
    watch(workshop, now=NOW)
    assert looked_at() == NOW, "a test clock that was set back"


def test_a_vehicle_that_is_ready_is_nobody_s_worry_any_more(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    watch(workshop, now=PROMISE + HOUR)
    assert told(workshop, ro_id) == []
    shown = workshop.progress(ro_id, now=PROMISE + HOUR)
    assert (shown.risk, shown.reason, shown.eta) == (Risk.ON_TRACK, RiskReason.READY, NOW)
    workshop.settle(ro_id)
    workshop.give_back(ro_id)
    assert workshop.progress(ro_id, now=PROMISE + HOUR) == workshop.progress(ro_id)
    assert (workshop.progress(ro_id).risk, workshop.progress(ro_id).stage) == (Risk.ON_TRACK, Stage.RETURNED)


def test_another_time_is_promised_with_its_reason_and_the_first_is_kept(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    order = renew(workshop, ro_id, PROMISE + HOUR)
    assert order == workshop.shown(ro_id)
    assert (order.promised_at, order.first_promise, order.promise_reason) == (PROMISE + HOUR, PROMISE, "等配件")
    again = renew(workshop, ro_id, PROMISE + 2 * HOUR)
    assert (again.promised_at, again.first_promise) == (PROMISE + 2 * HOUR, PROMISE)
    assert workshop.recorded(ro_id)[-2:] == [("promise_renewed", 5), ("promise_renewed", 6)]
    assert workshop.payloads(ro_id)[-1] == {
        "ro_id": str(ro_id),
        "customer_id": str(order.customer_id),
        "promised_at": (PROMISE + 2 * HOUR).isoformat(),
        "told_before": (PROMISE + HOUR).isoformat(),
        "first_promise": PROMISE.isoformat(),
    }


def test_no_time_is_promised_that_has_passed_or_where_nothing_is_promised(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(StageNotAllowed):
        renew(workshop, ro_id, PROMISE)
    workshop.authorize(ro_id)
    with pytest.raises(PromiseInPast):
        renew(workshop, ro_id, NOW - MINUTE)
    with pytest.raises(StaleVersion):
        renew(workshop, ro_id, PROMISE, version=1)
    done = workshop.ready(OIL)
    with pytest.raises(StageNotAllowed):
        renew(workshop, done, PROMISE)


def test_the_board_tells_the_worst_first(workshop: Workshop) -> None:
    fine, unpromised = at_work(workshop, technician="T1"), workshop.open(OIL)
    late = at_work(workshop, technician="T2")
    workshop.wait(late, expected_at=PROMISE + HOUR)
    near = at_work(workshop, technician="T3", promised_at=NOW + timedelta(hours=2.5))
    assert [(one.ro_id, one.risk) for one in board(workshop)] == [
        (late, Risk.LATE),
        (near, Risk.AT_RISK),
        (fine, Risk.ON_TRACK),
        (unpromised, Risk.NONE),
    ]
    with pytest.raises(StoreNotAllowed):
        board(workshop, store_id="OTHER")
    with pytest.raises(RepairOrderNotFound):
        workshop.of("OTHER").progress(late)


def test_a_technician_s_factor_is_measured_by_his_last_orders(workshop: Workshop) -> None:
    slow = f"T{uuid4().hex[:6]}"
    for count in range(5):
        ro_id = at_work(workshop, technician=slow)
        workshop.finish(ro_id, by=slow, now=NOW + timedelta(hours=2.625))
        workshop.inspect(ro_id, now=NOW + 3 * HOUR)
        waiting = at_work(workshop, technician=slow, now=NOW + 4 * HOUR)
        hours = Decimal("1.75") * (Decimal("1.5") if count == 4 else 1) + Decimal("0.75")
        eta = workshop.progress(waiting, now=NOW + 4 * HOUR).eta
        assert eta == NOW + 4 * HOUR + timedelta(hours=float(hours)), "five orders tell something, fewer nothing"
        workshop.wait(waiting, WaitingFor.CUSTOMER, now=NOW + 4 * HOUR)
        workshop.cancel(waiting, refusal_by="张伟")


def test_a_long_board_costs_no_more_statements_than_a_short_one(workshop: Workshop) -> None:
    def statements() -> int:
        seen: list[str] = []
        scope = workshop.scope("board_progress", "advisor")
        with workshop.database.reading() as reading:
            event.listen(reading, "before_cursor_execute", lambda *said: seen.append(said[2]))
            queries.board_progress(reading, ProgressOfBoard(), scope=scope, now=NOW)
        return len(seen)

    at_work(workshop)
    short = statements()
    for _ in range(5):
        at_work(workshop)
    assert statements() == short == 3


@pytest.mark.parametrize("seed", range(3))
def test_why_another_time_was_promised_goes_with_the_customer(workshop: Workshop, seed: int) -> None:
    ro_id = at_work(workshop)
    order = renew(workshop, ro_id, PROMISE + HOUR)
    hear(workshop, twice_shuffled([erased(order.customer_id)], seed=seed))
    assert (workshop.shown(ro_id).promise_reason, workshop.shown(ro_id).first_promise) == ("", PROMISE)


# -- work that nobody gave standard hours


SERVICE = replace(OIL, hours=Decimal(0))


def did(workshop: Workshop, line: JobLine, hours: float, *, by: str) -> None:
    """A line of work that was done, and clocked for so long."""
    ro_id = workshop.open(line)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician=by)
    workshop.clock_on(ro_id, 1, by=by)
    workshop.finish(ro_id, by=by, now=NOW + timedelta(hours=hours))
    workshop.inspect(ro_id, now=NOW + timedelta(hours=hours))


def forget(workshop: Workshop, kind: JobClass) -> JobClass:
    """A kind of which nothing is known: tests share a database, and what is known is known in all its stores."""
    done = text("UPDATE job_line SET job_class = NULL WHERE job_class = :kind")
    workshop.database.run(lambda session: session.execute(done, {"kind": kind}))
    return kind


def estimate(workshop: Workshop, ro_id: UUID) -> HoursEstimate | None:
    (line,) = (one for one in workshop.clockings(ro_id).hours if one.position == 1)
    return line.estimate


def test_work_without_standard_hours_takes_as_long_as_such_work_took_here_else_anywhere(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    line = replace(SERVICE, job_class=forget(workshop, JobClass.PDI))
    unknown = workshop.open(line)
    assert estimate(workshop, unknown) == HoursEstimate(Decimal(1), 0, here=False), "nobody knows: one hour"
    other = elsewhere()
    for hours in (1.0, 2.0, 3.0, 4.0, 9.0):
        did(other, line, hours, by=code("T"))
    assert estimate(workshop, unknown) == HoursEstimate(Decimal(3), 5, here=False)
    for hours in (0.5, 0.5, 0.6, 2):
        did(workshop, line, hours, by=code("T"))
    assert estimate(workshop, unknown) == HoursEstimate(Decimal(2), 9, here=False), "four of its own tell nothing yet"
    did(workshop, line, 0.7, by=code("T"))
    assert estimate(workshop, unknown) == HoursEstimate(Decimal("0.6"), 5, here=True)
    workshop.authorize(unknown)
    who = code("T")
    workshop.dispatch(unknown, technician=who)
    eta = NOW + timedelta(hours=0.6) + timedelta(minutes=45)
    assert workshop.progress(unknown).eta == eta
    workshop.clock_on(unknown, 1, by=who)
    workshop.finish(unknown, by=who)
    assert estimate(workshop, unknown) is None, "it is done"


def test_work_past_its_standard_time_has_left_what_such_work_runs_over_by(workshop: Workshop) -> None:
    line = replace(SERVICE, hours=Decimal(1), job_class=forget(workshop, JobClass.BODYWORK))
    for over in (0.1, 0.5, 0.7, 0.9, 3):
        did(workshop, line, 1 + over, by=code("T"))
    did(workshop, line, 0.4, by=code("T"))
    ro_id, who = workshop.open(line), code("T")
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician=who)
    workshop.clock_on(ro_id, 1, by=who)
    now = NOW + timedelta(hours=1, minutes=1)
    assert workshop.progress(ro_id, now=now).eta == now + timedelta(hours=0.7) + timedelta(minutes=45)


def test_a_forgotten_clock_teaches_nothing_until_it_was_confirmed(workshop: Workshop) -> None:
    line, names = replace(SERVICE, job_class=forget(workshop, JobClass.FITTING)), [code("T") for _ in range(5)]
    for name in names[:4]:
        did(workshop, line, 2, by=name)
    last = workshop.open(line)
    workshop.authorize(last)
    workshop.dispatch(last, technician=names[4])
    clock = workshop.clock_on(last, 1, by=names[4])
    workshop.close_forgotten(now=NOW + timedelta(days=1))
    workshop.finish(last, role="service_manager", by="boss", now=NOW + timedelta(days=1))
    workshop.inspect(last, now=NOW + timedelta(days=1))
    waits = workshop.open(line)
    assert estimate(workshop, waits) == HoursEstimate(Decimal(1), 0, here=False)
    workshop.confirm(clock.clocking_id, ended_at=NOW + HOUR, now=NOW + timedelta(days=1))
    assert estimate(workshop, waits) == HoursEstimate(Decimal(2), 5, here=True)


def test_what_such_work_took_is_not_stretched_by_the_pace_of_who_does_it_once_more(workshop: Workshop) -> None:
    """It took that long at somebody's pace: of a slow technician it would be reckoned in twice."""
    slow, kind = code("T"), forget(workshop, JobClass.PAINT)
    for _ in range(5):
        did(workshop, OIL, 0.75, by=slow)
        did(workshop, replace(SERVICE, job_class=kind), 3, by=code("T"))
    ro_id, known = workshop.open(replace(SERVICE, job_class=kind)), workshop.open(OIL)
    for each in (ro_id, known):
        workshop.authorize(each)
        workshop.dispatch(each, technician=slow)
    assert workshop.progress(ro_id).eta == NOW + timedelta(hours=3.75)
    assert workshop.progress(known).eta == NOW + timedelta(hours=3.75 + 0.75), "its standard hours are stretched"

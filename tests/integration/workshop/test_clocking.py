"""Clocks as they are kept: one that runs per technician, over all stores; forgotten ones; hours apart (C7, C18)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.organisation import stores
from chassis.store import tables
from contracts.gateway.calendars import OpeningHours, Span
from contracts.workshop import clocking
from contracts.workshop.operations import JobLine, LineState, RepairOrderById, Stage
from contracts.workshop.progress import RiskReason
from contracts.workshop.stages import WaitingFor
from services.workshop.repair_orders import queries
from services.workshop.repair_orders.errors import (
    ClockingEndWrong,
    ClockingNotFound,
    InspectorDidTheWork,
    NotClockedOn,
    RepairOrderNotFound,
    TechnicianUnknown,
    WorkOfAnother,
)
from services.workshop.repair_orders.usecases import steps
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.support.polling import eventually
from tests.support.randoms import code
from tests.support.stores import store_told

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LAMP = JobLine("左前大灯", 30_000, Decimal("0.5"))
EVENING = NOW.replace(hour=17, minute=30)
DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]


@pytest.fixture
def workshop(workshop: Workshop) -> Workshop:
    """It closes at half past five, and for lunch."""
    week = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
    workshop.database.run(partial(stores.keep, event=store_told(workshop.store, hours=week)))
    return workshop


@pytest.fixture
def names() -> tuple[str, str]:
    """Two technicians that no other test knows."""
    return code("T"), code("T")


def agreed(workshop: Workshop) -> UUID:
    ro_id = workshop.open(OIL, WINDOW)
    workshop.authorize(ro_id)
    return ro_id


def given(workshop: Workshop, *technicians: str) -> UUID:
    """An order whose two lines were given to these, one each, or both to both."""
    ro_id = agreed(workshop)
    for position in (1, 2):
        workshop.give_line(ro_id, position, *(technicians[position - 1 : position] or technicians))
    return ro_id


def spans(workshop: Workshop, ro_id: UUID) -> list[tuple[int | None, str, datetime, datetime | None]]:
    items = workshop.clockings(ro_id).items
    return [(one.position, one.technician_id, one.began_at, one.ended_at) for one in items]


def told(workshop: Workshop, clocking_id: UUID) -> list[tuple[str, int, dict[str, Any]]]:
    log = tables.outbox.c
    wanted = select(tables.outbox).where(log.subject_type == "clocking", log.subject_id == str(clocking_id))
    rows = workshop.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    return [(row.event_type, row.subject_version, row.envelope["payload"]) for row in rows]


def test_two_technicians_at_their_lines_one_order(workshop: Workshop, names: tuple[str, str]) -> None:
    one, other = names
    ro_id = given(workshop, one, other)
    workshop.clock_on(ro_id, 1, by=one)
    workshop.clock_on(ro_id, 2, by=other, now=NOW + 30 * MINUTE)
    workshop.finish_line(ro_id, 1, by=one, now=NOW + HOUR)
    order = workshop.finish_line(ro_id, 2, by=other, now=NOW + 2 * HOUR)
    assert [line.state for line in order.lines] == [LineState.DONE, LineState.DONE]
    assert spans(workshop, ro_id) == [
        (1, one, NOW, NOW + HOUR),
        (2, other, NOW + 30 * MINUTE, NOW + 2 * HOUR),
    ]
    assert [name for name, _ in workshop.recorded(ro_id)[2:]] == [
        *("repair_stage_changed", "repair_work_changed", "repair_stage_changed"),
        *("repair_work_changed", "repair_work_changed", "repair_work_changed"),
    ]
    assert workshop.finish(ro_id, by=other, now=NOW + 2 * HOUR).worked_by == sorted(names)
    for worker in names:
        with pytest.raises(InspectorDidTheWork):
            workshop.inspect(ro_id, by=worker)
    assert workshop.inspect(ro_id, by="Q1").stage is Stage.READY


def test_several_work_on_one_line_and_whoever_says_it_is_done_stops_all_clocks_on_it(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    ro_id = agreed(workshop)
    workshop.give_line(ro_id, 1, *names)
    for name in names:
        workshop.clock_on(ro_id, 1, by=name)
    workshop.finish_line(ro_id, 1, by=names[0], now=NOW + HOUR)
    assert {span[3] for span in spans(workshop, ro_id)} == {NOW + HOUR}
    (line, _) = workshop.clockings(ro_id).hours
    assert (line.position, line.standard_hours, line.clocked_hours) == (1, Decimal("0.5"), Decimal(2))


def test_begun_at_another_line_the_first_one_stops_at_the_same_moment(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    """Not refused as an overlap, and not rounded: 10:11:40 against 10:11:50."""
    ro_id, moment = given(workshop, names[0], names[0]), NOW + timedelta(seconds=11.5)
    first = workshop.clock_on(ro_id, 1, by=names[0])
    workshop.clock_on(ro_id, 2, by=names[0], now=moment)
    assert spans(workshop, ro_id) == [(1, names[0], NOW, moment), (2, names[0], moment, None)]
    assert told(workshop, first.clocking_id) == [
        (
            "technician_clocked_on",
            1,
            {
                "clocking_id": str(first.clocking_id),
                "ro_id": str(ro_id),
                "technician_id": names[0],
                "position": 1,
            },
        ),
        (
            "technician_clocked_off",
            2,
            {
                "clocking_id": str(first.clocking_id),
                "ro_id": str(ro_id),
                "technician_id": names[0],
                "position": 1,
                "began_at": NOW.isoformat(),
                "ended_at": moment.isoformat(),
                "worked_minutes": 0,
            },
        ),
    ]


def test_a_technician_has_one_clock_over_all_stores(
    workshop: Workshop, elsewhere: Callable[[], Workshop], names: tuple[str, str]
) -> None:
    other = elsewhere()
    here, there = given(workshop, names[0], names[0]), given(other, names[0], names[0])
    workshop.clock_on(here, 1, by=names[0])
    other.clock_on(there, 1, by=names[0], now=NOW + HOUR)
    assert spans(workshop, here) == [(1, names[0], NOW, NOW + HOUR)]
    second = text(
        "INSERT INTO clocking (id, order_id, store_id, technician_id, began_at, worked_hours, forgotten, reason,"
        " version) VALUES (gen_random_uuid(), :order, 'X', :technician, now(), 0, false, '', 1)"
    )
    with pytest.raises(IntegrityError), workshop.database.transaction() as session:
        session.execute(second, {"order": here, "technician": names[0]})


def test_pressed_twice_it_is_one_clock(workshop: Workshop, names: tuple[str, str]) -> None:
    ro_id = given(workshop, names[0], names[0])
    first = workshop.clock_on(ro_id, 1, by=names[0])
    before = workshop.shown(ro_id)
    assert workshop.clock_on(ro_id, 1, by=names[0], now=NOW + HOUR) == first
    assert workshop.shown(ro_id) == before
    assert len(told(workshop, first.clocking_id)) == 1


def test_at_two_tablets_at_once_one_clock_runs(workshop: Workshop, names: tuple[str, str]) -> None:
    ro_id = given(workshop, names[0], names[0])
    workshop.clock_on(ro_id, 1, by=names[0])
    other = given(workshop, names[0], names[0])
    for _ in range(5):
        with ThreadPoolExecutor(2) as tablets:
            list(tablets.map(lambda asked: workshop.clock_on(*asked, by=names[0]), [(ro_id, 2), (other, 1)]))
            list(tablets.map(lambda asked: workshop.clock_on(*asked, by=names[0]), [(ro_id, 1), (other, 2)]))
    assert sum(end is None for one in (ro_id, other) for *_, end in spans(workshop, one)) == 1


def test_the_second_press_waits_for_the_first(workshop: Workshop, names: tuple[str, str]) -> None:
    ro_id, other = given(workshop, names[0], names[0]), given(workshop, names[0], names[0])
    scope = workshop.scope("clock_on", "technician", staff_id=names[0])
    with ThreadPoolExecutor(1) as tablet, workshop.database.transaction() as session:
        steps.clock_on(session, clocking.ClockOn(ro_id, 1), scope=scope, now=NOW)
        late = tablet.submit(workshop.clock_on, other, 1, by=names[0], now=NOW + MINUTE)
        eventually(workshop.somebody_waits)
        session.commit()
        late.result(timeout=10)
    assert spans(workshop, ro_id) == [(1, names[0], NOW, NOW + MINUTE)]


@pytest.mark.parametrize("leaves", ["finish", "wait", "dispatch"])
def test_where_the_work_does_not_go_on_nobody_is_clocked_on(
    workshop: Workshop, names: tuple[str, str], leaves: str
) -> None:
    one, other = names
    ro_id = given(workshop, one, other)
    for position, name in enumerate(names, start=1):
        workshop.clock_on(ro_id, position, by=name)
    if leaves == "finish":
        workshop.finish(ro_id, by=one, now=NOW + HOUR)
    elif leaves == "wait":
        workshop.wait(ro_id, now=NOW + HOUR)
    else:
        workshop.dispatch(ro_id, technician=one, now=NOW + HOUR)
    assert {end for *_, end in spans(workshop, ro_id)} == {NOW + HOUR}


def test_a_technician_who_goes_on_is_clocked_on_where_he_was_and_nobody_else_for_him(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    ro_id = given(workshop, names[0], names[0])
    workshop.clock_on(ro_id, 2, by=names[0])
    workshop.wait(ro_id, WaitingFor.CUSTOMER, now=NOW + HOUR)
    workshop.resume(ro_id, now=NOW + 2 * HOUR)
    assert [end for *_, end in spans(workshop, ro_id)] == [NOW + HOUR]
    workshop.wait(ro_id, WaitingFor.CUSTOMER, now=NOW + 2 * HOUR)
    workshop.resume(ro_id, role="technician", by=names[0], now=NOW + 3 * HOUR)
    assert spans(workshop, ro_id)[1:] == [(2, names[0], NOW + 3 * HOUR, None)]


def test_whoever_a_line_is_taken_from_works_on_it_no_more(workshop: Workshop, names: tuple[str, str]) -> None:
    one, other = names
    ro_id = agreed(workshop)
    workshop.give_line(ro_id, 1, one, other)
    for name in names:
        workshop.clock_on(ro_id, 1, by=name)
    workshop.give_line(ro_id, 1, other, now=NOW + HOUR)
    assert {(who, end) for _, who, _, end in spans(workshop, ro_id)} == {(one, NOW + HOUR), (other, None)}


def test_the_short_way_clocks_its_one_technician_on_the_order_as_a_whole(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    ro_id = agreed(workshop)
    workshop.dispatch(ro_id, technician=names[0])
    workshop.start(ro_id, by=names[0])
    workshop.finish(ro_id, by=names[0], now=NOW + 2 * HOUR)
    assert spans(workshop, ro_id) == [(None, names[0], NOW, NOW + 2 * HOUR)]
    hours = [(one.position, one.standard_hours, one.clocked_hours) for one in workshop.clockings(ro_id).hours]
    assert hours == [(1, Decimal("0.5"), 0), (2, Decimal("1.25"), 0), (None, 0, Decimal(2))]


def test_of_an_order_with_one_line_the_short_way_clocks_on_that(workshop: Workshop, names: tuple[str, str]) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician=names[0])
    workshop.start(ro_id, by=names[0])
    assert spans(workshop, ro_id) == [(1, names[0], NOW, None)]
    assert workshop.clock_on(ro_id, 1, by=names[0]) == workshop.clock_on(ro_id, by=names[0])


def test_who_is_not_clocked_on_stops_nothing(workshop: Workshop, names: tuple[str, str]) -> None:
    one, other = names
    ro_id = given(workshop, one, other)
    workshop.clock_on(ro_id, 1, by=one)
    with pytest.raises(NotClockedOn):
        workshop.clock_off(ro_id, by=other)
    with pytest.raises(NotClockedOn):
        workshop.of("OTHER").clock_off(ro_id, by=one)
    off = workshop.clock_off(ro_id, by=one, now=NOW + 4 * HOUR)
    assert off.worked_hours == Decimal(3), "without lunch"
    with pytest.raises(NotClockedOn):
        workshop.clock_off(ro_id, by=one)


def test_a_line_is_given_to_technicians_of_the_store_and_taken_up_by_them(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    ro_id = agreed(workshop)
    workshop.employ(names[0])
    with pytest.raises(TechnicianUnknown):
        workshop.do("give_line", "advisor", ro_id=ro_id, position=1, technicians=[names[0], names[1]])
    workshop.give_line(ro_id, 1, names[0])
    with pytest.raises(WorkOfAnother):
        workshop.clock_on(ro_id, 1, by=names[1])
    with pytest.raises(RepairOrderNotFound):
        workshop.of("OTHER").clock_on(ro_id, 1, by=names[0])
    assert workshop.clock_on(ro_id, 1, by="M1", role="service_manager").technician_id == "M1"


# -- forgotten clocks


def test_a_forgotten_clock_is_stopped_in_the_evening_and_told_once(workshop: Workshop, names: tuple[str, str]) -> None:
    ro_id = given(workshop, names[0], names[0])
    runs = workshop.clock_on(ro_id, 1, by=names[0], now=EVENING - HOUR)
    workshop.close_forgotten(now=EVENING - MINUTE)
    assert spans(workshop, ro_id)[0][3] is None
    for now in (EVENING, EVENING, EVENING + 15 * HOUR):
        workshop.close_forgotten(now=now)
    (one,) = workshop.clockings(ro_id).items
    assert (one.ended_at, one.forgotten, one.worked_hours) == (EVENING, True, Decimal(1))
    assert [name for name, _, _ in told(workshop, runs.clocking_id)] == ["technician_clocked_on", "clocking_forgotten"]
    assert told(workshop, runs.clocking_id)[1][2] == {
        "clocking_id": str(runs.clocking_id),
        "ro_id": str(ro_id),
        "customer_id": str(workshop.shown(ro_id).customer_id),
        "technician_id": names[0],
        "began_at": (EVENING - HOUR).isoformat(),
        "ended_at": EVENING.isoformat(),
    }
    assert workshop.shown(ro_id).stage is Stage.IN_PROGRESS, "the work is not done by that"
    workshop.clock_on(ro_id, 1, by=names[0], now=EVENING + 16 * HOUR)


def left(workshop: Workshop, technician: str) -> clocking.Clocking:
    """A clock that ran until the evening, of work that ended then."""
    ro_id = given(workshop, technician, technician)
    workshop.clock_on(ro_id, 1, by=technician, now=EVENING - 4 * HOUR)
    workshop.close_forgotten(now=EVENING)
    (one,) = workshop.clockings(ro_id).items
    return one


def waiting(workshop: Workshop) -> list[UUID]:
    scope = workshop.scope("forgotten_clocks", "service_manager")
    asked = clocking.ForgottenOfStore()
    found = workshop.database.read(lambda reading: queries.forgotten_clocks(reading, asked, scope=scope))
    return [one.clocking_id for one in found.items]


def test_the_foreman_confirms_it_and_what_it_was_closed_at_is_kept(workshop: Workshop, names: tuple[str, str]) -> None:
    one = left(workshop, names[0])
    assert waiting(workshop) == [one.clocking_id]
    really = EVENING - 2 * HOUR
    said = workshop.confirm(one.clocking_id, ended_at=really, now=EVENING + 15 * HOUR)
    assert (said.ended_at, said.first_ended_at, said.worked_hours) == (really, EVENING, Decimal(2))
    assert (said.confirmed_by, said.reason) == ("service_manager", "他说六点走的")
    assert waiting(workshop) == []
    assert told(workshop, one.clocking_id)[-1][0] == "clocking_confirmed"
    assert told(workshop, one.clocking_id)[-1][2]["worked_minutes"] == 120


def test_it_does_not_reach_into_his_next_one_and_is_nobody_s_of_another_store(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    one, late = left(workshop, names[0]), EVENING + 2 * HOUR
    other = given(workshop, names[0], names[0])
    workshop.clock_on(other, 1, by=names[0], now=EVENING + HOUR)
    with pytest.raises(ClockingEndWrong):
        workshop.confirm(one.clocking_id, ended_at=EVENING + HOUR + MINUTE, now=late)
    with pytest.raises(ClockingNotFound):
        workshop.of("OTHER").confirm(one.clocking_id, now=late)
    with pytest.raises(ClockingNotFound):
        workshop.confirm(other, now=late)
    assert workshop.confirm(one.clocking_id, ended_at=EVENING + HOUR, now=late).ended_at == EVENING + HOUR


def test_until_it_is_confirmed_it_is_in_no_measure(workshop: Workshop, names: tuple[str, str]) -> None:
    """Five lines of half an hour for each of which an hour was clocked; on the last one the clock ran on."""
    slow = names[0]
    for count in range(5):
        ro_id, day = given(workshop, slow, slow), NOW - timedelta(weeks=4 - count)
        workshop.clock_on(ro_id, 1, by=slow, now=day)
        if count == 4:
            workshop.close_forgotten(now=EVENING)
        workshop.clock_on(ro_id, 2, by=slow, now=EVENING + 15 * HOUR if count == 4 else day + HOUR)
        workshop.finish(ro_id, by=slow, now=EVENING + 15 * HOUR if count == 4 else day + HOUR)
        workshop.inspect(ro_id, now=EVENING + 15 * HOUR)
    (forgot,) = waiting(workshop)
    next_one = given(workshop, slow, slow)
    later, standard = EVENING + 16 * HOUR, timedelta(hours=1.75 + 0.75)

    def takes() -> timedelta:
        asked, scope = RepairOrderById(next_one), workshop.scope("progress", "advisor")
        found = workshop.database.read(lambda reading: queries.progress(reading, asked, scope=scope, now=later))
        assert found.eta is not None
        return found.eta - later

    assert takes() == standard, "four tell nothing, and the fifth counts for nothing"
    workshop.confirm(forgot, ended_at=EVENING - 7 * HOUR, now=later)
    assert takes() == timedelta(hours=2 * 1.75 + 0.75 + 1), "twice as long, and lunch"


def test_what_was_agreed_to_meanwhile_is_work_of_whoever_has_the_order_s_other_lines(
    workshop: Workshop, names: tuple[str, str]
) -> None:
    """Given line by line, the order is nobody's as a whole: the new line was on no list, and read as not given."""
    first, second = names
    ro_id = given(workshop, first, second)
    workshop.clock_on(ro_id, 1, by=first)
    workshop.move("add_line", "advisor", ro_id, line=LAMP)
    workshop.authorize(ro_id)
    assert [(one.position, one.technicians) for one in workshop.work(by=first, role="technician")] == [
        (1, [first]), (3, sorted(names)),
    ]  # fmt: skip
    workshop.clock_on(ro_id, 3, by=second)
    assert workshop.progress(ro_id, now=NOW + MINUTE).reason is RiskReason.WORK


def test_where_all_lines_are_done_somebody_was_given_them(workshop: Workshop, names: tuple[str, str]) -> None:
    first, second = names
    ro_id = given(workshop, first, second)
    for position, one in enumerate(names, start=1):
        workshop.clock_on(ro_id, position, by=one)
        workshop.finish_line(ro_id, position, by=one)
    assert workshop.progress(ro_id).reason is RiskReason.WORK


def test_technicians_see_their_lines_and_the_foreman_all(workshop: Workshop, names: tuple[str, str]) -> None:
    one, other = names
    ro_id = given(workshop, one, other)
    workshop.clock_on(ro_id, 1, by=one)
    mine = workshop.work(role="technician", by=other)
    assert [(item.position, item.technicians, item.clocked_on, item.since) for item in mine] == [(2, [other], [], None)]
    assert [(item.position, item.clocked_on, item.since) for item in workshop.work()] == [
        (1, [one], NOW),
        (2, [], None),
    ]
    assert [item.position for item in workshop.work(technician_id=one)] == [1]
    assert workshop.work(role="technician", by=other, technician_id=one) == []
    workshop.finish_line(ro_id, 1, by=one)
    assert [item.position for item in workshop.work()] == [2]

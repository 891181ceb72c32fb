"""Repair orders against PostgreSQL: what changes, and exactly which events tell of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import Refusal, StaleVersion, StoreNotAllowed
from contracts.workshop import operations
from contracts.workshop.operations import PayType, Stage, Verdict
from services.workshop.repair_orders.errors import (
    NotAuthorized,
    NothingToDo,
    PromiseInPast,
    RepairOrderNotFound,
    StageNotAllowed,
)
from services.workshop.repair_orders.models import JobLine, RepairOrder
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop, as_written

OPENED, AUTHORIZED = ("repair_order_opened", 1), ("repair_authorized", 2)


def moved(version: int) -> tuple[str, int]:
    return ("repair_stage_changed", version)


# -- from the gate to the gate


def test_a_stay_in_the_workshop_records_exactly_these_events(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL, WINDOW)
    workshop.settle(ro_id)
    workshop.give_back(ro_id)
    assert workshop.recorded(ro_id) == [
        OPENED,
        AUTHORIZED,
        moved(3),
        moved(4),
        moved(5),
        ("repair_ready", 6),
        ("repair_settled", 7),
        ("repair_payment_confirmed", 8),
        ("vehicle_returned", 9),
    ]
    assert workshop.shown(ro_id).stage is Stage.RETURNED


def test_rework_goes_back_to_the_technician_and_is_inspected_again(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    for step in (workshop.authorize, workshop.dispatch, workshop.start, workshop.finish):
        step(ro_id)
    workshop.inspect(ro_id, Verdict.REWORK)
    assert workshop.shown(ro_id).stage is Stage.REWORK
    workshop.start(ro_id)
    workshop.finish(ro_id)
    workshop.inspect(ro_id)
    told = [(fact["from_stage"], fact["to_stage"]) for fact in workshop.payloads(ro_id) if "to_stage" in fact]
    assert told == [
        ("authorized", "dispatched"),
        ("dispatched", "in_progress"),
        ("in_progress", "qc"),
        ("qc", "rework"),
        ("rework", "in_progress"),
        ("in_progress", "qc"),
    ]
    assert workshop.recorded(ro_id)[2:] == [*(moved(version) for version in range(3, 9)), ("repair_ready", 9)]


def test_every_command_answers_what_the_query_then_shows(workshop: Workshop) -> None:
    ro_id = workshop.open(WINDOW, OIL)
    for step in (
        workshop.authorize,
        workshop.dispatch,
        workshop.start,
        workshop.finish,
        workshop.inspect,
        workshop.settle,
        workshop.give_back,
    ):
        assert step(ro_id) == workshop.shown(ro_id)


def test_the_events_carry_what_others_need_to_act(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL, WINDOW)
    workshop.settle(ro_id)
    workshop.give_back(ro_id)
    order = workshop.shown(ro_id)
    opened, authorized, *_, ready, settled, _, returned = workshop.payloads(ro_id)
    whose = {"ro_id": str(ro_id), "customer_id": str(order.customer_id)}
    vehicle = {"vehicle_id": str(order.vehicle_id)}
    assert opened == {**whose, **vehicle, "number": order.number, "advisor_id": "advisor", "km": 50_000}
    assert authorized == {**whose, "amount_fen": OIL.amount_fen, "promised_at": PROMISE.isoformat()}
    assert ready == {**whose, "ready_at": NOW.isoformat(), "first_promise": PROMISE.isoformat()}
    assert settled == {
        **whose,
        **vehicle,
        "total_fen": OIL.amount_fen + WINDOW.amount_fen,
        "settled_at": NOW.isoformat(),
        "by_pay_type": {"CUSTOMER": 30_000, "WARRANTY": 80_000, "INTERNAL": 0, "INSURANCE": 0, "GOODWILL": 0},
        "advisor_id": "advisor",
        "worked_by": ["technician"],
    }
    unclassed = {"job_class": None, "fault_group": None, "technicians": ["technician"]}
    assert returned == {
        **whose,
        **vehicle,
        "number": order.number,
        "km": 60_000,
        "returned_at": NOW.isoformat(),
        "advisor_id": "advisor",
        "worked_by": ["technician"],
        "work": [{"position": 1, **unclassed}, {"position": 2, **unclassed}],
    }


def test_work_undone_leaves_neither_an_order_nor_an_event_nor_a_gap_in_the_numbers(workshop: Workshop) -> None:
    undone: list[UUID] = []

    def open_and_fail() -> None:
        with workshop.database.transaction() as session:
            asked = operations.OpenRepairOrder(uuid4(), uuid4(), workshop.store, 1, "异响", [OIL])
            order = workshop.open_within(session, asked)
            session.flush()
            undone.append(order.ro_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    assert workshop.recorded(undone[0]) == []
    with pytest.raises(RepairOrderNotFound):
        workshop.shown(undone[0])
    assert workshop.shown(workshop.open(OIL)).number.endswith("-0001")


def test_a_refused_step_leaves_the_order_as_it_was(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    before = workshop.shown(ro_id)
    with pytest.raises(StageNotAllowed):
        workshop.give_back(ro_id)
    assert workshop.shown(ro_id) == before
    assert workshop.recorded(ro_id) == [OPENED]


# -- taking a vehicle in


def test_the_caller_is_the_advisor_and_the_order_shows_its_work_in_order(workshop: Workshop) -> None:
    order = workshop.shown(workshop.open(WINDOW, OIL))
    assert order.advisor_id == "advisor"
    assert as_written(order) == [WINDOW, OIL]
    assert (order.stage, order.version, order.total_fen, order.authorized_fen) == (Stage.OPENED, 1, 110_000, 0)


def test_numbers_run_by_store_and_day(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    other, next_day = elsewhere(), NOW + timedelta(days=1)
    numbers = [
        workshop.shown(workshop.open()).number,
        workshop.shown(workshop.open()).number,
        other.shown(other.open()).number,
        workshop.shown(workshop.open(now=next_day)).number,
    ]
    assert numbers == [
        f"{workshop.store}-RO-20261123-0001",
        f"{workshop.store}-RO-20261123-0002",
        f"{other.store}-RO-20261123-0001",
        f"{workshop.store}-RO-20261124-0001",
    ]


def test_half_an_hour_into_a_day_a_number_is_the_new_day_s_in_whatever_zone_the_moment_is_told(
    workshop: Workshop,
) -> None:
    begun = datetime(2027, 1, 1, 0, 30, tzinfo=LOCAL)
    numbers = [workshop.shown(workshop.open(now=begun.astimezone(zone))).number for zone in (LOCAL, UTC)]
    assert numbers == [f"{workshop.store}-RO-20270101-{number:04d}" for number in (1, 2)]


def test_vehicles_taken_in_at_once_get_numbers_of_their_own(workshop: Workshop) -> None:
    with ThreadPoolExecutor(8) as desks:
        opened = list(desks.map(lambda _: workshop.open(OIL), range(16)))
    numbers = sorted(workshop.shown(ro_id).number for ro_id in opened)
    assert numbers == [f"{workshop.store}-RO-20261123-{number:04d}" for number in range(1, 17)]


# -- consent, promise, money


def test_a_promise_for_the_past_is_refused_and_one_for_now_is_kept(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(PromiseInPast):
        workshop.authorize(ro_id, promised_at=NOW - timedelta(seconds=1))
    workshop.authorize(ro_id, promised_at=NOW)
    assert (workshop.shown(ro_id).promised_at, workshop.shown(ro_id).first_promise) == (NOW, NOW)


def test_nobody_agrees_to_an_order_without_work(workshop: Workshop) -> None:
    ro_id = workshop.open()
    with pytest.raises(NothingToDo):
        workshop.authorize(ro_id)
    assert workshop.recorded(ro_id) == [OPENED]


def test_what_the_customer_agreed_to_is_kept_with_his_name(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL, WINDOW)
    workshop.authorize(ro_id, consent_by="李娜", consent_channel="phone")
    with workshop.database.transaction() as session:
        order = session.get_one(RepairOrder, ro_id)
        assert (order.consent_by, order.consent_channel, order.authorized_at) == ("李娜", "phone", NOW)
        assert order.authorized_fen == OIL.amount_fen
    assert "李娜" not in str(workshop.payloads(ro_id))


@pytest.mark.parametrize(
    ("amount_fen", "pay_type", "agreed"),
    [(0, PayType.CUSTOMER, True), (1, PayType.CUSTOMER, False), (90_000, PayType.INSURANCE, True)],
)
def test_settling_more_than_the_customer_agreed_to_is_refused(
    workshop: Workshop, amount_fen: int, pay_type: PayType, *, agreed: bool
) -> None:
    ro_id = workshop.ready(OIL, WINDOW)
    with workshop.database.transaction() as session:
        line = JobLine.write(operations.JobLine("加项", amount_fen, pay_type=pay_type), position=3)
        line.order_id = ro_id
        session.add(line)
    if agreed:
        workshop.settle(ro_id)
        assert workshop.payloads(ro_id)[-1]["total_fen"] == 110_000 + amount_fen
        return
    with pytest.raises(NotAuthorized) as refused:
        workshop.settle(ro_id)
    assert refused.value.details == {"customer_fen": 30_001, "authorized_fen": 30_000}
    assert workshop.shown(ro_id).stage is Stage.READY
    assert workshop.recorded(ro_id)[-1] == ("repair_ready", 6)


# -- quality control


def test_of_two_inspectors_at_once_one_is_heard(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    for step in (workshop.authorize, workshop.dispatch, workshop.start, workshop.finish):
        step(ro_id)
    together = threading.Barrier(2)

    def inspect(verdict: Verdict) -> type[Refusal] | None:
        together.wait(10)
        try:
            workshop.inspect(ro_id, verdict)
        except StageNotAllowed as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(inspect, (Verdict.PASSED, Verdict.REWORK)))
    assert sorted(outcomes, key=str) == [StageNotAllowed, None]
    assert len(workshop.recorded(ro_id)) == 6


# -- who may touch what


def test_the_version_the_caller_looked_at_must_be_the_newest(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id, version=1)
    with pytest.raises(StaleVersion) as refused:
        workshop.dispatch(ro_id, version=1)
    assert refused.value.details == {"expected": 1, "version": 2}
    assert workshop.dispatch(ro_id, version=2).version == 3


STEPS = ("correct_km", "authorize", "dispatch", "start", "finish", "inspect", "settle", "give_back", "shown")


@pytest.mark.parametrize("step", STEPS)
def test_an_order_of_another_store_is_not_there(
    workshop: Workshop, elsewhere: Callable[[], Workshop], step: str
) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(RepairOrderNotFound):
        getattr(elsewhere(), step)(ro_id)
    assert workshop.recorded(ro_id) == [OPENED]


@pytest.mark.parametrize("step", STEPS)
def test_an_order_that_does_not_exist_is_not_there(workshop: Workshop, step: str) -> None:
    with pytest.raises(RepairOrderNotFound):
        getattr(workshop, step)(uuid4())


def test_nobody_takes_a_vehicle_in_for_another_store(workshop: Workshop) -> None:
    with pytest.raises(StoreNotAllowed):
        workshop.do(
            "open_repair_order",
            "advisor",
            vehicle_id=uuid4(),
            customer_id=uuid4(),
            store_id="OTHER",
            km=1,
            complaint="异响",
        )


def test_a_list_shows_the_callers_store_and_refuses_another(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    other = elsewhere()
    mine, _theirs = workshop.open(OIL), other.open(OIL)
    assert [order.ro_id for order in workshop.page().items] == [mine]
    assert [order.ro_id for order in workshop.page(store_id=workshop.store).items] == [mine]
    with pytest.raises(StoreNotAllowed):
        workshop.page(store_id=other.store)


def test_the_groups_leader_sees_every_store(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    other = elsewhere()
    vehicle = uuid4()
    both = {workshop.open(OIL, vehicle=vehicle), other.open(OIL, vehicle=vehicle)}
    assert {order.ro_id for order in workshop.page(role="leader", vehicle_id=vehicle).items} == both
    assert len(workshop.page(role="leader", store_id=other.store).items) == 1

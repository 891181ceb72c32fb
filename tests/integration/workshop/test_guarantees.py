"""Counters of cars are told of once a level, and answered (三包, C9, R50)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis.store import tables
from contracts.sales.events import VehicleDelivered
from contracts.workshop import guarantees as contract
from contracts.workshop.guarantees import Counter, CounterLevel
from contracts.workshop.jobs import FaultGroup
from contracts.workshop.operations import JobLine, PayType, Share
from services.workshop.guarantees import queries, usecases
from services.workshop.guarantees.errors import GuaranteeWatchNotFound
from tests.integration.workshop.people import NOW, OIL, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import made, received, twice_shuffled
from tests.support.records import erased

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GEARBOX = JobLine("变速器顿挫", 90_000, pay_type=PayType.WARRANTY, fault_group=FaultGroup.GEARBOX)


def delivered(vehicle: UUID, **told: Any) -> Any:
    return received(made(VehicleDelivered, vehicle_id=vehicle, **told))


def repaired(
    workshop: Workshop, vehicle: UUID, *lines: JobLine, now: datetime = NOW, took: timedelta | None = 2 * HOUR
) -> UUID:
    """Agreed to now, and returned so much later; or it goes on."""
    ro_id = workshop.open(*(lines or (GEARBOX,)), vehicle=vehicle, km=20_000, now=now)
    workshop.authorize(ro_id, now=now, promised_at=now + 9 * DAY)
    if took is None:
        return ro_id
    workshop.dispatch(ro_id, now=now)
    workshop.start(ro_id, now=now)
    workshop.finish(ro_id, now=now + took)
    workshop.inspect(ro_id, now=now + took)
    workshop.settle(ro_id, now=now + took)
    workshop.give_back(ro_id, now=now + took, km_out=20_001)
    return ro_id


def watch(workshop: Workshop, *, now: datetime = NOW) -> int:
    return workshop.database.run(lambda session: usecases.watch(session, now=now))


def counters(workshop: Workshop, vehicle: UUID, *, now: datetime = NOW) -> contract.VehicleCounters:
    asked = contract.CountersAsked(vehicle)
    return workshop.database.read(lambda reading: queries.vehicle_counters(reading, asked, now=now))


def listed(workshop: Workshop, **asked: Any) -> list[contract.GuaranteeWatch]:
    wanted, scope = contract.ListGuarantees(**asked), workshop.scope("list_guarantees", "service_manager")
    return workshop.database.read(lambda reading: queries.list_guarantees(reading, wanted, scope=scope)).items


def answer(workshop: Workshop, watch_id: UUID, *, said: str = "已提供备用车", now: datetime = NOW) -> Any:
    asked, scope = contract.AnswerGuarantee(watch_id, said), workshop.scope("answer_guarantee", "service_manager")
    return workshop.database.run(lambda session: usecases.answer_guarantee(session, asked, scope=scope, now=now))


def told(workshop: Workshop, watch_id: UUID) -> list[tuple[str, int]]:
    log = tables.outbox.c
    wanted = select(tables.outbox).where(log.subject_type == "guarantee", log.subject_id == str(watch_id))
    rows = workshop.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    return [(row.event_type, row.envelope["payload"].get("count", 0)) for row in rows]


def test_the_fifth_repair_of_one_problem_is_told_once_and_near_before_it(workshop: Workshop) -> None:
    """The fifth repair fires, not the fourth; of other parts, and at others' cost, nothing is counted (R50)."""
    vehicle = uuid4()
    for times in range(1, 6):
        now = NOW + times * 40 * DAY
        repaired(workshop, vehicle, replace(OIL, fault_group=FaultGroup.BRAKES), now=now - DAY)
        ro_id = repaired(workshop, vehicle, now=now, took=None)
        for _ in range(2):
            watch(workshop, now=now)
        order = workshop.shown(ro_id)
        assert order.lines[0].pay_type is PayType.WARRANTY
        workshop.dispatch(ro_id, now=now)
        for step in (workshop.start, workshop.finish, workshop.inspect, workshop.settle):
            step(ro_id, now=now)
        workshop.give_back(ro_id, now=now, km_out=20_001)
    (one,) = listed(workshop)
    assert (one.counter, one.fault_group, one.level, one.count) == ("repairs", FaultGroup.GEARBOX, "reached", 5)
    assert (one.ro_id, one.rule, one.limit) == (ro_id, "2022", 4)
    assert told(workshop, one.watch_id) == [("guarantee_limit_neared", 3), ("lemon_threshold_reached", 5)]
    assert {count.counter: count.count for count in counters(workshop, vehicle, now=now).counts} == {
        Counter.DAYS: 5, Counter.REPAIRS: 5,
    }  # fmt: skip


def test_days_are_those_of_all_repairs_and_go_on_while_it_stands_here(workshop: Workshop) -> None:
    vehicle = uuid4()
    repaired(workshop, vehicle, took=18 * DAY)
    later = NOW + 60 * DAY
    repaired(workshop, vehicle, replace(GEARBOX, fault_group=FaultGroup.ELECTRICS), now=later, took=None)
    watch(workshop, now=later + 2 * DAY)
    assert [one.counter for one in listed(workshop)] == []
    watch(workshop, now=later + 2 * DAY + HOUR)
    (days,) = listed(workshop)
    assert (days.counter, days.level, days.count) == ("days", "near", 21)
    for _ in range(2):
        watch(workshop, now=later + 12 * DAY + HOUR)
    assert told(workshop, days.watch_id) == [("guarantee_limit_neared", 21), ("lemon_threshold_reached", 31)]


def test_a_courtesy_car_is_warned_of_on_day_five_and_due_from_day_six(workshop: Workshop) -> None:
    """Waiting for parts included; an own repair of the customer keeps no car of his waiting for us."""
    vehicle, own = uuid4(), uuid4()
    ro_id = repaired(workshop, vehicle, took=None)
    repaired(workshop, own, OIL, took=None)
    workshop.wait(ro_id, now=NOW + HOUR)
    watch(workshop, now=NOW + 4 * DAY)
    assert listed(workshop) == []
    watch(workshop, now=NOW + 4 * DAY + HOUR)
    (one,) = listed(workshop)
    assert (one.counter, one.level, one.count, one.ro_id) == ("courtesy", "near", 5, ro_id)
    answer(workshop, one.watch_id, said="明天有车")
    assert listed(workshop) == []
    assert [each.answer for each in listed(workshop, answered=True)] == ["明天有车"]
    watch(workshop, now=NOW + 5 * DAY)
    assert listed(workshop) == []
    watch(workshop, now=NOW + 5 * DAY + HOUR)
    assert [(each.level, each.count, each.answer) for each in listed(workshop)] == [("reached", 6, "")]
    assert told(workshop, one.watch_id) == [
        ("guarantee_limit_neared", 5), ("guarantee_answered", 0), ("courtesy_car_due", 6),
    ]  # fmt: skip


def test_what_had_to_be_done_again_at_the_cost_of_the_house_counts_as_what_it_was(workshop: Workshop) -> None:
    """Who pays the second time is between us and the maker: it is the same quality problem of the same car."""
    vehicle = uuid4()
    repaired(workshop, vehicle)
    again = workshop.open(GEARBOX, vehicle=vehicle, km=20_010, now=NOW + 3 * DAY)
    comeback = workshop.comebacks(ro_id=again)[0]
    found = comeback.comeback_id
    workshop.do("decide_comeback", "service_manager", comeback_id=found, confirmed=True, reason="未修好")
    workshop.authorize(again, now=NOW + 3 * DAY, promised_at=NOW + 9 * DAY)
    assert workshop.shown(again).lines[0].pay_type is PayType.INTERNAL
    repairs = [one for one in counters(workshop, vehicle, now=NOW + 3 * DAY).counts if one.counter is Counter.REPAIRS]
    assert [(one.fault_group, one.count) for one in repairs] == [(FaultGroup.GEARBOX, 2)]


def test_a_share_of_the_maker_is_a_repair_under_guarantee_and_a_declined_one_is_none(workshop: Workshop) -> None:
    vehicle = uuid4()
    half = replace(OIL, fault_group=FaultGroup.BRAKES, shares=[Share(PayType.WARRANTY, amount_fen=10_000)])
    ro_id = repaired(workshop, vehicle, half, GEARBOX, took=None)
    workshop.move("decline_line", "advisor", ro_id, position=2, declined_by="张伟")
    repairs = [one for one in counters(workshop, vehicle).counts if one.counter is Counter.REPAIRS]
    assert [(one.fault_group, one.count) for one in repairs] == [(FaultGroup.BRAKES, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_the_guarantee_runs_from_the_first_delivery_however_it_is_heard(workshop: Workshop, seed: int) -> None:
    vehicle = uuid4()
    told = [
        delivered(vehicle, delivered_at=datetime(2025, 3, 4, tzinfo=NOW.tzinfo)),
        delivered(vehicle, delivered_at=datetime(2026, 3, 4, tzinfo=NOW.tzinfo), warranty_from=date(2025, 3, 10)),
    ]
    for event in twice_shuffled(told, seed=seed):
        workshop.database.run(partial(usecases.keep, event=event))
    assert counters(workshop, vehicle).runs_from == date(2025, 3, 4)
    assert counters(workshop, vehicle).counts == []


def test_another_store_s_counters_are_not_there(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    vehicle, other = uuid4(), elsewhere()
    repaired(workshop, vehicle, took=None)
    watch(workshop, now=NOW + 6 * DAY)
    (one,) = listed(workshop)
    assert (one.level, listed(other)) == (CounterLevel.REACHED, [])
    with pytest.raises(GuaranteeWatchNotFound):
        answer(other, one.watch_id)
    with pytest.raises(GuaranteeWatchNotFound):
        answer(workshop, uuid4())


@pytest.mark.parametrize("seed", range(2))
def test_what_was_arranged_goes_with_the_customer(workshop: Workshop, seed: int) -> None:
    repaired(workshop, uuid4(), took=None)
    watch(workshop, now=NOW + 6 * DAY)
    (one,) = listed(workshop)
    answer(workshop, one.watch_id, said="张先生同意")
    hear(workshop, twice_shuffled([erased(one.customer_id)], seed=seed))
    assert [each.answer for each in listed(workshop, answered=True)] == [""]

"""Work of ours that has to be done again: suspected, judged by others, at the cost of the house (C9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis.store import tables
from contracts.refusals import StoreNotAllowed
from contracts.workshop import comebacks as contract
from contracts.workshop.comebacks import ComebackState
from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import JobLine, LineKind, PayType, Share
from services.workshop.comebacks.errors import (
    ComebackNotFound,
    ComebackUndecided,
    ComebackWithdrawn,
    OwnWorkJudged,
)
from services.workshop.repair_orders.errors import DiscountTooLarge, StageNotAllowed
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.randoms import code
from tests.support.records import erased

DAY = timedelta(days=1)
BRAKES = replace(OIL, description="前刹车片", job_class=JobClass.MINOR_REPAIR, fault_group=FaultGroup.BRAKES)
GEARBOX = replace(OIL, description="变速器总成", job_class=JobClass.ASSEMBLY_REPAIR, fault_group=FaultGroup.GEARBOX)
SQUEALS = JobLine("刹车又响", 20_000, fault_group=FaultGroup.BRAKES)


def came(workshop: Workshop, vehicle: UUID, *lines: JobLine, now: datetime, km: int = 50_100) -> UUID:
    return workshop.open(*lines, vehicle=vehicle, km=km, now=now)


def done(
    workshop: Workshop, vehicle: UUID, *lines: JobLine, now: datetime = NOW, by: str = "T1", km: int = 50_000
) -> UUID:
    """Repaired, and returned at once."""
    ro_id = came(workshop, vehicle, *lines, now=now, km=km)
    for one in listed(workshop, ro_id=ro_id, state=ComebackState.SUSPECTED):
        decide(workshop, one.comeback_id, now=now)
    workshop.authorize(ro_id, now=now, promised_at=now + DAY)
    workshop.dispatch(ro_id, technician=by, now=now)
    workshop.start(ro_id, by=by, now=now)
    workshop.finish(ro_id, by=by, now=now)
    workshop.inspect(ro_id, now=now)
    workshop.settle(ro_id, now=now)
    workshop.give_back(ro_id, now=now, km_out=km + 10)
    return ro_id


def listed(workshop: Workshop, **asked: Any) -> list[contract.Comeback]:
    return workshop.comebacks(**asked)


def decide(
    workshop: Workshop, comeback_id: UUID, *, confirmed: bool = True, by: str = "service_manager", **asked: Any
) -> contract.Comeback:
    said = {"comeback_id": comeback_id, "confirmed": confirmed, "reason": "刹车片未装到位", **asked}
    told: contract.Comeback = workshop.do("decide_comeback", "service_manager", staff_id=by, **said)
    return told


def told(workshop: Workshop, comeback_id: UUID) -> list[tuple[str, int, dict[str, Any]]]:
    log = tables.outbox.c
    wanted = select(tables.outbox).where(log.subject_type == "comeback", log.subject_id == str(comeback_id))
    rows = workshop.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    return [(row.event_type, row.subject_version, row.envelope["payload"]) for row in rows]


def test_the_same_part_within_its_window_is_suspected_and_linked_to_order_line_and_technician(
    workshop: Workshop,
) -> None:
    """RO2 on the same vehicle and part within thirty days (R50)."""
    vehicle, by = uuid4(), code("T")
    first = done(workshop, vehicle, OIL, BRAKES, by=by)
    again = came(workshop, vehicle, WINDOW, SQUEALS, now=NOW + 12 * DAY)
    (one,) = listed(workshop, ro_id=again)
    assert (one.state, one.position, one.fault_group, one.times) == ("suspected", 2, FaultGroup.BRAKES, 1)
    assert (one.cause_ro_id, one.cause_position, one.cause_description, one.days) == (first, 2, "前刹车片", 12)
    assert (one.technicians, one.judged) == ([by], sorted([by, "inspector"]))
    ((name, version, payload),) = told(workshop, one.comeback_id)
    assert (name, version) == ("comeback_suspected", 1)
    assert payload == {
        "comeback_id": str(one.comeback_id),
        "ro_id": str(again),
        "customer_id": str(one.customer_id),
        "vehicle_id": str(vehicle),
        "position": 2,
        "fault_group": "BRAKES",
        "cause_ro_id": str(first),
        "cause_position": 2,
        "times": 1,
        "technicians": [by],
        "judged": sorted([by, "inspector"]),
    }


@pytest.mark.parametrize(
    ("line", "after", "km", "suspected"),
    [
        (BRAKES, 30, 59_000, True),
        (BRAKES, 31, 50_100, False),
        (GEARBOX, 100, 60_000, True),
        (GEARBOX, 100, 70_011, False),
        (GEARBOX, 101, 50_100, False),
    ],
    ids=["30 days, however far", "31 days", "assembly, 100 days", "assembly, too far", "assembly, 101 days"],
)
def test_the_window_is_the_law_s_for_the_kind_of_work_or_thirty_days(
    workshop: Workshop, line: JobLine, after: int, km: int, *, suspected: bool
) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, line)
    again = came(workshop, vehicle, JobLine("又坏", 1, fault_group=line.fault_group), now=NOW + after * DAY, km=km)
    assert bool(listed(workshop, ro_id=again)) is suspected


def test_what_was_declined_then_another_part_or_another_vehicle_is_none(workshop: Workshop) -> None:
    """Of refused work nothing can fail (C9); the other axle is for the inspector to say."""
    vehicle = uuid4()
    ro_id = came(workshop, vehicle, OIL, BRAKES, now=NOW)
    workshop.authorize(ro_id, promised_at=NOW + DAY)
    workshop.move("decline_line", "advisor", ro_id, position=2, declined_by="张伟")
    workshop.dispatch(ro_id, technician="T1")
    workshop.start(ro_id, by="T1")
    workshop.finish(ro_id, by="T1")
    workshop.inspect(ro_id)
    workshop.settle(ro_id)
    workshop.give_back(ro_id)
    assert listed(workshop, ro_id=came(workshop, vehicle, SQUEALS, now=NOW + DAY)) == []
    done(workshop, vehicle, GEARBOX, now=NOW + DAY, km=50_200)
    assert listed(workshop, ro_id=came(workshop, vehicle, SQUEALS, now=NOW + 2 * DAY, km=50_300)) == []
    done(workshop, uuid4(), BRAKES)
    assert listed(workshop, ro_id=came(workshop, uuid4(), SQUEALS, now=NOW + DAY)) == []


def test_a_reading_in_doubt_ends_no_window(workshop: Workshop) -> None:
    """1999105 typed for 199105: an odometer that nobody believes says nothing of kilometres."""
    vehicle = uuid4()
    done(workshop, vehicle, GEARBOX)
    again = came(workshop, vehicle, replace(GEARBOX, amount_fen=1), now=NOW + 40 * DAY, km=999_910)
    assert workshop.shown(again).km_status != "OK"
    assert len(listed(workshop, ro_id=again)) == 1


def test_it_is_found_when_the_part_is_said_later_and_withdrawn_when_it_is_another(workshop: Workshop) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    again = came(workshop, vehicle, replace(SQUEALS, fault_group=None), now=NOW + DAY)
    assert listed(workshop, ro_id=again) == []
    workshop.move("change_line", "advisor", again, position=1, fault_group=FaultGroup.BRAKES)
    (one,) = listed(workshop, ro_id=again)
    workshop.move("change_line", "advisor", again, position=1, fault_group=FaultGroup.TYRES)
    assert [each.state for each in listed(workshop, ro_id=again)] == ["withdrawn"]
    with pytest.raises(ComebackWithdrawn):
        decide(workshop, one.comeback_id)
    workshop.move("change_line", "advisor", again, position=1, fault_group=FaultGroup.BRAKES)
    names = [(name, version) for name, version, _ in told(workshop, one.comeback_id)]
    assert names == [("comeback_suspected", 1), ("comeback_cleared", 2), ("comeback_suspected", 3)]


@pytest.mark.parametrize("way", ["declined", "cancelled"])
def test_work_that_is_not_done_is_no_comeback(workshop: Workshop, way: str) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    again = came(workshop, vehicle, OIL, now=NOW + DAY)
    workshop.move("add_line", "advisor", again, line=SQUEALS)
    (one,) = listed(workshop, ro_id=again)
    if way == "declined":
        workshop.move("decline_line", "advisor", again, position=2, declined_by="张伟")
    else:
        workshop.cancel(again)
    (after,) = listed(workshop, ro_id=again)
    assert after.state is ComebackState.WITHDRAWN
    *_, (name, _, payload) = told(workshop, one.comeback_id)
    assert (name, payload["state"]) == ("comeback_cleared", "withdrawn")


def test_a_comeback_is_at_the_cost_of_the_house_and_as_before_where_it_is_none_after_all(workshop: Workshop) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    shared = replace(SQUEALS, shares=[Share(PayType.GOODWILL, amount_fen=5_000)])
    again = came(workshop, vehicle, OIL, shared, now=NOW + DAY)
    (one,) = listed(workshop, ro_id=again)
    before = workshop.shown(again)
    confirmed = decide(workshop, one.comeback_id)
    assert (confirmed.state, confirmed.decided_by, confirmed.reason) == (
        "confirmed",
        "service_manager",
        "刹车片未装到位",
    )
    order = workshop.shown(again)
    assert (order.lines[1].pay_type, order.lines[1].shares) == (PayType.INTERNAL, [])
    assert (order.customer_fen, order.total_fen) == (OIL.amount_fen, before.total_fen)
    assert decide(workshop, one.comeback_id, reason="再说一次") == confirmed, "the same word again changes nothing"
    refuted = decide(workshop, one.comeback_id, confirmed=False, reason="是后轴")
    assert refuted.state is ComebackState.REFUTED
    assert workshop.shown(again).lines == before.lines
    assert [name for name, *_ in told(workshop, one.comeback_id)] == [
        "comeback_suspected", "comeback_detected", "comeback_cleared",
    ]  # fmt: skip
    assert [name for name, _ in workshop.recorded(again)] == ["repair_order_opened", *2 * ["repair_lines_changed"]]


def test_no_invoice_is_made_before_somebody_said_who_pays(workshop: Workshop) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    again = came(workshop, vehicle, SQUEALS, now=NOW + DAY)
    workshop.authorize(again, now=NOW + DAY, promised_at=NOW + 2 * DAY)
    workshop.dispatch(again, technician="T2")
    workshop.start(again, by="T2")
    workshop.finish(again, by="T2")
    workshop.inspect(again)
    with pytest.raises(ComebackUndecided) as refused:
        workshop.settle(again)
    assert refused.value.details == {"lines": [1]}
    (one,) = listed(workshop, ro_id=again)
    decide(workshop, one.comeback_id)
    workshop.settle(again)
    assert workshop.standing(again).amount_fen == 0
    assert workshop.standing(again, PayType.INTERNAL).amount_fen == SQUEALS.amount_fen
    with pytest.raises(StageNotAllowed):
        decide(workshop, one.comeback_id, confirmed=False)
    workshop.move("void_settlement", "finance", again, reason="判定有误")
    assert decide(workshop, one.comeback_id, confirmed=False).state is ComebackState.REFUTED


def test_whoever_did_or_inspected_the_first_repair_does_not_judge(workshop: Workshop) -> None:
    vehicle, by = uuid4(), code("T")
    done(workshop, vehicle, BRAKES, by=by)
    again = came(workshop, vehicle, SQUEALS, now=NOW + DAY)
    (one,) = listed(workshop, ro_id=again)
    for judged in (by, "inspector"):
        with pytest.raises(OwnWorkJudged):
            decide(workshop, one.comeback_id, by=judged)
    decide(workshop, one.comeback_id, by="boss")


def test_a_comeback_opens_no_window_of_its_own_and_the_second_is_counted(workshop: Workshop) -> None:
    """Comeback on day 50 of 60 that starts a new window, for ever (Repair-DeskPOS#573): the first cause counts."""
    vehicle = uuid4()
    first = done(workshop, vehicle, BRAKES)
    done(workshop, vehicle, replace(BRAKES, amount_fen=2), now=NOW + 20 * DAY, km=50_500)
    third = came(workshop, vehicle, SQUEALS, now=NOW + 29 * DAY, km=50_700)
    (one,) = listed(workshop, ro_id=third)
    assert (one.cause_ro_id, one.times, one.days) == (first, 2, 29)
    late = came(workshop, vehicle, SQUEALS, now=NOW + 31 * DAY, km=50_800)
    assert listed(workshop, ro_id=late) == []


def test_what_was_refuted_is_a_cause_of_its_own(workshop: Workshop) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    second = came(workshop, vehicle, replace(BRAKES, description="后刹车片"), now=NOW + 20 * DAY, km=50_500)
    (one,) = listed(workshop, ro_id=second)
    decide(workshop, one.comeback_id, confirmed=False, reason="后轴,与前轴无关")
    later = NOW + 20 * DAY
    workshop.authorize(second, now=later, promised_at=later + DAY)
    workshop.dispatch(second, technician="T2")
    workshop.start(second, by="T2")
    workshop.finish(second, by="T2")
    workshop.inspect(second)
    workshop.settle(second)
    workshop.give_back(second, now=later, km_out=50_600)
    third = came(workshop, vehicle, SQUEALS, now=NOW + 40 * DAY, km=50_700)
    assert [each.cause_ro_id for each in listed(workshop, ro_id=third)] == [second]


def test_a_discount_that_would_exceed_what_is_left_to_the_customer_is_taken_off_first(workshop: Workshop) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    again = came(workshop, vehicle, SQUEALS, JobLine("优惠", -100, kind=LineKind.DISCOUNT), now=NOW + DAY)
    (one,) = listed(workshop, ro_id=again)
    with pytest.raises(DiscountTooLarge):
        decide(workshop, one.comeback_id)
    assert listed(workshop, ro_id=again) == [one], "nothing is half done"


def test_the_foreman_s_list_is_of_his_store_and_by_state(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    """Repaired elsewhere in the group it is a comeback all the same, of the store where the car stands."""
    vehicle, other = uuid4(), elsewhere()
    first = done(other, vehicle, BRAKES)
    again = came(workshop, vehicle, SQUEALS, now=NOW + DAY)
    (one,) = listed(workshop, state=ComebackState.SUSPECTED)
    assert (one.ro_id, one.cause_ro_id, one.cause_store_id) == (again, first, other.store)
    assert listed(other) == []
    with pytest.raises(ComebackNotFound):
        decide(other, one.comeback_id)
    with pytest.raises(ComebackNotFound):
        decide(workshop, uuid4())
    with pytest.raises(StoreNotAllowed):
        listed(workshop, store_id=other.store)
    decide(workshop, one.comeback_id)
    assert listed(workshop, state=ComebackState.SUSPECTED) == []
    assert [each.state for each in listed(workshop)] == ["confirmed"]


@pytest.mark.parametrize("seed", range(3))
def test_why_it_is_one_goes_with_the_customer(workshop: Workshop, seed: int) -> None:
    vehicle = uuid4()
    done(workshop, vehicle, BRAKES)
    again = came(workshop, vehicle, SQUEALS, now=NOW + DAY)
    (one,) = listed(workshop, ro_id=again)
    decide(workshop, one.comeback_id)
    hear(workshop, twice_shuffled([erased(one.customer_id)], seed=seed))
    assert [(each.state, each.reason) for each in listed(workshop, ro_id=again)] == [("confirmed", "")]

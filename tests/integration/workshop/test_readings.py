"""A vehicle is taken in whatever its odometer shows; what does not fit is marked, and what was wrong is corrected."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.odometer import MOST_KM
from contracts.refusals import StaleVersion
from contracts.workshop.operations import OpenRepairOrder, RepairOrder, Stage
from tests.integration.workshop.people import NOW, OIL, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.polling import eventually
from tests.support.randoms import code
from tests.support.records import erased

DAY = timedelta(days=1)


def shown(workshop: Workshop, *orders: UUID) -> list[tuple[int, str]]:
    return [(one.km, one.km_status.value) for one in (workshop.shown(ro_id) for ro_id in orders)]


@pytest.mark.parametrize(
    ("km", "status"),
    [
        (0, "LOWER"),
        (49_999, "LOWER"),
        (50_000, "OK"),
        (80_000, "OK"),
        (80_001, "IMPLAUSIBLE"),
        (3_000_000, "IMPLAUSIBLE"),
    ],
)
def test_an_arrival_is_never_refused_for_its_reading_in_any_store(
    workshop: Workshop, elsewhere: Callable[[], Workshop], km: int, status: str
) -> None:
    vehicle, other = uuid4(), elsewhere()
    workshop.open(vehicle=vehicle, km=50_000)
    assert shown(other, other.open(vehicle=vehicle, km=km, now=NOW + 30 * DAY)) == [(km, status)]


def test_a_mistyped_reading_stands_in_nobodys_way(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    vehicle, other = uuid4(), elsewhere()
    mistyped = workshop.open(vehicle=vehicle, km=3_000_000)
    right = other.open(vehicle=vehicle, km=30_100, now=NOW + DAY)
    assert shown(workshop, mistyped) == [(3_000_000, "IMPLAUSIBLE")]
    assert shown(other, right) == [(30_100, "OK")]
    assert workshop.recorded(mistyped) == [("repair_order_opened", 1)]


def test_a_correction_keeps_what_was_read_first_and_judges_the_vehicles_others_anew(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    vehicle, other = uuid4(), elsewhere()
    mistyped = workshop.open(vehicle=vehicle, km=520_000)
    right = other.open(vehicle=vehicle, km=52_300, now=NOW + DAY)
    assert shown(other, right) == [(52_300, "LOWER")]

    workshop.correct_km(mistyped, 5_200)
    order = workshop.correct_km(mistyped, 52_000, reason="多打了一个零", now=NOW + 2 * DAY)

    assert (order.km, order.first_km, order.km_reason, order.version) == (52_000, 520_000, "多打了一个零", 3)
    assert order == workshop.shown(mistyped)
    assert (shown(workshop, mistyped), shown(other, right)) == ([(52_000, "OK")], [(52_300, "OK")])
    assert other.shown(right).version == 1
    assert workshop.recorded(mistyped)[1:] == [("repair_order_km_corrected", 2), ("repair_order_km_corrected", 3)]
    assert workshop.payloads(mistyped)[-1] == {
        "ro_id": str(mistyped),
        "vehicle_id": str(vehicle),
        "customer_id": str(order.customer_id),
        "km": 52_000,
        "told_km": 5_200,
        "reading": "in",
    }


def test_the_same_reading_corrects_nothing(workshop: Workshop) -> None:
    ro_id = workshop.open(km=52_000)
    before = workshop.shown(ro_id)
    assert workshop.correct_km(ro_id, 52_000) == before
    assert workshop.recorded(ro_id) == [("repair_order_opened", 1)]


def test_a_reading_is_corrected_at_any_stage_and_the_return_tells_the_corrected_one(workshop: Workshop) -> None:
    ro_id, version = workshop.open(OIL, km=MOST_KM), 0
    steps: tuple[Callable[[UUID], RepairOrder], ...] = (
        workshop.authorize,
        workshop.dispatch,
        workshop.start,
        workshop.finish,
        workshop.inspect,
        workshop.settle,
        workshop.give_back,
    )
    for km, step in enumerate(steps, start=1):
        workshop.correct_km(ro_id, km)
        version = step(ro_id).version
    assert [one["km"] for one in workshop.readings_told(ro_id)] == [MOST_KM, 60_000], "as it came, and as it went"
    assert workshop.payloads(ro_id)[-1]["km"] == 60_000
    order = workshop.correct_km(ro_id, 77)
    assert (order.stage, order.km, order.first_km, order.version) == (Stage.RETURNED, 77, MOST_KM, version + 1)


def test_the_version_the_corrector_looked_at_must_be_the_newest(workshop: Workshop) -> None:
    ro_id = workshop.open()
    workshop.correct_km(ro_id, 1, version=1)
    with pytest.raises(StaleVersion):
        workshop.correct_km(ro_id, 2, version=1)


def test_of_two_arrivals_at_once_the_second_is_judged_by_the_first(workshop: Workshop) -> None:
    vehicle, other = uuid4(), workshop.of(code("W"))
    with ThreadPoolExecutor(1) as other_desk, workshop.database.transaction() as session:
        workshop.open_within(session, OpenRepairOrder(vehicle, uuid4(), workshop.store, 50_000, "异响"))
        late = other_desk.submit(other.open, vehicle=vehicle, km=49_999, now=NOW + DAY)
        eventually(workshop.somebody_waits)
        session.commit()
        assert shown(other, late.result(timeout=10)) == [(49_999, "LOWER")]


def test_two_corrections_of_one_vehicle_at_once_take_turns(workshop: Workshop) -> None:
    vehicle = uuid4()
    orders = [workshop.open(vehicle=vehicle, km=km, now=NOW + km * DAY) for km in (1, 2)]
    for _ in range(10):
        with ThreadPoolExecutor(2) as desks:
            list(desks.map(lambda told: workshop.correct_km(told[0], told[1]), zip(orders, (100, 200), strict=True)))
            list(desks.map(lambda told: workshop.correct_km(told[0], told[1]), zip(orders, (1, 2), strict=True)))
    assert shown(workshop, *orders) == [(1, "OK"), (2, "OK")]


@pytest.mark.parametrize("seed", range(3))
def test_why_it_was_corrected_goes_with_the_customer(workshop: Workshop, seed: int) -> None:
    ro_id = workshop.open()
    order = workshop.correct_km(ro_id, 5, reason="张先生看错了")
    hear(workshop, twice_shuffled([erased(order.customer_id)], seed=seed))
    assert (workshop.shown(ro_id).km_reason, workshop.shown(ro_id).km) == ("", 5)

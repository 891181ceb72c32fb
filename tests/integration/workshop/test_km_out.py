"""The odometer is read as a vehicle comes and with its work done; each reading is told once (C7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.odometer import WhichReading
from contracts.refusals import InvalidRequest
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.errors import KmNotRead, StageNotAllowed
from tests.integration.workshop.people import NOW, OIL, Workshop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(workshop: Workshop, ro_id: UUID) -> list[tuple[str, int, str, str]]:
    """The readings of an order as they were told."""
    told = workshop.readings_told(ro_id)
    return [(one["reading"], one["km"], one["read_at"], one["status"]) for one in told]


def inspected(workshop: Workshop, *, vehicle: UUID | None = None, km: int = 50_000, km_out: int | None = None) -> UUID:
    ro_id = workshop.open(OIL, vehicle=vehicle, km=km)
    for step in (workshop.authorize, workshop.dispatch, workshop.start, workshop.finish):
        step(ro_id)
    workshop.inspect(ro_id, now=NOW + HOUR, km_out=km_out)
    return ro_id


def test_read_by_the_inspector_it_need_not_be_read_again(workshop: Workshop) -> None:
    ro_id = inspected(workshop, km_out=50_012)
    order = workshop.shown(ro_id)
    assert (order.km, order.km_out, order.km_out_at, order.km_out_status) == (50_000, 50_012, NOW + HOUR, "OK")
    workshop.settle(ro_id)
    workshop.give_back(ro_id, km_out=None, now=NOW + 2 * HOUR)
    assert told(workshop, ro_id) == [
        ("in", 50_000, NOW.isoformat(), "OK"),
        ("out", 50_012, (NOW + HOUR).isoformat(), "OK"),
    ]
    assert workshop.payloads(ro_id)[-1]["km"] == 50_012, "the return tells what was read last"


def test_no_vehicle_is_handed_back_unread(workshop: Workshop) -> None:
    ro_id = inspected(workshop)
    with pytest.raises(StageNotAllowed):
        workshop.give_back(ro_id, km_out=None)
    workshop.settle(ro_id)
    workshop.pay(ro_id)
    before = workshop.shown(ro_id)
    with pytest.raises(InvalidRequest) as refused:
        workshop.give_back(ro_id, km_out=None)
    assert "km_out" in str(refused.value.details)
    assert workshop.shown(ro_id) == before
    assert workshop.give_back(ro_id, km_out=50_009).stage is Stage.RETURNED


@pytest.mark.parametrize(("km_out", "status"), [(49_999, "LOWER"), (50_000, "OK"), (51_001, "IMPLAUSIBLE")])
def test_whatever_it_shows_is_taken_and_marked(workshop: Workshop, km_out: int, status: str) -> None:
    ro_id = inspected(workshop, km_out=km_out)
    assert (workshop.shown(ro_id).km_out_status, told(workshop, ro_id)[-1][3]) == (status, status)


def test_the_next_one_is_judged_by_it(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    vehicle, other = uuid4(), elsewhere()
    inspected(workshop, vehicle=vehicle, km_out=50_900)
    later = other.open(vehicle=vehicle, km=50_800, now=NOW + DAY)
    assert other.shown(later).km_status == "LOWER"


def test_each_of_the_two_is_corrected_by_itself(workshop: Workshop) -> None:
    ro_id = inspected(workshop, km_out=500_120)
    assert workshop.shown(ro_id).km_out_status == "IMPLAUSIBLE"
    order = workshop.correct_km(ro_id, 50_012, reading=WhichReading.OUT)
    assert (order.km, order.first_km, order.km_out, order.km_out_status) == (50_000, None, 50_012, "OK")
    assert workshop.payloads(ro_id)[-1] | {"ro_id": "", "vehicle_id": "", "customer_id": ""} == {
        "ro_id": "",
        "vehicle_id": "",
        "customer_id": "",
        "km": 50_012,
        "told_km": 500_120,
        "reading": "out",
    }
    assert workshop.correct_km(ro_id, 50_012, reading=WhichReading.OUT) == order


def test_what_nobody_read_is_not_corrected(workshop: Workshop) -> None:
    with pytest.raises(KmNotRead):
        workshop.correct_km(workshop.open(OIL), 5, reading=WhichReading.OUT)

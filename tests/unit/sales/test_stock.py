"""A vehicle from when it is announced until it left; every move of its certificate, legal or not."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.sales.stock import Certificate, Condition, ExpectStock, StockStatus
from contracts.vehicle_identity import vehicle_id
from services.sales.stock.errors import (
    CertificateState,
    SetAsideAs,
    VehicleHere,
    VehicleNotHere,
    VehicleTaken,
    VinDiffers,
)
from services.sales.stock.models import StockVehicle
from services.sales.stock.rules import CERTIFICATES

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
VIN, OTHER_VIN = "LHGCR1659G8000019", "LSGDC82CX2E000001"
ORDER, OTHER = UUID(int=7), UUID(int=8)
MODEL = "雅阁 2.0L"

MOVES = list(product(Certificate, Certificate))


def coming(*, vin: str | None = VIN) -> StockVehicle:
    return StockVehicle.expect(ExpectStock(MODEL, "HN", eta=date(2026, 12, 1)), vin=vin)


def here() -> StockVehicle:
    vehicle = coming()
    vehicle.arrive(vin=VIN, model=MODEL, now=NOW)
    return vehicle


def test_a_vehicle_comes_is_free_is_set_aside_and_leaves() -> None:
    vehicle = coming(vin=None)
    stood = [vehicle.status]
    vehicle.arrive(vin=VIN, model=MODEL, now=NOW)
    stood.append(vehicle.status)
    vehicle.take(ORDER)
    stood.append(vehicle.status)
    vehicle.leave(now=NOW)
    stood.append(vehicle.status)
    assert stood == [StockStatus.INCOMING, StockStatus.AVAILABLE, StockStatus.ALLOCATED, StockStatus.GONE]
    assert (vehicle.vin, vehicle.vehicle_id, vehicle.order_id) == (VIN, vehicle_id(VIN), ORDER)


def test_what_arrived_does_not_arrive_again() -> None:
    with pytest.raises(VehicleHere):
        here().arrive(vin=VIN, model=MODEL, now=NOW)


def test_a_vehicle_on_its_way_keeps_its_vin() -> None:
    vehicle = coming()
    with pytest.raises(VinDiffers) as refused:
        vehicle.arrive(vin=OTHER_VIN, model=MODEL, now=NOW)
    assert refused.value.details == {"known": VIN, "vin": OTHER_VIN, "field": "vin"}
    assert (vehicle.vin, vehicle.received_at) == (VIN, None)


def test_what_comes_otherwise_than_announced_is_what_it_is_unless_an_order_has_it() -> None:
    free, taken = coming(), coming()
    free.arrive(vin=VIN, model="飞度", now=NOW)
    assert free.model == "飞度"
    taken.take(ORDER)
    with pytest.raises(SetAsideAs) as refused:
        taken.arrive(vin=VIN, model="飞度", now=NOW)
    assert refused.value.details["field"] == "model"
    assert (taken.model, taken.received_at) == (MODEL, None)


def test_a_vehicle_on_its_way_may_be_set_aside_and_is_not_handed_over() -> None:
    vehicle = coming()
    vehicle.take(ORDER)
    with pytest.raises(VehicleNotHere):
        vehicle.leave(now=NOW)
    assert vehicle.status is StockStatus.ALLOCATED


def test_a_vehicle_of_one_order_is_taken_by_no_other() -> None:
    vehicle = here()
    vehicle.take(ORDER)
    with pytest.raises(VehicleTaken):
        vehicle.take(OTHER)
    assert vehicle.order_id == ORDER


@pytest.mark.parametrize(("registered", "condition"), [(False, Condition.NEW), (True, Condition.USED)])
def test_what_an_order_lets_go_is_free_again_and_not_new_once_it_was_registered(
    registered: bool, condition: Condition
) -> None:
    vehicle = here()
    vehicle.take(ORDER)
    vehicle.release(registered=registered, now=NOW)
    assert (vehicle.status, vehicle.condition, vehicle.version) == (StockStatus.AVAILABLE, condition, 3)
    vehicle.take(OTHER)
    vehicle.release(registered=False, now=NOW)
    assert vehicle.condition is condition, "what is used stays used"


@pytest.mark.parametrize(("at", "to"), [move for move in MOVES if move[1] in CERTIFICATES[move[0]]])
def test_a_certificate_goes_where_it_may_and_says_who_and_when(at: Certificate, to: Certificate) -> None:
    vehicle = here()
    vehicle.certificate = at
    vehicle.move_certificate(to, by="F1", now=NOW)
    assert (vehicle.certificate, vehicle.certificate_by, vehicle.certificate_at) == (to, "F1", NOW)
    assert vehicle.version == 2


@pytest.mark.parametrize(("at", "to"), [move for move in MOVES if move[1] not in CERTIFICATES[move[0]]])
def test_a_certificate_goes_nowhere_else(at: Certificate, to: Certificate) -> None:
    vehicle = here()
    vehicle.certificate = at
    with pytest.raises(CertificateState) as refused:
        vehicle.move_certificate(to, by="F1", now=NOW)
    assert refused.value.details == {"certificate": at, "wanted": to}
    assert (vehicle.certificate, vehicle.certificate_by, vehicle.version) == (at, None, 1)


def test_a_pledged_certificate_is_at_hand_again_only_through_the_bank() -> None:
    """C5, 7.6: the table as people of finance say it."""
    assert {(at, to) for at, tos in CERTIFICATES.items() for to in tos} == {
        ("with_us", "pledged"),
        ("pledged", "requested"),
        ("pledged", "released"),
        ("requested", "released"),
        ("requested", "pledged"),
        ("released", "pledged"),
    }

"""A formal customer (保有客户) owns a vehicle that we sold or served, to whomever (R25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from contracts.customer.operations import VehicleGiven, VehicleRole
from contracts.sales.events import VehicleDelivered
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.vehicles.usecases.dealings import DEALT
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.events import made, received, twice_shuffled

DAY = timedelta(days=1)


def is_formal(desk: Desk, customer_id: UUID) -> bool:
    found: bool = desk.view(customer_id).glance.formal
    return found


def owner_of(desk: Desk, vin: str, *, role: VehicleRole = VehicleRole.OWNER) -> UUID:
    found: UUID = desk.register(vehicle=VehicleGiven(vin, role=role)).customer_id
    return found


def served(vin: str, customer_id: UUID, **more: Any) -> Any:
    told = made(VehicleReturned, customer_id=customer_id, vehicle_id=vehicle_id(vin))
    return received(told, subject_id=uuids.uuid7(), subject_version=8, **more)


def delivered(vin: str, customer_id: UUID, **more: Any) -> Any:
    told = made(VehicleDelivered, customer_id=customer_id, vin=vin, vehicle_id=vehicle_id(vin), delivered_at=NOW)
    return received(told, subject_id=uuids.uuid7(), subject_version=6, **more)


def hear(desk: Desk, *events: Any) -> None:
    for event in events:
        with desk.transaction() as session:
            (timeline.hand_over if isinstance(event.payload, VehicleDelivered) else timeline.tell)(session, [event])


def test_who_only_was_registered_with_a_car_is_none_until_we_serve_it(desk: Desk) -> None:
    vin = randoms.vin()
    owner = owner_of(desk, vin)
    assert not is_formal(desk, owner)
    opened = made(RepairOrderOpened, customer_id=owner, vehicle_id=vehicle_id(vin))
    hear(desk, received(opened, subject_id=uuids.uuid7()))
    assert not is_formal(desk, owner), "it is still here"
    hear(desk, served(vin, owner))
    assert is_formal(desk, owner)


def test_whom_we_sell_a_car_is_one_at_once(desk: Desk) -> None:
    buyer = desk.register().customer_id
    hear(desk, delivered(randoms.vin(), buyer))
    assert is_formal(desk, buyer)


def test_in_whose_name_a_car_is_registered_owns_it_and_not_who_bought_it(desk: Desk) -> None:
    buyer, son = desk.register().customer_id, desk.register().customer_id
    vin = randoms.vin()
    about = {"customer_id": buyer, "owner_id": son, "vin": vin, "vehicle_id": vehicle_id(vin), "delivered_at": NOW}
    hear(desk, *[received(made(VehicleDelivered, **about), subject_id=uuids.uuid7(), subject_version=6)] * 2)
    assert (is_formal(desk, son), is_formal(desk, buyer)) == (True, False)
    assert desk.view(buyer).glance.sold_by_us, "the deal was his"


def test_the_next_owner_of_a_car_we_sold_is_one_and_the_one_before_no_more(desk: Desk) -> None:
    vin, buyer = randoms.vin(), desk.register().customer_id
    hear(desk, delivered(vin, buyer))
    with desk.transaction() as session:
        session.execute(text("UPDATE vehicle_party SET until = since WHERE customer_id = :id"), {"id": buyer})
    following = owner_of(desk, vin)
    assert (is_formal(desk, buyer), is_formal(desk, following)) == (False, True)


def test_who_only_brings_a_car_is_none(desk: Desk) -> None:
    vin = randoms.vin()
    owner, driver = owner_of(desk, vin), owner_of(desk, vin, role=VehicleRole.USER)
    hear(desk, served(vin, driver))
    assert (is_formal(desk, owner), is_formal(desk, driver)) == (True, False)


@pytest.mark.parametrize("seed", range(6))
def test_the_earliest_dealings_are_kept_in_any_order_and_twice(desk: Desk, seed: int) -> None:
    vin, buyer = randoms.vin(), desk.register().customer_id
    events = [
        delivered(vin, buyer, occurred_at=NOW),
        *(served(vin, buyer, occurred_at=NOW + days * DAY) for days in (90, 30, 60)),
    ]
    hear(desk, *twice_shuffled(events, seed=seed))
    (row,) = desk.rows("SELECT sold_at, served_at FROM vehicle_dealing WHERE vehicle_id = :id", id=vehicle_id(vin))
    assert (row["sold_at"], row["served_at"]) == (NOW, NOW + 30 * DAY)


def test_a_car_that_is_heard_of_before_it_is_registered_counts_all_the_same(desk: Desk) -> None:
    vin = randoms.vin()
    hear(desk, served(vin, desk.register().customer_id))
    assert is_formal(desk, owner_of(desk, vin))


def test_only_what_ends_well_with_us_counts() -> None:
    assert (VehicleDelivered, VehicleReturned) == DEALT

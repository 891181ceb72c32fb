"""A new car's plate, as sales was told it: on the vehicle whenever that is heard, and off the old one (R44)."""

from __future__ import annotations

import pytest

from contracts.sales.events import PlateIssued, VehicleDelivered
from contracts.vehicle_identity import vehicle_id
from services.customer.vehicles.usecases import plates
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.test_vehicles_of_customers import DAY, add, put, shown_plates
from tests.support import randoms
from tests.support.events import deliver, made, received, twice_shuffled


@pytest.mark.parametrize("seed", range(6))
def test_a_new_car_has_the_plate_it_was_issued_whenever_that_is_heard(desk: Desk, seed: int) -> None:
    customer, vin, plate = desk.register().customer_id, randoms.vin(), randoms.plate()
    car = made(VehicleDelivered, vin=vin, vehicle_id=vehicle_id(vin), customer_id=customer, delivered_at=NOW)
    issued = made(PlateIssued, vin=vin, vehicle_id=vehicle_id(vin), customer_id=customer, plate=plate)
    events = [received(one, subject_id=car.order_id, occurred_at=NOW) for one in (car, issued)]
    for event in twice_shuffled(events, seed=seed):
        plate_came = isinstance(event.payload, PlateIssued)
        deliver(desk.transaction, plates.keep_issued if plate_came else timeline.hand_over, [event])
    assert shown_plates(desk, vehicle_id(vin)) == [(plate, None)]


def test_a_plate_issued_for_a_new_car_leaves_the_old_one_and_a_newer_one_stays(desk: Desk) -> None:
    customer, plate, newer = desk.register().customer_id, randoms.plate(), randoms.plate()
    old = add(desk, customer, randoms.vin(), plate=plate)
    vin = randoms.vin()
    told = made(PlateIssued, vin=vin, vehicle_id=vehicle_id(vin), customer_id=customer, plate=plate)
    event = received(told, subject_id=told.order_id, occurred_at=NOW + DAY)
    deliver(desk.transaction, plates.keep_issued, [event])
    assert (shown_plates(desk, old), shown_plates(desk, vehicle_id(vin))) == ([(plate, NOW + DAY)], [(plate, None)])
    put(desk, vehicle_id(vin), newer, now=NOW + 2 * DAY)
    with desk.transaction() as session:
        plates.keep_issued(session, [event])
    assert shown_plates(desk, vehicle_id(vin))[0] == (newer, None)

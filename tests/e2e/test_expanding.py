"""A list tells people and cars by what a desk knows them by, for one call each, and comes without if nobody answers."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.randoms import plate
from tests.support.system import Car, System

BOTH = "customer,vehicle"
NAMES = ("customer.names_of", "customer.vehicles_of")


@pytest.fixture(scope="module")
def taken_in(system: System) -> tuple[Car, str]:
    """A car with a plate is in the workshop of HN, and two more are."""
    number = plate()
    cars = [system.deliver_a_car(name=name) for name in ("欧阳询", "颜真卿", "柳公权")]
    system.as_("receptionist").post(f"/vehicles/{cars[0].vehicle_id}/plates", {"plate": number})
    for car in cars:
        opened = {"customer_id": car.customer_id, "vehicle_id": car.vehicle_id, "store_id": "HN", "km": 9000}
        lines = {"complaint": "异响", "lines": [{"description": "检查", "amount_fen": 100}]}
        system.as_("advisor").post("/repair-orders", opened | lines)
    return cars[0], number


def on_the_board(system: System, role: str, car: Car, **query: str) -> dict[str, Any]:
    """His repair order as this role sees it."""
    items = system.as_(role).get("/board", size=100, **query)["items"]
    (one,) = (each for each in items if each["vehicle_id"] == car.vehicle_id)
    return {
        name: value
        for name, value in one.items()
        if name.startswith(("vehicle_", "customer_")) and name != "customer_fen"
    }


def test_the_board_names_customer_and_car_by_one_call_each(system: System, taken_in: tuple[Car, str]) -> None:
    car, number = taken_in

    def asked() -> list[float]:
        return [system.metric("customer", "crm_call_seconds_count", operation=name) for name in NAMES]

    before = asked()
    assert on_the_board(system, "technician", car, expand=BOTH) == {
        "customer_id": car.customer_id,
        "customer_name": "欧阳询",
        "vehicle_id": car.vehicle_id,
        "vehicle_plate": number,
        "vehicle_model": "GL8",
        "vehicle_vin_tail": car.vin[-8:],
    }
    assert [after - earlier for after, earlier in zip(asked(), before, strict=True)] == [1, 1]
    assert set(on_the_board(system, "advisor", car)) == {"customer_id", "vehicle_id"}, "who does not ask is not told"
    assert "customer_name" not in on_the_board(system, "advisor", car, expand="vehicle")


@pytest.mark.parametrize("wanted", ["", "cars", "vehicle,", "vehicle,vehicle", "customer;vehicle"])
def test_what_cannot_be_added_is_refused(system: System, wanted: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        system.as_("advisor").get("/board", expand=wanted)
    assert (caught.value.status, list(caught.value.problem["errors"])) == (422, ["expand"])


def test_a_list_comes_without_what_nobody_tells(system: System, taken_in: tuple[Car, str]) -> None:
    car, number = taken_in
    with system.frozen("customer"):
        bare = on_the_board(system, "advisor", car, expand=BOTH)
    assert {bare[name] for name in bare if not name.endswith("_id")} == {None}
    assert (bare["customer_id"], bare["vehicle_id"]) == (car.customer_id, car.vehicle_id)
    eventually(lambda: on_the_board(system, "advisor", car, expand="vehicle")["vehicle_plate"] == number)

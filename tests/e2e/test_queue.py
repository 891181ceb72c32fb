"""Who waited longest for a car is offered the one that comes, over HTTP: its consultant is told, nobody jumps it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

SOON = 5.0


def waiting(system: System, consultant: Client, model: str) -> str:
    """An order for a model that is not there, its deposit paid."""
    person = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": "HN"}
    order = {
        "customer_id": system.as_("receptionist").post("/customers", person)["customer_id"],
        "store_id": "HN",
        "model": model,
        "total_fen": 100,
    }
    order_id = str(consultant.post("/orders", order)["order_id"])
    promised = (clock.now() + timedelta(days=30)).date().isoformat()
    signed = {"contract_no": "C", "signer": person["name"], "promised_date": promised}
    consultant.post(f"/orders/{order_id}/sign", signed)
    system.as_("finance").post(f"/orders/{order_id}/payments", {"amount_fen": 20, "external_ref": randoms.code("P")})
    return order_id


def task_of(client: Client, order_id: str) -> dict[str, Any] | None:
    mine = client.get("/tasks/today", kind="VEHICLE_OFFERED", size=100)["items"]
    return next((one for one in mine if one["subject_id"] == order_id), None)


def kept(system: System, model: str) -> list[tuple[str, str | None]]:
    found = system.as_("sales_planner").get("/stock-vehicles/waiting", store_id="HN", model=model)["items"]
    return [(one["order_id"], one["vin"]) for one in found]


def test_a_car_that_comes_is_offered_along_the_queue(system: System) -> None:
    model, seller, other = randoms.code("M"), system.hired("consultant"), system.hired("consultant")
    first, second = waiting(system, seller, model), waiting(system, other, model)
    planner, vin = system.as_("sales_planner"), randoms.vin()
    coming = planner.post("/stock-vehicles/expected", {"model": model, "store_id": "HN", "eta": "2098-01-01"})
    assert kept(system, model) == [(first, None), (second, None)]

    planner.post("/stock-vehicles", {"vin": vin, "model": model, "store_id": "HN", "stock_id": coming["stock_id"]})
    assert kept(system, model) == [(first, vin), (second, None)]
    task = eventually(lambda: task_of(seller, first), within=SOON)
    assert vin in task["zh"]
    assert seller.get(task["api"].removeprefix("/api/v1"))["order_id"] == first
    with pytest.raises(ApiProblem) as jumped:
        other.post(f"/orders/{second}/allocate", {"vin": vin})
    assert (jumped.value.status, jumped.value.code) == (409, "VEHICLE_OFFERED")

    with system.living_at(clock.now() + timedelta(hours=25)):
        other.post(f"/orders/{second}/allocate", {"vin": vin})
    assert eventually(lambda: task_of(seller, first) is None, within=SOON)
    assert kept(system, model) == [(first, None)]


def test_where_a_certificate_is_stands_on_the_car(system: System) -> None:
    model, vin = randoms.code("M"), randoms.vin()
    system.as_("sales_planner").post("/stock-vehicles", {"vin": vin, "model": model, "store_id": "HN"})
    finance = system.as_("finance")
    (car,) = finance.get("/stock-vehicles", store_id="HN", model=model)["items"]
    path = f"/stock-vehicles/{car['stock_id']}/certificate"
    finance.post(path, {"certificate": "pledged"})
    with pytest.raises(ApiProblem) as refused:
        finance.post(path, {"certificate": "with_us"})
    assert (refused.value.status, refused.value.code) == (409, "CERTIFICATE_STATE")
    (car,) = finance.get("/stock-vehicles", store_id="HN", model=model)["items"]
    assert (car["certificate"], car["certificate_by"]) == ("pledged", system.staff_id("finance"))

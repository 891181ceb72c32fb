"""A customer who will come, from the call to his repair order, or to the evening without him (C6), over HTTP."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.process import clock
from chassis.process.clock import LOCAL
from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

CLIENTS = 20
STORE = "BA"
"""Not the store of the other tests: where there are bays, work is given at one of them."""


def tomorrow_at(hour: int) -> datetime:
    now = clock.now().astimezone(LOCAL)
    return now.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)


def bay(system: System) -> str:
    """A bay that nobody else books."""
    made: dict[str, Any] = system.as_("service_manager", store=STORE).post(
        "/bays", {"store_id": STORE, "code": randoms.code("B")}
    )
    return str(made["code"])


def registered(system: System) -> dict[str, Any]:
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": STORE, "vehicle": {"vin": randoms.vin()}}
    made: dict[str, Any] = system.as_("receptionist", store=STORE).post("/customers", body)
    return made


def wanted(customer: dict[str, Any], starts_at: datetime, **more: Any) -> dict[str, Any]:
    whose = {"customer_id": customer["customer_id"], "vehicle_id": customer["vehicle_id"]}
    return {"store_id": STORE, "starts_at": starts_at.isoformat(), "work": "首保", **whose, **more}


def of_the_day(client: Client, appointment: dict[str, Any]) -> dict[str, Any]:
    """The appointment as its day shows it."""
    found = client.get("/appointments", store_id=STORE, day=appointment["starts_at"][:10])
    (one,) = [each for each in found["items"] if each["appointment_id"] == appointment["appointment_id"]]
    return dict(one)


def refused(client: Client, path: str, body: dict[str, Any]) -> ApiProblem:
    with pytest.raises(ApiProblem) as caught:
        client.post(path, body)
    return caught.value


def test_a_booked_car_is_taken_in_by_an_arrival_and_has_the_bay_that_was_kept(system: System) -> None:
    desk, advisor = system.as_("receptionist", store=STORE), system.as_("advisor", store=STORE)
    customer, at = registered(system), tomorrow_at(10)
    booked = desk.post("/appointments", wanted(customer, at, bay=bay(system)))
    path = f"/appointments/{booked['appointment_id']}"
    assert desk.post(f"{path}/confirm")["state"] == "confirmed"
    moved = desk.post(f"{path}/move", {"starts_at": (at + timedelta(hours=1)).isoformat()})
    assert (moved["state"], moved["bay"]) == ("booked", booked["bay"])

    body = {
        "store_id": STORE, "km": 9_800, "complaint": "首保", "lines": [{"description": "首保", "amount_fen": 100}],
        "customer_id": customer["customer_id"], "appointment_id": booked["appointment_id"],
    }  # fmt: skip
    car = {"vin": randoms.vin(), "model": "GL8"}
    assert refused(advisor, "/arrivals", {**body, "vehicle": car, "appointment_id": str(uuid4())}).status == 404
    order = advisor.post("/arrivals", {**body, "vehicle": car})["repair_order"]
    assert order["bay"] == booked["bay"]
    joined = of_the_day(advisor, moved)
    assert (joined["state"], joined["ro_id"]) == ("converted", order["ro_id"])
    again = refused(advisor, "/arrivals", {**body, "vehicle": {"vin": randoms.vin()}})
    assert (again.status, again.code) == (409, "APPOINTMENT_STATE")
    events = {"appointment_booked", "appointment_confirmed", "appointment_rescheduled", "repair_order_opened"}

    def told() -> bool:
        timeline = advisor.get(f"/customers/{customer['customer_id']}/360")["timeline"]
        return events <= {entry["type"] for entry in timeline}

    eventually(told, within=10, what="the customer's timeline")


def test_who_is_nobody_s_customer_is_not_booked(system: System) -> None:
    stranger = {"customer_id": str(uuid4()), "vehicle_id": str(uuid4())}
    problem = refused(
        system.as_("receptionist", store=STORE), "/appointments", wanted(stranger, tomorrow_at(10), bay=bay(system))
    )
    assert (problem.status, sorted(problem.problem["errors"])) == (422, ["customer_id", "vehicle_id"])


def test_twenty_book_the_last_place_and_one_gets_it(system: System) -> None:
    token, customer, at, code = (
        system.as_("receptionist", store=STORE).token,
        registered(system),
        tomorrow_at(15),
        bay(system),
    )
    together = threading.Barrier(CLIENTS)

    def one() -> str:
        client = Client(system.base_url, token=token, store=STORE)
        try:
            together.wait(30)
            client.post("/appointments", wanted(customer, at, bay=code))
        except ApiProblem as problem:
            return f"{problem.status} {problem.code}, {len(problem.problem['details']['free'])} others"
        finally:
            client.close()
        return "booked"

    with ThreadPoolExecutor(CLIENTS) as clients:
        outcomes = Counter(one.result() for one in [clients.submit(one) for _ in range(CLIENTS)])
    assert outcomes == {"booked": 1, "409 TIME_TAKEN, 5 others": CLIENTS - 1}
    kept = "SELECT count(*) FROM appointment WHERE bay = %s AND bay_kept"
    assert system.rows("workshop", kept, code) == [(1,)]


def test_who_does_not_come_is_a_no_show_when_the_store_has_closed_and_may_be_taken_back(system: System) -> None:
    desk, customer, at = system.as_("receptionist", store=STORE), registered(system), tomorrow_at(10)
    booked = desk.post("/appointments", wanted(customer, at, bay=bay(system)))
    with system.living_at(at.replace(hour=20, minute=1)):
        system.crm("schedule", "run", "workshop.missed_appointments", where="workshop")
        assert of_the_day(desk, booked)["state"] == "no_show"
    eventually(lambda: system.view_with(customer["customer_id"], "appointment_no_show"), within=10)
    back = desk.post(f"/appointments/{booked['appointment_id']}/excuse", {"reason": "来过,漏记"})
    assert (back["state"], back["arrived_at"]) == ("arrived", booked["starts_at"])

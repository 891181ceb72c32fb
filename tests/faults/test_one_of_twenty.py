"""Twenty want one car, or pay with one reference, while the service is killed: one has it, the rest are told why."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.business import PATIENCE, STORE, Desk
from tests.support.system import System

CLIENTS = 20
LATER = "REQUEST_IN_PROGRESS"


def signed(desk: Desk, *, model: str, deposit: bool) -> str:
    """An order of a customer of its own."""
    person = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": STORE}
    order = {
        "customer_id": desk.client("receptionist").post("/customers", person)["customer_id"],
        "store_id": STORE,
        "model": model,
        "total_fen": 1990,
    }
    order_id = str(desk.client("consultant").post("/orders", order)["order_id"])
    promised = (clock.now() + timedelta(days=3)).date().isoformat()
    contract = {"contract_no": "C1", "signer": person["name"], "promised_date": promised}
    desk.client("consultant").post(f"/orders/{order_id}/sign", contract)
    if deposit:
        paid = {"amount_fen": 398, "external_ref": randoms.code("P")}
        desk.client("finance").post(f"/orders/{order_id}/payments", paid)
    return order_id


def answered(desk: Desk, role: str, path: str, body: dict[str, Any]) -> str:
    """What a client is told who asks with one key until somebody answers. Raises TimeoutError."""
    key, until, last = randoms.code("K"), time.monotonic() + PATIENCE, ""
    while time.monotonic() < until:
        try:
            desk.client(role).post(path, body, key=key)
        except ApiProblem as problem:
            if problem.status < 500 and problem.code != LATER:
                return str(problem.code)
            last = str(problem)
        except OSError as error:
            last = repr(error)
        except Exception as error:  # http.client's own errors: the connection broke in mid-answer
            if type(error).__module__ != "http.client":
                raise
            last = repr(error)
        else:
            return "done"
        threading.Event().wait(0.1)
    raise TimeoutError(f"{path}: nobody answered in {PATIENCE:.0f} s, last: {last}")


def told(system: System, asked: list[tuple[str, str, dict[str, Any]]]) -> Counter[str]:
    """What all of them are told, while sales is killed under them."""
    together = threading.Barrier(len(asked) + 1)

    def one(role: str, path: str, body: dict[str, Any]) -> str:
        together.wait(30)
        return answered(system.desk, role, path, body)

    with ThreadPoolExecutor(len(asked)) as clients:
        outcomes = [clients.submit(one, *each) for each in asked]
        together.wait(30)
        system.kill("sales")
        return Counter(outcome.result() for outcome in outcomes)


@pytest.fixture
def desk(system: System) -> Desk:
    return system.desk


def test_twenty_allocate_one_car_while_the_service_is_killed(system: System, desk: Desk) -> None:
    model, vin = randoms.code("M"), randoms.vin()
    desk.client("sales_manager").post("/stock-vehicles", {"vin": vin, "model": model, "store_id": STORE})
    with ThreadPoolExecutor(6) as pool:
        orders = list(pool.map(lambda _: signed(desk, model=model, deposit=True), range(CLIENTS)))
    outcomes = told(system, [("consultant", f"/orders/{order_id}/allocate", {"vin": vin}) for order_id in orders])
    assert outcomes == {"done": 1, "VEHICLE_TAKEN": CLIENTS - 1}
    query = "SELECT count(*) FROM sales_order WHERE vin = %s", vin
    assert system.rows("sales", *query) == [(1,)]
    log = "SELECT count(*) FROM outbox WHERE event_type = 'vehicle_allocated' AND envelope->'payload'->>'vin' = %s"
    assert system.rows("sales", log, vin) == [(1,)]


def test_twenty_pay_with_one_reference_while_the_service_is_killed(system: System, desk: Desk) -> None:
    reference = randoms.code("P")
    with ThreadPoolExecutor(6) as pool:
        orders = list(pool.map(lambda _: signed(desk, model=randoms.code("M"), deposit=False), range(CLIENTS)))
    body = {"amount_fen": 1990, "external_ref": reference}
    outcomes = told(system, [("finance", f"/orders/{order_id}/payments", body) for order_id in orders])
    assert outcomes == {"done": 1, "REFERENCE_USED": CLIENTS - 1}
    paid = "SELECT count(*), sum(amount_fen) FROM payment WHERE external_ref = %s"
    assert system.rows("sales", paid, reference) == [(1, 1990)]
    log = "SELECT count(*) FROM outbox WHERE event_type = %s AND envelope->'payload'->>'external_ref' = %s"
    assert system.rows("sales", log, "payment_confirmed", reference) == [(1,)]

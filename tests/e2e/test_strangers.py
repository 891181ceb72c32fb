"""Documents are written for customers, vehicles and technicians that exist, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.good_requests import soon
from tests.support.system import System


def order(customer_id: str) -> dict[str, Any]:
    return {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}


def repair(customer_id: str, vehicle_id: str) -> dict[str, Any]:
    asked = {"customer_id": customer_id, "vehicle_id": vehicle_id, "store_id": "HN", "km": 5000, "complaint": "首保"}
    return {**asked, "lines": [{"description": "保养", "amount_fen": 100, "hours": "1"}]}


def refusal(call: Any, path: str, body: dict[str, Any]) -> ApiProblem:
    with pytest.raises(ApiProblem) as refused:
        call(path, body)
    return refused.value


def fields(problem: ApiProblem) -> list[str]:
    return sorted(problem.problem["errors"])


def somebody(system: System) -> tuple[str, str]:
    """A customer and his vehicle, registered a moment ago."""
    car = {"vin": randoms.vin(), "model": "GL8"}
    body = {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": "HN", "vehicle": car}
    made = system.as_("receptionist").post("/customers", body)
    return made["customer_id"], made["vehicle_id"]


def test_an_order_for_nobody_is_refused_with_the_field(system: System) -> None:
    refused = refusal(system.as_("consultant").post, "/orders", order(str(uuid4())))
    assert (refused.status, refused.code, fields(refused)) == (422, "INVALID_REQUEST", ["customer_id"])


def test_a_repair_order_for_nobody_or_no_vehicle_is_refused_with_the_fields(system: System) -> None:
    advisor, (customer_id, vehicle_id) = system.as_("advisor"), somebody(system)
    nobody = str(uuid4())
    assert fields(refusal(advisor.post, "/repair-orders", repair(nobody, vehicle_id))) == ["customer_id"]
    assert fields(refusal(advisor.post, "/repair-orders", repair(customer_id, nobody))) == ["vehicle_id"]
    both = refusal(advisor.post, "/repair-orders", repair(nobody, nobody))
    assert fields(both) == ["customer_id", "vehicle_id"]


def test_who_was_registered_a_moment_ago_is_never_refused(system: System) -> None:
    for _ in range(10):
        customer_id, vehicle_id = somebody(system)
        assert system.as_("consultant").post("/orders", order(customer_id))["order_id"]
        assert system.as_("advisor").post("/repair-orders", repair(customer_id, vehicle_id))["ro_id"]


def test_a_car_that_stands_in_stock_may_be_prepared(system: System) -> None:
    vin, (customer_id, _) = randoms.vin(), somebody(system)
    stock = system.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "HN"})
    assert system.as_("advisor").post("/repair-orders", repair(customer_id, stock["vehicle_id"]))["ro_id"]


def test_while_the_customer_service_is_away_known_ones_are_served_and_strangers_are_told_to_come_again(
    system: System,
) -> None:
    known, stranger = somebody(system), somebody(system)
    advisor = system.as_("advisor")
    advisor.post("/repair-orders", repair(*known))
    with system.frozen("customer"):
        assert advisor.post("/repair-orders", repair(*known))["ro_id"]
        refused = refusal(advisor.post, "/repair-orders", repair(*stranger))
        assert refused.status == 503
    assert advisor.post("/repair-orders", repair(*stranger))["ro_id"]


@pytest.mark.parametrize("who", ["NOBODY", "technician-FT", "advisor-HN"])
def test_work_is_given_to_a_technician_of_the_store(system: System, who: str) -> None:
    system.account("technician", store="FT")
    advisor = system.as_("advisor")
    path = f"/repair-orders/{advisor.post('/repair-orders', repair(*somebody(system)))['ro_id']}"
    advisor.post(f"{path}/authorize", {"promised_at": soon(), "consent_by": "本人"})
    refused = refusal(advisor.post, f"{path}/dispatch", {"technician_id": who})
    assert (refused.status, refused.code) == (422, "TECHNICIAN_UNKNOWN")
    assert refused.problem["details"]["field"] == "technician_id"

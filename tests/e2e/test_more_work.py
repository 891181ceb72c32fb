"""More work than the customer agreed to, over HTTP: it waits for his word, and so does a higher price (R51)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.system import Car, System


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    return system.deliver_a_car()


@pytest.fixture
def path(system: System, car: Car) -> str:
    """The address of an order that is worked on."""
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    advisor = system.as_("advisor")
    order = advisor.post("/repair-orders", {**asked, "complaint": "异响"})
    path = f"/repair-orders/{order['ro_id']}"
    advisor.post(f"{path}/lines", {"line": {"description": "检查底盘", "amount_fen": 30000, "hours": "0.5"}})
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    system.as_("technician").post(f"{path}/start")
    return path


def refused(call: Any, *told: Any) -> tuple[int, str | None]:
    with pytest.raises(ApiProblem) as problem:
        call(*told)
    return problem.value.status, problem.value.code


def test_what_the_technician_found_is_done_after_the_customer_agreed(system: System, path: str) -> None:
    advisor, technician = system.as_("advisor"), system.as_("technician")
    found = technician.post(f"{path}/lines", {"line": {"description": "下摆臂", "amount_fen": 80000, "hours": "1.5"}})
    assert [(line["position"], line["state"], line["amount_fen"]) for line in found["lines"]] == [
        (1, "working", None),
        (2, "proposed", None),
    ], "a technician sees no prices"
    assert refused(technician.post, f"{path}/finish") == (409, "LINES_UNANSWERED")
    advisor.post(f"{path}/authorize", {"consent_by": "本人", "consent_channel": "call"})
    technician.post(f"{path}/finish")
    words = advisor.get(f"{path}/consents")["items"]
    assert [(one["said"], one["lines"], one["up_to_fen"]) for one in words] == [
        ("agreed", [1], 30000),
        ("agreed", [2], 110000),
    ]
    assert refused(technician.get, f"{path}/consents") == (403, "OPERATION_NOT_ALLOWED")


def test_what_he_does_not_want_is_declined_and_not_paid(system: System, path: str) -> None:
    advisor = system.as_("advisor")
    advisor.post(f"{path}/lines", {"line": {"description": "下摆臂", "amount_fen": 80000}})
    order = advisor.post(f"{path}/lines/2/decline", {"declined_by": "本人", "channel": "call"})
    assert (order["lines"][1]["state"], order["customer_fen"]) == ("declined", 30000)
    assert refused(advisor.post, f"{path}/lines/2/decline", {"declined_by": "本人"}) == (409, "LINE_BEGUN")
    assert refused(advisor.post, f"{path}/lines/9/decline", {"declined_by": "本人"}) == (404, "LINE_NOT_FOUND")


def test_an_invoice_beyond_what_he_agreed_to_is_refused_until_he_agrees(system: System, path: str) -> None:
    advisor = system.as_("advisor")
    system.as_("technician").post(f"{path}/finish")
    system.as_("inspector").post(f"{path}/inspect", {"verdict": "passed"})
    _, order = advisor.send("PATCH", f"{path}/lines/1", {"amount_fen": 30001})
    assert (order["customer_fen"], order["authorized_fen"]) == (30001, 30000)
    assert refused(system.as_("finance").post, f"{path}/settle") == (409, "NOT_AUTHORIZED")
    advisor.post(f"{path}/authorize", {"consent_by": "本人"})
    assert system.as_("finance").post(f"{path}/settle")["stage"] == "settled"


def test_shares_that_cannot_be_are_refused_with_the_line(system: System, path: str) -> None:
    line = {"description": "保险杠", "amount_fen": 100, "shares": [{"pay_type": "CUSTOMER", "percent": "50"}]}
    assert refused(system.as_("advisor").post, f"{path}/lines", {"line": line}) == (422, "SHARES_WRONG")

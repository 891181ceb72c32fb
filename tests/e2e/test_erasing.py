"""A customer who asks for it is forgotten by all five services, and nothing brings him back (PIPL 47, I13)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chassis.process import clock
from chassis.process.settings import SERVICES
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.searching import standing
from tests.support.system import System

LAWFUL = {("customer", "consent.evidence")}
"""Where something he gave stays by law: the proof of his consent (docs/data-map.toml)."""


def found(system: System, marks: list[str]) -> set[tuple[str, str, str]]:
    """(service, table.column, mark) wherever one of these stands in the five services' databases."""
    services = [service for service in SERVICES if service != "gateway"]
    assert len(services) == 5
    return {
        (service, column, mark)
        for service in services
        for column, mark in standing(partial(system.rows, service), marks)
    }


def left(system: System, marks: list[str]) -> set[tuple[str, str]]:
    """Where something of them stands, whatever it is."""
    return {(service, column) for service, column, _ in found(system, marks)}


def suppressed(system: System, customer_id: str) -> list[dict[str, Any]]:
    page: dict[str, Any] = system.as_("cr_agent").get("/visits", customer_id=customer_id, status="suppressed")
    return list(page["items"])


def finish(system: System, ro_id: str, *, agreed: str) -> None:
    """From the customer's word to the keys."""
    order, advisor = f"/repair-orders/{ro_id}", system.as_("advisor")
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    advisor.post(f"{order}/authorize", {"promised_at": promised, "consent_by": agreed})
    advisor.post(f"{order}/dispatch", {"technician_id": system.staff_id("technician")})
    system.as_("technician").post(f"{order}/start")
    system.as_("technician").post(f"{order}/finish")
    system.as_("inspector").post(f"{order}/inspect", {"verdict": "passed"})
    owed = system.as_("finance").post(f"{order}/settle")["customer_fen"]
    system.as_("finance").post(f"{order}/payments", {"amount_fen": owed, "external_ref": secrets.token_hex(8)})
    advisor.post(f"{order}/return", {"km_out": 905}, key=secrets.token_hex(8))


def test_a_customer_is_forgotten_everywhere_and_for_good(system: System) -> None:
    token = secrets.token_hex(4)
    marks = [f"{what}{token}" for what in ("陈", "住", "怨", "允", "答", "证", "询", "卡")]
    name, house, complaint, agreed, remark, evidence, how, tag = marks
    desk, agent, leader = system.as_("receptionist"), system.as_("cr_agent"), system.as_("leader")
    car = system.deliver_a_car(name=name)
    marks.append(car.mobile)
    path = f"/customers/{car.customer_id}"
    desk.send("PATCH", path, {"address": f"深圳市{house}号", "tags": [tag]})
    desk.post(f"{path}/consents", {"purpose": "survey", "allowed": True, "text_version": "1", "evidence": evidence})
    desk.post(f"{path}/documents", {"type": "contract", "number": f"HT{token}", "store_id": "HN", "shelf": "A-1"})
    repair = system.as_("advisor").post(
        "/repair-orders",
        {
            "customer_id": car.customer_id, "vehicle_id": car.vehicle_id, "store_id": "HN", "km": 900,
            "complaint": complaint, "lines": [{"description": "检查", "amount_fen": 100}],
        },
        key=secrets.token_hex(8),
    )  # fmt: skip
    request = desk.post(f"{path}/privacy-requests", {"kind": "erasure", "how": how})
    assert leader.get("/privacy-requests", customer_id=car.customer_id)["items"][0]["due_at"] == request["due_at"]
    decide = f"/privacy-requests/{request['request_id']}/carry-out"
    with pytest.raises(ApiProblem) as denied:
        desk.post(decide)
    assert denied.value.status == 403
    eventually(lambda: system.view_with(car.customer_id, "repair_order_opened"), within=20)
    with pytest.raises(ApiProblem) as blocked:
        leader.post(decide)
    assert (blocked.value.status, blocked.value.code) == (409, "ERASURE_BLOCKED")

    finish(system, repair["ro_id"], agreed=agreed)
    eventually(lambda: system.visit(car.customer_id, "SERVICE_D3"), within=20)
    visits = agent.get("/visits", customer_id=car.customer_id)["items"]
    agent.post(f"/visits/{visits[0]['visit_id']}/complete", {"score": 9, "remark": remark}, key=secrets.token_hex(8))
    eventually(lambda: system.view_with(car.customer_id, "vehicle_returned"), within=20)
    assert {mark for _, _, mark in found(system, marks)} == set(marks)

    done = leader.post(decide)
    assert done["erased_ids"] == [car.customer_id]
    eventually(lambda: len(suppressed(system, car.customer_id)) == len(visits) - 1, within=20)
    assert {one["suppressed_because"] for one in suppressed(system, car.customer_id)} == {"customer_erased"}
    eventually(system.caught_up, within=30)
    assert left(system, marks) <= LAWFUL

    system.crm("events", "rebuild", "customer")
    eventually(system.caught_up, within=60)
    assert left(system, marks) <= LAWFUL
    view = system.as_("advisor").get(f"{path}/360")
    assert (view["status"], view["name"], view["timeline"], view["vehicles"]) == ("erased", "", [], [])
    assert desk.get("/customers/lookup", q=car.mobile)["items"] == []
    with pytest.raises(ApiProblem) as gone:
        desk.send("PATCH", path, {"email": "a@example.com"})
    assert (gone.value.status, gone.value.code) == (409, "CUSTOMER_ERASED")
    again = desk.post("/customers", {"name": name, "mobile": car.mobile, "store_id": "HN"})
    assert again["created"]
    assert again["customer_id"] != car.customer_id

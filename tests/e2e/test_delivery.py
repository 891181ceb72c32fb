"""A car on its way to the keys in the running system: by steps, by owners, and told of before its customer asks."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from chassis.process import clock
from contracts.sales.policies import FULL
from contracts.sales.steps import StepCode
from contracts.shapes import plain
from services.sales.steps.rules.graph import STEPS
from simulator.client import ApiProblem, Client
from tests.e2e.test_order_link import visit
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

STORE = "FT"
"""Of its own: the other tests' orders take the short steps."""
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def full(system: System) -> System:
    """The system, in which one store keeps all steps."""
    asked = {"code": "DELIVERY_STEPS", "value": plain(FULL), "store_id": STORE}
    system.as_("leader", store=STORE).post("/policies", asked)
    return system


def signed(full: System, *, promised: datetime, **terms: bool) -> dict[str, Any]:
    """An order of that store."""
    person = {"name": "南宫适", "mobile": randoms.mobile(), "store_id": STORE}
    customer = full.as_("receptionist", store=STORE).post("/customers", person)["customer_id"]
    wanted = {"customer_id": customer, "store_id": STORE, "model": "GL8", "total_fen": 100}
    consultant = full.as_("consultant", store=STORE)
    order: dict[str, Any] = consultant.post("/orders", wanted)
    contract = {"contract_no": "C", "signer": "南宫适", "promised_date": f"{promised:%Y-%m-%d}", "terms": terms}
    return consultant.post(f"/orders/{order['order_id']}/sign", contract) | {"customer_id": customer}


def pay_and_allocate(full: System, order: dict[str, Any]) -> str:
    path, vin = f"/orders/{order['order_id']}", randoms.vin()
    full.as_("finance", store=STORE).post(f"{path}/payments", {"amount_fen": 100, "external_ref": secrets.token_hex(8)})
    full.as_("sales_manager", store=STORE).post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": STORE})
    full.as_("consultant", store=STORE).post(f"{path}/allocate", {"vin": vin})
    return vin


def owner(full: System, code: str) -> Client:
    return full.as_(STEPS[StepCode(code)].role, store=STORE)


def changed(client: Client, path: str, asked: dict[str, Any], *, version: int | None = None) -> dict[str, Any]:
    """A step, after this was done to it."""
    step: dict[str, Any] = client.send("PATCH", path, {**asked, "expected_version": version})[1]
    return step


def seen(full: System, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = full.as_("sales_manager", store=STORE).get(f"/orders/{order['order_id']}/delivery")
    return found


def test_a_car_goes_to_its_customer_step_by_step_and_its_plate_is_on_it(full: System) -> None:
    order = signed(full, promised=clock.now() + 40 * DAY, accessories=True)
    path = f"/orders/{order['order_id']}"
    pay_and_allocate(full, order)
    plate = randoms.plate()
    more = {
        "INSURANCE": {"effective_from": clock.now().isoformat(), "insurer": "人保财险", "evidence": "PICC-1"},
        "PLATE": {"plate": plate},
    }
    full.as_("plate_clerk", store=STORE).post(f"{path}/plate-stages", {"stage": "documents"})
    for step in seen(full, order)["steps"]:
        if step["state"] in ("pending", "in_progress") and step["code"] != "HANDOVER":
            asked = {"act": "finish", **more.get(step["code"], {})}
            done = changed(owner(full, step["code"]), f"{path}/steps/{step['code']}", asked, version=step["version"])
            assert done["state"] == "done"
    with pytest.raises(ApiProblem) as refused:
        owner(full, "HANDOVER").post(f"{path}/deliver", {"km": 12})
    assert (refused.value.status, refused.value.code) == (422, "CHECKLIST_INCOMPLETE")
    checklist = [item["code"] for item in seen(full, order)["checklist"]]
    owner(full, "PDI").post(f"{path}/checklist", {"code": checklist[0]})
    delivered = owner(full, "HANDOVER").post(f"{path}/deliver", {"km": 12, "checklist": checklist[1:]})
    assert delivered["status"] == "delivered"
    ticked = {item["code"]: item["done_by"] for item in seen(full, order)["checklist"]}
    assert ticked[checklist[0]] == full.staff_id("inspector", store=STORE)
    assert ticked[checklist[1]] == full.staff_id("consultant", store=STORE)
    vehicle = f"/vehicles/{delivered['vehicle_id']}"
    eventually(
        lambda: plate in [one["plate"] for one in full.as_("advisor", store=STORE).get(vehicle)["plates"]],
        within=20,
        what="the plate to be on the car",
    )


def test_who_is_not_the_owner_or_looked_at_an_older_step_is_refused(full: System) -> None:
    order = signed(full, promised=clock.now() + 40 * DAY)
    pay_and_allocate(full, order)
    path = f"/orders/{order['order_id']}/steps/CERTIFICATE"

    def refused(client: Client, path: str, asked: dict[str, Any], **more: Any) -> tuple[int, str | None]:
        with pytest.raises(ApiProblem) as problem:
            changed(client, path, asked, **more)
        return problem.value.status, problem.value.code

    finance = owner(full, "CERTIFICATE")
    assert refused(owner(full, "PLATE"), path, {"act": "finish"}) == (403, "STEP_NOT_YOURS")
    assert refused(finance, path, {"act": "resume"}) == (409, "STEP_STATE")
    assert refused(finance, path, {"act": "block"}) == (422, "REASON_MISSING")
    changed(finance, path, {"act": "block", "reason": "质押", "expected_on": "2099-01-01"}, version=1)
    assert refused(finance, path, {"act": "resume"}, version=1) == (412, "STALE_VERSION")
    elsewhere = full.as_("finance")
    assert refused(elsewhere, path, {"act": "resume"}) == (404, "ORDER_NOT_FOUND")


def test_r44_the_customer_follows_the_steps_of_his_delivery_by_his_link(full: System) -> None:
    order = signed(full, promised=clock.now() + 2 * DAY)
    pay_and_allocate(full, order)
    path = f"/orders/{order['order_id']}"
    held = {"act": "block", "reason": "质押,找王经理", "expected_on": f"{clock.now() + 60 * DAY:%Y-%m-%d}"}
    changed(owner(full, "CERTIFICATE"), f"{path}/steps/CERTIFICATE", held)
    link = full.as_("consultant", store=STORE).post(f"{path}/links", {})
    data, page = visit(full, f"/api/v1/progress/{link['token']}"), visit(full, f"/p/{link['token']}")
    told = orjson.loads(data.body)
    assert told["cause"] == "certificate"
    assert told["expected_on"] > told["promised_date"]
    standings = {one["step"]: one["standing"] for one in told["steps"]}
    assert (standings["BALANCE"], standings["INVOICE"], standings["PLATE"]) == ("done", "under_way", "to_come")
    assert "等待车辆合格证" in page.body.decode()
    for kept in ("王经理", order["customer_id"], "consultant", "_fen"):
        assert kept.encode() not in page.body + data.body, kept


def test_what_will_be_late_is_the_consultants_task_until_he_promises_anew(full: System) -> None:
    begins = clock.now()
    order = signed(full, promised=begins + 40 * DAY)
    consultant = full.as_("consultant", store=STORE)

    def tasks() -> list[dict[str, Any]]:
        found = consultant.get("/tasks/today", kind="DELIVERY_AT_RISK")["items"]
        return [one for one in found if one["subject_id"] == order["order_id"]]

    assert tasks() == []
    with full.living_at(begins + 41 * DAY):
        (task,) = eventually(tasks, within=45, what="the consultant to have a task")
        assert task["console"] == f"/console/{STORE}/orders/{order['order_id']}"
        listed = full.as_("sales_manager", store=STORE).get("/deliveries", risk="late")["items"]
        assert order["order_id"] in [one["order_id"] for one in listed]
        moved = {"promised_date": f"{begins + 90 * DAY:%Y-%m-%d}", "reason": "FACTORY", "remark": "到车延迟,客户已知悉"}
        shown = consultant.post(f"/orders/{order['order_id']}/promise", moved)
        assert shown["order"]["first_promise"] == f"{begins + 40 * DAY:%Y-%m-%d}"
        assert (shown["risk"], shown["promises"][0]["reason"]) == ("on_track", "FACTORY")
        eventually(lambda: tasks() == [], within=20, what="the task to be done")

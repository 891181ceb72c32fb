"""The customer's folder and wishes through the whole system (R12, R17, R24, R29, R62)."""

from __future__ import annotations

import secrets
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.polling import eventually, patience
from tests.support.system import System

WITHIN = 60.0
"""Seconds in which a wish must have arrived with those who call (PIPL 15)."""


def standing(system: System, customer_id: str, status: str) -> dict[str, Any]:
    found = system.as_("cr_agent").get("/visits", customer_id=customer_id, status=status)["items"]
    return {visit["purpose"]: visit for visit in found}


def page(system: System, path: str, *, role: str) -> tuple[int, dict[str, str], str]:
    """An address as a browser reads it."""
    client, where = system.as_(role), urlsplit(system.base_url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {client.token}"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def test_who_does_not_want_to_be_called_is_not_called_within_a_minute_and_again_when_he_does(system: System) -> None:
    car = system.deliver_a_car()
    path = f"/customers/{car.customer_id}"
    desk, agent = system.as_("receptionist"), system.as_("cr_agent")
    eventually(lambda: system.visits(car.customer_id, count=2), within=20)

    started = time.monotonic()
    desk.send("PATCH", path, {"preferences": {"do_not_call": True}})
    eventually(lambda: not standing(system, car.customer_id, "planned"), within=WITHIN)
    assert time.monotonic() - started < patience(WITHIN)
    visit = standing(system, car.customer_id, "suppressed")["DELIVERY_D7"]
    assert (visit["suppressed_because"], visit["other_ways"]) == ("do_not_call", ["sms", "email", "letter"])
    with pytest.raises(ApiProblem) as refused:
        agent.post(f"/visits/{visit['visit_id']}/complete", {"score": 9})
    assert (refused.value.status, refused.value.code) == (409, "VISIT_SUPPRESSED")

    desk.send("PATCH", path, {"preferences": {"do_not_call": False}})
    eventually(lambda: not standing(system, car.customer_id, "suppressed"), within=WITHIN)

    desk.post(f"{path}/consents", {"purpose": "survey", "allowed": False})
    eventually(lambda: "DELIVERY_D7" in standing(system, car.customer_id, "suppressed"), within=WITHIN)
    assert "DELIVERY_D3" in standing(system, car.customer_id, "planned")
    desk.post(f"{path}/consents", {"purpose": "survey", "allowed": True, "text_version": "2026-1"})
    eventually(lambda: not standing(system, car.customer_id, "suppressed"), within=WITHIN)


def test_the_dossier_is_one_page_to_print_masked_and_in_the_access_log(system: System) -> None:
    car = system.deliver_a_car(name="陈<i>明")
    path = f"/customers/{car.customer_id}"
    desk = system.as_("receptionist")
    paper = {
        "type": "contract",
        "number": "HN-2026-0077",
        "store_id": "HN",
        "shelf": "A-3-12",
        "issued_on": "2026-01-02",
    }
    desk.post(f"{path}/documents", paper)
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"), within=20)

    status, headers, text = page(system, f"{path}/dossier", role="receptionist")

    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in headers["content-security-policy"]
    for told in ("陈&lt;i&gt;明", car.vin, "HN-2026-0077", "交车", f"{car.mobile[:3]}****{car.mobile[-4:]}"):
        assert told in text
    assert car.mobile not in text
    log = system.boss.get("/access-log", size=20)["items"]
    assert ("customer.dossier", car.customer_id, system.staff_id("receptionist")) in {
        (entry["operation"], entry["subject_id"], entry["staff_id"]) for entry in log
    }
    assert page(system, f"{path}/dossier", role="technician")[0] == 403


def test_a_car_changes_hands_and_plates_and_the_desk_types_little(system: System) -> None:
    desk = system.as_("receptionist")
    number = f"{secrets.randbelow(10**5):05d}"
    old_vin, new_vin = (randoms.vin() for _ in range(2))
    people = [
        desk.post("/customers", {"name": name, "mobile": f"136{secrets.randbelow(10**8):08d}", "store_id": "HN"})
        for name in ("郑卖家", "钱买家")
    ]
    seller, buyer = (one["customer_id"] for one in people)
    old = desk.post(f"/customers/{seller}/vehicles", {"vin": old_vin, "model": "GL8", "plate": f"粤B{number}"})
    new = desk.post(f"/customers/{seller}/vehicles", {"vin": new_vin, "model": "GL6"})

    known = desk.get("/customers/prefill", plate=f"粤B·{number}")
    assert (known["vehicle"]["vin"], known["vehicle"]["owner"]["customer_id"]) == (old_vin, seller)

    moved = desk.post(f"/vehicles/{new['vehicle_id']}/plates", {"plate": f"粤B{number}"})
    assert moved["taken_from"] == [old["vehicle_id"]]
    desk.post(f"/vehicles/{old['vehicle_id']}/owner", {"customer_id": buyer})

    card = system.as_("technician").get(f"/vehicles/{old['vehicle_id']}")
    assert [(one["customer_id"], one["until"] is None) for one in card["parties"]] == [(buyer, True), (seller, False)]
    assert card["plates"][0]["until"] is not None
    assert "id_no" in desk.get(f"/customers/{buyer}/completeness")["missing"]
    missing = system.as_("sales_manager").get("/customers/incomplete", stage="owner", size=100)["items"]
    assert missing
    desk.post(f"/customers/{seller}/relations", {"other_id": buyer, "kind": "referrer_of"})
    assert desk.get(f"/customers/{buyer}/relations")["referrer"]["other_id"] == seller

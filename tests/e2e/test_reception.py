"""The customer says only his name in another store (R36), and every role sees of him what it may (R23)."""

from __future__ import annotations

import csv
import io
import urllib.request
import uuid
from email.message import Message
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from chassis.cli import main
from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import Car, System

SOON = 5.0


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    """Sold and delivered in store HN."""
    car = system.deliver_a_car(name="上官婉青")
    eventually(lambda: system.view_with(car.customer_id, "vehicle_delivered"), within=SOON)
    return car


def hit(system: System, car: Car, q: str) -> dict[str, Any] | None:
    """What the service desk of store FT sees of him when it types this."""
    items: list[dict[str, Any]] = system.as_("advisor", store="FT").get("/customers/lookup", q=q)["items"]
    return next((one for one in items if one["customer_id"] == car.customer_id), None)


@pytest.mark.parametrize("q", ["上官婉青", "上官", "shangguanwanqing", "SGWQ"])
def test_another_store_s_desk_knows_him_by_his_name_alone(system: System, car: Car, q: str) -> None:
    found = hit(system, car, q)
    assert found is not None
    glance = found["glance"]
    assert (glance["sold_by_us"], glance["sold_at"]) == (True, car.order["delivered_at"])
    assert (glance["sold_store_id"], glance["sold_store_name"]) == ("HN", "华南店")
    assert glance["consultant_id"] == glance["consultant_name"] == system.staff_id("consultant")
    assert found["mobile"] == f"{car.mobile[:3]}****{car.mobile[-4:]}"


def test_hanzi_pinyin_and_initials_give_the_same_hit(system: System, car: Car) -> None:
    hits = [hit(system, car, q) for q in ("上官婉青", "shangguanwanqing", "SGWQ")]
    assert [{**(one or {}), "matched_by": ""} for one in hits[1:]] == [{**(hits[0] or {}), "matched_by": ""}] * 2


def test_a_mistyped_reading_is_gone_from_every_desk_once_it_is_corrected(system: System) -> None:
    car, desk = system.deliver_a_car(name="上官婉儿"), system.as_("advisor")
    repair = desk.post(
        "/repair-orders",
        {
            "customer_id": car.customer_id, "vehicle_id": car.vehicle_id, "store_id": "HN", "km": 53_000,
            "complaint": "保养", "lines": [{"description": "保养", "amount_fen": 100}],
        },
    )  # fmt: skip

    def seen(km: int) -> bool:
        found = hit(system, car, "上官婉儿")
        return found is not None and found["glance"]["last_km"] == km

    eventually(lambda: seen(53_000), within=SOON, what="the reading as it was typed")
    desk.post(f"/repair-orders/{repair['ro_id']}/km", {"km": 5_300, "reason": "多打一个零"})
    eventually(lambda: seen(5_300), within=SOON, what="the reading as it is")


def test_the_advisor_sees_the_order_without_its_price_and_finance_sees_it(system: System, car: Car) -> None:
    def signed(role: str) -> dict[str, Any]:
        view = system.as_(role).get(f"/customers/{car.customer_id}/360", types="order_signed")
        (line,) = view["timeline"]
        return {**line["summary"], "spent_fen": view["glance"]["spent_fen"]}

    eventually(lambda: system.view_with(car.customer_id, "order_signed"), within=SOON)
    advisor, finance = signed("advisor"), signed("finance")
    assert (advisor["model"], advisor["consultant_id"]) == ("GL8", system.staff_id("consultant"))
    assert advisor["promised_date"] >= clock.now().date().isoformat()
    assert (advisor["total_fen"], advisor["spent_fen"]) == (None, None)
    assert (finance["total_fen"], finance["spent_fen"]) == (100, 100)


def test_everything_that_happens_to_him_is_on_his_timeline_within_seconds(system: System, car: Car) -> None:
    """R19: each kind of event is one new line, in the order in which things happened."""
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=38_000)
    visit = eventually(lambda: system.visit(car.customer_id, "SERVICE_D3"), within=SOON)
    system.as_("cr_agent").post(f"/visits/{visit['visit_id']}/complete", {"score": 5})
    expected = {
        "customer_registered", "order_signed", "payment_confirmed", "vehicle_allocated", "vehicle_delivered",
        "repair_order_opened", "repair_authorized", "repair_stage_changed", "repair_ready", "repair_settled",
        "vehicle_returned", "visit_planned", "visit_completed",
    }  # fmt: skip

    def told() -> list[dict[str, Any]]:
        view: dict[str, Any] = system.as_("advisor").get(f"/customers/{car.customer_id}/360", limit=100)
        lines: list[dict[str, Any]] = view["timeline"]
        return lines if expected <= {line["type"] for line in lines} else []

    lines = eventually(told, within=SOON)
    assert all(line["source_id"] for line in lines)
    assert [line["occurred_at"] for line in lines] == sorted((line["occurred_at"] for line in lines), reverse=True)
    alerts = system.as_("advisor", store="FT").get(f"/customers/{car.customer_id}/360")["alerts"]
    assert "LOW_SCORE" in [alert["code"] for alert in alerts]


def test_a_customer_enters_a_segment_within_seconds_and_its_export_is_written_down(system: System) -> None:
    """R18: a matching repair order, then a file; who took it, why, and how many rows."""
    boss = system.as_("service_manager")
    said = {
        "all": [
            {"fact": "tags", "has": "尉迟"},
            {"vehicle": {"model": ["GL8"]}},
            {"fact": "service_visits", "at_least": 1},
            {"not": {"fact": "open_orders", "at_least": 1}},
        ]
    }
    with pytest.raises(ApiProblem):
        boss.post("/segments", {"name": "坏", "predicate": {"fact": "luck"}})
    segment = boss.post("/segments", {"name": "GL8 老客户", "predicate": said})
    path = f"/segments/{segment['segment_id']}"
    eventually(lambda: boss.get(path)["complete_at"] is not None, within=20)
    mine = system.deliver_a_car(name="尉迟敬")
    system.as_("advisor").send("PATCH", f"/customers/{mine.customer_id}", {"tags": ["尉迟"]})
    system.close_a_repair_order(customer_id=mine.customer_id, vehicle_id=mine.vehicle_id, fen=100)

    def entered() -> bool:
        return mine.customer_id in {one["customer_id"] for one in boss.get(f"{path}/members")["items"]}

    eventually(entered, within=SOON + 1)
    export = boss.post(f"{path}/exports", {"format": "csv", "reason": "spring"})
    assert (export["status"], export["decided_by"]) == ("ready", None)
    text, rows = table(system, f"/exports/{export['export_id']}/file")
    assert mine.customer_id in text
    assert mine.mobile not in text
    assert rows == export["rows"]
    (written,) = logged(system, export)
    assert (written["staff_id"], written["reason"]) == (system.staff_id("service_manager"), f"spring ({rows} rows)")
    about_him = system.boss.get("/access-log", subject_id=mine.customer_id)["items"]
    assert [one["operation"] for one in about_him] == ["customer.download_export"], "a file that held him"
    scope = crm(system, "privacy", "scope", "--request-id", written["request_id"])
    concerned = {line.split("\t")[0] for line in scope.stdout.splitlines()}
    assert mine.customer_id in concerned
    assert len(concerned) == rows
    verified = crm(system, "access", "verify", "--expect", written["hash"])
    assert verified.exit_code == 0, verified.output


def test_a_large_export_goes_out_after_a_second_person_s_word(system: System, car: Car) -> None:
    """R62: asked for by one, allowed by another, taken by the first, and all of it written down."""
    manager, leader = system.as_("service_manager"), system.as_("leader")
    name = f"分组 {uuid.uuid4()}"
    segment = manager.post("/segments", {"name": name, "predicate": {"fact": "sold_by_us", "equals": True}})
    path = f"/segments/{segment['segment_id']}"
    eventually(lambda: manager.get(path)["members"] > 0, within=20)
    leader.post("/policies", {"code": "EXPORT_APPROVAL", "value": {"above": 0}, "store_id": None})

    def asked() -> dict[str, Any] | None:
        export: dict[str, Any] = manager.post(f"{path}/exports", {"format": "xlsx", "reason": "autumn"})
        return export if export["status"] == "awaiting_approval" else None

    try:
        export: dict[str, Any] = eventually(asked, within=SOON)
    finally:
        system.rows("customer", "DELETE FROM policy WHERE code = 'EXPORT_APPROVAL' RETURNING id")
    at = f"/exports/{export['export_id']}"
    assert export["status"] == "awaiting_approval"
    with pytest.raises(ApiProblem) as early:
        manager.get(f"{at}/file")
    assert (early.value.status, early.value.code) == (409, "EXPORT_NOT_READY")
    assert at.rpartition("/")[2] in {
        one["export_id"] for one in leader.get("/exports", status="awaiting_approval")["items"]
    }
    assert logged(system, export) == []

    approved = leader.post(f"{at}/approve")
    with pytest.raises(ApiProblem) as twice:
        leader.post(f"{at}/approve")

    assert (approved["status"], approved["decided_by"]) == ("ready", system.staff_id("leader"))
    assert (twice.value.status, twice.value.code) == (409, "EXPORT_DECIDED")
    headers, content = file(system, f"{at}/file")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    (_, *lines) = sheet.iter_rows(values_only=True)
    assert len(lines) == export["rows"] > 0
    assert headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    (written,) = logged(system, export)
    assert (written["staff_id"], written["reason"]) == (
        system.staff_id("service_manager"), f"autumn ({len(lines)} rows)"
    )  # fmt: skip


def logged(system: System, export: dict[str, Any]) -> list[dict[str, Any]]:
    """What the access log says of this export's file."""
    return [
        entry
        for entry in system.boss.get("/access-log")["items"]
        if entry["operation"] == "customer.download_export" and entry["subject_id"] == export["export_id"]
    ]


def crm(system: System, *words: str) -> Result:
    """The command, with what the gateway knows of its database."""
    return CliRunner().invoke(main, words, env=system.stack.env_for("gateway"))


def file(system: System, path: str) -> tuple[Message, bytes]:
    """A file as a browser gets it."""
    manager = system.as_("service_manager")
    request = urllib.request.Request(
        f"{system.base_url}/api/v1{path}", headers={"Authorization": f"Bearer {manager.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        return answer.headers, answer.read()


def table(system: System, path: str) -> tuple[str, int]:
    """A CSV file, and how many customers it holds."""
    headers, content = file(system, path)
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    text = content.decode("utf-8-sig")
    return text, len(list(csv.DictReader(io.StringIO(text))))

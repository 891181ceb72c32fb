"""Answers that are files: what their headers say, that their bytes are whole, and what the access log keeps (R62)."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import uuid_utils.compat as uuids

from chassis.process import clock
from tests.integration.gateway.running import Gateway, Person
from tests.support import randoms

pytestmark = pytest.mark.usefixtures("customer_service")

HERE = "HN"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def desk(gateway: Gateway) -> Person:
    """A receptionist."""
    return gateway.person("receptionist", stores=(HERE,))


@pytest.fixture(scope="module")
def segment(gateway: Gateway, desk: Person) -> str:
    """A segment of two, one of whom is called like a formula."""
    segment, now = uuids.uuid7(), clock.now()
    people = [
        desk.post("/customers", {"name": name, "mobile": randoms.mobile(), "store_id": HERE}).body["customer_id"]
        for name in ("王芳", "等号王")
    ]
    with gateway.databases.admin("customer") as admin:
        admin.execute("UPDATE customer SET name = '=1+1' WHERE id = %s", (people[1],))
        admin.execute(
            "INSERT INTO segment (id, name, predicate, moves_with_time, created_by, created_at)"
            ' VALUES (%s, %s, \'{"fact": "service_visits", "at_least": 1000000}\', false, \'x\', %s)',
            (segment, str(segment), now),
        )
        for who in people:
            admin.execute("INSERT INTO segment_member VALUES (%s, %s, 1, %s)", (segment, who, now))
    return str(segment)


def asked(person: Person, segment: str, kind: str) -> str:
    answer = person.post(f"/segments/{segment}/exports", {"format": kind, "reason": "春季活动"})
    assert answer.status == 201, answer.body
    assert (answer.body["status"], answer.body["rows"]) == ("ready", 2)
    return f"/exports/{answer.body['export_id']}"


@pytest.mark.parametrize(("kind", "media_type"), [("csv", "text/csv; charset=utf-8"), ("xlsx", XLSX)])
def test_an_export_is_a_file_of_its_kind(gateway: Gateway, segment: str, kind: str, media_type: str) -> None:
    agent = gateway.person("cr_agent", stores=(HERE,))
    path = asked(agent, segment, kind)
    file = agent.get(f"{path}/file")
    assert (file.status, file.headers["Content-Type"]) == (200, media_type)
    assert file.headers["Content-Disposition"] == f'attachment; filename="segment-{segment}.{kind}"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    assert names(file.body, kind) == {"王芳", "=1+1" if kind == "xlsx" else "'=1+1"}
    logged = gateway.rows("SELECT operation, subject_id, reason FROM access_log WHERE staff_id = %s", agent.code)
    assert logged == [("customer.download_export", path.rpartition("/")[2], "春季活动 (2 rows)")]
    assert agent.get(path).body["requested_by_name"] == f"员工{agent.code}"


def names(content: bytes, kind: str) -> set[str]:
    if kind == "csv":
        return {row["姓名"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}
    (heading, *lines) = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return {str(line[list(heading).index("姓名")]) for line in lines}


def test_what_is_refused_is_a_problem_and_no_file(gateway: Gateway, segment: str) -> None:
    agent, colleague = (gateway.person("cr_agent", stores=(HERE,)) for _ in range(2))
    path = asked(agent, segment, "csv")
    boss = gateway.person("leader")
    for somebody in (colleague, boss):
        foreign, missing = (
            somebody.get(f"{at}/file", Accept_Language="en", X_Request_Id="the-same-request")
            for at in (path, f"/exports/{uuid4()}")
        )
        assert (foreign.status, foreign.body) == (missing.status, missing.body), "nobody learns that there is one"
        assert foreign.headers.keys() == missing.headers.keys()
        assert (foreign.status, foreign.code) == (404, "EXPORT_NOT_FOUND")
        assert foreign.headers["Content-Type"] == "application/problem+json"
    assert colleague.get(path).code == "EXPORT_NOT_FOUND"
    assert colleague.get("/exports").body == {"items": [], "page": 1, "size": 20, "total": 0}
    assert agent.post(f"{path}/approve").code == "OPERATION_NOT_ALLOWED"
    assert (boss.post(f"{path}/refuse", {"reason": "太多"}).status, boss.get(f"{path}/file").status) == (409, 404)
    assert agent.post(f"/segments/{segment}/exports", {"format": "pdf", "reason": "春季活动"}).status == 422
    assert gateway.rows("SELECT 1 FROM access_log WHERE staff_id = ANY(%s)", [agent.code, colleague.code]) == []


def test_a_dossier_is_a_page_data_or_a_workbook_and_each_is_logged(gateway: Gateway, desk: Person) -> None:
    mobile = randoms.mobile()
    body = {"name": "欧阳=1+1", "mobile": mobile, "store_id": HERE, "address": "深圳市福田区1号"}
    who = desk.post("/customers", body).body["customer_id"]
    path, masked = f"/customers/{who}/dossier", f"{mobile[:3]}****{mobile[-4:]}"
    page, data, workbook = (
        desk.get(path),
        desk.get(f"{path}?format=json"),
        desk.get(f"{path}?format=xlsx&reason=own+copy"),
    )

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Content-Disposition" not in page.headers
    assert data.body["customer"]["phones"][0]["number"] == masked
    assert data.body["customer"]["store_name"] == f"{HERE}店"
    assert workbook.headers["Content-Type"] == XLSX
    assert workbook.headers["Content-Disposition"] == f'attachment; filename="customer-{who}.xlsx"'
    assert workbook.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    cells = set(texts(workbook.body))
    assert {"欧阳=1+1", masked, "深圳市福田区1号", f"{HERE}店 ({HERE})"} <= cells
    assert mobile not in str(data.body) and not any(mobile in cell for cell in cells)

    logged = gateway.rows("SELECT operation, reason FROM access_log WHERE subject_id = %s ORDER BY at", who)
    assert logged == [("customer.dossier", why) for why in ("打印或导出客户档案", "打印或导出客户档案", "own copy")]
    assert desk.get(f"{path}?format=pdf").status == 422


def texts(content: bytes) -> Any:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from (cell.value for cell in row if cell.value)

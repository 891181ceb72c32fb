"""A department's list through the gateway: killed in the middle, it ends the same; desks are served meanwhile (R25)."""

from __future__ import annotations

import csv
import hashlib
import io
import time
from typing import Any

import pytest

from simulator.client import ApiProblem, Client
from tests.support import randoms
from tests.support.old_excel import workbook
from tests.support.polling import eventually, patience
from tests.support.system import System

PART = 40_000
"""Bytes of a part in this test; the limit is 512 KiB."""
ROWS = 1_500
SERVED_WITHIN = 2.0
"""Seconds; on a machine that does everything at once, and a good deal more than a desk waits in the benchmark."""


def list_of(rows: list[list[str]]) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows([["客户姓名", "手机", "车架号"], *rows])
    return made.getvalue().encode("gb18030")


def uploaded(client: Client, content: bytes, *, filename: str = "客户.csv") -> str:
    announced = {
        "department": "sales",
        "filename": filename,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "store_id": "HN",
    }
    import_id: str = client.post("/imports", announced)["import_id"]
    for no, start in enumerate(range(0, len(content), PART), start=1):
        part = content[start : start + PART]
        assert client.upload(f"/imports/{import_id}/parts/{no}", part)["received"] >= len(part)
    return import_id


def ended(client: Client, import_id: str, *, by: str = "finished") -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = client.get(f"/imports/{import_id}")
    except ApiProblem as problem:
        if problem.status < 500:
            raise
        return None  # its service is just being started again
    return state if state["status"] == by else None


def test_a_list_is_imported_once_whoever_dies_and_however_often_it_comes(system: System) -> None:
    office = system.as_("sales_manager")
    rows = [[randoms.name(), randoms.mobile(), randoms.vin()] for _ in range(ROWS)]
    rows[3][1] = "123"
    content = list_of(rows)
    import_id = uploaded(office, content)
    seen = office.get(f"/imports/{import_id}/preview")
    assert (seen["encoding"], [one["field"] for one in seen["columns"]]) == ("gb18030", ["name", "mobile", "vin"])
    assert rows[0][1] not in str(seen["rows"])

    assert office.post(f"/imports/{import_id}/start")["status"] == "staging"
    system.die_at("before_commit", "customer")
    system.ready_again(within=30)
    done = eventually(lambda: ended(office, import_id), within=60, what="the import to end")

    assert done["counts"] == {
        "created": ROWS - 1, "queued": 0, "matched": 0, "enriched": 0, "attached": 0, "rejected": 1,
    }  # fmt: skip
    (rejected,) = office.get(f"/imports/{import_id}/rows", outcome="rejected")["items"]
    assert (rejected["number"], rejected["code"], rejected["zh"][:6]) == (5, "MOBILE_INVALID", "电话号码无效")
    made = system.rows("customer", "SELECT count(*) FROM customer WHERE mobile = ANY(%s)", [row[1] for row in rows])
    assert made == [(ROWS - 1,)]

    again = uploaded(office, content)
    office.post(f"/imports/{again}/start")
    repeated = eventually(lambda: ended(office, again), within=60, what="the same list to be recognised")
    assert (repeated["counts"]["created"], repeated["counts"]["matched"]) == (0, ROWS - 1)
    assert [one["import_id"] for one in office.get("/imports", limit=2)["items"]] == [again, import_id]


def test_a_list_as_people_really_send_it_costs_nobody_his_row_and_stores_no_stranger_s_number(system: System) -> None:
    office, first, second, name = system.as_("sales_manager"), randoms.mobile(), randoms.mobile(), randoms.name()
    car, broken = randoms.vin(), randoms.vin()[-8:]
    rows = [
        [randoms.name(), "1.38123456E+10", randoms.vin()],
        [randoms.name(), f"{first}(妻) {second}.0", f"*{car}*"],
        [f"{name}\u200b", "138****5678", broken],
        ["合计", "3", ""],
    ]
    import_id = uploaded(office, list_of([[cell.encode("gb18030").decode("gb18030") for cell in row] for row in rows]))
    office.post(f"/imports/{import_id}/start")
    eventually(lambda: ended(office, import_id), within=60, what="the import to end")
    lost, couple, masked, total = office.get(f"/imports/{import_id}/rows")["items"]
    assert (lost["outcome"], lost["code"], lost["field"]) == ("rejected", "DIGITS_LOST", "mobile")
    assert (total["outcome"], total["code"]) == ("rejected", "NOT_A_CUSTOMER")
    assert (masked["outcome"], masked["warnings"]) == ("created", ["MASKED", "VIN_TAIL"])
    desk = system.as_("advisor")
    assert desk.get("/customers/lookup", q=second)["items"][0]["customer_id"] == couple["customer_id"]
    assert desk.get("/customers/lookup", q=f"]C1{car}")["items"][0]["customer_id"] == couple["customer_id"]
    assert desk.get("/customers/lookup", q=name)["items"][0]["customer_id"] == masked["customer_id"]
    assert desk.get("/customers/lookup", q="13812345610")["items"] == []


def test_of_an_old_workbook_with_several_lists_each_can_be_chosen_and_none_is_lost(system: System) -> None:
    office, heading = system.as_("sales_manager"), ["姓名", "手机"]
    months = {name: [heading, [randoms.name(), randoms.mobile()]] for name in ("1月", "2月")}
    content = workbook({"说明": [["请勿修改表头"]], **months})
    for name, sheet in (("1月", None), ("2月", "2月")):
        import_id = uploaded(office, content, filename="客户.xls")
        seen = office.get(f"/imports/{import_id}/preview", **({"sheet": sheet} if sheet else {}))
        assert (seen["kind"], seen["sheet"], seen["sheets"]) == ("XLS", name, ["说明", "1月", "2月"])
        with pytest.raises(ApiProblem) as unknown:
            office.get(f"/imports/{import_id}/preview", sheet="3月")
        assert (unknown.value.status, unknown.value.code) == (422, "FILE_SHEET")
        office.post(f"/imports/{import_id}/start", {"sheet": sheet} if sheet else None)
        eventually(lambda one=import_id: ended(office, one), within=60, what="the import to end")  # type: ignore[misc]
        (row,) = office.get(f"/imports/{import_id}/rows")["items"]
        assert row["outcome"] == "created"
        (found,) = system.as_("advisor").get("/customers/lookup", q=months[name][1][1])["items"]
        assert found["customer_id"] == row["customer_id"]


def test_the_wrong_list_is_taken_back_whoever_dies_but_for_whom_somebody_has_dealt_with(system: System) -> None:
    office, many = system.as_("sales_manager"), 400
    rows = [[randoms.name(), randoms.mobile(), randoms.vin()] for _ in range(many)]
    rows[1] = [randoms.name(), rows[0][1], ""]
    import_id = uploaded(office, list_of(rows))
    office.post(f"/imports/{import_id}/start")
    with pytest.raises(ApiProblem) as running:
        office.post(f"/imports/{import_id}/undo")
    assert (running.value.status, running.value.code) == (409, "IMPORT_RUNNING")
    eventually(lambda: ended(office, import_id), within=60, what="the import to end")

    first, asked_about, brought = office.get(f"/imports/{import_id}/rows", limit=3)["items"]
    pair = "/".join(sorted((first["customer_id"], asked_about["customer_id"])))
    task = "SELECT open FROM task WHERE kind = 'MERGE_QUESTION' AND subject_id = %s"
    eventually(lambda: system.rows("followup", task, pair) == [(True,)], within=20, what="the question to be a task")
    (car,) = system.as_("advisor").get("/customers/lookup", q=rows[2][2])["items"][0]["vehicles"]
    who = brought["customer_id"]
    taken_in = {"customer_id": who, "vehicle_id": car["vehicle_id"], "store_id": "HN", "km": 9, "complaint": "异响"}
    system.as_("advisor").post("/repair-orders", taken_in)
    eventually(lambda: system.view_with(who, "repair_order_opened"), within=20, what="his timeline to tell of it")

    for role in ("receptionist", "advisor", "cr_agent"):
        with pytest.raises(ApiProblem) as refused:
            system.as_(role).post(f"/imports/{import_id}/undo")
        assert refused.value.code == "OPERATION_NOT_ALLOWED"
    assert office.post(f"/imports/{import_id}/undo")["status"] == "undoing"
    system.die_at("before_commit", "customer")
    system.ready_again(within=30)
    done = eventually(lambda: ended(office, import_id, by="undone"), within=90, what="the import to be undone")
    assert {name: many for name, many in done["undo"]["counts"].items() if many} == {
        "taken_back": many - 1, "happened": 1,
    }  # fmt: skip
    assert done["undo"]["undo_by"] == system.staff_id("sales_manager")
    (stays,) = office.get(f"/imports/{import_id}/rows", stays="true")["items"]
    assert (stays["number"], stays["customer_id"], stays["undone"]) == (brought["number"], who, "happened")
    assert office.post(f"/imports/{import_id}/undo") == done
    found = "SELECT status, count(*) FROM customer WHERE id = ANY(%s::uuid[]) GROUP BY status"
    assert system.rows("customer", found, [first["customer_id"], asked_about["customer_id"]]) == [("erased", 2)]
    assert system.as_("advisor").get("/customers/lookup", q=rows[0][2])["items"] == []
    eventually(lambda: system.rows("followup", task, pair) == [(False,)], within=20, what="the task to be closed")
    told = "SELECT count(*), count(DISTINCT subject_id) FROM outbox WHERE event_type = 'customer_erased' AND"
    one = f"{told} envelope->>'correlation_id' = %s"
    assert system.rows("customer", one, import_id) == [(many - 1, many - 1)]


def test_desks_are_served_while_a_list_comes_in(system: System) -> None:
    office, desk = system.as_("sales_manager"), system.as_("receptionist")
    mobile = randoms.mobile()
    desk.post("/customers", {"name": "陈晓明", "mobile": mobile, "store_id": "HN"})
    import_id = uploaded(office, list_of([[randoms.name(), randoms.mobile(), randoms.vin()] for _ in range(ROWS)]))
    office.post(f"/imports/{import_id}/start")

    waited = []
    while ended(office, import_id) is None:
        asked = time.perf_counter()
        assert desk.get("/customers/lookup", q=mobile)["items"]
        desk.post("/customers", {"name": randoms.name(), "mobile": randoms.mobile(), "store_id": "HN"})
        waited.append(time.perf_counter() - asked)

    told = f"median {sorted(waited)[len(waited) // 2] * 1000:.0f} ms, slowest {max(waited) * 1000:.0f} ms"
    system.note(f"a look-up and a registration beside an import: {told}")
    assert max(waited) < patience(SERVED_WITHIN), told


def test_parts_are_bytes_and_imports_are_of_ones_own_store(system: System) -> None:
    office = system.as_("sales_manager")
    import_id = uploaded(office, list_of([[randoms.name(), randoms.mobile(), ""]]))
    with pytest.raises(ApiProblem) as wrong:
        office.send("PUT", f"/imports/{import_id}/parts/1", {"content": "eA=="})
    assert (wrong.value.status, wrong.value.code) == (415, "MEDIA_TYPE_NOT_SUPPORTED")
    with pytest.raises(ApiProblem) as large:
        office.upload(f"/imports/{import_id}/parts/2", b"x" * (512 * 1024 + 4))
    assert (large.value.status, large.value.code) == (422, "INVALID_REQUEST")
    with pytest.raises(ApiProblem) as abroad:
        system.as_("sales_manager", store="FT").get(f"/imports/{import_id}")
    assert (abroad.value.status, abroad.value.code) == (404, "IMPORT_NOT_FOUND")
    with pytest.raises(ApiProblem) as role:
        system.as_("receptionist").get(f"/imports/{import_id}")
    assert role.value.status == 403

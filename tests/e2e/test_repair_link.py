"""A customer follows his repair by a link and says yes to more work, in the running system, without a script (R51)."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import pytest

from chassis.process import clock
from tests.e2e.test_order_link import Seen, visit
from tests.support.polling import eventually
from tests.support.system import Car, System


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    return system.deliver_a_car(name="尉迟恭礼")


def asked(system: System, car: Car) -> tuple[str, str]:
    """An order in work with a line that waits for his word; its address and the token of a link to it."""
    advisor = system.as_("advisor")
    order = advisor.post(
        "/repair-orders",
        {
            "vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000,
            "complaint": "异响", "lines": [{"description": "检查底盘", "amount_fen": 12_000, "hours": "0.5"}],
        },
    )  # fmt: skip
    path = f"/repair-orders/{order['ro_id']}"
    promised = (clock.now() + timedelta(hours=4)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    system.as_("technician").post(f"{path}/start")
    advisor.post(f"{path}/lines", {"line": {"description": "更换球头", "amount_fen": 45_050, "hours": "1"}})
    token: str = advisor.post(f"{path}/links", {})["token"]
    return path, token


def press(system: System, token: str, **fields: Any) -> Seen:
    """What his browser sends when he presses one of the buttons."""
    where = urlsplit(system.base_url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/r/{token}", urlencode(fields), headers)
        answer = connection.getresponse()
        return Seen(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def version_on(page: Seen) -> str:
    found = re.search(rb'name="version" value="(\d+)"', page.body)
    assert found, page.body
    return found[1].decode()


def test_he_says_yes_once_and_the_desk_knows(system: System, car: Car) -> None:
    path, token = asked(system, car)
    page = visit(system, f"/r/{token}")
    html = page.body.decode()
    for said in ("维修进度", "华南店", "更换球头", "450.50", "570.50", "承诺交车时间", "预计完工时间"):
        assert said in html, said
    for private in (car.customer_id, car.vehicle_id, car.mobile, car.vin, "尉迟", "120.00"):
        assert private not in html, private
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]

    version = version_on(page)
    answer = {"version": version, "said": "agreed", "said_by": "尉迟恭礼"}
    first, again = press(system, token, **answer), press(system, token, **answer)

    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert "您已同意" in first.body.decode() and "<form" not in first.body.decode()
    order = system.as_("advisor").get(path)
    assert (order["authorized_fen"], order["lines"][1]["state"]) == (57_050, "working")
    said = system.as_("advisor").get(f"{path}/consents")["items"]
    assert [(one["channel"], one["said_by"], one["version"]) for one in said[1:]] == [
        ("link", "尉迟恭礼", int(version))
    ]
    assert first.headers["cache-control"] == "no-store"


def test_a_word_on_what_has_moved_is_refused_kindly_and_he_may_look_again(system: System, car: Car) -> None:
    path, token = asked(system, car)
    version = version_on(visit(system, f"/r/{token}"))
    system.as_("advisor").send("PATCH", f"{path}/lines/2", {"amount_fen": 90_000})
    late = press(system, token, version=version, said="agreed", said_by="本人")
    assert late.status == 409
    html = late.body.decode()
    assert "维修内容刚有变化" in html and '<form method="get">' in html
    assert system.as_("advisor").get(path)["authorized_fen"] == 12_000
    anew = visit(system, f"/r/{token}")
    assert "900.00" in anew.body.decode()
    assert press(system, token, version=version_on(anew), said="declined", said_by="本人").status == 200
    assert system.as_("advisor").get(path)["lines"][1]["state"] == "declined"


def test_what_a_page_cannot_send_is_refused_and_changes_nothing(system: System, car: Car) -> None:
    path, token = asked(system, car)
    version = version_on(visit(system, f"/r/{token}"))
    before = system.as_("advisor").get(path)
    for fields in (
        {"version": version, "said": "maybe", "said_by": "本人"},
        {"version": version, "said": "agreed", "said_by": "  "},
        {"version": "x", "said": "agreed", "said_by": "本人"},
        {"said": "agreed", "said_by": "本人"},
    ):
        assert press(system, token, **fields).status == 422, fields
    assert press(system, secrets.token_urlsafe(20), version=version, said="agreed", said_by="本人").status == 404
    assert visit(system, f"/r/{token}", method="POST").status == 415
    assert system.as_("advisor").get(path) == before


def test_a_program_reads_and_answers_the_same_as_json(system: System, car: Car) -> None:
    path, token = asked(system, car)
    shown = orjson.loads(visit(system, f"/api/v1/repairs/{token}").body)
    assert (shown["asks"], shown["pays_fen"]) == (
        [{"position": 2, "description": "更换球头", "amount_fen": 45_050}], 57_050,
    )  # fmt: skip
    where = urlsplit(system.base_url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    body = orjson.dumps({"version": shown["version"], "said": "agreed", "said_by": "本人"})
    connection.request("POST", f"/api/v1/repairs/{token}", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told = orjson.loads(answer.read())
    connection.close()
    assert (answer.status, told["answered"], told["asks"], told["pays_fen"]) == (200, "agreed", [], None)
    assert system.as_("advisor").get(path)["authorized_fen"] == 57_050


def test_his_no_to_what_a_discount_was_given_for_is_taken_and_his_advisor_is_to_call_him(
    system: System, car: Car
) -> None:
    path, token = asked(system, car)
    advisor, off = system.as_("advisor"), {"description": "套餐优惠", "amount_fen": -20_000, "kind": "DISCOUNT"}
    advisor.post(f"{path}/lines", {"line": off})
    said = press(system, token, version=version_on(visit(system, f"/r/{token}")), said="declined", said_by="本人")
    html = said.body.decode()
    assert said.status == 200 and "您已拒绝" in html and "服务顾问会尽快与您联系确认价格" in html

    def task() -> dict[str, Any] | None:
        listed = advisor.get("/tasks/today", kind="DISCOUNT_BEYOND", size=100)["items"]
        return next((one for one in listed if one["subject_id"] == path.rpartition("/")[2]), None)

    assert "80.00" in str(eventually(task, within=5)), "120 yuan of work are left for 200 yuan of discount"
    advisor.send("PATCH", f"{path}/lines/3", {"amount_fen": -5_000})
    assert eventually(lambda: task() is None, within=5)
    assert "确认价格" not in visit(system, f"/r/{token}").body.decode()

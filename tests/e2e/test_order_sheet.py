"""The order on paper, over HTTP: the same for everybody who may see all of it, and for nobody else (R42)."""

from __future__ import annotations

import secrets
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.support.paper import text
from tests.support.system import System

RARE = "㛃䶮𬭊"


def printed(system: System, path: str, *, role: str, store: str = "HN") -> tuple[int, dict[str, str], bytes]:
    """An address as somebody's browser fetches it."""
    client, where = system.as_(role, store=store), urlsplit(system.base_url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {client.token}"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def code_of(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, Any]:
    return answer[0], orjson.loads(answer[2])["code"]


def test_an_order_is_printed_signed_and_printed_again(system: System) -> None:
    car = system.deliver_a_car(name=RARE)
    path = f"/orders/{car.order['order_id']}/sheet"

    status, headers, first = printed(system, path, role="consultant")

    assert (status, headers["content-type"]) == (200, "application/pdf")
    number = car.order["number"]
    assert headers["content-disposition"] == f'attachment; filename="{number}.pdf"'
    assert headers["etag"] == f'"{car.order["version"]}"'
    said = text(first)
    for told in (RARE, number, car.vin, "华南店", "GL8", "已交车", "¥1.00", "壹元整", "零元整", "车款"):
        assert told in said, told
    assert car.mobile not in said
    for role in ("consultant", "sales_manager", "finance", "leader"):
        assert printed(system, path, role=role)[2] == first
    status, _, data = printed(system, f"{path}?format=json", role="finance")
    assert (status, orjson.loads(data)["balance_fen"]) == (200, 0)

    assert code_of(printed(system, path, role="delivery_clerk")) == (403, "SHEET_NOT_WHOLE")
    assert code_of(printed(system, path, role="technician")) == (403, "OPERATION_NOT_ALLOWED")
    assert code_of(printed(system, path, role="finance", store="FT")) == (404, "ORDER_NOT_FOUND")
    assert code_of(printed(system, f"/orders/{uuid4()}/sheet", role="leader")) == (404, "ORDER_NOT_FOUND")
    assert code_of(printed(system, f"{path}?format=docx", role="leader")) == (422, "INVALID_REQUEST")


def test_who_opens_a_colleague_s_order_as_a_clerk_does_not_see_its_price_as_a_consultant(system: System) -> None:
    order_id = system.deliver_a_car().order["order_id"]
    both = system.hired("consultant", "delivery_clerk")

    assert both.get(f"/orders/{order_id}")["total_fen"] is None
    with pytest.raises(ApiProblem) as refused:
        both.get(f"/orders/{order_id}/sheet")
    assert (refused.value.status, refused.value.code) == (403, "SHEET_NOT_WHOLE")
    car = system.deliver_a_car()
    own = both.post("/orders", {"customer_id": car.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 7})
    assert both.get(f"/orders/{own['order_id']}")["total_fen"] == own["total_fen"] == 7


def test_what_the_font_lacks_is_said_and_what_was_typed_stays_text(system: System) -> None:
    who = {"name": "王芳", "mobile": f"136{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", who)["customer_id"]

    def sheet_of(model: str) -> tuple[int, dict[str, str], bytes]:
        order = {"customer_id": customer_id, "store_id": "HN", "model": model, "total_fen": 18_680_000}
        order_id = system.as_("consultant").post("/orders", order)["order_id"]
        return printed(system, f"/orders/{order_id}/sheet", role="consultant")

    status, _, sheet = sheet_of('#import "x" $] \\')
    assert (status, "#import" in text(sheet), "壹拾捌万陆仟捌佰元整" in text(sheet)) == (200, True, True)
    refused = sheet_of("GL8 👍")
    assert code_of(refused) == (409, "SHEET_LACKS_CHARACTERS")
    assert "👍(U+1F44D)" in orjson.loads(refused[2])["detail"]


def test_a_sheet_on_which_a_number_would_be_masked_is_not_made(system: System) -> None:
    """A contract number that looks like a telephone's is signed as it is, or not at all."""
    car = system.deliver_a_car()
    order = {"customer_id": car.customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}
    consultant = system.as_("consultant")

    def sheet_of(**contract: str) -> tuple[int, dict[str, str], bytes]:
        order_id = consultant.post("/orders", order)["order_id"]
        signed = {"contract_no": "C", "signer": "王芳", "promised_date": f"{clock.now():%Y-%m-%d}", **contract}
        consultant.post(f"/orders/{order_id}/sign", signed)
        return printed(system, f"/orders/{order_id}/sheet", role="consultant")

    for contract in ({"contract_no": "2026-0755-12345678"}, {"signer": "代签 13800138000"}):
        refused = sheet_of(**contract)
        assert code_of(refused) == (403, "SHEET_NOT_WHOLE")
        assert next(iter(contract)) in orjson.loads(refused[2])["detail"]
    assert sheet_of(contract_no="HT-2026-001")[0] == 200

"""OpenAPI, AsyncAPI and the pages made of them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from contracts.access import matrix
from contracts.envelope import EVENTS
from gateway import asyncapi, docs_page, errors, openapi
from gateway.routes import TABLE
from gateway.routing import BASE, Route

for service in ("customer", "sales", "workshop", "followup", "reporting", "gateway"):
    import_module(f"contracts.{service}.events")

DOCUMENT = openapi.document(TABLE)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolves(document: dict[str, Any], reference: str) -> bool:
    place: Any = document
    for word in reference.removeprefix("#/").split("/"):
        if word not in place:
            return False
        place = place[word]
    return True


def described(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][BASE + route.path][route.method.lower()]
    return found


@pytest.mark.parametrize("document", [DOCUMENT, asyncapi.document()], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    assert [each for each in found if not resolves(document, each)] == []


@pytest.mark.parametrize("route", TABLE.routes, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_described_with_its_codes_and_roles(route: Route) -> None:
    told = described(route)
    refused = told["responses"]["4XX"]["content"]["application/problem+json"]["schema"]
    codes = refused["allOf"][1]["properties"]["code"]["enum"]
    assert set(route.operation.refuses) <= set(codes)
    assert "INVALID_REQUEST" in codes
    assert str(route.status) in told["responses"]
    assert set(told["x-roles"]) == set(matrix().operations.get(route.operation.name, ()))
    given = {each["name"] for each in told["parameters"] if each.get("in") == "path"}
    assert given == set(route.parameters)
    assert ("security" in told) is route.public


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids)) == len(TABLE.routes)
    assert {route.operation.name for route in TABLE.routes} <= set(ids)


def test_what_may_be_masked_may_be_null_and_names_stand_beside() -> None:
    order = DOCUMENT["components"]["schemas"]["sales.Order"]["properties"]
    assert order["total_fen"]["type"] == ["integer", "null"]
    assert order["consultant_name"]["type"] == ["string", "null"]
    assert order["status"]["enum"][0] == "draft"
    assert order["promised_date"] == {"type": ["string", "null"], "format": "date"}


def test_bounds_are_told() -> None:
    parameters = {
        each["name"]: each for each in described(TABLE.find("GET", f"{BASE}/orders")[0])["parameters"] if "name" in each
    }
    assert parameters["size"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert parameters["store_id"]["required"] is False


def test_a_store_that_the_header_may_name_is_not_required() -> None:
    body = described(TABLE.find("POST", f"{BASE}/orders")[0])["requestBody"]["content"]["application/json"]["schema"]
    assert "store_id" in body["properties"]
    assert "store_id" not in body["required"]
    assert body["additionalProperties"] is False


def test_files_are_shown_as_bytes_and_pages_beside_json() -> None:
    file = described(TABLE.find("GET", f"{BASE}/exports/1/file")[0])["responses"]["200"]
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert file["content"] == {
        kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", workbook)
    }
    assert "Content-Disposition" in file["headers"]
    dossier = described(TABLE.find("GET", f"{BASE}/customers/1/dossier")[0])
    answer = dossier["responses"]["200"]["content"]
    assert answer["application/json"]["schema"] == {"$ref": "#/components/schemas/customer.Dossier"}
    assert answer["text/html"]["schema"] == {"type": "string"}
    assert answer[workbook]["schema"]["format"] == "binary"
    (asked,) = [one for one in dossier["parameters"] if one.get("name") == "format"]
    assert asked["schema"] == {"type": "string", "enum": ["page", "json", "xlsx"], "default": "page"}


def test_a_password_is_never_shown() -> None:
    body = described(TABLE.find("POST", f"{BASE}/staff")[0])["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["initial_password"]["format"] == "password"
    assert body["properties"]["initial_password"]["writeOnly"] is True


def test_every_refusal_of_the_gateway_is_explained_in_both_languages() -> None:
    told = {each["code"] for each in openapi.problems()}
    ours = {value.code for value in vars(errors).values() if hasattr(value, "code")}
    assert ours <= told
    assert all(each["zh"] and each["en"] for each in openapi.problems())


def test_every_event_but_what_is_confidential_is_in_the_document_of_events() -> None:
    told = {one.declaration for one in EVENTS.values() if not one.declaration.confidential}
    assert set(asyncapi.document()["channels"]) == {one.topic for one in told}
    assert len(told) < len(EVENTS), "something is confidential"


def test_the_documentation_is_one_page_that_loads_nothing() -> None:
    html = docs_page.docs(DOCUMENT).decode()
    for route in TABLE.routes:
        assert route.zh in html
        assert route.operation.name in html
    assert not re.search(r"<(script|link|img|iframe)\b|\bsrc=|@import|url\(", html)
    assert not re.search(r'href="https?:', html)
    assert 'id="LOGIN_FAILED"' in html


def test_the_pages_style_is_the_one_its_policy_allows() -> None:
    style = re.search(r"<style>(.*?)</style>", docs_page.welcome().decode(), re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in docs_page.POLICY

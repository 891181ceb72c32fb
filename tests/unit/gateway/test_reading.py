"""From an HTTP request to an operation's request."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from contracts.customer import imports, views
from contracts.operation import Operation
from contracts.refusals import InvalidRequest
from contracts.sales import operations as sales
from contracts.shapes import DEEPEST, MOST_MEMBERS
from contracts.workshop import operations as workshop
from gateway import faults
from gateway.faults import HttpFault
from gateway.reading import MOST_PARTS, dump, expect_version, read
from gateway.wire import Request

ORDER = "0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a01"


def request(method: str = "GET", query: str = "", body: bytes = b"", content_type: str = "application/json") -> Request:
    return Request(method, "/", query, {"content-type": content_type}, body, "10.0.0.1", 0.0, keep=True)


def asked(operation: Operation, made: Request, *, store_id: str | None = None, **path: str) -> dict[str, Any]:
    return read(made, operation=operation, path_values=path, store_id=store_id)[0]


def complaints(operation: Operation, made: Request, **path: str) -> dict[str, Any]:
    with pytest.raises(InvalidRequest) as refused:
        asked(operation, made, **path)
    errors: dict[str, Any] = refused.value.details["errors"]  # type: ignore[assignment]
    return errors


def test_numbers_in_a_query_string_become_numbers() -> None:
    assert asked(views.look_up, request(query="q=138%201234&limit=5")) == {"q": "138 1234", "limit": 5}
    assert asked(views.look_up, request(query="q=%E5%BC%A0")) == {"q": "张"}


@pytest.mark.parametrize(
    ("text", "value"), [("007", 7), ("-1", -1), ("1e3", "1e3"), ("\u0661", "\u0661"), ("9" * 17, "9" * 17)]
)
def test_what_is_no_number_stays_text_for_the_service_to_refuse(text: str, value: object) -> None:
    assert asked(sales.list_orders, request(query=f"page={quote(text)}"))["page"] == value


def test_path_and_body_come_together() -> None:
    made = request("POST", body=b'{"km": 12}')
    assert asked(sales.deliver_order, made, order_id=ORDER) == {"km": 12, "order_id": ORDER}


def test_the_same_value_in_path_and_body_is_no_contradiction() -> None:
    body = b'{"km": 12, "order_id": "' + ORDER.encode() + b'"}'
    assert asked(sales.deliver_order, request("POST", body=body), order_id=ORDER)["order_id"] == ORDER


@pytest.mark.parametrize("other", [b'"42"', b"null", b"7"])
def test_another_value_in_the_body_is_refused(other: bytes) -> None:
    made = request("POST", body=b'{"order_id": ' + other + b"}")
    assert "order_id" in complaints(sales.deliver_order, made, order_id=ORDER)


def test_another_value_in_the_query_is_refused() -> None:
    assert "order_id" in complaints(sales.get_order, request(query="order_id=1"), order_id=ORDER)


def test_the_store_comes_from_the_header_where_the_request_names_none() -> None:
    assert asked(sales.list_orders, request(), store_id="HN")["store_id"] == "HN"
    assert asked(sales.list_orders, request(query="store_id=FT"), store_id="HN")["store_id"] == "FT"
    assert asked(sales.create_order, request("POST", body=b"{}"), store_id="HN") == {"store_id": "HN"}
    assert asked(sales.create_order, request("POST", body=b'{"store_id": null}'), store_id="HN") == {"store_id": None}
    assert "store_id" not in asked(views.look_up, request(query="q=1"), store_id="HN")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=1&page=2", "_"),
        ("page", "_"),
        ("customer_id=%ff", "_"),
        ("expand=staff", "expand"),
        ("&".join(f"a{number}=1" for number in range(60)), "_"),
    ],
)
def test_a_query_string_that_cannot_be_read_is_refused(query: str, field: str) -> None:
    assert field in complaints(sales.list_orders, request(query=query))


def test_what_changes_something_takes_no_query_string() -> None:
    assert "_" in complaints(sales.create_order, request("POST", query="store_id=HN", body=b"{}"))


def expanded(wanted: str) -> list[str]:
    made = request(query=f"expand={wanted}")
    return [each.name for each in read(made, operation=workshop.list_repair_orders, path_values={}, store_id=None)[1]]


def test_what_stands_there_by_its_identifier_alone_is_asked_for_by_name() -> None:
    assert expanded("customer") == ["customer"]
    assert expanded("vehicle,customer") == ["vehicle", "customer"]
    assert "expand" in complaints(views.look_up, request(query="q=1&expand=customer"))
    assert "expand" in complaints(sales.list_orders, request(query="expand=vehicle"))
    for odd in ("", "Customer", "customer,", "customer,customer", "customer vehicle"):
        assert "expand" in complaints(workshop.list_repair_orders, request(query=f"expand={odd.replace(' ', '+')}"))


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"NaN", b'{"a": NaN}', b"\xff", b'{"a": "\\ud800"}', b"nul"])
def test_what_is_no_json_object_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(HttpFault) as caught:
        asked(sales.create_order, request("POST", body=body))
    assert caught.value.fault is faults.MALFORMED_JSON


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_a_body_of_another_kind_is_not_supported(content_type: str) -> None:
    with pytest.raises(HttpFault) as caught:
        asked(sales.create_order, request("POST", body=b"{}", content_type=content_type))
    assert caught.value.fault is faults.MEDIA_TYPE


@pytest.mark.parametrize("content_type", ["application/json", "application/JSON; charset=utf-8", "application/x+json"])
def test_json_is_json(content_type: str) -> None:
    assert asked(sales.create_order, request("POST", body=b"{}", content_type=content_type)) == {}


def nested(levels: int) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1)


def test_json_may_be_twenty_levels_deep_and_no_deeper() -> None:
    assert asked(sales.create_order, request("POST", body=nested(DEEPEST)))
    assert "_" in complaints(sales.create_order, request("POST", body=nested(DEEPEST + 1)))


def test_json_deeper_than_the_reader_goes_is_refused_too() -> None:
    with pytest.raises(HttpFault):
        asked(sales.create_order, request("POST", body=nested(MOST_PARTS)))


@pytest.mark.parametrize("body", [nested(100_000), b'{"a":[' + b"[]," * MOST_PARTS + b"[]]}"])
def test_a_body_of_too_many_parts_is_refused_before_it_is_made_into_any(body: bytes) -> None:
    assert complaints(sales.create_order, request("POST", body=body)) == {
        "_": [f"More than {MOST_PARTS} objects and lists."]
    }


def test_an_object_of_too_many_members_goes_no_further() -> None:
    body = "{" + ",".join(f'"{number}":0' for number in range(MOST_MEMBERS + 1)) + "}"
    assert complaints(sales.create_order, request("POST", body=body.encode())) == {
        "_": [f"More than {MOST_MEMBERS} members."]
    }


def test_the_same_request_written_in_another_order_is_the_same_request() -> None:
    first = asked(sales.create_order, request("POST", body=b'{"a": 1, "b": {"d": 1, "c": 2}}'))
    second = asked(sales.create_order, request("POST", body=b'{"b": {"c": 2, "d": 1}, "a": 1}'))
    assert dump(first) == dump(second)


@pytest.mark.parametrize("header", ['"3"', 'W/"3"'])
def test_if_match_becomes_the_expected_version(header: str) -> None:
    wanted: dict[str, Any] = {}
    expect_version(wanted, header=header, shape=sales.SignOrder)
    assert wanted == {"expected_version": 3}


@pytest.mark.parametrize("header", [None, "*"])
def test_any_version_will_do(header: str | None) -> None:
    wanted: dict[str, Any] = {}
    expect_version(wanted, header=header, shape=sales.SignOrder)
    assert wanted == {}


@pytest.mark.parametrize("header", ["3", '"x"', '"0"', '"-1"', '"3", "4"', '"99999999999"', ""])
def test_an_if_match_that_is_no_version_is_refused(header: str) -> None:
    with pytest.raises(InvalidRequest):
        expect_version({}, header=header, shape=sales.SignOrder)


def test_an_if_match_that_nobody_would_look_at_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        expect_version({}, header='"3"', shape=sales.PayOrder)


def test_header_and_body_must_not_expect_different_versions() -> None:
    with pytest.raises(InvalidRequest):
        expect_version({"expected_version": 2}, header='"3"', shape=sales.SignOrder)


def test_numbers_in_a_path_become_numbers() -> None:
    made = request("PUT", body=b"x", content_type="application/octet-stream")
    read_as = read(
        made,
        operation=imports.put_import_part,
        path_values={"import_id": ORDER, "no": "3"},
        store_id=None,
        takes_bytes="content",
    )[0]
    assert read_as == {"import_id": ORDER, "no": 3, "content": "eA=="}


@pytest.mark.parametrize("content_type", ["", "application/json", "application/octet-streams"])
def test_bytes_must_be_called_bytes(content_type: str) -> None:
    made = request("PUT", body=b"x", content_type=content_type)
    with pytest.raises(HttpFault) as fault:
        read(made, operation=imports.put_import_part, path_values={}, store_id=None, takes_bytes="content")
    assert fault.value.fault is faults.MEDIA_TYPE

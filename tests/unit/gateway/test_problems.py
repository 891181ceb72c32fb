"""Errors as the caller sees them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from eventlet.timeout import Timeout
from sqlalchemy.exc import OperationalError, ProgrammingError

from chassis.bus.link import LinkDown
from chassis.bus.rpc import CallFailed, CallTimeout, Overloaded, Refused, Unavailable
from contracts import refusals
from contracts.refusals import InvalidRequest, Kind, StaleVersion, StillRunning
from contracts.sayings import Saying
from gateway import errors, faults, problems
from gateway.dispatch import language_of
from gateway.faults import HttpFault
from gateway.wire import Response

SECRET = "password=tulip host=db7"


def answered(error: BaseException, language: str = "zh") -> Response:
    return problems.answer(error, language=language, request_id="r-12345678")


def headers(response: Response) -> dict[str, str]:
    return dict(response.extra)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.StaffNotFound(), 404, "STAFF_NOT_FOUND"),
        (errors.PasswordTooWeak(), 422, "PASSWORD_TOO_WEAK"),
        (refusals.OperationNotAllowed(operation="x"), 403, "OPERATION_NOT_ALLOWED"),
        (errors.CodeTaken(code="HN"), 409, "CODE_TAKEN"),
        (errors.LastAdmin(), 409, "LAST_ADMIN"),
        (errors.SessionRequired(), 401, "SESSION_REQUIRED"),
        (errors.LoginFailed(), 401, "LOGIN_FAILED"),
        (errors.TooManyAttempts(retry_after=7), 429, "TOO_MANY_ATTEMPTS"),
        (StaleVersion(expected=1, version=2), 412, "STALE_VERSION"),
        (StillRunning(), 409, "REQUEST_IN_PROGRESS"),
        (HttpFault(faults.PATH_UNKNOWN), 404, "PATH_UNKNOWN"),
        (CallTimeout("x"), 504, "TIMED_OUT"),
        (Overloaded("x"), 503, "OVERLOADED"),
        (Unavailable("x"), 503, "UNAVAILABLE"),
        (LinkDown("x"), 503, "UNAVAILABLE"),
        (CallFailed("x"), 502, "SERVICE_FAILED"),
        (OperationalError("SELECT 1", {}, Exception(SECRET)), 503, "UNAVAILABLE"),
        (ProgrammingError("SELECT 1", {}, Exception(SECRET)), 500, "INTERNAL_ERROR"),
        (ValueError(SECRET), 500, "INTERNAL_ERROR"),
    ],
)
def test_an_error_has_its_status_and_code_and_tells_nothing_of_the_inside(
    error: BaseException, status: int, code: str
) -> None:
    response = answered(error)
    body = orjson.loads(response.body)
    assert (response.status, body["status"], body["code"]) == (status, status, code)
    assert response.content_type == b"application/problem+json"
    assert (body["type"], body["request_id"]) == (f"/docs#{code}", "r-12345678")
    assert headers(response)["X-Request-Id"] == "r-12345678"
    for inner in (b"tulip", b"SELECT", b"Traceback", b"sqlalchemy"):
        assert inner not in response.body


def test_a_services_refusal_is_told_in_the_callers_language() -> None:
    wire = {"kind": "rule", "code": "BALANCE_OPEN", "zh": "尚有余款5分", "en": "5 fen are owed", "details": {"fen": 5}}
    chinese, english = (orjson.loads(answered(Refused(wire), language).body) for language in ("zh", "en"))
    assert (chinese["title"], english["title"]) == ("尚有余款5分", "5 fen are owed")
    assert (chinese["status"], chinese["details"]) == (409, {"fen": 5})


def test_what_is_wrong_with_which_field_is_told() -> None:
    body = orjson.loads(answered(InvalidRequest(errors={"vehicle": {"vin": ["Too short.", "Odd."]}})).body)
    assert body["errors"] == {"vehicle": {"vin": ["Too short.", "Odd."]}}
    assert body["detail"] == "车辆车架号: Too short.; 车辆车架号: Odd."
    assert body["called"] == {"vehicle.vin": "车辆车架号"}
    assert body["details"] == {}


def test_a_list_s_member_is_told_by_its_place() -> None:
    body = orjson.loads(answered(InvalidRequest(errors={"lines": {0: {"km": ["Odd."]}, 7: ["Bad."]}})).body)
    assert body["errors"] == {"lines": {"0": {"km": ["Odd."]}, "7": ["Bad."]}}
    assert body["detail"] == "项目明细第1项里程: Odd.; 项目明细第8项: Bad."


@pytest.mark.parametrize(
    ("language", "told", "called"), [("zh", "须为整数", "里程"), ("en", "Not a valid integer.", "km")]
)
def test_a_complaint_is_told_in_the_callers_language_and_names_its_field_in_it(
    language: str, told: str, called: str
) -> None:
    body = orjson.loads(answered(InvalidRequest(errors={"km": [Saying.NO_INTEGER()]}), language).body)
    assert body["errors"] == {"km": [told]}
    assert (body["called"], body["detail"]) == ({"km": called}, f"{called}: {told}")


def test_what_concerns_the_whole_is_called_nothing() -> None:
    body = orjson.loads(answered(InvalidRequest(errors={"_": [Saying.NO_QUERY()]})).body)
    assert (body["called"], body["detail"]) == ({}, "该地址不接受查询参数")


ODD_WIRES: list[dict[str, Any]] = [
    {"details": {"errors": {"lines": {0: {1: "odd"}}}}},
    {"details": {"errors": [{"a": {2: None}}, {"a": "b"}]}},
    {"details": {1: {None: "\ud800"}, "big": 10**300}},
    {"details": {"what": object(), "many": {1, 2}}},
    {"zh": "\udfff"},
]
DEFECTIVE_WIRES: list[dict[str, Any]] = [
    {"kind": "no such kind"},
    {"code": "TOO_MANY_ATTEMPTS", "details": {}},
    {"zh": None, "details": None},
    {"details": {"errors": {f"{number}": "x" for number in range(10**5)}}, "kind": None},
]


@pytest.mark.parametrize("odd", ODD_WIRES, ids=range(len(ODD_WIRES)))
def test_a_refusal_is_told_whatever_its_details_hold(odd: dict[str, Any]) -> None:
    wire = {"kind": "rule", "code": "ODD", "zh": "不行", "en": "No", "details": {}} | odd
    response = answered(Refused(wire))
    assert (response.status, orjson.loads(response.body)["code"]) == (409, "ODD")


@pytest.mark.parametrize("odd", DEFECTIVE_WIRES, ids=range(len(DEFECTIVE_WIRES)))
def test_what_cannot_be_told_is_an_internal_error_and_never_no_answer(odd: dict[str, Any]) -> None:
    wire = {"kind": "rule", "code": "ODD", "zh": "不行", "en": "No", "details": {}} | odd
    response = answered(Refused(wire))
    assert (response.status, orjson.loads(response.body)["code"]) == (500, "INTERNAL_ERROR")


def test_a_time_limit_that_nobody_caught_is_told_as_one() -> None:
    assert answered(Timeout()).status == 504


def test_who_must_log_in_or_wait_is_told_how() -> None:
    assert headers(answered(errors.SessionRequired()))["WWW-Authenticate"] == 'Bearer realm="crm"'
    assert headers(answered(errors.TooManyAttempts(retry_after=7)))["Retry-After"] == "7"
    assert headers(answered(StillRunning()))["Retry-After"] == "1"
    assert headers(answered(Overloaded("x")))["Retry-After"] == "2"
    assert "Retry-After" not in headers(answered(CallTimeout("x")))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_refusal_has_a_status(kind: Kind) -> None:
    assert 400 <= problems.STATUS_OF_KIND[kind] < 500


@pytest.mark.parametrize("fault", faults.ALL, ids=lambda fault: fault.code)
def test_every_fault_speaks_chinese_and_english(fault: faults.Fault) -> None:
    assert any("\u4e00" <= sign <= "\u9fff" for sign in fault.zh)
    assert fault.en.isascii()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en", "en"),
        ("fr", "zh"),
        ("en;q=0.5, zh;q=0.5", "zh"),
        ("EN-gb", "en"),
        ("en;q=nonsense", "zh"),
        ("en;q=0", "zh"),
        ("*", "zh"),
        (",;,", "zh"),
    ],
)
def test_the_language_is_chinese_unless_english_is_liked_better(header: str, language: str) -> None:
    assert language_of(header) == language

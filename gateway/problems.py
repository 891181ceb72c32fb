"""Errors as the caller sees them: `application/problem+json` (RFC 9457), in his language, without inner text."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from eventlet.timeout import Timeout
from sqlalchemy.exc import SQLAlchemyError

from chassis.bus.link import LinkDown
from chassis.bus.rpc import CallFailed, CallTimeout, Overloaded, Refused, Unavailable
from chassis.process import logs
from chassis.store.database import is_contention, is_outage
from contracts import sayings
from contracts.complaints import WHOLE, complaints, lines, said, writable
from contracts.refusals import Kind, Refusal
from gateway import faults
from gateway.faults import Fault, HttpFault
from gateway.field_words import called
from gateway.wire import Response

log = logs.get("http")

PROBLEM = b"application/problem+json"
LANGUAGES = ("zh", "en")

STATUS_OF_KIND = {
    Kind.NOT_FOUND: 404,
    Kind.INVALID: 422,
    Kind.NOT_ALLOWED: 403,
    Kind.CONFLICT: 409,
    Kind.RULE: 409,
}
STATUS_OF_CODE = {
    "SESSION_REQUIRED": 401,
    "LOGIN_FAILED": 401,
    "STALE_VERSION": 412,
    "TOO_MANY_ATTEMPTS": 429,
    "REVEAL_LIMIT": 429,
    "SEARCH_LIMIT": 429,
}
"""Codes that HTTP has a status of its own for."""

_FAULT_OF: tuple[tuple[type[BaseException], Fault], ...] = (
    (CallTimeout, faults.TIMED_OUT),
    (Overloaded, faults.OVERLOADED),
    (Unavailable, faults.UNAVAILABLE),
    (CallFailed, faults.BAD_ANSWER),
    (LinkDown, faults.UNAVAILABLE),
)
LATER = ("Retry-After", "2")
"""Said with every 503."""


def answer(error: BaseException, *, language: str, request_id: str) -> Response:
    """The answer to a request that ended in this error, always; what nobody expected is logged with its trace."""
    try:
        return _answer(error, language=language, request_id=request_id)
    except Exception as worse:  # noqa: BLE001  # an error that cannot be told is told as one that nobody expected
        log.error(
            "problem not told",
            request_id=request_id,
            problem=type(error).__name__,
            error=logs.describe(worse),
            where=logs.origin(worse),
        )
        return of_fault(faults.INTERNAL, language=language, request_id=request_id)


def _answer(error: BaseException, *, language: str, request_id: str) -> Response:
    if isinstance(error, Refusal):
        return of_refusal(error.wire(), language=language, request_id=request_id)
    if isinstance(error, Refused):
        return of_refusal(error.wire, language=language, request_id=request_id)
    if isinstance(error, HttpFault):
        return of_fault(
            error.fault, language=language, request_id=request_id, headers=error.headers, details=error.details
        )
    fault = _fault_of(error)
    if fault is faults.INTERNAL:
        log.error("request failed", request_id=request_id, error=logs.describe(error), where=logs.origin(error))
    elif isinstance(error, SQLAlchemyError):  # what a service could not do stands in its own log
        log.warning("unavailable", request_id=request_id, error=logs.describe(error), where=logs.origin(error))
    return of_fault(fault, language=language, request_id=request_id)


def _fault_of(error: BaseException) -> Fault:
    for kind, fault in _FAULT_OF:
        if isinstance(error, kind):
            return fault
    if isinstance(error, Timeout):
        return faults.TIMED_OUT
    if isinstance(error, SQLAlchemyError) and (is_outage(error) or is_contention(error)):
        return faults.UNAVAILABLE
    return faults.INTERNAL


def of_refusal(wire: dict[str, Any], *, language: str, request_id: str) -> Response:
    """A refusal, from here or from a service."""
    code, details = wire["code"], dict(wire["details"])
    status = STATUS_OF_CODE.get(code) or STATUS_OF_KIND[Kind(wire["kind"])]
    headers: tuple[tuple[str, str], ...] = ()
    if status == 401:
        headers = (("WWW-Authenticate", 'Bearer realm="crm"'),)
    elif status == 429:
        headers = (("Retry-After", str(int(details["retry_after"]))),)
    elif code == "REQUEST_IN_PROGRESS":
        headers = (("Retry-After", "1"),)
    errors = said(complaints(details.pop("errors", {})), partial(sayings.told, language=language))
    body = _body(status, code, wire[language], wire[language], request_id, details)
    if errors:
        told = lines(errors)
        words = {path: called(path, language=language) for path, _ in told if path != WHOLE}
        body |= {
            "detail": "; ".join(f"{words[path]}: {text}" if path in words else text for path, text in told),
            "errors": errors,
            "called": words,
        }
    return _response(status, body, headers=headers, request_id=request_id, language=language)


def of_fault(
    fault: Fault,
    *,
    language: str,
    request_id: str,
    headers: tuple[tuple[str, str], ...] = (),
    details: dict[str, Any] | None = None,
) -> Response:
    """A fault of HTTP or of the system behind."""
    sentence = fault.zh if language == "zh" else fault.en
    if fault.status == 503:
        headers = (*headers, LATER)
    body = _body(fault.status, fault.code, sentence, sentence, request_id, details or {})
    return _response(fault.status, body, headers=headers, request_id=request_id, language=language)


def _body(status: int, code: str, title: str, detail: str, request_id: str, details: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": f"/docs#{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        "details": details,
    }


def _response(
    status: int, body: dict[str, Any], *, headers: tuple[tuple[str, str], ...], request_id: str, language: str
) -> Response:
    extra = (("X-Request-Id", request_id), ("Content-Language", language), *headers)
    return Response(status, orjson.dumps(writable(body), default=str), PROBLEM, extra)

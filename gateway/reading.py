"""From an HTTP request to an operation's request: path, query string, body and `If-Match` in one JSON object.

What comes as text (path, query) is read loosely and typed here; a JSON body is passed on as it is,
for the service that owns the operation checks it.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import orjson

from contracts import shapes
from contracts.operation import Operation
from contracts.refusals import InvalidRequest
from gateway import faults
from gateway.faults import HttpFault
from gateway.masking import expands_customers
from gateway.wire import Request

DEEPEST = 20
_ETAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,9})"')
_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json *(?:;.*)?", re.IGNORECASE)
EXPECTED = "expected_version"


def read(
    request: Request, *, operation: Operation, path_values: dict[str, str], store_id: str | None
) -> tuple[dict[str, Any], bool]:
    """The request as plain data, and whether it asks for customers' names. Raises HttpFault, InvalidRequest."""
    reads = request.method in ("GET", "HEAD")
    asked = _query(request.query) if reads else _body(request)
    if request.query and not reads:
        raise InvalidRequest(errors={"_": ["This address takes no query string."]})
    expand = reads and _expand(asked, operation.response)
    for name, value in path_values.items():
        if asked.setdefault(name, value) != value:
            raise InvalidRequest(errors={name: ["Differs from the path."]})
    if store_id is not None and "store_id" in fields_of(operation.request):
        asked.setdefault("store_id", store_id)
    return (_typed(operation.request, asked) if reads else asked), expand


def _expand(asked: dict[str, Any], response: type) -> bool:
    wanted = asked.pop("expand", None)
    if wanted is None:
        return False
    if wanted != "customer" or not expands_customers(response):
        raise InvalidRequest(errors={"expand": ["Only `customer`, where the answer holds customer_id."]})
    return True


def expect_version(asked: dict[str, Any], *, header: str | None, shape: type) -> None:
    """Put the version of `If-Match` into the request. Raises InvalidRequest where it cannot be honoured."""
    if header is None or header == "*":
        return
    version = _ETAG.fullmatch(header)
    if version is None or EXPECTED not in fields_of(shape):
        raise InvalidRequest(errors={"If-Match": ['"<version>" is expected, where the resource has a version.']})
    if asked.setdefault(EXPECTED, int(version[1])) != int(version[1]):
        raise InvalidRequest(errors={EXPECTED: ["Differs from If-Match."]})


@cache
def fields_of(shape: type) -> frozenset[str]:
    """The fields a request may have."""
    return frozenset(field.name for field in dataclasses.fields(shape))


def dump(asked: dict[str, Any]) -> bytes:
    """The request as it travels; sorted: a retry that writes its fields in another order is the same request."""
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)


def _typed(shape: type, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: object = shapes.load(shape, asked, loose=True)
    except shapes.InvalidShape as error:
        raise InvalidRequest(errors=error.errors) from None
    typed: dict[str, Any] = shapes.plain(loaded)
    return typed


def _query(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50)
    except (ValueError, UnicodeDecodeError):
        raise InvalidRequest(errors={"_": ["Not a query string."]}) from None
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise InvalidRequest(errors={"_": ["A parameter is given twice."]})
    return asked


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    if not _JSON.fullmatch(request.headers.get("content-type", "")):
        raise HttpFault(faults.MEDIA_TYPE)
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise HttpFault(faults.MALFORMED_JSON) from None
    if not isinstance(body, dict):
        raise HttpFault(faults.MALFORMED_JSON)
    _require_shallow(body)
    return body


def _require_shallow(value: Any, left: int = DEEPEST) -> None:
    """Raise InvalidRequest for JSON nested deeper than anything we ask for."""
    if left == 0:
        raise InvalidRequest(errors={"_": [f"Nested deeper than {DEEPEST} levels."]})
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            _require_shallow(inner, left - 1)

"""From an HTTP request to an operation's request: path, query string, body and `If-Match` in one JSON object.

A query string is text, and so is a path: their numbers become numbers here. Bytes travel as base64.
Whether a request fits its declaration is checked by the service that owns the operation, once, whatever way it came.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl

import orjson

from contracts.declared import fields_of
from contracts.operation import Operation
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from contracts.shapes import DEEPEST, LONGEST_LIST, MOST_MEMBERS
from gateway import faults
from gateway.expanding import PARAMETER, Expansion, expansions_of
from gateway.faults import HttpFault
from gateway.wire import Request

MOST_PARTS = 5 * LONGEST_LIST
"""Objects and lists in a body. Making a hundred thousand sets off the collector of garbage, for a tenth of a second."""
_ETAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,9})"')
_BYTES = "application/octet-stream"
_FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json *(?:;.*)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}
EXPECTED = "expected_version"


def read(
    request: Request,
    *,
    operation: Operation,
    path_values: dict[str, str],
    store_id: str | None,
    takes_bytes: str = "",
    as_form: bool = False,
) -> tuple[dict[str, Any], tuple[Expansion, ...]]:
    """The request as plain data, and what its answer is to be given beside. Raises HttpFault, InvalidRequest.

    `as_form`: the body is what a page without a script sends.
    """
    reads = request.method in ("GET", "HEAD")
    sends = _form if as_form else _body
    asked = _query(request.query) if reads else _bytes(request, takes_bytes) if takes_bytes else sends(request)
    if request.query and not reads:
        raise InvalidRequest(errors={"_": [Saying.NO_QUERY()]})
    expand = _expand(asked, operation.response) if reads else ()
    if reads or as_form:
        _type(asked, operation.request)
    path: dict[str, Any] = dict(path_values)
    _type(path, operation.request)
    for name, value in path.items():
        if asked.setdefault(name, value) != value:
            raise InvalidRequest(errors={name: [Saying.OTHER_THAN_PATH()]})
    if store_id is not None and "store_id" in fields_of(operation.request):
        asked.setdefault("store_id", store_id)
    return asked, expand


def _expand(asked: dict[str, Any], response: type) -> tuple[Expansion, ...]:
    wanted = asked.pop(PARAMETER, None)
    if wanted is None:
        return ()
    known = {each.name: each for each in expansions_of(response)}
    names = wanted.split(",")
    if not known.keys() >= set(names) or len(set(names)) < len(names):
        offered = ", ".join(f"`{name}`" for name in known)
        why = Saying.OTHER_EXPANSIONS(offered=offered) if known else Saying.NO_EXPANSIONS()
        raise InvalidRequest(errors={PARAMETER: [why]})
    return tuple(known[name] for name in names)


def expect_version(asked: dict[str, Any], *, header: str | None, shape: type) -> None:
    """Put the version of `If-Match` into the request. Raises InvalidRequest where it cannot be honoured."""
    if header is None or header == "*":
        return
    version = _ETAG.fullmatch(header)
    if version is None or EXPECTED not in fields_of(shape):
        raise InvalidRequest(errors={"If-Match": [Saying.NO_IF_MATCH()]})
    if asked.setdefault(EXPECTED, int(version[1])) != int(version[1]):
        raise InvalidRequest(errors={EXPECTED: [Saying.OTHER_THAN_IF_MATCH()]})


def dump(asked: dict[str, Any]) -> bytes:
    """The request as it travels; sorted: a retry that writes its fields in another order is the same request."""
    return orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)


def _type(asked: dict[str, Any], shape: type) -> None:
    """Numbers and truth values out of text; what is none stays text, for the service to refuse with its reasons."""
    known = fields_of(shape)
    for name in known.keys() & asked.keys():
        if known[name].type is int and _NUMBER.fullmatch(asked[name]):
            asked[name] = int(asked[name])
        elif known[name].type is bool:
            asked[name] = _TRUTH.get(asked[name].lower(), asked[name])


def _query(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50)
    except (ValueError, UnicodeDecodeError):
        raise InvalidRequest(errors={"_": [Saying.NO_QUERY_STRING()]}) from None
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise InvalidRequest(errors={"_": [Saying.TWICE_IN_QUERY()]})
    return asked


def _form(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HttpFault(faults.MEDIA_TYPE)
    try:
        return _query(request.body.decode("ascii"))
    except UnicodeDecodeError:
        raise InvalidRequest(errors={"_": [Saying.NO_QUERY_STRING()]}) from None


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    if not _JSON.fullmatch(request.headers.get("content-type", "")):
        raise HttpFault(faults.MEDIA_TYPE)
    parts = request.body.count(b"{") + request.body.count(b"[")  # or fewer: in a text a bracket is none
    if parts > MOST_PARTS:
        raise InvalidRequest(errors={"_": [Saying.TOO_MANY_PARTS(most=MOST_PARTS)]})
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise HttpFault(faults.MALFORMED_JSON) from None
    if not isinstance(body, dict):
        raise HttpFault(faults.MALFORMED_JSON)
    if len(body) > MOST_MEMBERS:
        raise InvalidRequest(errors={"_": [Saying.TOO_MANY_MEMBERS(most=MOST_MEMBERS)]})
    if parts > DEEPEST:
        _require_shallow(body)
    return body


def _bytes(request: Request, field: str) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _BYTES:
        raise HttpFault(faults.MEDIA_TYPE)
    return {field: b64encode(request.body).decode()}


def _require_shallow(value: Any, left: int = DEEPEST) -> None:
    """Raise InvalidRequest for JSON nested deeper than anything we ask for."""
    if left == 0:
        raise InvalidRequest(errors={"_": [Saying.DEEPER(most=DEEPEST)]})
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            _require_shallow(inner, left - 1)

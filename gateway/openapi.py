"""`/openapi.json`: OpenAPI 3.1, made from routes, operations, shapes and the access matrix."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from contracts import access, complaints, refusals
from contracts.declared import fields_of, is_required
from contracts.operation import Kind
from gateway import errors, faults
from gateway.expanding import PARAMETER, Expansion, expansions_of
from gateway.json_schema import Schema, Schemas
from gateway.reading import EXPECTED
from gateway.routing import BASE, EVENT_STREAM, MEDIA_TYPES, Route, Table

STORE = "store_id"
TAGS = {
    "gateway": "组织与帐号 · Organisation and accounts",
    "customer": "客户 · Customers",
    "sales": "销售 · Sales",
    "workshop": "维修 · Workshop",
    "followup": "回访 · Follow-up",
    "reporting": "报表 · Reporting",
}

ABOUT = """\
汽车经销商客户关系管理系统的接口。The API of the customer-relationship system of a car dealer group.

- 登录 Log in: `POST /api/v1/sessions`; send the token as `Authorization: Bearer …`.
- 门店 Store: `X-Store-Id` names the store acted for; a request without `store_id` takes it from there.
- 幂等 Retry: `Idempotency-Key` makes a command safe to repeat; the same key and request give the same answer.
- 版本 Versions: an `ETag` is the version; `If-Match` refuses a change of anything newer (412).
- 列表 Lists: `page` and `size`; or `after` with the `next` of the page before, which skips nothing while rows come
  and go. `sort` is one of the orders named there, `-` before it downwards; `expand` adds names to identifiers.
- 自动刷新 What a page asks by itself says `X-Background: 1`: it does not prolong the half hour of a session.
- 大小 Size: a JSON body takes up to 256 KiB, the log-in's 4 KiB, a part of a file 1 MiB (413 `BODY_TOO_LARGE`).
- 实时 Live changes: `GET /api/v1/stream` with `Accept: text/event-stream`; `change` says what was changed,
  `reset` that something may have been missed: ask again. `Last-Event-ID` goes on after a cut.
- 金额 Money is in fen (分), moments are ISO 8601 with `+08:00`.
- 错误 Errors are `application/problem+json` with a stable `code`, in Chinese or English (`Accept-Language`).
  Not JSON is 400 `MALFORMED_JSON`; JSON that does not fit is 422 `INVALID_REQUEST` with `errors` by field
  (`{"lines": {"2": {"km": ["…"]}}}`: the third line's kilometres).
"""

_HEADERS: dict[str, Schema] = {
    "StoreId": {
        "name": "X-Store-Id",
        "in": "header",
        "description": "代表的门店 · The store acted for.",
        "schema": {"type": "string", "pattern": "^[A-Z0-9]{1,12}$"},
    },
    "Language": {
        "name": "Accept-Language",
        "in": "header",
        "description": "zh (default) or en",
        "schema": {"type": "string"},
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "请求编号 · Comes back, and goes through all services and logs.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "幂等键 · The same key is the same command.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": '读取时的版本 · `"<version>"` of the state the change is meant for.',
        "schema": {"type": "string"},
    },
    "Background": {
        "name": "X-Background",
        "in": "header",
        "description": "页面自动刷新填1,不延长会话 · A page asks by itself: the session's idle time goes on.",
        "schema": {"type": "string", "enum": ["1"]},
    },
    "LastEventId": {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "续传位置 · The `id` of the last message taken; the stream goes on behind it, or says `reset`.",
        "schema": {"type": "string"},
    },
}

_RATION: dict[str, Schema] = {
    "RateLimit-Remaining": {
        "description": "一小时内还可查看几次 · How many more there are now.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Reset": {
        "description": "几秒后多一次 · Seconds until there is one more; each comes back an hour after it was used.",
        "schema": {"type": "integer"},
    },
}
_BYTES: Schema = {"type": "string", "format": "binary"}
_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "用户可读的一句话 · A sentence for the user, in his language."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "稳定的错误码 · Stable."},
        "detail": {"type": "string"},
        "errors": {
            "$ref": "#/components/schemas/Complaints",
            "description": f"INVALID_REQUEST: 字段 → 问题 · field → complaints, the first {complaints.MOST}.",
        },
        "called": {
            "type": "object",
            "description": "`lines.2.km` → 项目明细第3项里程 · What each field of `errors` is called, in his language.",
            "additionalProperties": {"type": "string"},
        },
        "details": {"type": "object", "description": "The facts that stand in the way."},
        "request_id": {"type": "string"},
    },
    "required": ["type", "title", "status", "code", "detail", "request_id", "details"],
}
_COMPLAINTS: Schema = {
    "type": "object",
    "description": (
        "按字段名列出;列表成员按其位置(从0起),如 lines.2.km;`_` 是不属于单个字段的问题 · "
        'By the names that lead there; a list\'s member by its place, from "0" on, such as lines → 2 → km; '
        "what concerns no single field is under `_`."
    ),
    "additionalProperties": {
        "anyOf": [{"type": "array", "items": {"type": "string"}}, {"$ref": "#/components/schemas/Complaints"}]
    },
}


def document(table: Table) -> dict[str, Any]:
    """The whole document."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in table.routes:
        paths.setdefault(BASE + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dealer CRM", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": {
                **dict(sorted(schemas.components.items())),
                "Complaints": _COMPLAINTS,
                "Problem": _PROBLEM,
            },
            "parameters": _HEADERS,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
        "x-problems": problems(),
    }


def problems() -> list[dict[str, Any]]:
    """The codes that the gateway itself gives, with their sentences; services tell theirs with each answer."""
    refused: list[type[refusals.Refusal]] = [*refusals.ALWAYS_POSSIBLE, *_refusals_of_gateway()]
    told = [{"code": each.code, "zh": each.zh, "en": each.en} for each in refused]
    return told + [{"code": each.code, "zh": each.zh, "en": each.en, "status": each.status} for each in faults.ALL]


def _refusals_of_gateway() -> list[type[refusals.Refusal]]:
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, refusals.Refusal) and value.__module__ == errors.__name__
    ]


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation = route.operation
    described: dict[str, Any] = {
        "operationId": operation.name if route.path != "/board" else f"{operation.name}.board",
        "tags": [operation.service],
        "summary": operation.summary,
        "x-summary-zh": route.zh,
        "description": f"{route.zh} · {operation.summary}" + "".join(_pages(route)),
        "x-kind": str(operation.kind),
        "x-roles": {role: str(reach) for role, reach in access.matrix().operations.get(operation.name, {}).items()},
        "parameters": _parameters(route, schemas),
        "responses": _responses(route, schemas),
    }
    if route.takes_bytes:
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": _BYTES}}}
    elif route.method in ("POST", "PUT", "PATCH") and (body := _body(route, schemas))["properties"]:
        described["requestBody"] = {
            "required": bool(body.get("required")),
            "content": {"application/json": {"schema": body}},
        }
    if route.public:
        described["security"] = []
    return described


def _pages(route: Route) -> Iterator[str]:
    return (f" · 网页 · for people: `{form.at}`" for form in route.forms if form.at)


def _parameters(route: Route, schemas: Schemas) -> list[Schema]:
    request = route.operation.request
    declared = fields_of(request)
    found: list[Schema] = []
    for field in dataclasses.fields(request):
        in_path = field.name in route.parameters
        if not in_path and route.method != "GET":
            continue
        needed = is_required(field)
        schema = schemas.field(field.name, declared[field.name], shown=False)[field.name]
        if not needed and isinstance(field.default, str | int):
            schema = {**schema, "default": field.default}
        where = "path" if in_path else "query"
        required = in_path or (needed and field.name != STORE)
        found.append({"name": field.name, "in": where, "required": required, "schema": schema})
    headers = ["RequestId", "Language"] if route.public else ["StoreId", "RequestId", "Language"]
    if route.operation.kind is Kind.COMMAND:
        headers.append("IdempotencyKey")
    elif not route.public:
        headers.append("Background")
    if EXPECTED in declared:
        headers.append("IfMatch")
    if route.streams:
        headers.append("LastEventId")
    if route.method == "GET" and (expansions := expansions_of(route.operation.response)):
        found.append(_expanding(expansions))
    return found + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _expanding(expansions: tuple[Expansion, ...]) -> Schema:
    names = "|".join(each.name for each in expansions)
    added = "; ".join(f"`{each.name}` 附上{each.zh} · adds {each.en}" for each in expansions)
    schema = {"type": "string", "pattern": f"^({names})(,({names}))*$", "examples": [names.replace("|", ",")]}
    return {"name": PARAMETER, "in": "query", "required": False, "description": added, "schema": schema}


def _body(route: Route, schemas: Schemas) -> Schema:
    return schemas.of(route.operation.request, shown=False, without=route.parameters, optional=(STORE,))


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    response = route.operation.response
    success: dict[str, Any] = {
        "description": (response.__doc__ or "").partition("\n")[0],
        "content": _content(route, schemas),
    }
    if "version" in fields_of(response):
        success["headers"] = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}
    if route.gives_file or any(form.saved_as for form in route.forms):
        disposition = {"description": "`attachment`, with the file's name.", "schema": {"type": "string"}}
        success.setdefault("headers", {})["Content-Disposition"] = disposition
    if route.rationed:
        success.setdefault("headers", {}).update(_RATION)
    codes = codes_of(route)
    refused: dict[str, Any] = {
        "description": "拒绝 · Refused: " + ", ".join(codes),
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {"type": "object", "properties": {"code": {"enum": codes}}},
                    ]
                }
            }
        },
    }
    failed = {
        "description": "系统故障 · Something behind failed.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    answers = {str(route.status): success}
    if route.found:
        answers[str(route.found)] = success
    return {**answers, "4XX": refused, "5XX": failed}


def _content(route: Route, schemas: Schemas) -> dict[str, Any]:
    """What an answer may be: files are bytes as they are, pages are text."""
    if route.gives_file:
        return {_bare(media_type): {"schema": _BYTES} for media_type in MEDIA_TYPES.values()}
    forms = {
        _bare(form.media_type): {"schema": _BYTES if form.saved_as else {"type": "string"}}
        for form in route.forms
        if not form.at
    }
    stream = {EVENT_STREAM: {"schema": schemas.reference(route.streams, shown=True)}} if route.streams else {}
    return {"application/json": {"schema": schemas.reference(route.operation.response, shown=True)}} | forms | stream


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0]


def codes_of(route: Route) -> list[str]:
    """Every code a request to this route can be refused with, HTTP's own faults apart."""
    operation = route.operation
    always = [each.code for each in refusals.ALWAYS_POSSIBLE]
    if route.public:
        always = [refusals.InvalidRequest.code]
        if operation.by_link:
            always.append(errors.TooManyAttempts.code)
    else:
        always += [errors.SessionRequired.code, errors.PasswordChangeRequired.code]
    if operation.kind is Kind.QUERY:
        always = [code for code in always if code not in ("IDEMPOTENCY_KEY_REUSED", "REQUEST_IN_PROGRESS")]
    if route.rationed:
        always.append(errors.RevealLimit.code)
    if any(form.whole for form in route.forms):
        always += [errors.SheetNotWhole.code, errors.SheetLacksCharacters.code, errors.SheetTooLarge.code]
    if route.searches or route.files or route.guesses:
        always.append(errors.SearchLimit.code)
    if EXPECTED not in fields_of(operation.request):
        always = [code for code in always if code != refusals.StaleVersion.code]
    return [*operation.refuses, *always]

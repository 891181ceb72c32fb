"""`/docs`: the API document for people, one page without scripts, in Chinese and English side by side."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

from gateway.json_schema import Schema

STYLE = """
:root{--ink:#1d2430;--soft:#5b6676;--line:#e3e7ee;--ground:#f6f8fb;--get:#0b6e99;--post:#1c7c3c;--patch:#946200;--delete:#b3261e}
*{box-sizing:border-box}
body{margin:0;font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif;color:var(--ink)}
body>*{max-width:1080px;margin-left:auto;margin-right:auto;padding:0 24px}
header{padding-top:36px}h1{font-size:28px;margin:0}h2{margin-top:44px;border-bottom:1px solid var(--line)}
nav{columns:2;font-size:14px;margin-top:20px}nav a{display:block}a{color:inherit}
details{border:1px solid var(--line);border-radius:8px;margin:10px 0;background:#fff}
summary{cursor:pointer;padding:9px 14px;list-style:none}summary::-webkit-details-marker{display:none}
details[open]>summary{border-bottom:1px solid var(--line)}details>div{padding:4px 14px 14px}
.m{display:inline-block;min-width:62px;font-weight:700;font-size:13px}
.GET{color:var(--get)}.POST{color:var(--post)}.PATCH{color:var(--patch)}.DELETE{color:var(--delete)}
code{font:13px/1.5 ui-monospace,Consolas,monospace;background:var(--ground);padding:1px 5px;border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:14px;margin:6px 0 14px}
th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:500}.s{color:var(--soft)}h4{margin:14px 0 2px;font-size:14px}
ul{padding-left:20px}@media(max-width:700px){nav{columns:1}}
""".strip()

POLICY = (
    "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's own style may apply, nothing may run."""


def page(title: str, body: str, *, refresh: int = 0) -> bytes:
    """A whole page; `refresh` asks for it again after so many seconds."""
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{again}<style>{STYLE}</style></head>'
        f"<body>{body}</body></html>"
    ).encode()


def welcome() -> bytes:
    """The page at `/`."""
    return page(
        "Dealer CRM",
        "<header><h1>汽车经销商客户关系管理系统</h1><p>Customer relations of a car dealer group: "
        "customers, sales, workshop, follow-up and reporting behind one API.</p></header><main><ul>"
        '<li><a href="/console/">控制台 · Console</a></li>'
        '<li><a href="/docs">接口文档 · API documentation</a></li>'
        '<li><a href="/openapi.json">OpenAPI 3.1</a> · <a href="/asyncapi.json">AsyncAPI 3.0 (事件 · events)</a></li>'
        '<li><a href="/readyz">状态 · Is it ready?</a> · <a href="/metrics">指标 · Metrics</a></li></ul></main>',
    )


def docs(document: dict[str, Any]) -> bytes:
    """The page at `/docs`."""
    by_tag: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append(_operation(method.upper(), path, operation, document))
    about = "".join(f"<li>{_code(line[2:])}</li>" for line in _points(document["info"]["description"]))
    heading = document["info"]["description"].partition("\n")[0]
    sections = "".join(
        f'<section id="{tag["name"]}"><h2>{escape(tag["description"])}</h2>{"".join(by_tag[tag["name"]])}</section>'
        for tag in document["tags"]
    )
    links = "".join(f'<a href="#{tag["name"]}">{escape(tag["description"])}</a>' for tag in document["tags"])
    return page(
        "Dealer CRM API",
        f"<header><h1>接口文档 · API</h1><p>{escape(heading)}</p><ul>{about}</ul></header>"
        f'<nav>{links}<a href="#problems">错误码 · Error codes</a></nav>'
        f"<main>{sections}{_problems(document)}</main>",
    )


def _points(text: str) -> list[str]:
    return [point.replace("\n  ", " ") for point in text.replace("\n- ", "\0- ").split("\0") if point.startswith("- ")]


def _code(text: str) -> str:
    """`so` in Markdown is code in HTML."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _operation(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    roles = ", ".join(f"{role} ({reach})" for role, reach in operation["x-roles"].items()) or "无需登录 · no session"
    success = next(answer for status, answer in operation["responses"].items() if status.isdigit())
    json = success["content"].get("application/json")
    others = ", ".join(media for media in success["content"] if media != "application/json")
    answered = f"应答 · Answer {', '.join(s for s in operation['responses'] if s.isdigit())}"
    given = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    codes = operation["responses"]["4XX"]["description"].partition(": ")[2]
    parts = [
        f'<p class="s">{escape(operation["operationId"])} · {operation["x-kind"]} · {escape(roles)}</p>',
        _parameters(operation["parameters"]),
        _fields("请求体 · Body", given, document) if given else "",
        f"<h4>{answered}</h4><p>{escape(others)}</p>" if others else "",
        _fields(answered, _resolved(json["schema"], document), document) if json else "",
        f'<h4>错误码 · Codes</h4><p class="s">{escape(codes)}</p>',
    ]
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><span class="m {method}">{method}</span>'
        f'<code>{escape(path)}</code> {escape(operation["x-summary-zh"])} <span class="s">'
        f"{escape(operation['summary'])}</span></summary><div>{''.join(parts)}</div></details>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}{' *' if each['required'] else ''}</td>"
        f"<td>{_type(each['schema'])}</td></tr>"
        for each in parameters
        if "$ref" not in each
    )
    return f"<h4>参数 · Parameters</h4><table>{rows}</table>" if rows else ""


def _fields(heading: str, schema: Schema, document: dict[str, Any]) -> str:
    rows = "".join(_rows(schema, document, path="", depth=0))
    return (
        f'<h4>{escape(heading)}</h4><p class="s">{_code(schema.get("description", ""))}</p>'
        f"<table><tr><th>字段 · field</th><th>类型 · type</th><th></th></tr>{rows}</table>"
    )


def _rows(schema: Schema, document: dict[str, Any], *, path: str, depth: int) -> list[str]:
    rows: list[str] = []
    for name, raw in schema.get("properties", {}).items():
        star = " *" if name in schema.get("required", ()) and "additionalProperties" in schema else ""
        rows.append(
            f"<tr><td><code>{escape(path + name)}</code>{star}</td><td>{_type(raw)}</td>"
            f'<td class="s">{_code(raw.get("description", ""))}</td></tr>'
        )
        inner = _inner(raw)
        if inner is not None and depth < 3:
            suffix = "[]." if raw.get("type") == "array" else "."
            rows += _rows(_resolved(inner, document), document, path=f"{path}{name}{suffix}", depth=depth + 1)
    return rows


def _inner(schema: Schema) -> Schema | None:
    if "$ref" in schema:
        return schema
    if "anyOf" in schema:
        return schema["anyOf"][0]
    items: Schema | None = schema.get("items")
    return items if items and "$ref" in items else None


def _resolved(schema: Schema, document: dict[str, Any]) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _type(schema: Schema) -> str:
    if "$ref" in schema or "anyOf" in schema:
        return "object"
    kind = schema.get("type", "any")
    words = [" | ".join(kind) if isinstance(kind, list) else kind]
    words += [schema["format"]] if "format" in schema else []
    words += ["= " + " | ".join(str(each) for each in schema["enum"])] if "enum" in schema else []
    bounds = [schema.get(low) for low in ("minLength", "minimum")] + [
        schema.get(high) for high in ("maxLength", "maximum")
    ]
    if any(bound is not None for bound in bounds):
        low, high = ([each for each in pair if each is not None] for pair in (bounds[:2], bounds[2:]))
        words.append(f"{low[0] if low else 0}…{high[0] if high else ''}")
    if "default" in schema:
        words.append(f"默认 · default {schema['default']}")
    return escape(" ".join(words))


def _problems(document: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr id="{each["code"]}"><td><code>{each["code"]}</code></td><td>{each.get("status", "")}</td>'
        f"<td>{escape(each['zh'])}</td><td>{escape(each['en'])}</td></tr>"
        for each in document["x-problems"]
    )
    return (
        '<section id="problems"><h2>错误码 · Error codes</h2><p class="s">'
        "各业务操作的错误码列在其条目下,说明随应答返回。"
        " Codes of the business operations stand with each of them; their sentences come with the answer.</p>"
        f"<table><tr><th>code</th><th></th><th>中文</th><th>English</th></tr>{rows}</table></section>"
    )

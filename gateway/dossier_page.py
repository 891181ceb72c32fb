"""A customer's dossier as one page to print: no scripts, every text escaped, for a sheet of A4 (R24)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Any

from gateway.dossier_words import DETAILS, day, moment, shown, word
from gateway.routing import Form

STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:190mm;padding:12mm 8mm;color:#111;
 font:12px/1.55 "PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei","Noto Sans CJK SC",sans-serif}
header{display:flex;justify-content:space-between;align-items:flex-end;border-bottom:2px solid #111;margin-bottom:8px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:14px;margin:16px 0 4px;border-left:4px solid #111;padding-left:6px}
p{margin:4px 0}.s{color:#555}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #bbb;padding:3px 6px;text-align:left;vertical-align:top}
th{background:#f1f1f1;font-weight:600;white-space:nowrap}td{overflow-wrap:anywhere}
.profile th{width:18%}.profile td{width:32%}
footer{margin-top:14px;border-top:1px solid #bbb;padding-top:4px}
@page{size:A4;margin:14mm}
@media print{body{padding:0;max-width:none}thead{display:table-header-group}
 tr,h2{break-inside:avoid}h2{break-after:avoid}}
""".strip()

POLICY = (
    "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's own style may apply, nothing may run."""

Cells = list[object]


def render(item: dict[str, Any]) -> bytes:
    """The page of a `contracts.customer.dossier.Dossier`, masked as its reader may see it."""
    customer = item["customer"]
    papers = [one for one in item["documents"] if one["removed_at"] is None]
    parts = (
        _profile(customer),
        _section("车辆", ("车型", "车架号", "车牌", "颜色", "关系", "起", "止"), map(_vehicle, customer["vehicles"])),
        _section("资料索引", ("类别", "编号", "日期", "门店", "存放位置"), map(_document, papers)),
        _section("个人信息授权", ("用途", "方式", "决定", "依据文本", "时间"), map(_consent, item["consents"])),
        _section("关系人", ("姓名", "关系", "起", "止"), map(_relation, item["relations"])),
        _section("往来记录", ("时间", "事项", "门店", "内容"), map(_line, customer["timeline"])),
        '<p class="s">仅列出最近的记录。</p>' if customer.get("older") else "",
    )
    title = f"客户档案 {customer['name']}"
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f"<style>{STYLE}</style></head><body><header><h1>客户档案</h1>"
        f'<span class="s">打印时间 {moment(item["printed_at"])}</span></header>{"".join(parts)}'
        f'<footer class="s">档案号 {_text(customer["customer_id"])} · 第 {_text(customer["version"])} 版 · '
        "含个人信息,请妥善保管</footer></body></html>"
    ).encode()


PAGE = Form("page", "text/html; charset=utf-8", render, policy=POLICY)


def _profile(customer: dict[str, Any]) -> str:
    glance, wishes = customer["glance"], customer.get("preferences") or {}
    wished = ["不接受电话"] if wishes.get("do_not_call") else []
    if wishes.get("channel"):
        wished.append(f"首选{word(wishes['channel'])}")
    pairs = (
        ("姓名", f"{customer['name']}{customer['title']}"),
        ("类别", word(customer["kind"])),
        ("电话", "、".join(one["number"] for one in customer["phones"] if one["until"] is None) or customer["mobile"]),
        ("身份证号", customer["id_number"]),
        ("性别", word(customer["gender"])),
        ("出生日期", customer["birth_date"]),
        ("机构代码", customer["uscc"] or customer["organisation_code"]),
        ("工作单位", customer["employer"]),
        ("职业", word(customer["occupation"])),
        ("地址", "、".join(one["text"] or "***" for one in customer["addresses"] if one["until"] is None)),
        ("电子邮箱", customer["email"]),
        ("标签", "、".join(customer["tags"])),
        ("联系意愿", "、".join(wished)),
        ("建档门店", customer.get("store_name") or customer["store_id"]),
        ("建档时间", moment(customer["registered_at"])),
        ("购车", moment(glance["sold_at"]) if glance["sold_by_us"] else "非本集团售出"),
        ("销售顾问", glance.get("consultant_name") or glance["consultant_id"]),
        ("最近维修", moment(glance["last_service_at"])),
        ("维修次数", glance["service_visits"]),
    )
    rows = [
        "<tr>" + "".join(f"<th>{name}</th><td>{_text(value)}</td>" for name, value in pairs[at : at + 2]) + "</tr>"
        for at in range(0, len(pairs), 2)
    ]
    return f'<table class="profile"><tbody>{"".join(rows)}</tbody></table>'


def _section(title: str, columns: Iterable[str], rows: Iterable[Cells]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>" for cells in rows)
    if not body:
        return f'<h2>{title}</h2><p class="s">无</p>'
    head = "".join(f"<th>{name}</th>" for name in columns)
    return f"<h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _vehicle(one: dict[str, Any]) -> Cells:
    known = [one["model"], one["vin"], one["plate"], one["colour"], word(one["role"])]
    return [*known, day(one["since"]), day(one["until"])]


def _document(one: dict[str, Any]) -> Cells:
    number = one["id_number"] or one["number"]
    return [word(one["type"]), number, one["issued_on"], one.get("store_name") or one["store_id"], one["shelf"]]


def _consent(one: dict[str, Any]) -> Cells:
    decided = "同意" if one["allowed"] else "不同意"
    return [word(one["purpose"]), word(one["channel"]), decided, one["text_version"], moment(one["at"])]


def _relation(one: dict[str, Any]) -> Cells:
    """Of himself: he is the referrer of the other one. Of the other one: that one is his referrer."""
    kind = word(one["kind"])
    said = f"对方为其{kind}" if one["reverse"] else f"为对方的{kind}"
    return [one["name"], kind if one["kind"] == "spouse_of" else said, one["since"], one["until"]]


def _line(one: dict[str, Any]) -> Cells:
    summary = one["summary"]
    told = [f"{name} {shown(key, summary[key])}" for key, name in DETAILS.items() if summary.get(key) is not None]
    return [moment(one["occurred_at"]), word(one["type"]), one.get("store_name") or one["store_id"], ";".join(told)]


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))

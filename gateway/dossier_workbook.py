"""A customer's dossier as a workbook to take along: everything we keep of him, a sheet for each part (PIPL 45).

Whatever the answer holds stands in it, also what is added to the declaration later: nothing is chosen here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # annotated in part, and not marked as typed

from gateway.dossier_words import CODES, LABELS, TITLES, moment, word, yuan
from gateway.routing import XLSX, Form

LONGEST_CELL = 32_767
WIDE = 22
"""Of a column, in characters."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")

Rows = list[list[str]]


def render(item: dict[str, Any]) -> bytes:
    """The workbook of a `contracts.customer.dossier.Dossier`, masked as its reader may see it.

    Every cell is a text, and no text becomes a formula.
    """
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, {"in_memory": True})
    heading = workbook.add_format({"bold": True, "num_format": "@"})
    plain = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for title, rows in sheets(item):
        sheet = workbook.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(rows[0]) - 1, WIDE)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell[:LONGEST_CELL], plain if number else heading)
    workbook.close()
    return whole.getvalue()


def _name(item: dict[str, Any]) -> str:
    return f"customer-{item['customer']['customer_id']}.xlsx"


WORKBOOK = Form("xlsx", XLSX, render, saved_as=_name)


def sheets(item: dict[str, Any]) -> Iterator[tuple[str, Rows]]:
    """The parts under their titles: what there is one of as field and value, then a list each."""
    parts = {**item["customer"], **{field: value for field, value in item.items() if field != "customer"}}
    lists = {field: value for field, value in parts.items() if isinstance(value, list) and field != "tags"}
    single = {field: value for field, value in parts.items() if field not in lists}
    inside = {field: value for field, value in single.items() if isinstance(value, dict)}
    profile = [["项目", "内容"], *_pairs({field: value for field, value in single.items() if field not in inside})]
    for part, fields in inside.items():
        profile += [[f"{LABELS.get(part, part)}:{name}", said] for name, said in _pairs(fields)]
    yield "基本资料", profile
    for part, items in lists.items():
        yield TITLES.get(part, part), _table(items)


def _pairs(item: dict[str, Any]) -> Rows:
    return [[LABELS.get(field, field), _cell(field, item)] for field in _fields([item])]


def _table(items: list[dict[str, Any]]) -> Rows:
    if not items:
        return [["无"]]
    fields = _fields(items)
    return [[LABELS.get(field, field) for field in fields], *([_cell(field, one) for field in fields] for one in items)]


def _fields(items: list[dict[str, Any]]) -> list[str]:
    """In their order; a name beside an identifier is shown with that."""
    known = dict.fromkeys(field for item in items for field in item)
    beside = {_beside(field) for field in known}
    return [field for field in known if field not in beside]


def _beside(field: str) -> str:
    return f"{field.removesuffix('_id')}_name"


def _cell(field: str, item: dict[str, Any]) -> str:
    said, name = _said(field, item.get(field)), item.get(_beside(field))
    return f"{name} ({said})" if name and name != said else said


def _said(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return ";".join(f"{name}:{said}" for name, said in _pairs(value))
    if isinstance(value, list):
        return "、".join(_said(field, one) for one in value)
    if field.endswith("_fen"):
        return yuan(value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return moment(value)
    return str(word(value)) if field in CODES else str(value)

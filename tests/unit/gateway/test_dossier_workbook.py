"""The dossier to take along: every part and field of it, in Chinese, and nothing in it computes (PIPL 45)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from contracts.customer.dossier import Dossier
from contracts.declared import fields_of
from gateway.dossier_words import LABELS, TITLES, moment
from gateway.dossier_workbook import render, sheets

MOMENT = "2026-11-02T07:30:00Z"


def declared(shape: Any, field: str = "") -> Iterator[tuple[str, bool]]:
    """Every field within a declaration, and whether it is a part with a sheet of its own."""
    for name, one in fields_of(shape).items():
        inside, many = one.opened()
        is_part = many and inside.is_shape and field in ("", "customer")
        if name != "customer":
            yield name, is_part
        if inside.is_shape:
            yield from declared(inside.type, name)


def dossier(**parts: Any) -> dict[str, Any]:
    customer = {
        "customer_id": "0193", "kind": "person", "name": "=1+1", "mobile": "138****6582", "store_id": "HN",
        "store_name": "华南店", "registered_at": MOMENT, "tags": ["VIP", "=2"], "email": None,
        "glance": {"sold_by_us": True, "spent_fen": None, "consultant_id": "HN01", "consultant_name": "陈"},
        "preferences": {"do_not_call": False, "channel": "sms"},
        "phones": [{"number": "138****6582", "kind": "mobile", "shared": False}],
        "timeline": [{
            "type": "vehicle_delivered", "occurred_at": MOMENT, "summary": {"km": 12, "total_fen": 12345605},
        }],
    }  # fmt: skip
    return {"customer": customer, "consents": [], **parts}


def read(item: dict[str, Any]) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(render(item)))
    for sheet in book.worksheets:
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_every_part_is_a_sheet_and_every_field_has_a_line_or_column_in_chinese() -> None:
    book = read(dossier())
    assert list(book) == ["基本资料", "电话", "往来记录", "有效授权"]
    profile = {line[0]: line[1] for line in book["基本资料"]}
    assert (profile["姓名/名称"], profile["标签"], profile["类别"]) == ("=1+1", "VIP、=2", "个人")
    assert (profile["门店"], profile["建档时间"], profile["电子邮箱"]) == ("华南店 (HN)", "2026-11-02 15:30", None)
    assert (profile["速览:销售顾问"], profile["速览:累计消费(元)"]) == ("陈 (HN01)", None)
    assert (profile["联系意愿:方式"], profile["联系意愿:不接受电话"]) == ("短信", "否")
    assert book["往来记录"] == [
        ["类别", "时间", "内容"],
        ["交车", "2026-11-02 15:30", "里程(公里):12;金额(元):123456.05"],
    ]
    assert book["有效授权"] == [["无"]]


def test_what_is_declared_later_is_there_too() -> None:
    titles = [title for title, _ in sheets(dossier(points=[{"earned": 3}], level="gold"))]
    assert titles[-1] == "points"
    assert ["level", "gold"] in next(rows for _, rows in sheets(dossier(level="gold")))


def test_every_part_and_field_of_the_declaration_has_its_chinese_word() -> None:
    fields = list(declared(Dossier))
    assert {name for name, is_part in fields if is_part} == set(TITLES)
    assert {name for name, is_part in fields if not is_part} - set(LABELS) == set()


def test_a_text_is_what_was_typed_and_a_code_is_a_word() -> None:
    shown = dict(sheets(dossier(consents=[{"purpose": "survey", "evidence": "survey", "allowed": True}])))
    assert shown["有效授权"][1] == ["满意度调查", "survey", "是"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("9999-12-31T23:59:59+00:00", "9999-12-31 23:59"),
        ("1955-01-01T00:00:00+00:00", "1955-01-01 08:00"),
        ("0001-01-01T00:00:00+00:00", "0001-01-01"),  # at which minute depends on what is known of Shanghai's noon then
        ("", ""),
    ],
)
def test_every_moment_of_the_calendar_can_be_shown(said: str, shown: str) -> None:
    made = dossier()
    made["customer"]["registered_at"] = said
    assert render(made)
    assert moment(said).zfill(len(said and "0001-01-01 08:00")).startswith(shown)

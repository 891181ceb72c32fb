"""The dossier on paper: complete, in Chinese, and nothing in it can run (R24)."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser
from typing import Any

from gateway.dossier_page import PAGE, POLICY, STYLE, render
from gateway.routes import TABLE

HOSTILE = "<script>alert(1)</script>\"'&"
VOID = frozenset({"meta"})


class Reader(HTMLParser):
    """Reads a page: which elements it has, and what stands in it; complains about what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(data)

    def read(self, page: bytes) -> str:
        self.feed(page.decode())
        self.close()
        assert self._open == []
        return "|".join(self.texts)


def dossier(name: str = "陈晓明") -> dict[str, Any]:
    moment = "2026-11-02T15:30:00+08:00"
    return {
        "customer": {
            "customer_id": "0193", "kind": "person", "name": name, "title": "", "gender": "male",
            "birth_date": "1975-10-20", "id_number": "4****************8", "uscc": None, "organisation_code": None,
            "mobile": "138****6582", "phones": [{"number": "138****6582", "until": None}], "email": name,
            "addresses": [{"text": None, "until": None}], "employer": name, "occupation": "retired",
            "tags": [name], "store_id": "HN", "store_name": "华南店", "registered_at": moment,
            "version": 3, "preferences": {"do_not_call": True},
            "vehicles": [{
                "model": "GL8", "vin": "LSGDC82C02S716214", "plate": "粤B12345", "colour": name, "role": "owner",
                "since": moment, "until": None,
            }],
            "glance": {
                "sold_by_us": True, "sold_at": moment, "consultant_id": "HN01", "consultant_name": "顾问",
                "last_service_at": None, "service_visits": 1,
            },
            "timeline": [{
                "type": "vehicle_delivered", "occurred_at": moment, "store_id": "HN",
                "summary": {"model": name, "km": 12, "total_fen": 12345605, "amount_fen": None},
            }],
            "older": "x",
        },
        "documents": [{
            "type": "contract", "number": name, "id_number": None, "issued_on": "2026-11-01", "store_id": "HN",
            "shelf": name, "removed_at": None,
        }, {
            "type": "invoice", "number": "REMOVED-1", "id_number": None, "issued_on": None, "store_id": "HN",
            "shelf": name, "removed_at": moment,
        }],
        "consents": [{
            "purpose": "survey", "channel": "any", "allowed": False, "text_version": name, "at": moment,
        }],
        "relations": [
            {"kind": "referrer_of", "reverse": True, "name": name, "since": "2026-01-01", "until": None},
            {"kind": "spouse_of", "reverse": False, "name": "李娜", "since": "2026-01-01", "until": None},
        ],
        "printed_at": moment,
    }  # fmt: skip


def test_all_parts_are_on_the_page_in_chinese() -> None:
    text = Reader().read(render(dossier()))
    for part in ("车辆", "资料索引", "个人信息授权", "关系人", "往来记录"):
        assert part in text
    for told in (
        "陈晓明", "138****6582", "4****************8", "粤B12345", "购车合同", "满意度调查", "不同意", "交车",
        "里程 12", "金额(元) 123456.05", "2026-11-02 15:30", "不接受电话", "对方为其介绍人", "仅列出最近的记录",
    ):  # fmt: skip
        assert told in text
    assert "REMOVED-1" not in text


def test_what_a_customer_is_called_cannot_become_a_part_of_the_page() -> None:
    reader = Reader()
    text = reader.read(render(dossier(HOSTILE)))
    assert text.count(HOSTILE) >= 8
    assert "script" not in reader.tags
    assert reader.attributes == {"lang", "charset", "class"}


def test_an_empty_folder_says_so() -> None:
    empty = dossier()
    for part in ("documents", "consents", "relations"):
        empty[part] = []
    empty["customer"]["timeline"] = empty["customer"]["vehicles"] = []
    assert Reader().read(render(empty)).count("|无|") == 5


def test_the_policy_allows_the_page_its_own_style_and_nothing_else() -> None:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "default-src 'none'" in POLICY
    assert f"<style>{STYLE}</style>".encode() in render(dossier())


def test_reading_a_dossier_is_logged() -> None:
    (route,) = [route for route in TABLE.routes if PAGE in route.forms]
    assert (route.operation.name, route.logs_access) == ("customer.dossier", True)

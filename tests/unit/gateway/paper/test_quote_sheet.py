"""The quote sheet: what is offered, until when, and that no car is kept for it (C3)."""

from __future__ import annotations

from typing import Any

from gateway.paper import setting
from tests.support.paper import text


def quote(**differs: Any) -> dict[str, Any]:
    """An answer of `sales.quote_sheet`, with its names."""
    lines = [
        {"kind": "car", "description": "别克 GL8", "list_fen": 29_000_000, "discount_fen": 320_000,
         "amount_fen": 28_680_000, "vat_fen": 3_299_469},
        {"kind": "gift", "description": "贴膜", "list_fen": 150_000, "discount_fen": 150_000,
         "amount_fen": 0, "vat_fen": 0},
    ]  # fmt: skip
    known: dict[str, Any] = {
        "quote_id": "0193", "number": "HN-QU-202611-0001", "store_id": "HN", "store_name": "华南店",
        "customer_id": "0194", "customer_name": "䶮镕", "consultant_id": "HN01", "consultant_name": "顾问李",
        "model": "别克 GL8", "colour": "珍珠白", "quote_version": 2, "lines": lines,
        "total_fen": 28_680_000, "discount_fen": 320_000, "gift_fen": 150_000,
        "written_at": "2026-11-20T10:00:00+08:00", "valid_until": "2026-11-27", "version": 3,
        "changed_at": "2026-11-20T02:30:00+00:00",
    }  # fmt: skip
    return known | differs


def test_what_is_offered_can_be_read_back() -> None:
    said = text(setting.made("quote_sheet", quote()))
    for told in (
        "汽车销售报价单", "HN-QU-202611-0001", "䶮镕", "顾问李", "报价版本第2版", "有效期至2026-11-27",
        "车型别克GL8珍珠白",
        "1别克GL8车辆290,000.003,200.00286,800.00", "2贴膜赠品1,500.001,500.000.00", "贰拾捌万陆仟捌佰元整",
        "本报价不保留车辆", "依据第3版记录(2026-11-2010:30)制作",
    ):  # fmt: skip
        assert told in said, told


def test_a_reprint_is_the_same_to_the_byte_and_another_version_is_another_sheet() -> None:
    first = setting.made("quote_sheet", quote())
    assert setting.made("quote_sheet", quote()) == first != setting.made("quote_sheet", quote(quote_version=3))

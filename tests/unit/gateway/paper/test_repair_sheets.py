"""A repair on paper: what the law wants stands on it, and it is the same whenever it is printed (R51, C9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from contracts.workshop import papers
from gateway.paper import setting
from tests.support.paper import text

AT = "2026-11-23T09:30:00+08:00"
KNOWN: dict[str, Any] = {
    "ro_id": "0193", "number": "HN-RO-20261123-0001", "store_id": "HN", "store_name": "华南店",
    "customer_id": "0194", "customer_name": "陈𬭊", "vehicle_id": "0195", "vehicle_plate": "粤B12345",
    "vehicle_model": "GL8", "vehicle_vin_tail": "2S716214", "vehicle_vin": "LSGDC82C02S716214",
    "advisor_id": "HN05", "advisor_name": "服务顾问05", "version": 5, "changed_at": "2026-11-23T02:30:00+00:00",
}  # fmt: skip


PARTIES: list[dict[str, Any]] = [
    {"role": "bringer", "pay_type": None, "customer_id": "0197", "customer_name": "司机小刘", "firm": None},
    {"role": "payer", "pay_type": "CUSTOMER", "customer_id": None, "customer_name": None, "firm": "顺风物流公司"},
]


def line(position: int, description: str, amount_fen: int, **differs: Any) -> dict[str, Any]:
    known = {
        "position": position, "kind": "WORK", "state": "authorized", "description": description, "hours": "1.5",
        "amount_fen": amount_fen, "pay_type": "CUSTOMER",
    }  # fmt: skip
    return known | differs


def repair(**differs: Any) -> dict[str, Any]:
    """An answer of `workshop.repair_sheet`, with its names."""
    return {
        **KNOWN, "technician_id": "HN07", "technician_name": "技师07", "km": 50_000, "complaint": "发动机异响",
        "opened_at": AT, "promised_at": "2026-11-23T15:30:00+08:00",
        "lines": [
            line(1, "机油更换", 30_000), line(2, "车窗异响", 80_000, pay_type="WARRANTY"),
            line(3, "左前大灯", 30_000, state="proposed"), line(4, "会员优惠", -5_000, kind="DISCOUNT"),
        ],
        "payers": [
            {"payer": "CUSTOMER", "amount_fen": 55_000, "vat_fen": 6_327},
            {"payer": "WARRANTY", "amount_fen": 80_000, "vat_fen": 9_204},
        ],
        "total_fen": 135_000, "authorized_fen": 25_000,
        "consents": [
            {"said": "agreed", "said_at": AT, "said_by": "张伟", "version": 1, "lines": [1, 2, 4], "up_to_fen": 25_000}
        ],
        "unanswered": [3], "parties": PARTIES, **differs,
    }  # fmt: skip


def settlement(**differs: Any) -> dict[str, Any]:
    """An answer of `workshop.settlement_sheet`, with its names."""
    return {
        **KNOWN, "settlement_id": "0196", "number": "HN-ST-20261123-0001", "ro_number": "HN-RO-20261123-0001",
        "payer": "CUSTOMER", "state": "owed", "opened_at": AT, "ready_at": "2026-11-23T14:00:00+08:00",
        "made_at": "2026-11-23T14:10:00+08:00", "km_in": 50_000, "km_out": 50_003, "category": "second_maintenance",
        "guarantee_km": 5_000, "guarantee_days": 30, "amount_fen": 1_500, "vat_fen": 173, "paid_fen": 500,
        "balance_fen": 1_000, "lines": [
            {"position": place, "kind": "WORK", "description": said, "hours": "0.2", "amount_fen": 500, "vat_fen": vat}
            for place, said, vat in ((1, "检查", 58), (2, "清洁", 58), (3, "润滑", 57))
        ], "parties": PARTIES, **differs,
    }  # fmt: skip


def certificate(**differs: Any) -> dict[str, Any]:
    """An answer of `workshop.repair_certificate`, with its names."""
    return {
        **KNOWN, "number": "HN-CC-20261123-0001", "ro_number": "HN-RO-20261123-0001", "inspector_id": "HN09",
        "inspector_name": "质检09", "issued_by": "HN10", "issued_by_name": "服务经理10",
        "issued_at": "2026-11-23T14:05:00+08:00", "opened_at": AT, "ready_at": "2026-11-23T14:00:00+08:00",
        "category": "second_maintenance", "km_in": 50_000, "km_out": 50_003, "guarantee_km": 5_000,
        "guarantee_days": 30, "work": ["机油更换", "四轮定位"], "version": 1, **differs,
    }  # fmt: skip


SHEETS: dict[str, Callable[..., dict[str, Any]]] = {
    "estimate_sheet": repair,
    "repair_sheet": repair,
    "settlement_sheet": settlement,
    "repair_certificate": certificate,
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_reprint_is_the_same_to_the_byte(name: str) -> None:
    first = setting.made(name, SHEETS[name]())
    assert setting.made(name, SHEETS[name]()) == first
    assert setting.made(name, SHEETS[name](version=9)) != first


@pytest.mark.parametrize("name", SHEETS)
def test_whose_vehicle_it_is_stands_on_every_sheet(name: str) -> None:
    said = text(setting.made(name, SHEETS[name]()))
    for told in ("陈𬭊", "粤B12345", "GL8", "LSGDC82C02S716214", "华南店", SHEETS[name]()["number"], "2026-11-2309:30"):
        assert told in said, told


@pytest.mark.parametrize("name", SHEETS)
def test_a_vehicle_without_a_plate_leaves_room_to_write(name: str) -> None:
    said = text(setting.made(name, SHEETS[name](vehicle_plate=None, ready_at=None, promised_at=None)))
    assert "None" not in said and "none" not in said


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_printed_whatever_of_it_is_not_known_yet(name: str) -> None:
    """An estimate is printed before anybody was given the work: nobody's name stands beside nobody's identifier."""
    shape = getattr(papers, name).response
    hints = get_type_hints(shape)
    unknown = [one.name for one in fields(shape) if NoneType in get_args(hints[one.name])]
    assert unknown
    item = SHEETS[name](**dict.fromkeys(unknown))
    for field in unknown:
        item.pop(f"{field.removesuffix('_id')}_name", None)
    said = text(setting.made(name, item))
    assert item["number"] in said and "None" not in said and "none" not in said


@pytest.mark.parametrize("name", ["estimate_sheet", "repair_sheet"])
def test_the_work_stands_with_its_price_its_payer_and_the_customers_word(name: str) -> None:
    said = text(setting.made(name, repair()))
    for told in (
        "1机油更换维修项目1.5客户已同意300.00", "2车窗异响维修项目1.5保修已同意800.00",
        "3左前大灯维修项目1.5客户待确认300.00", "4会员优惠优惠1.5客户已同意-50.00",
        "客户550.0063.27伍佰伍拾元整", "保修800.0092.04", "¥1,350.00", "壹仟叁佰伍拾元整", "客户已同意¥250.00",
        "50000公里", "发动机异响", "技师07", "2026-11-2315:30", "承修方(盖章)",
    ):  # fmt: skip
        assert told in said, told


def test_a_signature_stands_beside_what_it_was_given_for_and_nothing_else() -> None:
    """Signed for 250.00, and 300.00 typed after that: the print does not show them as signed (Dolibarr#34559)."""
    said = text(setting.made("repair_sheet", repair()))
    assert "同意张伟2026-11-2309:3011、2、4250.00" in said
    assert "第3项尚未经客户确认,以上确认不及于这些项目" in said
    signed = text(setting.made("repair_sheet", repair(unanswered=[], consents=[])))
    assert "尚未经客户确认" not in signed and "客户确认记录" not in signed


def test_a_settlement_sheet_has_what_the_law_wants_on_it() -> None:
    """机动车维修费用结算清单: both odometers, hours and prices, tax, old parts, the guarantee, two copies."""
    said = text(setting.made("settlement_sheet", settlement()))
    for told in (
        "机动车维修费用结算清单", "HN-RO-20261123-0001", "送修人", "发动机号", "工时标准", "二级维护",
        "2026-11-2314:00", "进厂里程50000公里", "出厂里程50003公里",
        "1检查维修项目0.20.585.00", "3润滑维修项目0.20.575.00",
        "其中税额¥1.73", "应付¥15.00", "壹拾伍元整", "已付¥5.00", "未付¥10.00", "旧件", "客户带走",
        "5000公里或30日,先到为准",
        "客户自带配件不在质量保证范围内", "一式两份", "托修方(签字)",
    ):  # fmt: skip
        assert told in said, told
    assert "已作废" not in said


def test_a_void_settlement_says_so_and_what_is_owed_back_is_below_0() -> None:
    said = text(setting.made("settlement_sheet", settlement(state="void", balance_fen=-1_000)))
    assert "已作废" in said and "-10.00" in said and "负壹拾元整" in said


def test_without_a_certificate_the_guarantee_is_written_by_hand() -> None:
    nothing = dict.fromkeys(("km_out", "category", "guarantee_km", "guarantee_days"))
    said = text(setting.made("settlement_sheet", settlement(**nothing)))
    assert "先到为准" not in said and "质量保证" in said


def test_a_certificate_says_who_inspected_what_and_how_long_it_is_guaranteed() -> None:
    """竣工出厂合格证: print stored facts only, guarantee from the category (templates 47120050894, 8273469651)."""
    said = text(setting.made("repair_certificate", certificate()))
    for told in (
        "竣工出厂合格证", "HN-CC-20261123-0001", "二级维护", "质检09", "服务经理10", "2026-11-2314:05", "50003公里",
        "5000公里或30日", "1机油更换", "2四轮定位", "检验员(签字)", "准予出厂",
    ):  # fmt: skip
        assert told in said, told


@pytest.mark.parametrize("name", ["estimate_sheet", "repair_sheet", "settlement_sheet"])
def test_whoever_brought_it_stands_beside_its_owner_and_is_written_by_hand_where_nobody_is_named(name: str) -> None:
    assert "送修人司机小刘" in text(setting.made(name, SHEETS[name]()))
    assert "送修人车牌号" in text(setting.made(name, SHEETS[name](parties=[])))


def test_who_pays_a_settlement_stands_on_it() -> None:
    assert "付款人顺风物流公司" in text(setting.made("settlement_sheet", settlement()))

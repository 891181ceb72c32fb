"""Phone and ID numbers in any text, masked by what they are (R62)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.personal_numbers import numbers_masked
from contracts.vin import with_check_digit

CARD = "4****************8"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("聂霖懿13704756109", "聂霖懿137****6109"),
        ("电话13704756109转告", "电话137****6109转告"),
        ("tel13704756109", "tel137****6109"),
        ("MOBILE13704756109", "MOBILE137****6109"),
        ("137-0475-6109", "137****6109"),
        ("137 0475 6109/138 0013 8000", "137****6109/138****8000"),
        ("1370475 6109", "137****6109"),
        ("1370 475 6109", "137****6109"),
        ("１３７０４７５６１０９", "137****6109"),
        ("+86 137 0475 6109", "+86****6109"),
        ("013704756109", "013****6109"),
        ("13704756109@139.com", "137****6109@139.com"),
        ("13704756109、13800138000", "137****6109、138****8000"),
        ("0755-83201234", "075****1234"),
        ("(0755)83201234", "075****1234"),
        ("010 8320 1234", "010****1234"),
        ("+852 9123 4567", "+85****4567"),
        ("440301197510200018", CARD),
        ("身份证440301 19751020 0018。", f"身份证{CARD}。"),
        ("440301197510200017", "4****************7"),
        ("34052419800101001x", "3****************x"),
        ("合同-440301197510200018", f"合同-{CARD}"),
        ("130503670401001", "1*************1"),
        ("4403 0119 7510 2000 18", CARD),
        ("440301/19751020/0018", CARD),
        ("440301  19751020  0018", CARD),
        ("4 4 0 3 0 1 1 9 7 5 1 0 2 0 0 0 1 8", CARD),
        ("13800138000 1234567", "138****8000 1234567"),
    ],
)
def test_a_number_is_masked_whatever_it_was_typed_into(text: str, masked: str) -> None:
    assert numbers_masked(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "", "张伟", "GL8", "粤B12345", "粤B·D12345", "HN-RO-20261123-0002", "HN-SO-20261123-1380", "2026-11-23",
        "2026-11-23T20:43:42.138123+08:00", "2026-11-13 8001", "20261123204342", "20261123", "29980000",
        "LSGDC82C02S716214", "1M8GDM9AXKP042788", "LSGDC8AX213800138", "JZS155-0012345", "91440300708461136T",
        "708461136", "01a2086f-0281-7241-822f-c5d1ee9d5ccd", "13800138-0013-8000-1380-013800138000", "¥12,345.67",
        "6分钟", "138****8000", "4****************8", "2026年11月23日", "100000000000000000", "400-800-1234",
        "深圳市福田区深南大道6008号报业大厦18楼1801室", "12.5", "10000公里保养", "999999999999999",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_person_stays_as_it_is(text: str) -> None:
    assert numbers_masked(text) == text


def test_who_sees_one_kind_sees_that_kind() -> None:
    text = "13704756109 440301197510200018"
    assert numbers_masked(text, phones=False) == f"13704756109 {CARD}"
    assert numbers_masked(text, cards=False) == "137****6109 440301197510200018"


@example("", 3, 0, "A00000")
@given(st.text(max_size=30), st.integers(3, 9), st.integers(0, 10**9 - 1), st.text(max_size=30))
def test_no_mobile_survives_in_any_text(before: str, second: int, rest: int, after: str) -> None:
    """However it stands; only within seventeen signs that can be a VIN it is none."""
    number = f"1{second}{rest:09d}"
    if before[-1:].isdigit() or after[:1].isdigit():
        before, after = f"{before}。", f"。{after}"
    if (before[-6:] + number).isascii() and before[-6:].isalnum() and before[-6:].isupper():
        before = f"{before}:"  # seventeen such signs in a row are a VIN
    assert number not in numbers_masked(before + number + after)


@given(st.uuids(), st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 9999))
def test_identifiers_and_numbers_of_orders_survive(uuid: UUID, day: date, count: int) -> None:
    for text in (str(uuid), f"FT-RO-{day:%Y%m%d}-{count:04d}", day.isoformat(), f"{day + timedelta(1):%Y%m%d}"):
        assert numbers_masked(text) == text


@given(st.from_regex(r"[1-9A-HJ-NPR-Z]{2}[A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{5}0[A-HJ-NPR-Z0-9]{4}[0-9]{4}", fullmatch=True))
@example("LSG0A030000000000")
@example("1GK86138001380005")
def test_a_vin_survives(vin: str) -> None:
    assert numbers_masked(with_check_digit(vin)) == with_check_digit(vin)

"""What somebody means who types something into the look-up box (R36)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.rules.asking import Ask, By, meanings

TODAY = date(2026, 11, 2)


def means(typed: str) -> list[tuple[str, str]]:
    return [(ask.by.value, ask.text) for ask in meanings(typed, today=TODAY)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13800138000", [("mobile", "13800138000")]),
        ("+86 138-0013-8000", [("mobile", "13800138000")]),
        ("0755-83201234", [("mobile", "075583201234")]),
        ("8000", [("mobile_tail", "8000"), ("vin_tail", "8000")]),
        ("800", []),
        ("粤B·12345", [("plate", "粤B12345")]),
        ("粤B12", [("plate", "粤B12")]),
        ("张伟", [("name", "张伟"), ("sound", "zhangwei"), ("southern_sound", "zanwei")]),
        ("张", [("name", "张")]),
        ("张先生", [("name", "张")]),
        ("张%", [("name", "张%")]),
        ("章偉", [("name", "章伟"), ("sound", "zhangwei"), ("southern_sound", "zanwei")]),
        ("zhangwei", [("pinyin", "zhangwei"), ("initials", "zhangwei"), ("southern_sound", "zhangwei")]),
        ("ZW", [("pinyin", "zw"), ("initials", "zw"), ("southern_sound", "zw")]),
        ("440301197510200018", [("id_number", "440301197510200018")]),
        ("130503670401001", [("id_number", "130503196704010016")]),
        ("91440300708461136T", [("organisation", "708461136")]),
        ("LSGDC82CX2E000001", [("vin", "LSGDC82CX2E000001")]),
        ("LSGDC82C02E000001", []),
        ("2E000001", [("vin_tail", "2E000001"), ("name", "2E000001")]),
        ("E01", []),
        ("", []),
        ("   ", []),
    ],
)
def test_what_was_typed_is_understood(typed, meant):
    assert means(typed) == meant


def test_a_family_name_that_is_a_province_is_a_name_until_a_letter_follows():
    assert meanings("云", today=TODAY) == (Ask(By.NAME, "云"),)
    assert meanings("鲁A", today=TODAY) == (Ask(By.PLATE, "鲁A"),)


@given(st.text(max_size=60))
def test_any_text_means_a_few_things_each_once(text):
    asked = meanings(text, today=TODAY)
    assert len(asked) == len({ask.by for ask in asked}) <= 3

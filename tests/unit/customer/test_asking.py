"""What somebody means who types something into the look-up box (R36)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.view.rules.asking import Ask, By, meanings

TODAY = date(2026, 11, 2)


def means(typed: str) -> list[tuple[str, str]]:
    return [(ask.by.value, ask.text) for ask in meanings(typed, today=TODAY)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13800138000", [("mobile", "13800138000")]),
        ("+86 138-0013-8000", [("mobile", "13800138000")]),
        ("0755-83201234", [("mobile", "075583201234")]),
        ("8000", [("mobile_tail", "8000")]),
        ("800", []),
        ("38000", [("plate_tail", "38000"), ("vin_tail", "38000")]),
        ("138000", [("vin_tail", "138000")]),
        ("9138001380", [("vin_tail", "9138001380")]),
        ("708461136", [("vin_tail", "708461136"), ("organisation", "708461136")]),
        ("138001380001", []),
        ("4403011975102", []),
        ("44030119751020001", []),
        ("粤B·12345", [("plate", "粤B12345")]),
        ("粤B12", [("plate", "粤B12")]),
        ("粤B1", []),
        ("粤B", []),
        ("聂霖懿13704756109", [("mobile", "13704756109")]),
        ("张1370", [("name", "张")]),
        ("13704张", []),
        ("A&13704", [("name", "A&")]),
        ("张137 0", [("name", "张")]),
        ("张 1-3.7　０", [("name", "张")]),
        ("张137,4S店", [("name", "张")]),
        (
            "红彤4S店",
            [
                ("name", "红彤4S店"),
                ("sound", "gongtong4sdian hongtong4sdian"),
                ("southern_sound", "gongtong4sdian hongtong4sdian"),
            ],
        ),
        ("张伟", [("name", "张伟"), ("sound", "zhangwei"), ("southern_sound", "zanwei")]),
        ("张", [("name", "张")]),
        ("张先生", [("name", "张")]),
        ("张%", [("name", "张%")]),
        ("章偉", [("name", "章伟"), ("sound", "zhangwei"), ("southern_sound", "zanwei")]),
        ("zhangwei", [("pinyin", "zhangwei"), ("initials", "zhangwei"), ("southern_sound", "zhangwei")]),
        ("Mr. Smith", [("pinyin", "smith"), ("initials", "smith"), ("southern_sound", "smith")]),
        ("ZW", [("pinyin", "zw"), ("initials", "zw"), ("southern_sound", "zw")]),
        ("440301197510200018", [("id_number", "440301197510200018")]),
        ("130503670401001", [("id_number", "130503196704010016")]),
        ("91440300708461136T", [("organisation", "708461136")]),
        ("LSGDC82CX2E000001", [("vin", "LSGDC82CX2E000001")]),
        ("LSGDC82C02E000001", []),
        ("2E000001", [("vin_tail", "2E000001")]),
        ("E0001", [("plate_tail", "E0001")]),
        ("CX2E000001", []),
        ("CX2E", [("plate_tail", "CX2E"), ("name", "CX2E")]),
        ("B12345", [("plate_tail", "B12345"), ("vin_tail", "B12345")]),
        ("QA123", [("plate_tail", "QA123"), ("name", "QA123")]),
        ("粵B・12345", [("plate", "粤B12345")]),
        ("使123456", [("plate", "使123456")]),
        ("民航A0123", [("plate", "民航A0123")]),
        ("VA12345", [("plate", "VA12345")]),
        ("*LSGDC82CX2E000001*", [("vin", "LSGDC82CX2E000001")]),
        ("JZS155-0012345", [("vin", "JZS155-0012345")]),
        ("86-755-83201234", [("mobile", "075583201234")]),
        ("(+852)9123 4567", [("mobile", "+85291234567")]),
        ("⻢伟", [("name", "马伟"), ("sound", "mawei"), ("southern_sound", "mawei")]),
        ("E01", []),
        ("", []),
        ("   ", []),
    ],
)
def test_what_was_typed_is_understood(typed, meant):
    assert means(typed) == meant


@pytest.mark.parametrize("name", ["聂霖懿", "Tom", "欧阳Tom", "A&"])
@pytest.mark.parametrize("between", ["", *" \t　-－.·・_/,\u200b\u00ad", "()"])
def test_a_number_within_a_name_is_not_spelled_out_sign_by_sign(name, between):
    for many in (4, 5, 7, 10):
        for said in (between.join("13704756109"[:many]), f"137{between}{'04756109'[: many - 3]}"):
            for how, text in means(f"{name}{said}"):
                digits = sum(sign.isdigit() for sign in text)
                assert digits < 4 or how in ("vin", "vin_tail", "plate_tail"), (how, text)


def test_a_family_name_that_is_a_province_is_a_name_until_a_letter_follows():
    assert meanings("云", today=TODAY) == (Ask(By.NAME, "云"),)
    assert meanings("鲁A12", today=TODAY) == (Ask(By.PLATE, "鲁A12"),)


@given(st.integers(min_value=0, max_value=10**20), st.sampled_from(["", "张", "A", "陈-", "粤B"]))
def test_no_part_of_a_number_but_a_phone_s_last_four_searches_a_number(number, before):
    """Whoever may search by more and more digits finds out the rest."""
    numbers = {By.MOBILE, By.MOBILE_TAIL, By.ID_NUMBER}
    for length in range(1, 11):
        typed = str(number).zfill(20)[-length:]
        asked = {ask.by for ask in meanings(before + typed, today=TODAY)} & numbers
        assert asked <= ({By.MOBILE_TAIL} if length == 4 else {By.MOBILE} if length == 10 else set())


@given(st.text(max_size=60))
def test_any_text_means_a_few_things_each_once(text):
    asked = meanings(text, today=TODAY)
    assert len(asked) == len({ask.by for ask in asked}) <= 3

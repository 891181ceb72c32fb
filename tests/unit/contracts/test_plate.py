"""Number plates by E5."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plate import NotAPlate, kind_of, may_end_one, normalise, read, starts_like_a_plate, tidy


@pytest.mark.parametrize(
    ("typed", "stored", "kind"),
    [
        ("粤B·12345", "粤B12345", "CIVIL"),
        ("粤b 1234a", "粤B1234A", "CIVIL"),
        ("粤BD12345", "粤BD12345", "NEV_SMALL"),
        ("粤B12345D", "粤B12345D", "NEV_LARGE"),
        ("粤Z1234港", "粤Z1234港", "SPECIAL"),
        ("沪A0023领", "沪A0023领", "EMBASSY"),
        ("123456使", "123456使", "EMBASSY"),
        ("粤B1234学", "粤B1234学", "SPECIAL"),
        ("WJ粤1234T", "WJ粤1234T", "ARMED_POLICE"),
        ("VA12345", "VA12345", "ARMY"),
        ("粤B12345临", "粤B12345临", "TEMPORARY"),
        ("粤B.1-2•345", "粤B12345", "CIVIL"),
        ("粤Ｂ１２３４５", "粤B12345", "CIVIL"),
        ("粵B12345", "粤B12345", "CIVIL"),
        ("蘇E12345", "苏E12345", "CIVIL"),
        ("\u200e粤B12345\u202c", "粤B12345", "CIVIL"),
        ("粤B・12345", "粤B12345", "CIVIL"),
        ("粤B‧12345", "粤B12345", "CIVIL"),
        ("粤B∙12345", "粤B12345", "CIVIL"),
        ("粤B●12345", "粤B12345", "CIVIL"),
        ("粤B—12345", "粤B12345", "CIVIL"),
        ("粤B一12345", "粤B12345", "CIVIL"),
        ("粤B12345(蓝)", "粤B12345", "CIVIL"),
        ("粤B1234學", "粤B1234学", "SPECIAL"),
        ("使123456", "使123456", "EMBASSY"),
        ("粤BX012应急", "粤BX012应急", "EMERGENCY"),
        ("云S0123应急", "云S0123应急", "EMERGENCY"),
        ("民航A0123", "民航A0123", "AIRPORT"),
        ("粤B0123试", "粤B0123试", "TEST"),
    ],
)
def test_the_vectors_of_e5_are_stored_and_named(typed, stored, kind):
    assert normalise(typed) == stored
    assert kind_of(stored) == kind
    assert (read(typed).number, read(typed).kind) == (stored, kind)


@pytest.mark.parametrize(
    "typed",
    [
        "粤BI2345A",
        "粤BO2345",
        "",
        "粤B1234",
        "粤B123456",
        "XB12345",
        "使A12345",
        "粤112345",
        "粤B1234港澳",
        "UA12345",
        "京O12345",
        "临牌",
    ],
)
def test_what_no_authority_issues_is_refused(typed):
    with pytest.raises(NotAPlate):
        normalise(typed)


@pytest.mark.parametrize(
    ("text", "like"), [("粤B", True), ("粤B12", True), ("粤", False), ("B12", False), ("粤1", False)]
)
def test_the_beginning_of_a_plate_is_recognised(text, like):
    assert starts_like_a_plate(text) is like


@pytest.mark.parametrize("typed", ["粤B12345临", "临牌", " 临 牌 ", "未上牌", "新车(未上牌)", "无牌", "临时牌照"])
def test_a_temporary_plate_never_identifies_a_vehicle(typed):
    plate = read(typed)
    assert plate.kind == "TEMPORARY"
    assert not plate.identifies


def test_a_plate_for_trials_moves_from_car_to_car():
    assert not read("粤B0123试").identifies


@pytest.mark.parametrize(
    ("text", "may"),
    [("B12345", True), ("12345", True), ("Q123", True), ("123", False), ("ABCD", False), ("O123", False)],
)
def test_a_plate_may_be_known_by_its_end(text, may):
    assert may_end_one(text) is may


@pytest.mark.parametrize("typed", ["粤B12345", "粤BD12345", "粤Z1234港", "123456使", "VA12345"])
def test_every_other_plate_identifies_one(typed):
    assert read(typed).identifies


def test_a_police_plate_with_the_letter_o_comes_only_from_imports():
    assert (read("京O·12345", imported=True).number, read("京O12345", imported=True).kind) == (
        "京O12345",
        "LEGACY_POLICE",
    )
    with pytest.raises(NotAPlate):
        read("京O12345")


@pytest.mark.parametrize("typed", ["粤BI2345A", "粤BO2345A", "粤B1234O", ""])
def test_an_import_is_no_excuse_for_other_slips(typed):
    with pytest.raises(NotAPlate):
        read(typed, imported=True)


@given(st.text(max_size=12), st.booleans())
def test_any_text_is_a_plate_or_none(text, imported):
    with contextlib.suppress(NotAPlate):
        assert read(read(text, imported=imported).number, imported=imported) == read(text, imported=imported)


@given(st.text("粤沪京ABDFIOZ0123456789·•.- 港学领使临", max_size=12))
def test_a_stored_plate_has_a_kind_and_stays_as_it_is(text):
    with contextlib.suppress(NotAPlate):
        stored = normalise(text)
        assert kind_of(stored) is not None
        assert normalise(stored) == stored
        assert "I" not in stored.replace("WJ", "")


@given(st.text("粤沪abcABC0189·•.- \u3000１Ａ", max_size=10))
def test_tidying_twice_changes_nothing(text):
    assert tidy(tidy(text)) == tidy(text)

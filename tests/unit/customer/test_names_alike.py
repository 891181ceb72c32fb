"""How alike names are: the ladder of E6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules import company_names, names
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.names_alike import company_score, person_score

NAMES = st.text("张章王黄陈陳伟偉维威志智强強先生小姐女士欧阳歐陽 AaBb", max_size=5)
COMPANIES = st.text("深圳市华强实业科技有限公司集团股份()（）", max_size=12)


def score(one: str, other: str) -> float:
    return person_score(names.read(one), names.read(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("张伟", "张伟", 1.00, id="equal"),
        pytest.param("张 伟", "张伟先生", 1.00, id="equal but for space and title"),
        pytest.param("陳志強", "陈志强", 0.98, id="traditional"),
        pytest.param("CHAN TAI MAN", "Chan Tai Man", 0.98, id="letters in another case"),
        pytest.param("张伟", "章伟", 0.85, id="same sound, given name equal"),
        pytest.param("张志强", "张智强", 0.85, id="same sound, two characters equal"),
        pytest.param("張偉", "章伟", 0.85, id="same sound across traditional"),
        pytest.param("张伟", "章威", 0.75, id="same sound, no character equal"),
        pytest.param("张伟", "Zhang Wei", 0.75, id="same sound in letters"),
        pytest.param("王丽青", "王丽静", 0.75, id="same sound by a rare reading only"),
        pytest.param("覃伟", "谭伟", 0.85, id="same sound by either reading of a surname"),
        pytest.param("张兰", "张南", 0.70, id="l and n"),
        pytest.param("张志强", "张自强", 0.70, id="zh and z"),
        pytest.param("张英", "张音", 0.70, id="ing and in"),
        pytest.param("张福", "张湖", 0.70, id="f and h"),
        pytest.param("黄兰", "王南", 0.0, id="folded alike but for the surname"),
        pytest.param("张志强", "张志伟", 0.55, id="one of two given characters"),
        pytest.param("张志强", "张大强", 0.55, id="the other of two given characters"),
        pytest.param("张伟", "张强", 0.0, id="the only given character"),
        pytest.param("张志强", "张大伟", 0.0, id="both given characters"),
        pytest.param("张大志强", "张小志伟", 0.0, id="two of three given characters"),
        pytest.param("欧阳志强", "欧阳志伟", 0.0, id="one of four characters"),
        pytest.param("章兰", "张南", 0.0, id="folded alike, surname only sounds alike"),
        pytest.param("张先生", "张伟", 0.50, id="surname"),
        pytest.param("张先生", "张伟先生", 0.60, id="surname and gender"),
        pytest.param("张小姐", "张伟先生", 0.50, id="surname, other gender"),
        pytest.param("张先生", "张先生", 0.60, id="two surnames are no name"),
        pytest.param("张", "张", 0.50, id="two bare surnames are no name"),
        pytest.param("欧阳先生", "歐陽鋒", 0.50, id="compound surname"),
        pytest.param("欧先生", "欧阳锋", 0.0, id="a part of a compound surname"),
        pytest.param("张先生", "章伟", 0.0, id="surname that only sounds alike"),
        pytest.param("黄伟", "王伟", 0.0, id="huang and wang"),
        pytest.param("张伟", "李强", 0.0, id="different"),
        pytest.param("张志强", "张志", 0.0, id="one shorter"),
        pytest.param("先生", "先生", 0.0, id="a title is no name"),
        pytest.param("", "", 0.0, id="nothing"),
        pytest.param("··", "..", 0.0, id="signs sound like nothing"),
    ],
)
def test_every_rung_of_the_ladder(one, other, expected):
    assert score(one, other) == score(other, one) == expected


def test_a_title_agrees_with_a_gender_known_otherwise():
    mister, full = names.read("张先生"), names.read("张伟")
    assert person_score(mister, full, gender_b=Gender.MALE) == 0.60
    assert person_score(full, mister, gender_a=Gender.MALE) == 0.60
    assert person_score(mister, full, gender_b=Gender.FEMALE) == 0.50


@given(NAMES, NAMES)
def test_the_order_of_two_names_never_matters(one, other):
    assert score(one, other) == score(other, one)
    assert 0 <= score(one, other) <= 1


@given(NAMES)
def test_a_full_name_is_equal_to_itself(text):
    name = names.read(text)
    if name.simplified and not name.surname_only:
        assert person_score(name, name) == 1.0


def company(one: str, other: str) -> float:
    return company_score(company_names.read(one), company_names.read(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("深圳市华强实业有限公司", "华强实业", 1.0, id="legal form and city"),
        pytest.param("华强实业（深圳）有限公司", "深圳市华强实业有限责任公司", 1.0, id="city in brackets"),
        pytest.param("華強實業股份有限公司", "华强实业", 1.0, id="traditional"),
        pytest.param("华强(集团)股份有限公司", "华强", 1.0, id="group"),
        pytest.param("ABC贸易有限公司", "abc贸易", 1.0, id="case"),
        pytest.param("华强电子", "华强电器", 0.5, id="two of four pairs"),
        pytest.param("华强电子", "华强电子科技", 0.6, id="three of five pairs"),
        pytest.param("华强实业", "广州本田", 0.0, id="different"),
        pytest.param("广州市华强有限公司", "深圳市华强有限公司", 0.25, id="another city stays in the name"),
        pytest.param("深圳市有限公司", "深圳市有限公司", 1.0, id="nothing but what everybody has"),
        pytest.param("", "", 0.0, id="nothing"),
        pytest.param("强", "华强", 0.0, id="one character"),
    ],
)
def test_companies_are_alike_in_what_tells_them_from_others(one, other, expected):
    assert company(one, other) == company(other, one) == pytest.approx(expected)


@given(COMPANIES, COMPANIES)
def test_the_order_of_two_companies_never_matters(one, other):
    assert company(one, other) == company(other, one)
    assert 0 <= company(one, other) <= 1


@given(COMPANIES)
def test_the_core_of_a_name_is_stable_and_equal_to_itself(text):
    name = company_names.read(text)
    assert company_names.core_of(text + " ") == name.core
    assert company_score(name, name) == (1.0 if name.core else 0.0)

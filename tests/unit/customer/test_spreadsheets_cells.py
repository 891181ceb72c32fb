"""The text of a cell as a value."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.customer.importing.spreadsheets.cells import CellRefused, date_of, fen_of, gender_of, km_of, truth_of


def refused(parse, text, **how):
    with pytest.raises(CellRefused) as refusal:
        parse(text, **how)
    assert refusal.value.zh and refusal.value.en
    return refusal.value.code


@pytest.mark.parametrize(
    "text",
    [
        "2002-03-15",
        "2002/3/15",
        "2002.3.15",
        "20020315",
        "2002年3月15日",
        "2002年3月15号",
        "2002年03月15",
        "２００２－０３－１５",
        " 2002-3-15 ",
        "'2002-03-15",
        "2002-03-15 00:00:00",
        "2002-03-15T08:30:00.000+08:00",
        "2002/3/15 8:30",
        "2002年3月15日 8时30分",
        "37330",
        "37330.354166",
    ],
)
def test_every_usual_form_of_a_day_is_read(text):
    assert date_of(text) == dt.date(2002, 3, 15)


@pytest.mark.parametrize("text", ["02-03-15", "3/4/2002", "15.3.02", "02年3月15日", "3/15/2002", "02-03-15 08:00"])
def test_a_day_that_can_be_read_in_several_ways_is_refused(text):
    assert refused(date_of, text) == "DATE_AMBIGUOUS"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2002-02-30",
        "2002-13-01",
        "20021345",
        "1899-12-31",
        "2100-01-01",
        "99999",
        "123",
        "去年",
        "2002-03",
        "2002年",
    ],
)
def test_what_is_no_day_is_refused(text):
    assert refused(date_of, text) == "DATE_INVALID"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(day):
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        assert date_of(day.strftime(form)) == day
    assert date_of(f"{day.year}/{day.month}/{day.day}") == day


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("12345", 12345),
        ("12,345公里", 12345),
        ("12345.6", 12345),
        ("1.2万", 12000),
        ("1.2万公里", 12000),
        ("约3万公里", 30000),
        ("12345 KM", 12345),
        ("０", 0),
    ],
)
def test_kilometres_are_read(text, km):
    assert km_of(text) == km


def test_the_headings_unit_counts_for_bare_numbers_only():
    assert km_of("1.2", unit="万公里") == 12000
    assert km_of("12000公里", unit="万公里") == 12000
    assert fen_of("12.8", unit="万元") == 12_800_000
    assert fen_of("128000元", unit="万元") == 12_800_000
    assert fen_of("500", unit="分") == 500


@pytest.mark.parametrize("text", ["", "abc", "-1", "5000001", "1,23", "12345英里", "1 2"])
def test_what_is_no_distance_is_refused(text):
    assert refused(km_of, text) == "KM_INVALID"


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12345.67", 1234567),
        ("¥12,345.67", 1234567),
        ("￥ 300", 30000),
        ("12.8万元", 12800000),
        ("128000元整", 12800000),
        ("-300", -30000),
        ("-¥300", -30000),
        ("0", 0),
    ],
)
def test_money_is_read_in_fen(text, fen):
    assert fen_of(text) == fen


@pytest.mark.parametrize("text", ["", "abc", "$300", "1.234", "1,23", "300美元", "--3", "(300)", "9" * 40])
def test_what_is_no_money_is_refused(text):
    assert refused(fen_of, text) == "MONEY_INVALID"


@given(st.integers(-(10**12), 10**12))
def test_every_amount_of_fen_is_read_back(fen):
    sign, whole, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    assert fen_of(f"{sign}{whole:,}.{rest:02}") == fen


def test_yes_no_and_gender_in_peoples_words():
    assert [truth_of(text) for text in ("是", "Y", "√", "有", "1")] == [True] * 5
    assert [truth_of(text) for text in ("否", "N", "×", "无", "0")] == [False] * 5
    assert refused(truth_of, "也许") == "TRUTH_INVALID"
    assert [gender_of(text) for text in ("男", "先生", "M", "Mr.")] == ["male"] * 4
    assert [gender_of(text) for text in ("女", "女士", "F", "Ms.")] == ["female"] * 4
    assert refused(gender_of, "不详") == "GENDER_INVALID"


@given(st.text(max_size=60))
@example("٣٠")
@example("²")
@example("1" * 60)
def test_any_text_is_a_value_or_is_refused_with_a_code(text):
    for parse in (date_of, km_of, fen_of, truth_of, gender_of):
        with contextlib.suppress(CellRefused):
            assert parse(text) is not None

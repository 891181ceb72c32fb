"""How departments write what people do for a living (R25, R26)."""

from __future__ import annotations

import contextlib
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.customer.operations import Occupation
from deploy.local.console import SOURCES
from services.customer.importing.spreadsheets.cells import CellRefused
from services.customer.importing.spreadsheets.occupations import _WORDS, occupation_of


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_screen_says_of_each_class_is_read_as_it(language):
    said = json.loads((SOURCES / "src" / "i18n" / language / "enums.json").read_text())["occupation"]
    assert {code: occupation_of(word) for code, word in said.items()} == {one.value: one for one in Occupation}


@pytest.mark.parametrize(
    ("text", "occupation"),
    [
        ("教师", "professional"),
        (" 老板 ", "self_employed"),
        ("退（离）休人员", "retired"),
        ("Civil Servant", "civil_servant"),
        ("家庭主妇", "unemployed"),
        ("总经理", "manager"),
        ("self_employed", "self_employed"),
        ("其它", "other"),
    ],
)
def test_people_s_words_mean_a_class(text, occupation):
    assert occupation_of(text) == occupation


def test_no_word_means_two_classes():
    words = Counter(word for chinese, english in _WORDS.values() for word in (*chinese.split(), *english.split("|")))
    assert [word for word, times in words.items() if times > 1] == []


@given(st.text(max_size=60))
def test_any_text_is_a_class_or_is_refused_with_a_code(text):
    with contextlib.suppress(CellRefused):
        assert occupation_of(text) in Occupation


@pytest.mark.parametrize("text", ["神仙", "教师/医生", "退休?", "员"])
def test_what_is_not_surely_one_is_not_guessed_at(text):
    with pytest.raises(CellRefused, match="OCCUPATION_UNKNOWN"):
        occupation_of(text)

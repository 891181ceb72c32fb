"""A complaint travels in English and is told in the language of whoever reads it."""

from __future__ import annotations

import string

import pytest

from contracts.complaints import LONGEST, complaints
from contracts.sayings import Saying, told


def example(saying: Saying) -> str:
    """The sentence with something in every place."""
    return saying(**{name: "7" for _, name, _, _ in string.Formatter().parse(saying.en) if name})


@pytest.mark.parametrize("saying", Saying, ids=lambda saying: saying.name)
def test_each_sentence_is_known_again_by_its_english(saying: Saying) -> None:
    assert told(example(saying), language="zh") == saying.zh.format_map(dict.fromkeys(_named(saying), "7"))
    assert told(example(saying), language="en") == example(saying)


def _named(saying: Saying) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(saying.en) if name]


@pytest.mark.parametrize("saying", Saying, ids=lambda saying: saying.name)
def test_the_chinese_names_nothing_that_the_english_does_not(saying: Saying) -> None:
    assert {name for _, name, _, _ in string.Formatter().parse(saying.zh) if name} <= set(_named(saying))


def test_what_it_names_stands_in_the_chinese_too() -> None:
    assert told(Saying.OUT_OF_BOUNDS(min=10, max=22), language="zh") == "须在 10 与 22 之间"


def test_a_sentence_that_was_cut_is_known_all_the_same() -> None:
    ((cut,),) = complaints({"kind": [Saying.NO_CHOICE(choices=", ".join(["something"] * 100))]}).values()
    assert len(cut) == LONGEST
    assert told(cut, language="zh").startswith("须为其中之一:something, ")


def test_what_no_row_says_stays_as_it_is() -> None:
    assert told("Odd.", language="zh") == "Odd."

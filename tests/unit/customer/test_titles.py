"""Titles and nicknames, as they are typed with names and into columns of their own (E6)."""

from __future__ import annotations

import pytest

from services.customer.record.rules import names, titles
from services.customer.record.rules.gender import Gender


@pytest.mark.parametrize(
    ("typed", "text", "title", "gender"),
    [
        ("张工", "张", "工", None),
        ("刘哥", "刘", "哥", Gender.MALE),
        ("欧阳姐", "欧阳", "姐", Gender.FEMALE),
        ("陈生", "陈", "生", Gender.MALE),
        ("陈太", "陈", "太", Gender.FEMALE),
        ("李老板", "李", "老板", None),
        ("李主任", "李", "主任", None),
        ("王副总", "王", "副总", None),
        ("王伟博士", "王伟", "博士", None),
        ("Mr. Smith", "Smith", "先生", Gender.MALE),
        ("mrs WONG", "WONG", "太太", Gender.FEMALE),
        ("Dr. 陈", "陈", "博士", None),
    ],
)
def test_a_title_of_any_kind_is_kept_apart(typed, text, title, gender):
    name = names.read(typed)
    assert (name.text, name.title, name.gender) == (text, title, gender)


@pytest.mark.parametrize("typed", ["李根生", "王建工", "张文哥", "李玉姐", "Mrskov", "董生根"])
def test_a_name_that_only_ends_or_begins_like_a_title_is_whole(typed):
    name = names.read(typed)
    assert (name.text, name.title) == (typed, "")


@pytest.mark.parametrize(("typed", "of"), [("老王", "王"), ("小李", "李"), ("阿强", "强"), ("小欧阳", "欧阳")])
def test_a_nickname_says_less_than_a_name(typed, of):
    name = names.read(typed)
    assert (name.text, name.nickname, name.partial, name.surname) == (typed, of, True, "")


@pytest.mark.parametrize("typed", ["阿凡提", "小泽征尔", "老舍先", "王小", "张伟"])
def test_a_name_that_begins_like_a_nickname_is_none(typed):
    assert names.read(typed).nickname == ""


@pytest.mark.parametrize(
    ("word", "title"),
    [("先生", "先生"), ("Mr.", "先生"), ("博士", "博士"), ("董事長", "董事长"), ("哥", "哥"), ("女", ""), ("胖子", "")],
)
def test_a_title_by_itself_is_known(word, title):
    assert titles.known(word) == title


@pytest.mark.parametrize(
    "word", ["nan", "NaN", "(null)", "\\N", "#N/A", "undefined", "——", "?", "...", "*", "无名", "不祥"]
)
def test_a_word_for_nothing_is_nobody_s_name(word):
    assert names.read(word).text == ""


def test_a_radical_is_the_character_it_looks_like():
    assert names.read("\u2ee2伟") == names.read("马伟")
    assert names.read("\u2edb伟").text == "风伟"


def test_signs_that_nobody_sees_are_no_part_of_a_name():
    assert names.read("邵\u200b岚\u202e槿\ufeff") == names.read("邵岚槿")


@pytest.mark.parametrize("dot", "·•‧・･．.∙●⋅")
def test_every_middle_dot_is_one(dot):
    assert names.read(f"吐尔洪{dot}买买提").text == "吐尔洪·买买提"

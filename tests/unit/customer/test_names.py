"""Names and how they sound (E6)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.customer.record.rules.gender import Gender
from services.customer.record.rules.names import normalise, pinyin, read
from services.customer.record.rules.simplified import simplify


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张 伟 ", "张伟"),
        ("张　伟", "张伟"),
        ("John   Smith", "John Smith"),
        ("阿凡提•买买提", "阿凡提·买买提"),
        ("阿凡提・买买提", "阿凡提·买买提"),
        ("深圳 ABC 有限公司", "深圳ABC有限公司"),
        ("Ａｎｎａ", "Anna"),
    ],
)
def test_a_name_is_stored_in_one_form(typed, stored):
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("张伟", "zhangwei", "zw"),
        ("曾志伟", "zengzhiwei", "zzw"),
        ("单田芳", "shantianfang", "stf"),
        ("仇英", "qiuying", "qy"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("查良镛", "zhaliangyong", "zly"),
        ("欧阳锋", "ouyangfeng", "oyf"),
        ("司马光", "simaguang", "smg"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("吕布", "lvbu", "lb"),
        ("任贤齐", "renxianqi", "rxq"),
        ("朴树", "piaoshu", "ps"),
        ("單田芳", "shantianfang", "stf"),
        ("歐陽鋒", "ouyangfeng", "oyf"),
        ("區志強", "ouzhiqiang", "ozq"),
        ("余华", "yuhua", "yh"),
        ("John Smith", "johnsmith", "js"),
        ("深圳ABC公司", "shenzhenabcgongsi", "szags"),
    ],
)
def test_a_name_sounds_as_its_bearer_says_it(name, full, initials):
    assert pinyin(name) == (full, initials)


@given(st.text(max_size=20))
def test_any_name_has_a_sound_without_tones_or_spaces(name):
    full, initials = pinyin(normalise(name))
    assert " " not in full
    assert "ü" not in full
    assert len(initials) <= len(full)


@given(st.text(max_size=20))
@example("K¸㊀")  # a space that NFKC makes is taken away, and what stood on both sides of it joins
def test_a_stored_name_stays_as_it_is(name):
    assert normalise(normalise(name)) == normalise(name)


@pytest.mark.parametrize(
    ("typed", "text", "title", "gender"),
    [
        ("张先生", "张", "先生", Gender.MALE),
        ("张伟先生", "张伟", "先生", Gender.MALE),
        ("李女士", "李", "女士", Gender.FEMALE),
        ("李小姐", "李", "小姐", Gender.FEMALE),
        ("王太太", "王", "太太", Gender.FEMALE),
        ("王总", "王", "总", None),
        ("王經理", "王", "经理", None),
        ("王总经理", "王", "总经理", None),
        ("陈师傅", "陈", "师傅", None),
        ("陳師傅", "陳", "师傅", None),
        ("张 先 生", "张", "先生", Gender.MALE),
        ("王总 经理", "王", "总经理", None),
        ("刘老师", "刘", "老师", None),
        ("歐陽 先生", "歐陽", "先生", Gender.MALE),
        ("John Smith 先生", "John Smith", "先生", Gender.MALE),
        ("张伟", "张伟", "", None),
        ("先生", "", "先生", Gender.MALE),
    ],
)
def test_a_title_is_kept_apart_from_the_name(typed, text, title, gender):
    name = read(typed)
    assert (name.text, name.title, name.gender) == (text, title, gender)


@pytest.mark.parametrize(
    ("typed", "surname", "given", "surname_only"),
    [
        ("张伟", "张", "伟", False),
        ("张", "张", "", True),
        ("张先生", "张", "", True),
        ("欧阳", "欧阳", "", True),
        ("欧阳先生", "欧阳", "", True),
        ("歐陽鋒", "欧阳", "锋", False),
        ("万俟卨", "万俟", "卨", False),
        ("萬俟先生", "万俟", "", True),
        ("司徒美堂", "司徒", "美堂", False),
        ("欧伟", "欧", "伟", False),
        ("John Smith", "", "John Smith", False),
        ("阿凡提·买买提", "", "阿凡提·买买提", False),
        ("先生", "", "", False),
    ],
)
def test_surname_and_given_name_are_told_apart(typed, surname, given, surname_only):
    name = read(typed)
    assert (name.surname, name.given, name.surname_only) == (surname, given, surname_only)


@pytest.mark.parametrize(
    ("typed", "simplified"),
    [
        ("陳志強", "陈志强"),
        ("黃偉", "黄伟"),
        ("鍾楚紅", "钟楚红"),
        ("葉問", "叶问"),
        ("劉德華", "刘德华"),
        ("李乾", "李乾"),
        ("陈志强", "陈志强"),
        ("沈昇", "沈昇"),
    ],
)
def test_traditional_characters_are_simplified_and_the_typed_ones_kept(typed, simplified):
    name = read(typed)
    assert (name.text, name.simplified) == (typed, simplified)


@given(st.text(max_size=20))
def test_simplifying_twice_changes_nothing_and_keeps_the_length(text):
    assert simplify(simplify(text)) == simplify(text)
    assert len(simplify(text)) == len(text)


@given(st.text(max_size=15) | st.text("张歐陽欧阳單王先生小姐总经理 ·•John", max_size=8))
def test_a_name_without_its_title_reads_as_itself(typed):
    name = read(typed)
    again = read(name.text)
    assert again.title == ""
    assert (again.text, again.surname, again.given, again.sounds) == (name.text, name.surname, name.given, name.sounds)

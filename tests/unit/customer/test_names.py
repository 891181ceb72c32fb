"""Names and how they sound (E6)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.customer.rules.names import normalise, pinyin


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

"""How names sound (E6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.record.rules.sounds import MOST_READINGS, commonest, fold, sounds, surname_readings

HANZI = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)


@pytest.mark.parametrize(
    ("syllable", "heard"),
    [
        ("zhang", "zan"),
        ("cheng", "cen"),
        ("shi", "si"),
        ("ning", "lin"),
        ("lin", "lin"),
        ("nv", "lv"),
        ("fu", "hu"),
        ("hu", "hu"),
        ("jiang", "jian"),
        ("huang", "huan"),
        ("zhong", "zong"),
        ("an", "an"),
        ("en", "en"),
        ("wang", "wan"),
        ("n", "n"),
    ],
)
def test_southern_ears_do_not_tell_these_apart(syllable, heard):
    assert fold(syllable) == heard
    assert fold(heard) == heard


def test_huang_and_wang_are_two_names_to_every_ear():
    assert sounds("黄伟").folded.isdisjoint(sounds("王伟").folded)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("张伟", {"zhangwei"}),
        ("覃伟", {"qinwei", "tanwei"}),
        ("乐嘉", {"yuejia", "lejia"}),
        ("曾伟", {"zengwei"}),
        ("伟曾", {"weiceng", "weizeng"}),
        ("尉迟恭", {"yuchigong"}),
        ("吕布", {"lvbu"}),
        ("欧阳", {"ouyang"}),
        ("John Smith", {"johnsmith"}),
        ("", {""}),
    ],
)
def test_a_name_has_all_its_readings_and_a_surname_only_its_own(name, full):
    assert sounds(name).full == full


def test_the_three_degrees_of_exactness_belong_together():
    heard = sounds("倪芳")
    assert heard.full == {"nifang"}
    assert heard.initials == {"nf"}
    assert heard.folded == {"lihan"}


def test_a_rare_reading_is_known_and_known_to_be_rare():
    assert sounds("王青").full == {"wangqing", "wangjing"}
    assert sounds("王青").likely == {"wangqing"}
    assert sounds("覃伟").likely == {"qinwei", "tanwei"}


def test_traditional_and_simplified_characters_sound_alike():
    assert sounds("歐陽鋒") == sounds("欧阳锋")
    assert sounds("單雄信") == sounds("单雄信")


def test_a_company_has_no_surname():
    assert "lefu" in {reading[:4] for reading in sounds("乐福商贸", person=False).full}
    assert sounds("乐福", person=False).full == {"lefu", "yuefu"}
    assert sounds("查理", person=False).full >= {"chali"}
    assert sounds("查理").full == {"zhali"}


@pytest.mark.parametrize(
    ("surname", "said"),
    [("覃", ("qin", "tan")), ("欧阳", ("ouyang",)), ("张", ("zhang",)), ("陈", ("chen",)), ("", ())],
)
def test_a_surname_is_said_in_one_way_or_two(surname, said):
    assert surname_readings(surname) == said


@given(HANZI)
def test_a_name_has_at_least_one_reading_and_never_too_many(name):
    heard = sounds(name)
    assert 1 <= len(heard.full) <= MOST_READINGS
    assert commonest(name)[0] in heard.likely <= heard.full
    assert commonest(name)[1] in heard.initials


@given(st.text(max_size=20))
def test_any_text_sounds_without_tones_spaces_or_signs(text):
    for said in (*sounds(text).full, *sounds(text).initials, *sounds(text).folded):
        assert not said or (said.isascii() and said.isalnum() and said == said.lower())


@given(
    st.from_regex(
        r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(a|o|e|i|u|v|ai|ao|an|ang|en|eng|in|ing|ong|iang|uang)", fullmatch=True
    )
)
def test_folding_twice_changes_nothing(syllable):
    assert fold(fold(syllable)) == fold(syllable)

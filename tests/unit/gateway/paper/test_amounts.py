"""Amounts in Chinese capitals: at every trap of zeros, and read back by their meaning."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.money import yuan
from gateway.paper.amounts import MOST_FEN, capitals

OFFICIAL = {
    140950: "壹仟肆佰零玖元伍角",
    600714: "陆仟零柒元壹角肆分",
    168032: "壹仟陆佰捌拾元零叁角贰分",
    10700053: "壹拾万柒仟元零伍角叁分",
    1640902: "壹万陆仟肆佰零玖元零贰分",
    32504: "叁佰贰拾伍元零肆分",
}
"""The examples of the rules for filling in bills of payment; of two spellings the first."""
TRAPS = {
    0: "零元整",
    1: "壹分",
    10: "壹角",
    32: "叁角贰分",
    100: "壹元整",
    101: "壹元零壹分",
    1000: "壹拾元整",
    5050: "伍拾元零伍角",
    10010: "壹佰元零壹角",
    100500: "壹仟零伍元整",
    1000000: "壹万元整",
    1200001: "壹万贰仟元零壹分",
    10000000: "壹拾万元整",
    10100000: "壹拾万壹仟元整",
    30982500: "叁拾万玖仟捌佰贰拾伍元整",
    100000100: "壹佰万零壹元整",
    10000000000: "壹亿元整",
    10000000100: "壹亿零壹元整",
    10000100000: "壹亿零壹仟元整",
    10001000100: "壹亿零壹万零壹元整",
    10010001000: "壹亿零壹拾万零壹拾元整",
    2000000000000: "贰佰亿元整",
    10**14 - 1: "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    -12300: "负壹佰贰拾叁元整",
}
VALUES = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def whole(said: str) -> int:
    """The number that a whole number in capitals says, read as people read it."""
    total = four = digit = 0
    for sign in said:
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in PLACES:
            four, digit = four + digit * PLACES[sign], 0
        else:
            total, four, digit = total + (four + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
    return total + four + digit


def read(said: str) -> int:
    """The fen that an amount in capitals says."""
    found = re.fullmatch(r"(负?)(?:(.+?)元)?(?:整|零?(?:(.)角)?(?:(.)分)?)", said)
    assert found, said
    sign, yuan, tenths, hundredths = found.groups()
    fen = whole(yuan or "") * 100 + VALUES[tenths or "零"] * 10 + VALUES[hundredths or "零"]
    return -fen if sign else fen


@pytest.mark.parametrize(("fen", "said"), [*OFFICIAL.items(), *TRAPS.items()])
def test_an_amount_is_said_as_the_rules_say_it(fen: int, said: str) -> None:
    """Field list 9, with every amount of its table."""
    assert capitals(fen) == said


@given(st.integers(-MOST_FEN, MOST_FEN) | st.integers(0, 10**12).map(lambda fen: fen // 10**6 * 10**6))
@example(10**13)
def test_what_is_said_means_the_amount_and_no_zero_is_said_twice_or_in_vain(fen: int) -> None:
    said = capitals(fen)
    assert read(said) == fen
    assert not re.search("零零|零[万亿整]|.零元", said), said
    assert (said == "零元整") == (fen == 0)
    assert said.endswith("整") == (fen % 100 == 0)
    assert not re.search("(^|[^壹贰叁肆伍陆柒捌玖])[拾佰仟]", said), "a bare 拾 can be made 捌拾"


@pytest.mark.parametrize("fen", [MOST_FEN + 1, -MOST_FEN - 1])
def test_what_cannot_be_said_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="more than can be said"):
        capitals(fen)


def test_figures_stand_in_groups_of_three() -> None:
    assert [yuan(fen) for fen in (0, 5, 18680000, -123456789)] == ["0.00", "0.05", "186,800.00", "-1,234,567.89"]

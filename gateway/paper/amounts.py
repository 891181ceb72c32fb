"""Amounts as papers of money say them: in figures, and in Chinese capitals that nobody can alter (大写)."""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
MYRIADS = ("亿", "万", "")
MOST_FEN = 10**14 - 1
"""The largest amount that can be said: 999 999 999 999.99 yuan."""


def capitals(fen: int) -> str:
    """In capitals: `壹拾捌万陆仟捌佰元整`.

    By the rules for filling in bills of payment (正确填写票据和结算凭证的基本规定); where they leave two spellings
    the first of their examples. Raises ValueError beyond `MOST_FEN`.
    """
    if abs(fen) > MOST_FEN:
        raise ValueError(f"{fen} fen are more than can be said")
    sign, (yuan, rest) = "负" if fen < 0 else "", divmod(abs(fen), 100)
    tenths, hundredths = divmod(rest, 10)
    if rest == 0:
        return f"{sign}{_whole(yuan) or DIGITS[0]}元整"
    parts = [f"{_whole(yuan)}元"] if yuan else []
    if yuan and (tenths == 0 or yuan % 10 == 0):
        parts.append(DIGITS[0])
    if tenths:
        parts.append(f"{DIGITS[tenths]}角")
    if hundredths:
        parts.append(f"{DIGITS[hundredths]}分")
    return sign + "".join(parts)


def _whole(yuan: int) -> str:
    """A whole number; empty for 0. Zeros between two other digits are one 零, those before a 万 or 亿 none."""
    said, skipped = "", False
    for myriad, four in zip(MYRIADS, (yuan // 10**8, yuan // 10**4 % 10**4, yuan % 10**4), strict=True):
        if four:
            between = DIGITS[0] if said and (skipped or four < 1000) else ""
            said += between + _four(four) + myriad
        skipped = not four
    return said


def _four(number: int) -> str:
    """1 to 9999."""
    said = ""
    for digit, place in zip(f"{number:04d}", PLACES, strict=True):
        if digit != "0":
            said += DIGITS[int(digit)] + place
        elif said and not said.endswith(DIGITS[0]):
            said += DIGITS[0]
    return said.rstrip(DIGITS[0])

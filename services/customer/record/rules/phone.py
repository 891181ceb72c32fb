"""Phone numbers (E1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.signs import digits_lost, plain

HOME_AREA = "0755"
"""A number that a list writes without an area is one of our city."""

_VIN = re.compile(r"[a-hj-npr-z\d]{17}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
_SERVICE = re.compile(r"[48]00\d{7}")
_HONG_KONG = re.compile(r"\+852[4-9]\d{7}")
_MACAU = re.compile(r"\+8536\d{7}")
_TAIWAN = re.compile(r"\+8869\d{8}")
_ABROAD = re.compile(r"\+(?:852[23]\d{7}|853[28]\d{7}|886[2-8]\d{7,8}|(?!85[23]|86|886)[1-9]\d{7,14})")
_WITHOUT_PLUS = re.compile(r"852[4-9]\d{7}|8536\d{7}|8869\d{8}")
"""Hong Kong, Macau and Taiwan are written without plus or zeros too; no number of ours looks like them."""
_DIALLED = ("0086", "00852", "00853", "00886")
_AREA = (
    r"(?:10|2[0-9])(?=\d{8}$)|(?:3(?:[157]\d|35|49|9[1-8])|4(?:[1357]\d|2[179]|6[4789]|8[23])|5(?:[13579]\d|2[37]|4[36]|"
    r"6[1-6]|80)|6(?:3[1-5]|6\d|9[12])|7(?:0[1-9]|[135679]\d|2[248]|4[3-6])|8(?:[13579]\d|2[5-7]|8[3678])|"
    r"9(?:[01379]\d|4[13]|5[1-5]))(?=\d{7,8}$)"
)
_LOST_ZERO = re.compile(rf"(?:{_AREA})[2-8]\d+")
"""A landline whose 0 a number cell has dropped: the area is one of the country's, the rest begins as theirs do."""
_FLOAT = re.compile(r"(\+?\d{7,15})\.0{1,2}")
_SAID_EXTENSION = re.compile(r"(.*\d)[\s,(-]*(?:转|轉|分机|分機|extension|ext|x|\*|#)[\s.:]*(\d{1,6})\)?", re.DOTALL)
_DASHED_EXTENSION = re.compile(
    r"((?:(?:\+|00)?86)?[\s-]*\(?0\d{2,3}\)?[\s-]*\d{7,8}|[48]00(?:[\s-]*\d){7})\s*-\s*(\d{1,6})"
)

_MASKED = re.compile(r"\d{2,}[*x•●○]{3,}\d*|[*•●○]{3,}\d{2,}", re.IGNORECASE)
_LOCAL = re.compile(r"[2-8]\d{3}[\s-]?\d{4}(?!\d)")
_TEN_DIGITS = 10
_APART = re.compile(r"[/、,;|\\&\n\r\t]+|\s{2,}")
"""What stands between two numbers and in none."""
_WORDS = re.compile(r"\([^()\d+]*\)|[^\W\d_a-z转轉分机機]+:?|\b(?:tel|mob|mobile|phone|cell)\b[.:]?", re.IGNORECASE)
"""Whose a number is, or what it is: (妻), 手机:, Tel."""
_MOST_PARTS = 12
_OFTEN_TYPED = "13800138000"


class PhoneKind(StrEnum):
    """What answers at the number; abroad are also landlines of Hong Kong, Macau and Taiwan."""

    MOBILE = "MOBILE"
    LANDLINE = "LANDLINE"
    HONG_KONG = "HONG_KONG"
    MACAU = "MACAU"
    TAIWAN = "TAIWAN"
    SERVICE = "SERVICE"
    ABROAD = "ABROAD"


STRONG = frozenset({PhoneKind.MOBILE, PhoneKind.HONG_KONG, PhoneKind.MACAU, PhoneKind.TAIWAN})
"""The kinds that one person carries; landlines, 400/800 numbers and those of other countries are weak keys."""

_WITH_EXTENSION = frozenset({PhoneKind.LANDLINE, PhoneKind.SERVICE})
_KINDS = (
    (_MOBILE, PhoneKind.MOBILE),
    (_SERVICE, PhoneKind.SERVICE),
    (_LANDLINE, PhoneKind.LANDLINE),
    (_HONG_KONG, PhoneKind.HONG_KONG),
    (_MACAU, PhoneKind.MACAU),
    (_TAIWAN, PhoneKind.TAIWAN),
    (_ABROAD, PhoneKind.ABROAD),
)


class NotAPhone(ValueError):
    """The text is no phone number that a customer can be reached at."""

    code = "MOBILE_INVALID"


class PhoneDigitsLost(NotAPhone):
    """A spreadsheet program has rounded the number: what it shows is somebody else's."""

    code = "DIGITS_LOST"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as stored, and the extension behind it (digits; empty for none)."""

    number: str
    kind: PhoneKind
    extension: str = ""

    @property
    def is_strong(self) -> bool:
        """True if the number tells a person: a mobile of the mainland, Hong Kong, Macau or Taiwan (E1)."""
        return self.kind in STRONG


def read(typed: str) -> Phone:
    """The number that was typed, in whatever width, country code and grouping (E1).

    Stored are 11 digits of a mobile, digits with area code of a landline, ten digits of a 400 or 800 number,
    `+…` for other countries. Only landlines and service numbers have extensions. Raises PhoneDigitsLost for a rounded
    number, NotAPhone, for a VIN too, whose digits alone may be those of a landline.
    """
    if digits_lost(typed):
        raise PhoneDigitsLost(typed)
    text = plain(typed).strip().lower()
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    said = _SAID_EXTENSION.fullmatch(text)
    if said is None and _VIN.fullmatch(text) and not text.isdigit():
        raise NotAPhone(typed)
    if found := said or _DASHED_EXTENSION.fullmatch(text):
        phone = _number(found[1])
        if phone is None or phone.kind not in _WITH_EXTENSION:
            raise NotAPhone(typed)
        return Phone(phone.number, phone.kind, found[2])
    phone = _number(text)
    if phone is None:
        raise NotAPhone(typed)
    return phone


def normalise(typed: str) -> str:
    """The number as stored, without its extension. Raises NotAPhone."""
    return read(typed).number


def listed(cell: str) -> tuple[str, ...]:
    """The numbers in a list's cell, each as `read` reads it; empty if any part of it is no number.

    Two stand there with whatever is between them, with (妻) behind. A number of eight digits is one of our city, and a
    number cell has dropped the 0 of an area code.
    """
    text = plain(cell).strip()
    if (alone := _listed(text)) is not None:
        return (alone,)
    numbers: list[str] = []
    for part in _APART.split(_WORDS.sub("/", text)):
        parts = [one for one in re.split(r"[\s\-]+", part) if one.strip("()")]
        found = _in_parts(parts) if len(parts) <= _MOST_PARTS else None
        if found is None:
            return ()
        numbers += found
    return tuple(dict.fromkeys(numbers))


def is_masked(cell: str) -> bool:
    """True for `138****5678`: another system has shown a part of it, which nobody can mend."""
    return _MASKED.search(plain(cell)) is not None


def _listed(text: str) -> str | None:
    digits = "".join(filter(str.isdigit, text))
    if _LOCAL.match(text) and _is_one(HOME_AREA + text):
        return HOME_AREA + text.replace(" ", "")
    if len(digits) == _TEN_DIGITS == len(re.sub(r"[\s()-]", "", text)) and _LOST_ZERO.fullmatch(digits):
        return "0" + text
    return text if _is_one(text) else None


def _in_parts(parts: Sequence[str]) -> list[str] | None:
    """The numbers that groups of digits make, from left to right; None if some group is of none."""
    if not parts:
        return []
    for end in range(1, len(parts) + 1):
        one = _listed("-".join(parts[:end]))
        if one is not None and (rest := _in_parts(parts[end:])) is not None:
            return [one, *rest]
    return None


def _is_one(text: str) -> bool:
    try:
        read(text)
    except NotAPhone:
        return False
    return True


def kind_of(number: str) -> PhoneKind | None:
    """The kind of a normalised number, None if it is none."""
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(number)), None)


def is_mobile(number: str) -> bool:
    """True for a normalised mobile number of the mainland."""
    return _MOBILE.fullmatch(number) is not None


def stands_for_none(number: str) -> bool:
    """True for a mobile that people type where they have none: 13800138000, 13888888888 (E1)."""
    return is_mobile(number) and (number == _OFTEN_TYPED or len(set(number[3:])) == 1)


def _number(text: str) -> Phone | None:
    text = text.lstrip("(- ")
    digits = "".join(sign for sign in text if sign in "0123456789")
    number = _national(digits, abroad=text.startswith("+"))
    kind = kind_of(number)
    return Phone(number, kind) if kind is not None else None


def _national(digits: str, *, abroad: bool) -> str:
    """The digits without China's country code; with a plus sign those of another country."""
    if not abroad and digits.startswith(_DIALLED):
        digits, abroad = digits[2:], True
    if abroad and not digits.startswith("86"):
        return "+" + (digits if not digits.startswith("8860") else "886" + digits[4:])
    if abroad:
        digits = _with_trunk_zero(digits[2:])
    elif _WITHOUT_PLUS.fullmatch(digits):
        return "+" + digits
    elif digits.startswith("86") and kind_of(digits) is None and kind_of(home := _with_trunk_zero(digits[2:])):
        digits = home
    elif len(digits) == 11 and _LOST_ZERO.fullmatch(digits):
        digits = "0" + digits
    if len(digits) == 12 and digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]
    return digits


def _with_trunk_zero(digits: str) -> str:
    """A landline in international form has lost the 0 of its area code: +86 755 83201234."""
    known = kind_of(digits) is not None or digits.startswith("0")
    return "0" + digits if not known and _LOST_ZERO.fullmatch(digits) else digits

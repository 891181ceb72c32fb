"""Phone numbers (E1)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_VIN = re.compile(r"[a-hj-npr-z\d]{17}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
_SERVICE = re.compile(r"[48]00\d{7}")
_HONG_KONG = re.compile(r"\+852[5-9]\d{7}")
_MACAU = re.compile(r"\+8536\d{7}")
_SAID_EXTENSION = re.compile(r"(.*\d)[\s,(-]*(?:转|轉|分机|分機|extension|ext|x|\*|#)[\s.:]*(\d{1,6})\)?", re.DOTALL)
_DASHED_EXTENSION = re.compile(
    r"((?:(?:\+|00)86)?[\s-]*\(?0\d{2,3}\)?[\s-]*\d{7,8}|[48]00(?:[\s-]*\d){7})\s*-\s*(\d{1,6})"
)


class PhoneKind(StrEnum):
    """What answers at the number."""

    MOBILE = "MOBILE"
    LANDLINE = "LANDLINE"
    HONG_KONG = "HONG_KONG"
    MACAU = "MACAU"
    SERVICE = "SERVICE"


STRONG = frozenset({PhoneKind.MOBILE, PhoneKind.HONG_KONG, PhoneKind.MACAU})
"""The kinds that one person carries; landlines and 400/800 numbers are weak keys."""

_WITH_EXTENSION = frozenset({PhoneKind.LANDLINE, PhoneKind.SERVICE})


class NotAPhone(ValueError):
    """The text is no phone number that a customer can be reached at."""

    code = "MOBILE_INVALID"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as stored, and the extension behind it (digits; empty for none)."""

    number: str
    kind: PhoneKind
    extension: str = ""

    @property
    def is_strong(self) -> bool:
        """True if the number tells a person: a mobile of the mainland, Hong Kong or Macau (E1)."""
        return self.kind in STRONG


def read(typed: str) -> Phone:
    """The number that was typed, in whatever width, country code and grouping (E1).

    Stored are 11 digits of a mobile, digits with area code of a landline, ten digits of a 400 or 800 number,
    `+…` for Hong Kong and Macau. Only landlines and service numbers have extensions. Raises NotAPhone, for a VIN too,
    whose digits alone may be those of a landline.
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower()
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


def kind_of(number: str) -> PhoneKind | None:
    """The kind of a normalised number, None if it is none."""
    if _MOBILE.fullmatch(number):
        return PhoneKind.MOBILE
    if _SERVICE.fullmatch(number):
        return PhoneKind.SERVICE
    if _LANDLINE.fullmatch(number):
        return PhoneKind.LANDLINE
    if _HONG_KONG.fullmatch(number):
        return PhoneKind.HONG_KONG
    return PhoneKind.MACAU if _MACAU.fullmatch(number) else None


def is_mobile(number: str) -> bool:
    """True for a normalised mobile number of the mainland."""
    return _MOBILE.fullmatch(number) is not None


def _number(text: str) -> Phone | None:
    digits = "".join(sign for sign in text if sign in "0123456789")
    number = _national(digits, abroad=text.startswith("+"))
    kind = kind_of(number)
    return Phone(number, kind) if kind is not None else None


def _national(digits: str, *, abroad: bool) -> str:
    """The digits without China's country code; with a plus sign those of another country."""
    if not abroad and digits.startswith(("00852", "00853")):
        return "+" + digits[2:]
    if abroad and digits.startswith("86"):
        digits = _with_trunk_zero(digits[2:])
    elif abroad:
        return "+" + digits
    elif digits.startswith("0086"):
        digits = _with_trunk_zero(digits[4:])
    elif digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if len(digits) == 12 and digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]
    return digits


def _with_trunk_zero(digits: str) -> str:
    """A landline in international form has lost the 0 of its area code: +86 755 83201234."""
    known = kind_of(digits) is not None or digits.startswith("0")
    return "0" + digits if not known and _LANDLINE.fullmatch("0" + digits) else digits

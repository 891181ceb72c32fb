"""Phone numbers (E1)."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
_ABROAD = re.compile(r"\+(852[5-9]\d{7}|8536\d{7})")


class NotAPhone(ValueError):
    """The text is no phone number that a customer can be reached at."""


def normalise(typed: str) -> str:
    """The number as stored: 11 digits for a mobile, digits with area code for a landline, `+…` for Hong Kong and Macau.

    Raises NotAPhone.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    digits = re.sub(r"\D", "", text)
    if text.startswith("+86"):
        digits = digits[2:]
    elif digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if len(digits) == 12 and digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return digits
    abroad = "+" + digits
    if text.startswith("+") and _ABROAD.fullmatch(abroad):
        return abroad
    raise NotAPhone(typed)


def is_mobile(number: str) -> bool:
    """True for a normalised mainland mobile number: the only kind that identifies a person well."""
    return _MOBILE.fullmatch(number) is not None

"""Number plates (E5)."""

from __future__ import annotations

import re
import unicodedata

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER, _SIGN = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"

KINDS = {
    "NEV": re.compile(rf"[{_PROVINCE}]{_LETTER}(?:[DABCEFGHJK]{_SIGN}\d{{4}}|\d{{5}}[DABCEFGHJK])"),
    "CIVIL": re.compile(rf"[{_PROVINCE}]{_LETTER}{_SIGN}{{5}}"),
    "SPECIAL": re.compile(rf"[{_PROVINCE}]{_LETTER}{_SIGN}{{4}}[挂学警港澳]"),
    "EMBASSY": re.compile(rf"\d{{6}}使|[{_PROVINCE}]A?\d{{3,5}}领"),
    "POLICE": re.compile(rf"WJ[{_PROVINCE}]?\d{{4}}[TDSHBXJ0-9]"),
    "ARMY": re.compile(r"[VKHBSLJNGCE][A-DJ-PR-TVY]\d{5}"),
    "TEMPORARY": re.compile(rf"[{_PROVINCE}]{_LETTER}\d{{4,5}}临"),
}
"""Every kind of plate by pattern; the first that fits names it."""


class NotAPlate(ValueError):
    """The text is no number plate."""


def tidy(typed: str) -> str:
    """Upper case, no spaces, no dots: what two people who read the same plate type alike."""
    return re.sub(r"[\s·•.\-]", "", unicodedata.normalize("NFKC", typed).upper())


def normalise(typed: str) -> str:
    """The plate as stored. Raises NotAPlate."""
    plate = tidy(typed)
    if kind_of(plate) is None:
        raise NotAPlate(typed)
    return plate


def kind_of(plate: str) -> str | None:
    """The kind of a tidy plate, None if it is none."""
    return next((kind for kind, pattern in KINDS.items() if pattern.fullmatch(plate)), None)


def starts_like_a_plate(text: str) -> bool:
    """True if the text begins with a province and a letter."""
    return re.match(rf"[{_PROVINCE}][A-Z]", text) is not None

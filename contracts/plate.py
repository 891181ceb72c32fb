"""Number plates (E5): pure, shared by every service that takes one in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from contracts.signs import plain

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER, _SIGN = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"
_NO_PLATE_YET = "临牌"
_WORDS = (
    "临牌 临时牌 临时牌照 临时号牌 临时车牌 无牌 无牌照 无车牌 未上牌 未挂牌 未办牌 待上牌 暂无牌 暂无 新车 "
    "新车未上牌 没上牌 没牌"
)
_NONE_YET = frozenset(_WORDS.split())
"""What people write of a car that has no plate."""
_SIMPLIFIED = str.maketrans("滬遼雲貴粵瓊陝閩贛魯蘇晉寧學掛領臨應試臺", "沪辽云贵粤琼陕闽赣鲁苏晋宁学挂领临应试台")
_BETWEEN = re.compile(r"[\s·•‧∙⋅●○◦・․‥….。,、_/'’`\-‐‑‒–—―−ー一]|\([^()0-9]*\)")
"""Dots and dashes that people type for the one of the plate, and a word in brackets: (蓝)."""
_LEGACY_POLICE = re.compile(rf"[{_PROVINCE}]O{_SIGN}{{5}}")


class PlateKind(StrEnum):
    """Who issued the plate, for what."""

    NEV_SMALL = "NEV_SMALL"
    NEV_LARGE = "NEV_LARGE"
    CIVIL = "CIVIL"
    SPECIAL = "SPECIAL"
    EMBASSY = "EMBASSY"
    ARMED_POLICE = "ARMED_POLICE"
    ARMY = "ARMY"
    LEGACY_POLICE = "LEGACY_POLICE"
    EMERGENCY = "EMERGENCY"
    AIRPORT = "AIRPORT"
    TEST = "TEST"
    TEMPORARY = "TEMPORARY"


KINDS = {
    PlateKind.NEV_SMALL: re.compile(rf"[{_PROVINCE}]{_LETTER}[DABCEFGHJK]{_SIGN}[0-9]{{4}}"),
    PlateKind.NEV_LARGE: re.compile(rf"[{_PROVINCE}]{_LETTER}[0-9]{{5}}[DABCEFGHJK]"),
    PlateKind.CIVIL: re.compile(rf"[{_PROVINCE}]{_LETTER}{_SIGN}{{5}}"),
    PlateKind.SPECIAL: re.compile(rf"[{_PROVINCE}]{_LETTER}{_SIGN}{{4}}[挂学警港澳]"),
    PlateKind.EMBASSY: re.compile(rf"[0-9]{{6}}使|使[0-9]{{6}}|[{_PROVINCE}]A?[0-9]{{3,5}}领"),
    PlateKind.ARMED_POLICE: re.compile(rf"WJ[{_PROVINCE}]?[0-9]{{4}}[TDSHBXJ0-9]"),
    PlateKind.ARMY: re.compile(r"[VKHBSLJNGCE][A-DJ-PR-TVY][0-9]{5}"),
    PlateKind.EMERGENCY: re.compile(rf"[{_PROVINCE}]{_LETTER}[XS]?[0-9]{{3,4}}应急"),
    PlateKind.AIRPORT: re.compile(r"民航[A-Z0-9][0-9]{4}"),
    PlateKind.TEST: re.compile(rf"[{_PROVINCE}]{_LETTER}[0-9]{{4}}[试超]"),
    PlateKind.TEMPORARY: re.compile(rf"[{_PROVINCE}]{_LETTER}[0-9]{{4,5}}临"),
}
"""Every kind of plate that a desk may type, by pattern; the first that fits names it."""


class NotAPlate(ValueError):
    """The text is no number plate."""

    code = "PLATE_INVALID"


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate as stored."""

    number: str
    kind: PlateKind

    @property
    def identifies(self) -> bool:
        """True if the plate tells a vehicle (at a date); a temporary one never does, nor one for trials (E5)."""
        return self.kind not in (PlateKind.TEMPORARY, PlateKind.TEST)


def read(typed: str, *, imported: bool = False) -> Plate:
    """The plate that was typed, or the words for "no plate yet"; both kinds of temporary plate identify nothing.

    Plates of the police with the letter O are history: taken from imports only. Raises NotAPlate.
    """
    number = tidy(typed)
    if number in _NONE_YET:
        return Plate(_NO_PLATE_YET, PlateKind.TEMPORARY)
    if imported and _LEGACY_POLICE.fullmatch(number):
        return Plate(number, PlateKind.LEGACY_POLICE)
    kind = kind_of(number)
    if kind is None:
        raise NotAPlate(typed)
    return Plate(number, kind)


def normalise(typed: str) -> str:
    """The plate as stored, of a vehicle that has one. Raises NotAPlate."""
    plate = tidy(typed)
    if kind_of(plate) is None:
        raise NotAPlate(typed)
    return plate


def tidy(typed: str) -> str:
    """Upper case, simplified, no spaces, dots or dashes: what two people who read the same plate type alike."""
    return _BETWEEN.sub("", plain(typed).upper().translate(_SIMPLIFIED))


def kind_of(plate: str) -> PlateKind | None:
    """The kind of a tidy plate, None if it is none."""
    return next((kind for kind, pattern in KINDS.items() if pattern.fullmatch(plate)), None)


def may_end_one(text: str) -> bool:
    """True if a tidy text of four to seven signs, a digit among them, may be a plate's end: without its province."""
    return re.fullmatch(rf"(?=.*[0-9]){_SIGN}{{4,7}}", text) is not None


def starts_like_a_plate(text: str) -> bool:
    """True if the text begins with a province and a letter."""
    return re.match(rf"[{_PROVINCE}][A-Z]", text) is not None

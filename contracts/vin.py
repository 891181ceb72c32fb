"""Vehicle identification numbers (E4): pure, shared by every service that takes one in."""

from __future__ import annotations

import unicodedata

_VALUES = dict(zip("0123456789", range(10), strict=True)) | {
    letter: value
    for letters, values in (
        ("ABCDEFGH", range(1, 9)),
        ("JKLMN", range(1, 6)),
        ("P", (7,)),
        ("R", (9,)),
        ("STUVWXYZ", range(2, 10)),
    )
    for letter, value in zip(letters, values, strict=True)
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECKED_REGIONS = "L12345"
_SLIPS = str.maketrans("OIQ", "010")
_YEAR_SIGNS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980

UNVERIFIED = "VIN_CHECK_UNVERIFIED"
"""The warning for a VIN from a region that does not use the check digit."""


class NotAVin(ValueError):
    """The text is no VIN, even after mending the usual slips."""


def normalise(typed: str) -> str:
    """The VIN as stored. O, I and Q are mended only if the check digit then fits. Raises NotAVin."""
    text = "".join(unicodedata.normalize("NFKC", typed).upper().split()).replace("-", "")
    if len(text) == 17 and text.isascii() and text.isalnum():
        if any(letter in text for letter in "OIQ"):
            text = text.translate(_SLIPS)
            if not check_digit_fits(text):
                raise NotAVin(typed)
            return text
        if check_digit_fits(text) or text[0] not in _CHECKED_REGIONS:
            return text
    raise NotAVin(typed)


def check_digit_fits(vin: str) -> bool:
    """True if position 9 is the check digit of the other sixteen."""
    remainder = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return vin[8] == ("X" if remainder == 10 else str(remainder))


def with_check_digit(vin: str) -> str:
    """The same VIN with position 9 computed (for generated data)."""
    remainder = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return vin[:8] + ("X" if remainder == 10 else str(remainder)) + vin[9:]


def warning(vin: str) -> str | None:
    """`VIN_CHECK_UNVERIFIED` for a normalised VIN from a region whose check digit proves nothing (E4), else None."""
    return None if vin[0] in _CHECKED_REGIONS else UNVERIFIED


def model_year(vin: str, *, not_after: int) -> int | None:
    """The model year in position 10 of a normalised VIN (E4): its signs come round every 30 years.

    The latest such year up to `not_after` (the coming year of the day it was typed); None if the sign means no year
    (U, Z, 0) or none so early.
    """
    place = _YEAR_SIGNS.find(vin[9])
    if place < 0 or not_after < _FIRST_YEAR + place:
        return None
    earliest = _FIRST_YEAR + place
    return earliest + (not_after - earliest) // len(_YEAR_SIGNS) * len(_YEAR_SIGNS)

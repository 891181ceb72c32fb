"""Vehicle identification numbers (E4): pure, shared by every service that takes one in."""

from __future__ import annotations

import re

from contracts.signs import plain

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
_LENGTH = 17
_AROUND = re.compile(
    r"[\s*#]+|^(?:VIN(?=[^A-HJ-NPR-Z0-9])|VIN[码号]|车架号码?|车辆识别代[号码])[码号]?[::]*|^\][A-Z][0-9]"
)
"""What scanners and papers put around it."""
_FRAME = re.compile(r"[A-Z]{1,4}[0-9]{1,3}[A-Z]{0,2}-[0-9]{6,7}")
_TAIL = re.compile(r"[A-HJ-NPR-Z0-9]{2,4}[0-9]{4}")

UNVERIFIED = "VIN_CHECK_UNVERIFIED"
"""The warning for a VIN from a region that does not use the check digit."""


class NotAVin(ValueError):
    """The text is no VIN, even after mending the usual slips."""


def normalise(typed: str) -> str:
    """The VIN as stored. O, I and Q are mended only if the check digit then fits. Raises NotAVin.

    What scanners put around it is taken off: `*…*`, the leading I of Code 39. The frame number of a car made for Japan
    (`JZS155-0012345`) is kept as such, with its hyphen.
    """
    text = _AROUND.sub("", plain(typed).upper().strip())
    if _FRAME.fullmatch(text):
        return text
    text = text.replace("-", "")
    if len(text) == _LENGTH + 1 and text.startswith("I"):
        text = text[1:]
    if len(text) == _LENGTH and text.isascii() and text.isalnum():
        if any(letter in text for letter in "OIQ"):
            text = text.translate(_SLIPS)
            if not check_digit_fits(text):
                raise NotAVin(typed)
            return text
        if check_digit_fits(text) or text[0] not in _CHECKED_REGIONS:
            return text
    raise NotAVin(typed)


def is_tail(typed: str) -> bool:
    """True for the last six to eight signs of a VIN, as repair orders note them (E4)."""
    return _TAIL.fullmatch(plain(typed).upper().strip()) is not None


def check_digit_fits(vin: str) -> bool:
    """True if position 9 is the check digit of the other sixteen."""
    remainder = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return vin[8] == ("X" if remainder == 10 else str(remainder))


def with_check_digit(vin: str) -> str:
    """The same VIN with position 9 computed (for generated data)."""
    remainder = sum(_VALUES[letter] * weight for letter, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return vin[:8] + ("X" if remainder == 10 else str(remainder)) + vin[9:]


def warning(vin: str) -> str | None:
    """`VIN_CHECK_UNVERIFIED` for a normalised VIN whose check digit proves nothing (E4), a frame number; else None."""
    return None if vin[0] in _CHECKED_REGIONS and len(vin) == _LENGTH else UNVERIFIED


def model_year(vin: str, *, not_after: int) -> int | None:
    """The model year in position 10 of a normalised VIN (E4): its signs come round every 30 years.

    The latest such year up to `not_after` (the coming year of the day it was typed); None if the sign means no year
    (U, Z, 0) or none so early, or if it is a frame number.
    """
    if len(vin) != _LENGTH:
        return None
    place = _YEAR_SIGNS.find(vin[9])
    if place < 0 or not_after < _FIRST_YEAR + place:
        return None
    earliest = _FIRST_YEAR + place
    return earliest + (not_after - earliest) // len(_YEAR_SIGNS) * len(_YEAR_SIGNS)

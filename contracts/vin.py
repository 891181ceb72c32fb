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

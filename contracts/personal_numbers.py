"""Phone and ID numbers as people type them into any text: found by what they are, and masked (R62; E1, E2).

Found are mobiles of the mainland with or without a country code, landlines with an area code, numbers with a plus sign,
and resident IDs of 15 or 18 signs with a province and a date of birth; in groups too.
Dates, amounts, numbers of orders, VINs and UUIDs are none of these.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_SEP = r"[\s\-‐-―－.]?"
_S = r"[\s\-‐-―－./_·]{0,2}"
"""What may stand between any two signs of a resident ID: its date of birth tells it from any other row of digits."""
_BORN = rf"(?:1{_S}[89]|2{_S}0){_S}\d{_S}\d{_S}(?:0{_S}[1-9]|1{_S}[0-2]){_S}(?:0{_S}[1-9]|[12]{_S}\d|3{_S}[01])"
_MANY_DIGITS = re.compile(r"\d(?:[\s\-‐-―－.()（）]{0,2}\d){6}")
"""What every number has, and few texts: the rest is looked at no further."""

_NUMBER = re.compile(
    rf"""
    (?<!\d) (?:
        (?P<vin> (?<![0-9A-Za-z]) (?=\d*[A-Z]) (?![0-9A-Z]{{0,5}}1[3-9]\d{{9}}(?!\d))
            [0-9A-HJ-NPR-Z]{{17}} (?![0-9A-Za-z]) )
      | (?P<id18> \d(?:{_S}\d){{5}}{_S}{_BORN}(?:{_S}\d){{3}}{_S}[\dXx] )
      | (?P<id15> \d{{6}}{_SEP}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_SEP}\d{{3}} )
      | (?P<mobile> (?:(?:(?:\+|00)?86|0){_SEP})?
            1[3-9]\d (?: {_SEP}\d{{4}}{_SEP}\d{{4}} | {_SEP}\d{{3}}{_SEP}\d{{5}} | \d{_SEP}\d{{3}}{_SEP}\d{{4}} ) )
      | (?P<abroad> (?:\+|00(?=85[23]|886))\d{{1,3}}(?:{_SEP}\d){{7,12}} )
      | (?P<landline> (?:(?:\+|00)86{_SEP})? [(（]?0(?:10|2\d|[3-9]\d\d)[)）]?{_SEP}
            (?: \d{{7,8}} | \d{{3,4}}{_SEP}\d{{4}} ) )
    ) (?!\d)
    """,
    re.VERBOSE,
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")


def mask_mobile(value: object) -> str:
    """`138****5678`; of a short number only the last two digits, and of none nothing."""
    number = str(value)
    if not number:
        return ""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else f"****{number[-2:]}"


def mask_id_number(value: object) -> str:
    """The first and the last sign: `4****************8`; with more, and the birth date beside it, it would be whole."""
    number = str(value)
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if len(number) > 10 else "*" * len(number)


def may_hold_number(text: str) -> bool:
    """False for nearly every text, and quickly."""
    return len(text) > 6 and _MANY_DIGITS.search(text) is not None


def numbers_masked(text: str, *, phones: bool = True, cards: bool = True) -> str:
    """The text with the phone numbers, or ID numbers, in it masked."""
    if not may_hold_number(text) or _UUID.fullmatch(text):
        return text

    def masked(found: re.Match[str]) -> str:
        if found.lastgroup == "vin":  # whole, so that no number is looked for within it
            return found[0]
        said = "".join(filter(_is_sign, unicodedata.normalize("NFKC", found[0])))
        if found.lastgroup in ("id18", "id15"):
            return mask_id_number(said) if cards and _is_card(said) else found[0]
        return mask_mobile(said) if phones else found[0]

    done = _NUMBER.sub(masked, text)
    if done.isascii():
        return done
    plain = unicodedata.normalize("NFKC", done)  # digits of full width
    again = _NUMBER.sub(masked, plain)
    return done if again == plain else again


def _is_sign(sign: str) -> bool:
    return sign.isalnum() or sign == "+"


def _is_card(number: str) -> bool:
    if not _PROVINCE.match(number):
        return False
    born = number[6:14] if len(number) > 15 else f"19{number[6:12]}"
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return True

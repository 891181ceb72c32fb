"""Resident identity numbers: GB 11643-1999 with 18 characters, GB 11643-1989 with 15 (E2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.iso7064 import mod_11_2

from contracts.signs import digits_lost, plain
from services.customer.record.rules.gender import Gender

BORN_BEFORE_1900 = "ID_BORN_BEFORE_1900"
"""The warning for a number that is right but whose bearer would be very old."""

_PROVINCES = frozenset(
    f"{province}"
    for block in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for province in block
) | {"71", "81", "82", "83"}
_FORM = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_FLOAT = re.compile(r"([0-9]+)\.0+")
_BORN_IN_THE_1800S = frozenset({"996", "997", "998", "999"})
_EARLIEST_YEAR, _EXPECTED_YEAR = 1800, 1900
_EXACT = 15
"""Digits that a number of a spreadsheet or a data frame keeps."""


class NotAResidentId(ValueError):
    """The text is no resident ID; `code` says why."""

    code = "ID_FORMAT"


class IdFormat(NotAResidentId):
    """Not 18 characters, and not 15 digits either."""


class IdDigitsLost(NotAResidentId):
    """A spreadsheet program has rounded the number: what it shows is nobody's or somebody else's."""

    code = "DIGITS_LOST"


class IdChecksum(NotAResidentId):
    """The last character does not fit the others: somebody mistyped."""

    code = "ID_CHECKSUM"


class IdDate(NotAResidentId):
    """No such day, or nobody was born on it yet."""

    code = "ID_DATE"


class IdRegion(NotAResidentId):
    """The number begins with no province."""

    code = "ID_REGION"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident ID: `number` as on the card, `number_18` the key that both forms of one person share."""

    number: str
    number_18: str
    birth_date: date
    gender: Gender
    region: str
    warnings: tuple[str, ...] = ()


def read(typed: str, *, today: date) -> ResidentId:
    """The resident ID that was typed (E2).

    Retired and unknown region codes below a known province are legal. A number that begins with 9 is a
    foreigner's with permanent residence: its province follows the 9, or it begins with 91.
    Raises IdDigitsLost, IdFormat, IdChecksum, IdRegion, IdDate, looked at in this order.
    """
    number = re.sub(r"[\s\-‐–—]", "", plain(typed).upper())
    whole = _FLOAT.fullmatch(number)
    if digits_lost(typed) or (whole and len(whole[1]) > _EXACT):
        raise IdDigitsLost(typed)
    number = whole[1] if whole else number
    if not _FORM.fullmatch(number):
        raise IdFormat(typed)
    number_18 = number if len(number) == 18 else to_18(number)
    if not mod_11_2.is_valid(number_18):
        raise IdChecksum(typed)
    if not _begins_with_a_province(number):
        raise IdRegion(typed)
    born = birth_date(number_18)
    if born is None or born.year < _EARLIEST_YEAR or born > today:
        raise IdDate(typed)
    warnings = (BORN_BEFORE_1900,) if born.year < _EXPECTED_YEAR else ()
    return ResidentId(number, number_18, born, gender(number_18), number[:6], warnings)


def to_18(number_15: str) -> str:
    """The 18 characters of a number of 15 digits: the century after the region, the check character at the end.

    The sequence numbers 996 to 999 were kept for people born in the 1800s (E2).
    """
    century = "18" if number_15[12:] in _BORN_IN_THE_1800S else "19"
    body = number_15[:6] + century + number_15[6:]
    return body + mod_11_2.calc_check_digit(body)


def birth_date(number_18: str) -> date | None:
    """The birth date in a number of 18 characters, None if there is no such day."""
    try:
        return date(int(number_18[6:10]), int(number_18[10:12]), int(number_18[12:14]))
    except ValueError:
        return None


def gender(number_18: str) -> Gender:
    """The gender in a number of 18 characters: an odd sequence number is a man's."""
    return Gender.MALE if int(number_18[16]) % 2 else Gender.FEMALE


def _begins_with_a_province(number: str) -> bool:
    foreigner = len(number) == 18 and number[0] == "9" and (number[1] == "1" or number[1:3] in _PROVINCES)
    return number[:2] in _PROVINCES or foreigner

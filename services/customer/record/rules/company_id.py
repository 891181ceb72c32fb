"""Numbers of organisations: the unified social credit code and the older organisation code (E3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.cn import uscc as credit_codes
from stdnum.exceptions import InvalidChecksum, ValidationError

from contracts.signs import plain

_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class NotACompanyId(ValueError):
    """The text is neither code; `code` says why."""

    code = "COMPANY_ID_FORMAT"


class CompanyIdFormat(NotACompanyId):
    """Neither 18 nor 9 characters of the alphabet of such a code."""


class CompanyIdChecksum(NotACompanyId):
    """The last character does not fit the others: somebody mistyped."""

    code = "COMPANY_ID_CHECKSUM"


@dataclass(frozen=True, slots=True)
class CompanyId:
    """What identifies an organisation: `organisation_code` always, the credit code if that was given."""

    uscc: str | None
    organisation_code: str


def read(typed: str) -> CompanyId:
    """The code that was typed: 18 characters of GB 32100-2015 or 9 of GB 11714, with or without hyphen (E3).

    A credit code holds the organisation code in positions 9 to 17, so the two of one company agree in that.
    Raises CompanyIdFormat, CompanyIdChecksum.
    """
    text = re.sub(r"[\s\-‐–—]", "", plain(typed).upper())
    if len(text) == 9:
        return CompanyId(None, _organisation_code(text))
    try:
        number = credit_codes.validate(text)
    except InvalidChecksum:
        raise CompanyIdChecksum(typed) from None
    except ValidationError:
        raise CompanyIdFormat(typed) from None
    return CompanyId(number, number[8:17])


def check_character(eight: str) -> str:
    """The ninth character of an organisation code, from its first eight (GB 11714)."""
    rest = 11 - sum(int(sign, 36) * weight for sign, weight in zip(eight, _WEIGHTS, strict=True)) % 11
    return "0X"[rest == 10] if rest > 9 else str(rest)


def _organisation_code(text: str) -> str:
    if not (text.isascii() and _ORGANISATION.fullmatch(text)):
        raise CompanyIdFormat(text)
    if check_character(text[:8]) != text[8]:
        raise CompanyIdChecksum(text)
    return text

"""What somebody means who types something into the look-up box (R36).

A number that answers mask is found by what the mask shows of it or by the whole of it, never by more and more digits:
whoever may search for any part of it reads it (docs/decisions/0020).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts import plate
from contracts import vin as vins
from contracts.signs import plain
from services.customer.record.rules import company_id, names, phone, resident_id, surnames

_OF_A_PHONE = 4
_OF_A_PLATE = 4
_DIGITS_OF_A_PLATE = 5
_VIN_DIGITS = range(5, 11)
_VIN_SIGNS = range(6, 9)
_FEWEST_SIGNS = 4
_FEWEST_HEARD = 2
_OF_A_VIN = 17
_OF_A_CARD = (15, 18)
_HAN = re.compile(r"[\u3400-\u9fff]")
_OF_A_NUMBER = re.compile(r"[0-9](?:[\W_]*[0-9]){3}")
"""Four digits, whatever stands between them but letters: the stored name may hold them without it."""


class By(StrEnum):
    """What to search by."""

    MOBILE = "mobile"
    MOBILE_TAIL = "mobile_tail"
    ID_NUMBER = "id_number"
    ORGANISATION = "organisation"
    PLATE = "plate"
    PLATE_TAIL = "plate_tail"
    VIN = "vin"
    VIN_TAIL = "vin_tail"
    NAME = "name"
    PINYIN = "pinyin"
    INITIALS = "initials"
    SOUND = "sound"
    SOUTHERN_SOUND = "southern_sound"


@dataclass(frozen=True, slots=True)
class Ask:
    """One way to search; several sounds are parted by spaces."""

    by: By
    text: str


def meanings(typed: str, *, today: date) -> tuple[Ask, ...]:
    """The ways to search for what was typed, likeliest first; empty when it fits none."""
    text = plate.tidy(typed)
    if number := _number(typed):
        return (number,)
    if plate.starts_like_a_plate(text):
        return (Ask(By.PLATE, text),) if len(text) >= _OF_A_PLATE else ()
    if _HAN.search(text):
        return (Ask(By.PLATE, text),) if plate.kind_of(text) else _heard(_without_number(typed))
    if vin := _vin(typed):
        return (vin,)
    if not (text.isascii() and text.isalnum()):
        return _named(typed)
    if text.isalpha() and len(text) != _OF_A_VIN:
        said = plate.tidy(names.read(typed).text or typed).lower()  # Mr. Smith is called Smith
        return (Ask(By.PINYIN, said), Ask(By.INITIALS, said), Ask(By.SOUTHERN_SOUND, said))
    return _signs(text, typed, today=today)


def _number(typed: str) -> Ask | None:
    try:
        return Ask(By.MOBILE, phone.normalise(typed))
    except phone.NotAPhone:
        return None


def _signs(text: str, typed: str, *, today: date) -> tuple[Ask, ...]:
    """Letters and digits: a card, a VIN, or the end of a number."""
    if card := _card(text, today=today):
        return (card,)
    if len(text) == _OF_A_VIN:
        return ()
    if text.isdigit():
        return _digits(text)
    if len(text) < _FEWEST_SIGNS:
        return ()
    if plate.kind_of(text):
        return (Ask(By.PLATE, text),)
    end = (Ask(By.PLATE_TAIL, text),) if plate.may_end_one(text) else ()
    tail = (Ask(By.VIN_TAIL, text),) if len(text) in _VIN_SIGNS else ()
    name = () if _OF_A_NUMBER.search(text) else (Ask(By.NAME, names.normalise(typed)),)
    return (*end, *tail, *_organisation(text), *name)


def _vin(typed: str) -> Ask | None:
    try:
        return Ask(By.VIN, vins.normalise(typed))
    except vins.NotAVin:
        return None


def _digits(text: str) -> tuple[Ask, ...]:
    if len(text) == _OF_A_PHONE:
        return (Ask(By.MOBILE_TAIL, text),)
    tail = (Ask(By.VIN_TAIL, text),) if len(text) in _VIN_DIGITS else ()
    end = (Ask(By.PLATE_TAIL, text),) if len(text) == _DIGITS_OF_A_PLATE else ()
    return (*end, *tail, *_organisation(text))


def _named(typed: str) -> tuple[Ask, ...]:
    name = names.normalise(_without_number(typed))
    return (Ask(By.NAME, name),) if name else ()


def _without_number(typed: str) -> str:
    """What stands before the first number of four digits or more, in groups too: people type phones into names."""
    text = plain(typed)
    found = _OF_A_NUMBER.search(text)
    return text[: found.start()] if found else typed


def _heard(typed: str) -> tuple[Ask, ...]:
    """A name as it is written, then as it may have been heard: 章伟 finds 张伟 too."""
    name = names.read(typed)
    asked = name.simplified or names.normalise(typed)
    if not asked:
        return ()
    if sum(map(surnames.is_hanzi, asked)) < _FEWEST_HEARD:
        return (Ask(By.NAME, asked),)
    said, softer = (" ".join(sorted(readings)) for readings in (name.sounds.full, name.sounds.folded))
    return (Ask(By.NAME, asked), Ask(By.SOUND, said), Ask(By.SOUTHERN_SOUND, softer))


def _card(text: str, *, today: date) -> Ask | None:
    if len(text) not in _OF_A_CARD:
        return None
    try:
        return Ask(By.ID_NUMBER, resident_id.read(text, today=today).number_18)
    except resident_id.NotAResidentId:
        return next(iter(_organisation(text)), None)


def _organisation(text: str) -> tuple[Ask, ...]:
    try:
        return (Ask(By.ORGANISATION, company_id.read(text).organisation_code),)
    except company_id.NotACompanyId:
        return ()

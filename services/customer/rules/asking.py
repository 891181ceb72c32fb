"""What somebody means who types something into the look-up box (R36)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts import vin as vins
from services.customer.rules import company_id, names, phone, plate, resident_id, surnames

_SHORTEST_TAIL = 4
_FEWEST_HEARD = 2
_OF_A_VIN = 17
_OF_A_CARD = (15, 18)
_HAN = re.compile(r"[\u3400-\u9fff]")


class By(StrEnum):
    """What to search by."""

    MOBILE = "mobile"
    MOBILE_TAIL = "mobile_tail"
    ID_NUMBER = "id_number"
    ORGANISATION = "organisation"
    PLATE = "plate"
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
    """The ways to search for what was typed, likeliest first; empty when it is too little to search for."""
    text = plate.tidy(typed)
    if number := _number(typed):
        return (number,)
    if plate.starts_like_a_plate(text):
        return (Ask(By.PLATE, text),)
    if _HAN.search(text):
        return _heard(typed)
    if not (text.isascii() and text.isalnum()):
        return (Ask(By.NAME, names.normalise(typed)),) if text else ()
    if text.isalpha() and len(text) != _OF_A_VIN:
        said = text.lower()
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
        try:
            return (Ask(By.VIN, vins.normalise(text)),)
        except vins.NotAVin:
            return ()
    if len(text) < _SHORTEST_TAIL:
        return ()
    if text.isdigit():
        return (Ask(By.MOBILE_TAIL, text), Ask(By.VIN_TAIL, text), *_organisation(text))
    return (Ask(By.VIN_TAIL, text), *_organisation(text), Ask(By.NAME, names.normalise(typed)))


def _heard(typed: str) -> tuple[Ask, ...]:
    """A name as it is written, then as it may have been heard: 章伟 finds 张伟 too."""
    name = names.read(typed)
    asked = name.simplified or names.normalise(typed)
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

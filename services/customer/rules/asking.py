"""What somebody means who types something into the look-up box (R36)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from contracts import vin as vins
from services.customer.rules import names, phone, plate

_SHORTEST_TAIL = 4
_HAN = re.compile(r"[\u3400-\u9fff]")


class By(StrEnum):
    """What to search by."""

    MOBILE = "mobile"
    MOBILE_TAIL = "mobile_tail"
    PLATE = "plate"
    VIN = "vin"
    VIN_TAIL = "vin_tail"
    NAME = "name"
    PINYIN = "pinyin"
    INITIALS = "initials"


@dataclass(frozen=True, slots=True)
class Ask:
    """One way to search."""

    by: By
    text: str


def meanings(typed: str) -> tuple[Ask, ...]:
    """The ways to search for what was typed, likeliest first; empty when it is too little to search for."""
    text = plate.tidy(typed)
    try:
        return (Ask(By.MOBILE, phone.normalise(typed)),)
    except phone.NotAPhone:
        pass
    if plate.starts_like_a_plate(text):
        return (Ask(By.PLATE, text),)
    if _HAN.search(text):
        return (Ask(By.NAME, names.normalise(typed)),)
    if not (text.isascii() and text.isalnum()):
        return (Ask(By.NAME, names.normalise(typed)),) if text else ()
    if len(text) == 17:
        try:
            return (Ask(By.VIN, vins.normalise(text)),)
        except vins.NotAVin:
            return ()
    if text.isdigit():
        if len(text) < _SHORTEST_TAIL:
            return ()
        return (Ask(By.MOBILE_TAIL, text), Ask(By.VIN_TAIL, text))
    if text.isalpha():
        return (Ask(By.PINYIN, text.lower()), Ask(By.INITIALS, text.lower()))
    return (Ask(By.VIN_TAIL, text), Ask(By.NAME, names.normalise(typed))) if len(text) >= _SHORTEST_TAIL else ()

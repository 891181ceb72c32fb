"""Slips of the pen, and the many right ways to write the same number (F3). Each function takes what is right."""

from __future__ import annotations

import random

_FULL_WIDTH = str.maketrans("0123456789+", "０１２３４５６７８９＋")


def mistyped_mobile(mobile: str, chance: random.Random) -> str:
    """One of the last eight digits wrong, or two neighbours swapped: still a possible number, but another one."""
    place = chance.randrange(3, 10)
    if mobile[place] != mobile[place + 1] and chance.random() < 0.5:
        return mobile[:place] + mobile[place + 1] + mobile[place] + mobile[place + 2 :]
    return mobile[:place] + _another_digit(mobile[place], chance) + mobile[place + 1 :]


def mistyped_id(id18: str, chance: random.Random) -> str:
    """One digit of the birth date or the sequence wrong, which the check digit of GB 11643 always tells."""
    place = chance.randrange(6, 17)
    return id18[:place] + _another_digit(id18[place], chance) + id18[place + 1 :]


def misread_vin(vin: str, chance: random.Random) -> str | None:
    """One 0 as O or one 1 as I (E4), None if the VIN has neither."""
    places = [place for place, sign in enumerate(vin) if sign in "01"]
    if not places:
        return None
    place = chance.choice(places)
    return vin[:place] + {"0": "O", "1": "I"}[vin[place]] + vin[place + 1 :]


def written_mobile(mobile: str, chance: random.Random) -> str:
    """The number as this desk writes it: bare in seven rows of eight (E1)."""
    if mobile[0] in "+0" or chance.random() >= 0.125:
        return mobile
    return chance.choice(
        (
            f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
            f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}",
            f"{mobile[:4]} {mobile[4:7]} {mobile[7:]}",
            f"+86 {mobile}",
            f"+86{mobile}",
            f"86{mobile}",
            f"0{mobile}",
            f" {mobile} ",
            mobile.translate(_FULL_WIDTH),
        )
    )


def written_plate(plate: str, chance: random.Random) -> str:
    """The plate as it is written down: with a dot, a space, in small letters, mostly as it is (E5)."""
    draw = chance.random()
    if draw >= 0.3:
        return plate
    if draw < 0.05:
        return plate.lower()
    return plate[:2] + chance.choice("··· -．") + plate[2:]


def written_id(number: str, chance: random.Random) -> str:
    """A resident ID as it is written down: the X sometimes small (E2)."""
    return number.lower() if chance.random() < 0.3 else number


def _another_digit(digit: str, chance: random.Random) -> str:
    return str((int(digit) + chance.randint(1, 9)) % 10)

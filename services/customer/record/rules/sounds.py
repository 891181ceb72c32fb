"""How names sound: Mandarin without tones, its initials, and what southern ears do not tell apart (E6)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.customer.record.rules import surnames
from services.customer.record.rules.simplified import simplify

# Names are read letter by letter; the phrase dictionary would cost this process 50 MB and change nothing.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin  # reads the variable when it is imported

MOST_READINGS = 8
"""Readings of a name that are kept; those of its first characters come first."""

_MOST_OF_A_CHARACTER = 3  # rarer readings are not heard in names
_KNOWN_CHARACTERS = 8192
_LETTERS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sounds:
    """Every way to say a name, in lower case without tones, ü as v, in three degrees of exactness.

    `likely` are the full readings that need no rare reading of a given name's character: 青 is qing, in old texts jing.
    """

    full: frozenset[str]
    initials: frozenset[str]
    folded: frozenset[str]
    likely: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Syllable:
    plain: str
    folded: str
    likely: bool = True


def sounds(text: str, *, person: bool = True) -> Sounds:
    """Every likely reading of a name, at most MOST_READINGS; a person's surname is said as surnames are (E6)."""
    said = [("", "", "", True)]
    for readings in _syllables(simplify(text), person=person):
        room = max(1, MOST_READINGS // len(said))
        said = [
            (full + one.plain, initials + one.plain[0], folded + one.folded, likely and one.likely)
            for full, initials, folded, likely in said
            for one in readings[:room]
        ]
    return Sounds(
        full=frozenset([one[0] for one in said]),
        initials=frozenset([one[1] for one in said]),
        folded=frozenset([one[2] for one in said]),
        likely=frozenset([one[0] for one in said if one[3]]),
    )


def commonest(text: str) -> tuple[str, str]:
    """(full, initials) of the likeliest reading of a name: `("zhangwei", "zw")`."""
    said = [readings[0].plain for readings in _syllables(simplify(text), person=True)]
    return "".join(said), "".join(syllable[0] for syllable in said)


def surname_readings(surname: str) -> tuple[str, ...]:
    """How a surname is said: one way, for a few two; none for an empty one."""
    if surname in surnames.COMPOUND:
        return ("".join(surnames.COMPOUND[surname]),)
    return surnames.SPOKEN.get(surname) or tuple(one.plain for one in _of_character(surname)[:1])


@lru_cache(maxsize=2048)
def fold(syllable: str) -> str:
    """The syllable as a southern speaker may say it.

    No zh ch sh, n as l and f as h at the beginning, no ng after a, e and i (E6).
    """
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    elif syllable[:1] == "n" and len(syllable) > 1:
        syllable = "l" + syllable[1:]
    elif syllable[:1] == "f":
        syllable = "h" + syllable[1:]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def _syllables(text: str, *, person: bool) -> Iterator[tuple[_Syllable, ...]]:
    """For each character its readings, plain and folded; for each run of letters itself."""
    surname, rest = surnames.split(text) if person else ("", text)
    yield from _of_surname(surname)
    letters = ""
    for character in rest:
        if readings := _of_character(character):
            yield from _of_letters(letters)
            letters = ""
            yield readings
        else:
            letters += character
    yield from _of_letters(letters)


def _of_surname(surname: str) -> Iterator[tuple[_Syllable, ...]]:
    if surname in surnames.COMPOUND:
        for syllable in surnames.COMPOUND[surname]:
            yield (_Syllable(syllable, fold(syllable)),)
    elif readings := surname_readings(surname):
        yield tuple(_Syllable(syllable, fold(syllable)) for syllable in readings)


@lru_cache(maxsize=_KNOWN_CHARACTERS)
def _of_character(character: str) -> tuple[_Syllable, ...]:
    said = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    plain = dict.fromkeys(syllable.replace("ê", "e") for syllable in (said[0] if said else ()))
    heard = [syllable for syllable in plain if _LETTERS.fullmatch(syllable)]
    return tuple(_Syllable(one, fold(one), likely=place == 0) for place, one in enumerate(heard[:_MOST_OF_A_CHARACTER]))


def _of_letters(text: str) -> Iterator[tuple[_Syllable, ...]]:
    for run in _LETTERS.findall(text.lower()) if text else ():
        yield (_Syllable(run, run),)

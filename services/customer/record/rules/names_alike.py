"""How alike two names are, from 0 to 1 (E6)."""

from __future__ import annotations

from services.customer.record.rules import surnames
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.names import Name
from services.customer.record.rules.titles import of_a_wife

EQUAL = 1.00
EQUAL_SIMPLIFIED = 0.98
SAME_SOUND = 0.85
SAME_SOUND_OTHER_CHARACTERS = 0.75
SAME_TO_SOUTHERN_EARS = 0.70
SWAPPED = 0.85
"""Given name before surname, as foreign forms ask for them."""
ONE_CHARACTER_DIFFERS = 0.55
SURNAME_AND_GENDER = 0.60
SHORT_NAME = 0.60
_FEWEST_OF_A_COMPANY = 2
SURNAME = 0.50
DIFFERENT = 0.0


def person_score(a: Name, b: Name, *, gender_a: Gender | None = None, gender_b: Gender | None = None) -> float:
    """How alike two persons' names are; the genders are what is known beside the titles.

    Names that sound alike only by a rare reading (青 and 静) score as if they had no character in common.
    Two that are surnames only are no more alike than a surname and a full name: there are many 张先生. 太太 bears her
    husband's surname, so that she is nobody of that name; a nickname may be made of surname or given name.
    """
    if not a.simplified or not b.simplified:
        return DIFFERENT
    if a.nickname or b.nickname:
        return _nickname_score(a, b)
    if a.surname_only or b.surname_only:
        return _surname_score(a, b, gender_a or a.gender, gender_b or b.gender)
    if a.text == b.text:
        return EQUAL
    if a.simplified == b.simplified or a.simplified.casefold() == b.simplified.casefold():
        return EQUAL_SIMPLIFIED
    if _swapped(a, b) or _swapped(b, a):
        return SWAPPED
    return _sound_score(a, b)


def _swapped(a: Name, b: Name) -> bool:
    return a.surname != "" and a.simplified == b.given + b.surname


def company_score(a: CompanyName, b: CompanyName) -> float:
    """How alike two companies' names are: shared pairs of characters by all pairs (Jaccard) of what is left of them.

    A name that is the other's beginning may be its short form: 宏远 of 宏远供应链管理.
    """
    if a.core == b.core:
        return EQUAL if a.core else DIFFERENT
    both = len(a.bigrams & b.bigrams)
    shorter, longer = sorted((a.core, b.core), key=len)
    if len(shorter) >= _FEWEST_OF_A_COMPANY and longer.startswith(shorter):
        return max(SHORT_NAME, both / (len(a.bigrams) + len(b.bigrams) - both))
    return both / (len(a.bigrams) + len(b.bigrams) - both) if both else DIFFERENT


def _nickname_score(a: Name, b: Name) -> float:
    if a.simplified == b.simplified:
        return EQUAL_SIMPLIFIED
    one, other = (a, b) if a.nickname else (b, a)
    return SURNAME if one.nickname in (other.surname, other.nickname) or one.nickname in other.given else DIFFERENT


def _surname_score(a: Name, b: Name, gender_a: Gender | None, gender_b: Gender | None) -> float:
    if a.surname != b.surname or of_a_wife(a.title) is not of_a_wife(b.title):
        return DIFFERENT
    return SURNAME_AND_GENDER if gender_a is not None and gender_a is gender_b else SURNAME


def _sound_score(a: Name, b: Name) -> float:
    in_hanzi = bool(a.surname) and bool(b.surname)
    if in_hanzi and len(a.simplified) != len(b.simplified):
        return DIFFERENT
    if not a.sounds.full.isdisjoint(b.sounds.full) and "" not in a.sounds.full:
        likely = not a.sounds.likely.isdisjoint(b.sounds.likely)
        return SAME_SOUND if likely and _a_character_in_common(a, b) else SAME_SOUND_OTHER_CHARACTERS
    if not in_hanzi or a.surname != b.surname:
        return DIFFERENT
    if not a.sounds.folded.isdisjoint(b.sounds.folded):
        return SAME_TO_SOUTHERN_EARS
    alike = sum(one == other for one, other in zip(a.given, b.given, strict=True))
    return ONE_CHARACTER_DIFFERS if len(a.given) == 2 and len(a.surname) == 1 and alike == 1 else DIFFERENT


def _a_character_in_common(a: Name, b: Name) -> bool:
    """A character at the same place; letters are none."""
    pairs = zip(a.simplified, b.simplified, strict=False)
    return any(one == other and surnames.is_hanzi(one) for one, other in pairs)

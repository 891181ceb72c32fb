"""Names of persons (E6): their stored form, the title somebody typed with them, surname and given name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from services.customer.record.rules import surnames
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.simplified import simplify
from services.customer.record.rules.sounds import Sounds, commonest, sounds

TITLES = {
    "先生": Gender.MALE,
    "女士": Gender.FEMALE,
    "小姐": Gender.FEMALE,
    "太太": Gender.FEMALE,
    "经理": None,
    "师傅": None,
    "老师": None,
    "总": None,
}
"""What is said after a name instead of a given name, and whom it is said to."""

_MIDDLE_DOTS = re.compile(r"[\u00b7\u2022\u2027\u30fb\uff65]")
_SPACES = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name.

    `text` is the stored form without the title, `simplified` the same in simplified characters, as are title, surname
    and given name. `surname_only` says that nothing but a surname is known ("张先生").
    """

    text: str
    simplified: str
    title: str
    gender: Gender | None
    surname: str
    given: str
    surname_only: bool
    sounds: Sounds


@lru_cache(maxsize=2048)  # a record's name is read for its keys, its facts and each comparison of a batch
def read(typed: str) -> Name:
    """The name that was typed (E6). A title alone leaves an empty name; a name in letters has no surname."""
    said, called = _titles_apart(unicodedata.normalize("NFKC", typed).strip())
    inner, text = _titles_apart(normalise(called))  # what a space within it has hidden
    title, simple = simplify("".join((inner + said).split())), simplify(text)
    surname, given = surnames.split(simple)
    gender = next((known for said, known in TITLES.items() if known is not None and said in title), None)
    return Name(text, simple, title, gender, surname, given, surname != "" and not given, sounds(simple))


def normalise(typed: str) -> str:
    """The name as stored: one width, no spaces between hanzi, one kind of middle dot."""
    text = _MIDDLE_DOTS.sub("·", unicodedata.normalize("NFKC", typed)).strip()
    # a removed space may bring a letter and its accent together, so the text is composed once more
    return unicodedata.normalize("NFKC", _SPACES.sub("" if _HAN.search(text) else " ", text)).strip()


def pinyin(name: str) -> tuple[str, str]:
    """(full, initials) of a name in lower case without tones, ü as v: `("zhangwei", "zw")`."""
    return commonest(name)


def _titles_apart(text: str) -> tuple[str, str]:
    """(titles at the end, what stands before them): "王总经理" has two."""
    simple, end = simplify(text), len(text)
    while title := next((one for one in TITLES if simple.endswith(one, 0, end)), ""):
        end -= len(title)
    return text[end:], text[:end].strip()

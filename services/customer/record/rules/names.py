"""Names of persons (E6): their stored form, the title somebody typed with them, surname and given name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from contracts.signs import is_nothing, plain
from services.customer.record.rules import surnames, titles
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.simplified import simplify
from services.customer.record.rules.sounds import Sounds, commonest, sounds

_MIDDLE_DOTS = re.compile(r"[\u00b7\u2022\u2027\u2219\u22c5\u25cf\u30fb]|(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")
_SPACES = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name.

    `text` is the stored form without the title, `simplified` the same in simplified characters, as are title, surname
    and given name. `surname_only` says that nothing but a surname is known ("张先生"); `nickname` is what one is
    made of ("老王", "阿强"), be it surname or given name.
    """

    text: str
    simplified: str
    title: str
    gender: Gender | None
    surname: str
    given: str
    surname_only: bool
    nickname: str
    sounds: Sounds

    @property
    def partial(self) -> bool:
        """True if less is known than the name its bearer signs with."""
        return self.surname_only or self.nickname != ""


@lru_cache(maxsize=2048)  # a record's name is read for its keys, its facts and each comparison of a batch
def read(typed: str) -> Name:
    """The name that was typed (E6).

    A title alone, or a word for nothing, leaves an empty name; a name in letters and a nickname have no surname.
    """
    said, called = titles.apart("" if is_nothing(typed) else plain(typed).strip())
    inner, text = titles.apart(normalise(called))  # what a space within it has hidden
    text = "" if is_nothing(text) else text
    title, simple = simplify("".join((inner + said).split())), simplify(text)
    nickname = titles.nickname(simple)
    surname, given = ("", simple) if nickname else surnames.split(simple)
    gender = titles.said_to(title)
    return Name(text, simple, title, gender, surname, given, surname != "" and not given, nickname, sounds(simple))


def normalise(typed: str) -> str:
    """The name as stored: one width, no spaces between hanzi, one kind of middle dot."""
    text = _MIDDLE_DOTS.sub("·", plain(typed)).strip()
    # a removed space may bring a letter and its accent together, so the text is composed once more
    return unicodedata.normalize("NFKC", _SPACES.sub("" if _HAN.search(text) else " ", text)).strip()


def pinyin(name: str) -> tuple[str, str]:
    """(full, initials) of a name in lower case without tones, ü as v: `("zhangwei", "zw")`."""
    return commonest(name)

"""Names of companies: what is left when the words that every company has are taken away (E6)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from services.customer.rules.simplified import simplify

_EVERYBODY_HAS = re.compile(r"有限责任公司|有限公司|股份|集团|\(深圳市?\)|深圳市|^深圳")
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company's name: `text` as stored, `core` what tells it from others, `bigrams` the pairs of its characters."""

    text: str
    core: str
    bigrams: frozenset[str]


def read(typed: str) -> CompanyName:
    """The company's name that was typed."""
    text = "".join(unicodedata.normalize("NFKC", typed).split())
    core = core_of(typed)
    return CompanyName(text, core, frozenset(first + second for first, second in pairwise(core)))


def core_of(typed: str) -> str:
    """The name without legal form, group, the home city and signs, simplified and in lower case.

    A name of nothing else keeps its words.
    """
    text = simplify("".join(unicodedata.normalize("NFKC", typed).split())).casefold()
    return _SIGNS.sub("", _EVERYBODY_HAS.sub("", text)) or _SIGNS.sub("", text)

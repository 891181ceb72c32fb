"""Names and how they sound (E6): what the desk may type to find a person."""

from __future__ import annotations

import os
import re
import unicodedata

# Names are read letter by letter; the phrase dictionary would cost this process 50 MB and change nothing.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, lazy_pinyin  # reads the variable when it is imported

_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao",
    "翟": "zhai", "覃": "qin", "缪": "miao", "乐": "yue", "种": "chong", "召": "shao", "员": "yun", "任": "ren",
    "冼": "xian", "秘": "bi", "么": "yao", "黑": "he", "折": "she",
}  # fmt: skip
_COMPOUND = {
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "尉迟": "yu chi", "万俟": "mo qi",
    "皇甫": "huang fu", "令狐": "ling hu",
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")


def normalise(typed: str) -> str:
    """The name as stored: one width, no spaces between hanzi, one kind of middle dot."""
    text = re.sub(r"[\u00b7\u2022\u2027\u30fb\uff65]", "·", unicodedata.normalize("NFKC", typed)).strip()
    # a removed space may bring a letter and its accent together, so the text is composed once more
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "" if _HAN.search(text) else " ", text)).strip()


def pinyin(name: str) -> tuple[str, str]:
    """(full, initials) of a name in lower case without tones, ü as v: `("zhangwei", "zw")`."""
    surname, sounds = _surname(name)
    given = lazy_pinyin(name[len(surname) :], style=Style.NORMAL, v_to_u=False, errors=_as_typed)  # type: ignore[arg-type]  # pypinyin takes a list too
    syllables = [part for part in (*sounds, *given) if part]
    return "".join(syllables), "".join(part[0] for part in syllables)


def _surname(name: str) -> tuple[str, tuple[str, ...]]:
    if (pair := name[:2]) in _COMPOUND:
        return pair, tuple(_COMPOUND[pair].split())
    if (single := name[:1]) in _SURNAMES:
        return single, (_SURNAMES[single],)
    return "", ()


def _as_typed(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())

"""Words that people type for one thing, and by what they are told apart: the same wherever a name is compared."""

from __future__ import annotations

import unicodedata


def key_of(words: str) -> str:
    """What wordings of one name have in common: `Abc 公司` and `ＡＢＣ公司` are one, and so are `M1` and `m1`."""
    return "".join(unicodedata.normalize("NFKC", words).split()).lower()

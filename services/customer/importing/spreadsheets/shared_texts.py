"""The texts that a workbook keeps once and its cells refer to: how long they are, before any cell holds one (S22).

The reader of worksheets writes a text out in every cell that refers to it, and a package of 100 KB so fills the memory.
"""

from __future__ import annotations

from array import array

from services.customer.importing.spreadsheets.refusals import broken

_DIGITS = 10
"""A number of more digits is no text's, and slow to read."""


class SharedTexts:
    """The lengths of a workbook's shared texts, in characters, in their order."""

    PART = "sharedstrings.xml"
    """How the name of the part ends in which they stand, in small letters: the reader looks for no other."""

    def __init__(self) -> None:
        """None yet."""
        self._lengths = array("L")
        self._longest = 0
        self._open = False

    def opened(self) -> None:
        """The part begins that holds them. Raises FileRefused of a second one: a reader might take either."""
        if self._open:
            raise broken("文件已损坏,无法打开", "The package has two parts of shared texts")
        self._open = True

    def started(self) -> None:
        """Another text begins."""
        self._lengths.append(0)

    def said(self, text: str) -> None:
        """The last text goes on."""
        if self._lengths:
            self._lengths[-1] += len(text)
            self._longest = max(self._longest, self._lengths[-1])

    def length(self, number: str) -> int:
        """Of the text that a cell refers to by this number; of the longest, where that is no number of one."""
        if number.isdecimal() and len(number) < _DIGITS and int(number) < len(self._lengths):
            return self._lengths[int(number)]
        return self._longest

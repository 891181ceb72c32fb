"""Tables of a web page, and of Excel's XML of 2003: what many systems export under the name .xls (R25, S22)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from services.customer.importing.spreadsheets.refusals import (
    FileCode,
    FileRefused,
    Limits,
    too_many_columns,
    too_many_rows,
)
from services.customer.importing.spreadsheets.worksheets import TITLE_ROWS, Records, Worksheet, filled_down

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})
_UNSEEN = frozenset({"script", "style", "title"})


def open_worksheets(content: bytes, *, limits: Limits) -> list[Worksheet]:
    """Each table with data as a worksheet. Raises FileRefused."""
    reader = _Reader(limits)
    reader.feed(_decoded(content))
    reader.close()
    return [
        Worksheet(name, 0, rows[:TITLE_ROWS], filled_down(_records(rows), down))
        for name, rows, down in reader.tables
        if any(any(row) for row in rows)
    ]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    said = _CHARSET.search(content[:4096])
    names = [said[1].decode("ascii").lower()] if said else []
    for name in (*("gb18030" if one in ("gb2312", "gbk") else one for one in names), "utf-8-sig", "gb18030"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    raise FileRefused(
        FileCode.ENCODING,
        zh="文字编码无法识别,请用 Excel 另存为 .xlsx",
        en="The text's encoding is not known; save it as .xlsx",
    )


class _Reader(HTMLParser):
    """Rows of cells by table; a table within a cell is text of that cell."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[list[str]], list[tuple[int, int, int]]]] = []
        self._limits = limits
        self._depth = self._unseen = self._cells = 0
        self._name = ""
        self._row: list[str] | None = None
        self._text: list[str] | None = None
        self._down: list[tuple[int, int]] = []
        self._across = 1

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = {name.rpartition(":")[2]: value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "worksheet":
            self._name = said.get("name", "")
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                name = self._name or (f"表{len(self.tables) + 1}" if self.tables else "")
                self.tables.append((name, [], []))
        elif self._depth == 1 and tag in _ROWS:
            self._end_row()
            self._begin_row(_number(said.get("index"), 0))
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()
            if self._row is None:
                self._begin_row(0)
            self._begin_cell(said)
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "table":
            self._end_row()
            self._depth = max(self._depth - 1, 0)
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()
        elif self._depth == 1 and tag in _ROWS:
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._unseen:
            self._text.append(data)

    def _begin_row(self, index: int) -> None:
        rows = self.tables[-1][1]
        if max(index, len(rows) + 1) > self._limits.rows + TITLE_ROWS + 2:
            raise too_many_rows(self._limits.rows)
        self._count(max(index - 1 - len(rows), 0))
        rows += [[]] * (index - 1 - len(rows))
        self._row = []

    def _begin_cell(self, said: dict[str, str]) -> None:
        assert self._row is not None
        open_above = {column for column, last in self._down if last > len(self.tables[-1][1])}
        self._down = [one for one in self._down if one[0] in open_above]
        index = _number(said.get("index"), 0)
        while len(self._row) < index - 1 or len(self._row) in open_above:
            self._row.append("")
            self._within()
        down = max(_number(said.get("rowspan"), 1), 1 + _number(said.get("mergedown"), 0))
        self._across = max(_number(said.get("colspan"), 1), 1 + _number(said.get("mergeacross"), 0))
        if down > 1:
            at = len(self.tables[-1][1])
            self._down.append((len(self._row), at + down))
            self.tables[-1][2].append((len(self._row), at + 1, at + down))
        self._text = []

    def _end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        text = "".join(self._text).replace("\xa0", " ").strip()[: self._limits.cell_characters]
        self._text = None
        self._row.append(text)
        for _ in range(min(self._across, self._limits.columns) - 1):
            self._row.append("")
        self._within()

    def _within(self) -> None:
        if self._row is not None and len(self._row) > self._limits.columns:
            raise too_many_columns(self._limits.columns)

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.tables[-1][1].append(self._row)
            self._count(max(len(self._row), 1))
        self._row = None

    def _count(self, cells: int) -> None:
        # a row that is empty takes the room of a cell, in however many tables it stands
        self._cells += cells
        if self._cells > self._limits.cells:
            raise too_many_rows(self._limits.rows)


def _records(rows: Sequence[list[str]]) -> Records:
    for number, cells in enumerate(rows, start=1):
        if any(cells):
            yield number, cells, ()


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isdecimal() and len(said) < 7 else otherwise  # no table is longer

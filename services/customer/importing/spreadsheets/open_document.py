"""Worksheets of an OpenDocument spreadsheet (.ods): content.xml, read as it is unpacked (R25, S22).

A cell and a row may say how often they are repeated: what stands nowhere takes no room, and what is repeated counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from services.customer.importing.spreadsheets.refusals import Limits, broken, too_many_columns, too_many_rows
from services.customer.importing.spreadsheets.worksheets import TITLE_ROWS, Records, Worksheet

_MOST_SHEETS = 100


@dataclass
class _Sheet:
    name: str
    rows: dict[int, list[str]] = field(default_factory=dict)
    next_row: int = 1


class ContentReader:
    """Takes content.xml piece by piece. Raises FileRefused for what is too large or no XML."""

    def __init__(self, limits: Limits) -> None:
        """Read within these limits."""
        self._limits = limits
        self._sheets: list[_Sheet] = []
        self._row: list[str] = []
        self._row_times = self._cell_times = 1
        self._value: str | None = None
        self._text: list[str] | None = None
        self._paragraphs = self._length = self._formulas = self._cells = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """The next piece."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise broken("文件已损坏,无法打开", "A part of the file is not well-formed") from error

    def worksheets(self) -> list[Worksheet]:
        """What was read."""
        return [
            Worksheet(one.name, self._formulas, list(one.rows.values())[:TITLE_ROWS], _records(one))
            for one in self._sheets
            if one.rows
        ]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "table":
            if len(self._sheets) >= _MOST_SHEETS:
                raise too_many_rows(self._limits.rows)
            self._sheets.append(_Sheet(attributes.get("table:name", "")))
        elif tag == "table-row":
            self._row, self._row_times = [], _times(attributes, "table:number-rows-repeated")
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell_times = _times(attributes, "table:number-columns-repeated")
            self._value = _value(attributes)
            self._text, self._length, self._paragraphs = [], 0, 0
            self._formulas += "table:formula" in attributes
        elif self._text is not None and tag == "p":
            self._text += ["\n"] if self._paragraphs else []
            self._paragraphs += 1
        elif self._text is not None and tag == "s":
            self._said(" " * min(_times(attributes, "text:c"), self._limits.cell_characters - self._length))

    def _said(self, text: str) -> None:
        if self._text is not None and text and self._length < self._limits.cell_characters:
            self._text.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("table-cell", "covered-table-cell") and self._text is not None:
            text = self._value if self._value is not None else "".join(self._text)[: self._limits.cell_characters]
            self._text = None
            if text and len(self._row) + self._cell_times > self._limits.columns:
                raise too_many_columns(self._limits.columns)
            room = self._limits.columns - len(self._row)
            self._row += [text] * min(self._cell_times, max(room, 0))
        elif tag == "table-row" and self._sheets:
            self._keep(self._sheets[-1])

    def _keep(self, sheet: _Sheet) -> None:
        while self._row and not self._row[-1]:
            self._row.pop()
        if self._row:
            times = self._row_times
            self._cells += times * len(self._row)
            if sheet.next_row + times > self._limits.rows + TITLE_ROWS + 2 or self._cells > self._limits.cells:
                raise too_many_rows(self._limits.rows)
            sheet.rows |= {sheet.next_row + one: self._row for one in range(times)}
        sheet.next_row += self._row_times


def _records(sheet: _Sheet) -> Records:
    for number, cells in sheet.rows.items():
        yield number, list(cells), ()


def _times(attributes: dict[str, str], name: str) -> int:
    said = attributes.get(name, "1")
    return int(said) if said.isdecimal() and len(said) < 8 else 1  # no table has more rows


def _value(attributes: dict[str, str]) -> str | None:
    """What a cell is, where it is no text: its own number or day, not as it is shown."""
    kind = attributes.get("office:value-type")
    if kind == "date":
        return attributes.get("office:date-value", "").removesuffix("T00:00:00").replace("T", " ")
    if kind in ("float", "currency", "percentage"):
        said: Sequence[str] = attributes.get("office:value", "").split(".")
        return said[0] if len(said) == 2 and not said[1].strip("0") else ".".join(said)
    return None

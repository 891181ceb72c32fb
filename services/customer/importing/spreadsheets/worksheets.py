"""What every kind of workbook is read as: worksheets, of which one holds the list (R25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.customer.importing.spreadsheets.headings import recognised
from services.customer.importing.spreadsheets.notes import Note
from services.customer.importing.spreadsheets.refusals import FileCode, FileRefused, empty

TITLE_ROWS = 10
"""The heading is looked for in so many rows: departments put a title, a date and a department's name above it."""

Records = Iterator[tuple[int, list[str], tuple[Note, ...]]]
"""Row number as shown by a spreadsheet program (from 1), texts from column A on, notes."""


@dataclass(frozen=True)
class Worksheet:
    """A visible worksheet with data: its name, how many of its cells are formulas, and its rows."""

    name: str
    formulas: int
    first: Sequence[Sequence[str]]
    """The texts of its first rows, by which the sheet that holds the list is known."""
    records: Records


def the_list(sheets: Sequence[Worksheet], chosen: str | None) -> Worksheet:
    """The worksheet that was chosen; else the first of those with most known headings. Raises FileRefused."""
    if not sheets:
        raise empty()
    if chosen is None:
        return max(sheets, key=lambda sheet: max(map(recognised, sheet.first), default=0))
    one = next((sheet for sheet in sheets if sheet.name == chosen), None)
    if one is None:
        raise FileRefused(
            FileCode.SHEET, zh=f"文件里没有工作表“{chosen}”", en=f"There is no worksheet {chosen} in the file"
        )
    return one


def filled_down(records: Records, merged: Sequence[tuple[int, int, int]]) -> Records:
    """The rows with what stands in cells merged downwards in each of their rows.

    `merged` are (column from 0, first and last row number) of such cells.
    """
    starts: dict[int, list[tuple[int, int]]] = {}
    for column, first, last in merged:
        starts.setdefault(first, []).append((column, last))
    open_cells: dict[int, tuple[str, int]] = {}
    for number, cells, notes in records:
        texts = cells
        for column, (text, last) in list(open_cells.items()):
            if number > last:
                del open_cells[column]
            elif any(cells):
                texts = texts + [""] * (column + 1 - len(texts))
                texts[column] = texts[column] or text
        for column, last in starts.get(number, ()):
            if column < len(cells) and cells[column]:
                open_cells[column] = cells[column], last
        yield number, texts, notes

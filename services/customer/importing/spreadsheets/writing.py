"""Rows to a file that a spreadsheet program opens and never computes (R18, R62; S21).

Every text is a text: no cell of either kind of file is a formula, whatever a customer typed as a name.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]  # annotated in part, and not marked as typed

from contracts.spreadsheet_cells import computed, marked
from services.customer.importing.spreadsheets.workbook import EXACT_DIGITS

Cell = str | int | Decimal | dt.date | dt.datetime | None
"""What a cell is given as: texts, numbers (money in yuan as Decimal), days, moments, or nothing."""

MOST_CHARACTERS = 32_767
MOST_ROWS = 1_048_576
_FIRST_YEAR = 1901


class CellTooLong(ValueError):
    """A text does not fit into a cell of a workbook (32 767 signs)."""


class TooManyRows(ValueError):
    """A worksheet holds 1 048 576 rows."""


def write_csv(rows: Iterable[Sequence[Cell]], stream: BinaryIO) -> int:
    """Write rows as UTF-8 with a byte-order mark (by which Excel knows it), quoted per RFC 4180; the number of rows.

    A text that a spreadsheet program would compute (`=…`, `+852…`, `-…`, `@…`) gets the mark `'`, which stays
    visible there and which `open_table` takes away. NUL has no place in a text file and is left out.
    Moments lose their zone: convert them first.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=False)
    count = 0
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        for row in rows:
            writer.writerow([marked(cell.replace("\0", "")) if isinstance(cell, str) else _plain(cell) for cell in row])
            count += 1
        text.flush()
    finally:
        text.detach()
    return count


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    return str(cell)


def write_xlsx(rows: Iterable[Sequence[Cell]], stream: BinaryIO) -> int:
    """Write rows as one worksheet; the number of rows. The first is the heading.

    In memory only, 4 MB for a thousand rows of thirteen cells: a temporary file would outlive a process that is killed.
    Texts are stored as texts, with the property by which they stay so when edited. Numbers of more than 15 digits
    become texts, because a workbook would round them. Moments lose their zone: convert them first.
    Raises CellTooLong, TooManyRows; then nothing has been written to `stream`.
    """
    whole = io.BytesIO()
    workbook = xlsxwriter.Workbook(whole, {"in_memory": True})
    count = _fill(workbook, rows)
    workbook.close()
    for cells in workbook.worksheets()[0].table.values():
        cells.clear()  # a workbook refers to itself: one pass of the collector over all of it would stop everybody
    stream.write(whole.getbuffer())
    return count


def _fill(workbook: Any, rows: Iterable[Sequence[Cell]]) -> int:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    styles = _Styles(workbook)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise TooManyRows
        for column, cell in enumerate(row):
            _write(sheet, count - 1, column, cell, styles)
    return count


class _Styles:
    def __init__(self, workbook: Any) -> None:
        self.heading = workbook.add_format({"bold": True, "num_format": "@"})
        self.text = workbook.add_format({"num_format": "@"})
        self.guarded = workbook.add_format({"num_format": "@", "quote_prefix": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _write(sheet: Any, row: int, column: int, cell: Cell, styles: _Styles) -> None:
    # each kind by its own method: the one that guesses makes formulas of texts
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        _write_text(sheet, row, column, cell, styles)
    elif isinstance(cell, dt.datetime) and cell.year >= _FIRST_YEAR:
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), styles.moment)
    elif isinstance(cell, dt.date) and not isinstance(cell, dt.datetime) and cell.year >= _FIRST_YEAR:
        sheet.write_datetime(row, column, cell, styles.day)
    elif (
        isinstance(cell, (int, Decimal))
        and abs(cell) < 10**EXACT_DIGITS
        and len(Decimal(cell).as_tuple().digits) <= EXACT_DIGITS
    ):
        sheet.write_number(row, column, cell)
    else:
        _write_text(sheet, row, column, _plain(cell), styles)


def _write_text(sheet: Any, row: int, column: int, cell: str, styles: _Styles) -> None:
    if len(cell) > MOST_CHARACTERS // 2 and len(cell.encode("utf-16-le")) > MOST_CHARACTERS * 2:
        raise CellTooLong(f"row {row + 1}, column {column + 1}")
    style = styles.guarded if computed(cell) else styles.heading if row == 0 else styles.text
    sheet.write_string(row, column, cell, style)

"""Worksheets of the Excel before 2007 (.xls), which many dealers' systems still write (R25, S22).

Read by xlrd, which keeps each shared text once: calamine copies it into every cell, so that a small file fills the
memory. What it makes of a file is as large as the file, and each row as long as its last cell.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, BinaryIO

import xlrd  # type: ignore[import-untyped]

from services.customer.importing.spreadsheets.notes import Note
from services.customer.importing.spreadsheets.package import encrypted
from services.customer.importing.spreadsheets.refusals import Limits, broken, cell_too_long, too_many_columns
from services.customer.importing.spreadsheets.workbook import cell_text, digits_lost
from services.customer.importing.spreadsheets.worksheets import TITLE_ROWS, Records, Worksheet, filled_down

_VISIBLE = 0


def open_worksheets(source: BinaryIO, *, limits: Limits) -> list[Worksheet]:
    """The visible worksheets with data of an .xls file. Raises FileRefused."""
    source.seek(0)
    try:
        with open("/dev/null", "w", encoding="utf-8") as nowhere:  # noqa: PTH123
            book = xlrd.open_workbook(
                file_contents=source.read(), logfile=nowhere, ragged_rows=True, formatting_info=True
            )
        sheets = [sheet for sheet in book.sheets() if sheet.visibility == _VISIBLE and sheet.nrows]
    except Exception as error:
        if "encrypted" in str(error):
            raise encrypted() from error
        raise broken(
            "工作簿无法打开,请用 Excel 另存为 .xlsx", "The workbook cannot be opened; save it as .xlsx"
        ) from error
    return [_worksheet(book, sheet, limits) for sheet in sheets]


def _worksheet(book: Any, sheet: Any, limits: Limits) -> Worksheet:
    first = [cells for _, cells, _ in itertools.islice(_records(book, sheet, limits), TITLE_ROWS)]
    downwards = [(left, top + 1, bottom) for top, bottom, left, _ in sheet.merged_cells if bottom > top + 1]
    return Worksheet(sheet.name, 0, first, filled_down(_records(book, sheet, limits), downwards))


def _records(book: Any, sheet: Any, limits: Limits) -> Records:
    for number in range(sheet.nrows):
        types, values = sheet.row_types(number), sheet.row_values(number)
        if len(values) > limits.columns and any(one not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) for one in types):
            raise too_many_columns(limits.columns)
        texts, notes = _row(types, values, book.datemode)
        if not any(texts):
            continue
        if len(max(texts, key=len)) > limits.cell_characters:
            raise cell_too_long(number + 1, limits.cell_characters)
        yield number + 1, texts, notes


def _row(types: Sequence[int], values: Sequence[Any], datemode: int) -> tuple[list[str], tuple[Note, ...]]:
    texts: list[str] = []
    notes: list[Note] = []
    for kind, value in zip(types, values, strict=True):
        if kind == xlrd.XL_CELL_TEXT:
            texts.append(value)
        elif kind == xlrd.XL_CELL_DATE:
            texts.append(_date(value, datemode))
        elif kind == xlrd.XL_CELL_NUMBER:
            texts.append(cell_text(value))
            notes += [digits_lost(len(texts) - 1)] if abs(value) >= _ROUNDED else []
        elif kind == xlrd.XL_CELL_BOOLEAN:
            texts.append(cell_text(bool(value)))
        else:
            texts.append("")
    return texts, tuple(notes)


def _date(value: float, datemode: int) -> str:
    try:
        return cell_text(xlrd.xldate_as_datetime(value, datemode))
    except (ValueError, OverflowError):
        return cell_text(value)


_ROUNDED = 10.0**15

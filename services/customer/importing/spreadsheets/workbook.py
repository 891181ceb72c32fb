"""Worksheets as rows of text: what the person who filled them in sees (R25, S22)."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from contracts.spreadsheet_cells import unmarked
from services.customer.importing.spreadsheets.notes import Note
from services.customer.importing.spreadsheets.package import Formulas, inspect
from services.customer.importing.spreadsheets.refusals import (
    FileCode,
    FileRefused,
    Limits,
    broken,
    cell_too_long,
)
from services.customer.importing.spreadsheets.worksheets import TITLE_ROWS, Records, Worksheet, filled_down

EXACT_DIGITS = 15
"""A workbook keeps numbers with this many digits; an ID number of 18 typed as a number is rounded for ever."""


def digits_lost(column: int) -> Note:
    """The note of a long number that was stored as a number."""
    return Note(
        column,
        "DIGITS_LOST",
        "长号码被存成数字,末尾数字已丢失,请按文本格式重新填写",
        "A long number was stored as a number and has lost its last digits; enter it as text",
    )


def _computed(column: int) -> Note:
    return Note(
        column, "FORMULA_VALUE", "该单元格是公式,取上次计算的结果", "This cell is a formula; its last result is read"
    )


def _not_computed(column: int) -> Note:
    return Note(
        column,
        "FORMULA_EMPTY",
        "该单元格是公式且没有计算结果,请粘贴为数值",
        "This cell is a formula without a result; paste it as a value",
    )


def open_worksheets(source: BinaryIO, *, refuse_formulas: bool, limits: Limits) -> list[Worksheet]:
    """The visible worksheets with data of an XLSX file. Formulas are read as the value stored with them (S22).

    Each stands in memory, compactly (`Limits.cells`), until another is chosen. Raises FileRefused, of formulas if
    `refuse_formulas`.
    """
    inspected = inspect(source, limits=limits)
    try:
        workbook = CalamineWorkbook.from_filelike(source)
        sheets = [sheet for sheet in map(workbook.get_sheet_by_name, _visible(workbook)) if sheet.start is not None]
    except (CalamineError, ValueError, OSError) as error:
        raise broken(
            "工作簿无法打开,请用 Excel 重新保存", "The workbook cannot be opened; save it again in Excel"
        ) from error
    if refuse_formulas:
        for sheet in sheets:
            _refuse(inspected.get(sheet.name, Formulas()))
    return [_worksheet(sheet, inspected.get(sheet.name, Formulas()), limits) for sheet in sheets]


def _refuse(formulas: Formulas) -> None:
    number = sum(map(len, formulas.cells.values()))
    if number:
        row = min(formulas.cells)
        raise FileRefused(
            FileCode.FORMULA,
            zh=f"工作表含有 {number} 个公式(如第 {row} 行),请粘贴为数值后再上传",
            en=f"The sheet has {number} formulas (row {row}, for one); paste them as values",
        )


def _worksheet(sheet: CalamineSheet, formulas: Formulas, limits: Limits) -> Worksheet:
    number = sum(map(len, formulas.cells.values()))
    first = [cells for _, cells, _ in itertools.islice(_records(sheet, formulas, limits), TITLE_ROWS)]
    downwards = [
        (left, top + 1, bottom + 1)
        for (top, left), (bottom, _) in itertools.islice(sheet.merged_cell_ranges or (), limits.rows)
        if bottom > top
    ]
    return Worksheet(sheet.name, number, first, filled_down(_records(sheet, formulas, limits), downwards))


def _visible(workbook: CalamineWorkbook) -> Iterator[str]:
    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            yield sheet.name


def _records(sheet: CalamineSheet, formulas: Formulas, limits: Limits) -> Records:
    assert sheet.start is not None  # an empty sheet was passed over
    offset = sheet.start[1]
    margin = [""] * offset
    for number, values in enumerate(sheet.iter_rows(), start=1):
        notes: list[Note] = []
        texts = margin.copy()
        for value in values:
            if type(value) is str:
                texts.append(unmarked(value) if value[:2] == '="' else value)
            else:
                texts.append(cell_text(value))
                if type(value) is float and abs(value) >= 10**EXACT_DIGITS:
                    notes.append(digits_lost(len(texts) - 1))
        if number in formulas.cells:
            waiting = formulas.without_value[number]
            columns = sorted(formulas.cells[number])
            notes += [_not_computed(column) if column in waiting else _computed(column) for column in columns]
        if not any(texts) and not notes:
            continue
        if len(max(texts, key=len)) > limits.cell_characters:
            raise cell_too_long(number, limits.cell_characters)
        yield number, texts, tuple(notes)


def cell_text(value: float | str | bool | dt.time | dt.date | dt.timedelta) -> str:
    """The value of a cell as its text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat(timespec="seconds")
    return str(value)


def number_text(value: float) -> str:
    """A number as a workbook shows it: 15 digits, no `.0`, never an exponent."""
    if not math.isfinite(value):
        return ""
    if value == int(value) and abs(value) < 10**EXACT_DIGITS:
        return str(int(value))
    return format(Decimal(f"{value:.{EXACT_DIGITS}g}"), "f")

"""The four files on disk, row by row: three CSV files in the encodings of their programs, and a workbook.

A file is not in the order in which people were made up: rows wait in a window of 5 000 and leave it by chance, so
memory stays bounded and the four files tell nothing by their order.
"""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from simulator.files.departments import DEPARTMENTS, Cell, Record

WINDOW = 5_000
ROWS_OF_A_SHEET = 1_048_575
"""Excel's limit without the header: more than 1.2 million parties fill a second sheet, whose rows are counted on."""
_A_MOMENT = datetime(2002, 12, 31)  # noqa: DTZ001 - a workbook knows no zones; fixed, so that bytes repeat


class Folder:
    """Open files to put records into; leaving the block finishes them."""

    def __init__(self, place: Path, *, chance: random.Random, wrote: Callable[[str, int, Record], None]) -> None:
        """`wrote(file name, 1-based data row, record)` is told of every row when it gets its place."""
        self._place, self._chance, self._wrote = place, chance, wrote
        self._waiting: dict[str, list[Record]] = {department: [] for department in DEPARTMENTS}
        self._rows = dict.fromkeys(DEPARTMENTS, 0)
        self._append: dict[str, Callable[[tuple[Cell, ...]], Any]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._place.mkdir(parents=True, exist_ok=True)
        for name, department in DEPARTMENTS.items():
            path = self._place / department.file
            if department.encoding:
                file = self._open.enter_context(path.open("w", encoding=department.encoding, newline=""))
                self._append[name] = csv.writer(file).writerow
                self._append[name](department.headers)
            else:
                book = Workbook(write_only=True)
                self._append[name] = _sheets(book, department.headers)
                self._open.callback(_save, book, path)
        return self

    def __exit__(self, *_: object) -> None:
        for waiting in self._waiting.values():
            self._chance.shuffle(waiting)
            for record in waiting:
                self._write(record)
        self._open.close()

    def put(self, record: Record) -> None:
        """Give a record to its department's file."""
        waiting = self._waiting[record.encounter.department]
        if len(waiting) < WINDOW:
            waiting.append(record)
            return
        place = self._chance.randrange(WINDOW)
        waiting[place], leaving = record, waiting[place]
        self._write(leaving)

    def _write(self, record: Record) -> None:
        department = record.encounter.department
        self._append[department](record.cells)
        self._rows[department] += 1
        self._wrote(DEPARTMENTS[department].file, self._rows[department], record)


def _sheets(book: Workbook, headers: tuple[str, ...]) -> Callable[[tuple[Cell, ...]], None]:
    """Appends rows to the book: to a new sheet, with its headers, whenever one is full."""
    book.create_sheet("上牌登记").append(headers)
    rows = 0

    def append(cells: tuple[Cell, ...]) -> None:
        nonlocal rows
        if rows and rows % ROWS_OF_A_SHEET == 0:
            book.create_sheet(f"上牌登记{rows // ROWS_OF_A_SHEET + 1}").append(headers)
        book.worksheets[-1].append(cells)
        rows += 1

    return append


class _TimelessZip(ZipFile):
    """An archive whose entries carry no moment of writing."""

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        with Path(filename).open("rb") as source, self.open(_entry(str(arcname)), "w") as target:
            shutil.copyfileobj(source, target)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(_entry(str(zinfo_or_arcname)), data)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _save(book: Workbook, path: Path) -> None:
    book.properties.created = book.properties.modified = _A_MOMENT
    ExcelWriter(book, _TimelessZip(path, "w", ZIP_DEFLATED)).save()

"""A department's file as a table: its kind, its heading, and its rows one after another (R25, S22)."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from services.customer.importing.spreadsheets.delimited import encoding_of, records, separator_of
from services.customer.importing.spreadsheets.headings import recognised
from services.customer.importing.spreadsheets.package import encrypted
from services.customer.importing.spreadsheets.refusals import (
    UPLOAD,
    FileCode,
    FileRefused,
    Limits,
    empty,
    too_many_rows,
)
from services.customer.importing.spreadsheets.workbook import Note, open_worksheet

_TITLE_ROWS = 10
"""The heading is looked for in so many rows: departments put a title, a date and a department's name above it."""
_ALLOWED = {".csv": "CSV", ".txt": "CSV", ".tsv": "CSV", ".xlsx": "XLSX"}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"SQLite format": "SQLite",
}
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"mime-version")

Records = Iterator[tuple[int, list[str], tuple[Note, ...]]]


class FileKind(StrEnum):
    """What is read."""

    CSV = "CSV"
    XLSX = "XLSX"


@dataclass(frozen=True)
class Row:
    """A row below the heading: its number as a spreadsheet program shows it, a text per heading, doubts about cells."""

    number: int
    cells: list[str]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file opened: what was found out about it, its headings, and its rows, which are read once."""

    kind: FileKind
    encoding: str
    """`utf-8`, `utf-8-sig`, `utf-16` or `gb18030`; `utf-8` for a workbook."""
    separator: str
    """Of a CSV; empty for a workbook."""
    sheet: str
    """The worksheet's name; empty for a CSV."""
    heading_row: int
    headings: list[str]
    formulas: int
    """How many cells of the worksheet are formulas."""
    rows: Iterator[Row]


def open_table(
    content: bytes | BinaryIO, *, filename: str, limits: Limits = UPLOAD, refuse_formulas: bool = False
) -> Table:
    """The table in a file, by its name's ending and its first bytes, which must agree (S22).

    `content` as a file object must be binary and seekable and stay open until the rows are read.
    Rows come one after another: a blank row is left out, a short one is filled up, what stands right of the last
    heading is noted (`BEYOND_HEADINGS`). A CSV is never held in memory; a worksheet is, compactly.
    Raises FileRefused, also while the rows are read (too many rows, a quote left open).
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    size = source.seek(0, io.SEEK_END)
    if size > limits.file_bytes:
        megabytes = limits.file_bytes // (1024 * 1024)
        raise FileRefused(
            FileCode.TOO_LARGE,
            zh=f"文件超过 {megabytes} MB,请拆分",
            en=f"The file is larger than {megabytes} MB; split it",
        )
    kind = _kind(source, filename)
    if kind is FileKind.XLSX:
        sheet = open_worksheet(source, refuse_formulas=refuse_formulas, limits=limits)
        heading_row, headings, rows = _table(sheet.records, limits)
        return Table(kind, "utf-8", "", sheet.name, heading_row, headings, sheet.formulas, rows)
    encoding = encoding_of(source)
    separator = separator_of(source, encoding)
    lines = records(source, encoding=encoding, separator=separator, limits=limits)
    heading_row, headings, rows = _table(((number, cells, ()) for number, cells in lines), limits)
    return Table(kind, encoding, separator, "", heading_row, headings, 0, rows)


def _kind(source: BinaryIO, filename: str) -> FileKind:
    source.seek(0)
    start = source.read(4096)
    if not start.strip(b" \t\r\n"):
        raise empty()
    suffix = PurePath(filename).suffix.lower()
    if start.startswith(_OLE):
        if _has_encrypted_package(source, start):
            raise encrypted()
        raise _wrong_type("旧版 Excel(.xls)或其他 Office 文件", "an old Office file (.xls)")
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            raise _wrong_type(f" {name} 文件", f"a {name} file")
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(_MARKUP):
        raise _wrong_type("网页(HTML/XML)", "a web page (HTML or XML)")
    is_zip = start.startswith(_ZIP)
    if not is_zip and b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong_type("二进制文件", "a binary file")
    allowed = _ALLOWED.get(suffix)
    if allowed is None or (allowed == "XLSX") is not is_zip:
        raise _wrong_type(
            "与扩展名不符的文件或不支持的格式", "not of the kind its name says, or of a kind that is not read"
        )
    return FileKind(allowed)


def _has_encrypted_package(source: BinaryIO, header: bytes) -> bool:
    # an OLE container names its streams in a directory, whose first sector the header gives
    sector_bytes = 1 << min(int.from_bytes(header[30:32], "little"), 12)
    source.seek((int.from_bytes(header[48:52], "little") + 1) * sector_bytes)
    return "EncryptedPackage".encode("utf-16-le") in source.read(8 * sector_bytes)


def _wrong_type(zh: str, en: str) -> FileRefused:
    return FileRefused(
        FileCode.TYPE,
        zh=f"这是{zh},请用 Excel 另存为 .xlsx 或 CSV",
        en=f"This is {en}; save it as .xlsx or CSV",
    )


def _table(lines: Records, limits: Limits) -> tuple[int, list[str], Iterator[Row]]:
    first = list(itertools.islice(lines, _TITLE_ROWS))
    if not first:
        raise empty()
    place = _heading_place([cells for _, cells, _ in first])
    number, cells, _ = first[place]
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    below = itertools.chain(first[place + 1 :], lines)
    opening = next(below, None)
    if opening is None:
        raise empty()
    return number, headings, _rows(itertools.chain([opening], below), len(headings), limits.rows)


def _heading_place(rows: list[list[str]]) -> int:
    """The row with most known headings; else the first of the fullest that has no number in it; else the fullest."""
    known = [recognised(cells) for cells in rows]
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    if max(known) >= min(2, max(filled)):
        return known.index(max(known))
    for place, cells in enumerate(rows):
        if filled[place] == max(filled) and not any(character.isdecimal() for character in "".join(cells)):
            return place
    return filled.index(max(filled))


def _rows(lines: Records, width: int, most: int) -> Iterator[Row]:
    for count, (number, cells, notes) in enumerate(lines, start=1):
        if count > most:
            raise too_many_rows(most)
        if len(cells) == width:
            yield Row(number, cells, notes)
        elif len(cells) < width:
            yield Row(number, cells + [""] * (width - len(cells)), notes)
        elif any(cells[width:]):
            beyond = Note(
                width,
                "BEYOND_HEADINGS",
                "标题右侧还有内容,该行可能错位",
                "There is content right of the last heading; the row may be shifted",
            )
            yield Row(number, cells[:width], (*notes, beyond))
        else:
            yield Row(number, cells[:width], notes)

"""A department's file as a table: its kind, its heading, and its rows one after another (R25, S22)."""

from __future__ import annotations

import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from services.customer.importing.spreadsheets import markup, old_workbook, workbook
from services.customer.importing.spreadsheets.delimited import encoding_of, records, separator_of, wide_without_mark
from services.customer.importing.spreadsheets.headings import holds_numbers, recognised
from services.customer.importing.spreadsheets.notes import Note
from services.customer.importing.spreadsheets.package import encrypted, unpacked_document
from services.customer.importing.spreadsheets.refusals import (
    UPLOAD,
    FileCode,
    FileRefused,
    Limits,
    empty,
    too_many_rows,
    too_much_text,
)
from services.customer.importing.spreadsheets.worksheets import TITLE_ROWS, Records, Worksheet, the_list

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
    b"MIME-Version": "MHTML",
}
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<body", b"<!--")
_LARGEST_MARKUP = 10 * 1024 * 1024
"""A page of so many bytes takes some seconds; a workbook with the same list is a tenth of it."""
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"


class FileKind(StrEnum):
    """What is read."""

    CSV = "CSV"
    XLSX = "XLSX"
    XLS = "XLS"
    ODS = "ODS"
    HTML = "HTML"


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
    """`utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be` or `gb18030`; `utf-8` for a workbook."""
    separator: str
    """Of a CSV; empty for a workbook."""
    sheet: str
    """The worksheet's name; empty for a CSV."""
    sheets: list[str]
    """The worksheets with data that may be chosen instead, this one among them; empty for a CSV."""
    heading_row: int
    """0 where the list has no headings: its columns are called by their number then."""
    headings: list[str]
    formulas: int
    """How many cells of the worksheet are formulas."""
    rows: Iterator[Row]


def open_table(
    content: bytes | BinaryIO, *, limits: Limits = UPLOAD, refuse_formulas: bool = False, sheet: str | None = None
) -> Table:
    """The table in a file, of the kind that its first bytes say, whatever its name says (S22).

    `content` as a file object must be binary and seekable and stay open until the rows are read. Of several worksheets
    `sheet` is read, else the first of those with most known headings.
    Rows come one after another: a blank row is left out, a short one is filled up, what stands right of the last
    heading is noted (`BEYOND_HEADINGS`). A CSV is never held in memory; a worksheet is, compactly.
    Raises FileRefused, also while the rows are read (too many rows).
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    size = source.seek(0, io.SEEK_END)
    kind = _kind(source)
    largest = _LARGEST_MARKUP if kind is FileKind.HTML else limits.file_bytes
    if size > min(largest, limits.file_bytes):
        megabytes = largest // (1024 * 1024)
        raise FileRefused(
            FileCode.TOO_LARGE,
            zh=f"文件超过 {megabytes} MB,请拆分",
            en=f"The file is larger than {megabytes} MB; split it",
        )
    if kind is FileKind.CSV:
        encoding = encoding_of(source)
        separator = separator_of(source, encoding)
        lines = records(source, encoding=encoding, separator=separator, limits=limits)
        heading_row, headings, rows = _table(lines, limits)
        return Table(kind, encoding, separator, "", [], heading_row, headings, 0, rows)
    sheets = _worksheets(kind, source, limits=limits, refuse_formulas=refuse_formulas)
    one = the_list(sheets, sheet)
    heading_row, headings, rows = _table(one.records, limits)
    names = [each.name for each in sheets]
    return Table(kind, "utf-8", "", one.name, names, heading_row, headings, one.formulas, rows)


def _worksheets(kind: FileKind, source: BinaryIO, *, limits: Limits, refuse_formulas: bool) -> list[Worksheet]:
    if kind is FileKind.XLSX:
        return workbook.open_worksheets(source, refuse_formulas=refuse_formulas, limits=limits)
    if kind is FileKind.XLS:
        return old_workbook.open_worksheets(source, limits=limits)
    if kind is FileKind.ODS:
        return unpacked_document(source, limits=limits).worksheets()
    source.seek(0)
    return markup.open_worksheets(source.read(), limits=limits)


def _kind(source: BinaryIO) -> FileKind:
    source.seek(0)
    start = source.read(4096)
    if not start.strip(b" \t\r\n"):
        raise empty()
    if start.startswith(_OLE):
        if _has_encrypted_package(source, start):
            raise encrypted()
        return FileKind.XLS
    for magic, name in _FOREIGN.items():
        if start.startswith(magic):
            raise _wrong_type(f" {name} 文件", f"a {name} file")
    if start.startswith(_ZIP):
        return FileKind.ODS if _is_open_document(source) else FileKind.XLSX
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if bare.startswith(_MARKUP) or _is_wide_markup(start):
        return FileKind.HTML
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")) and wide_without_mark(source) is None:
        raise _wrong_type("二进制文件", "a binary file")
    return FileKind.CSV


def _is_wide_markup(start: bytes) -> bool:
    return start.startswith(b"\xff\xfe") and start[2:].decode("utf-16-le", "ignore").lstrip().lower().startswith("<")


def _is_open_document(source: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(source) as package:
            said = package.getinfo("mimetype")
            return said.file_size <= len(_OPEN_DOCUMENT) + 2 and package.read(said).startswith(_OPEN_DOCUMENT)
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, RuntimeError, ValueError, NotImplementedError):
        return False


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
    first = list(itertools.islice(lines, TITLE_ROWS))
    if not first:
        raise empty()
    texts = [cells for _, cells, _ in first]
    place = _heading_place(texts)
    number, cells, _ = first[place]
    if not recognised(cells) and any(map(holds_numbers, texts[: place + 1])):
        width = max(map(len, texts))
        headings = [f"第{column}列" for column in range(1, width + 1)]
        return 0, headings, _rows(itertools.chain(first, lines), width, limits)
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    below = itertools.chain(first[place + 1 :], lines)
    opening = next(below, None)
    if opening is None:
        raise empty()
    return number, headings, _rows(itertools.chain([opening], below), len(headings), limits)


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


def _rows(lines: Records, width: int, limits: Limits) -> Iterator[Row]:
    characters = 0
    for count, (number, cells, notes) in enumerate(lines, start=1):
        if count > limits.rows:
            raise too_many_rows(limits.rows)
        characters += sum(map(len, cells))
        if characters > limits.characters:
            raise too_much_text()
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

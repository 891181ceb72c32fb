"""How a file says no, and how large it may be (S19, S22)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MIB = 1024 * 1024


class FileCode(StrEnum):
    """Why a whole file is refused."""

    TYPE = "FILE_TYPE"
    ENCODING = "FILE_ENCODING"
    EMPTY = "FILE_EMPTY"
    TOO_LARGE = "FILE_TOO_LARGE"
    FORMULA = "FILE_FORMULA"
    ENCRYPTED = "FILE_ENCRYPTED"
    ACTIVE = "FILE_ACTIVE"
    BROKEN = "FILE_BROKEN"
    SHEET = "FILE_SHEET"


class FileRefused(ValueError):
    """The file is not read at all: `code` is stable, `zh` and `en` tell a person what to do about it."""

    def __init__(self, code: FileCode, *, zh: str, en: str) -> None:
        """Keep the code and both sentences."""
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Limits:
    """How much is read of one file: bytes, rows below the heading, columns, and what a workbook unpacks to."""

    file_bytes: int = 20 * MIB
    rows: int = 100_000
    columns: int = 200
    cell_characters: int = 32_767
    """What a cell of a workbook can hold."""
    cells: int = 5_000_000
    """The rectangles that the filled cells of its worksheets span: what they cost in memory."""
    characters: int = 64 * MIB
    """What its cells hold together, each written out, however often the file says it is repeated."""
    unpacked_bytes: int = 200 * MIB
    entries: int = 2_000
    ratio: int = 100


UPLOAD = Limits()
"""What one may post (S19, S22)."""

MIGRATION = Limits(file_bytes=1024 * MIB, rows=2_000_000, characters=1024 * MIB)
"""What an operator may load from a predecessor's system: CSV of a million rows."""


def too_many_rows(limit: int) -> FileRefused:
    """The refusal of a table with more than `limit` rows."""
    return FileRefused(
        FileCode.TOO_LARGE,
        zh=f"文件超过 {limit} 行,请分成几个文件",
        en=f"The file has more than {limit} rows; split it",
    )


def too_many_columns(limit: int) -> FileRefused:
    """The refusal of a table with more than `limit` columns."""
    return FileRefused(
        FileCode.TOO_LARGE,
        zh=f"表格超过 {limit} 列,请删除多余的列",
        en=f"The table has more than {limit} columns; delete those that are not needed",
    )


def too_much_text() -> FileRefused:
    """The refusal of a table whose cells hold more than `Limits.characters`."""
    return FileRefused(
        FileCode.TOO_LARGE,
        zh="表格的文字过多,请拆分或删除多余的列",
        en="The table holds too much text; split it, or delete columns that are not needed",
    )


def cell_too_long(row: int, limit: int) -> FileRefused:
    """The refusal of a table whose row `row` has a cell of more than `limit` characters."""
    return FileRefused(
        FileCode.TOO_LARGE,
        zh=f"第 {row} 行有单元格超过 {limit} 个字符,请检查引号是否成对",
        en=f"Row {row} has a cell of more than {limit} characters; is a quote left open?",
    )


def broken(zh: str, en: str) -> FileRefused:
    """The refusal of a file that does not hold together."""
    return FileRefused(FileCode.BROKEN, zh=zh, en=en)


def empty() -> FileRefused:
    """The refusal of a file without a row of data."""
    return FileRefused(FileCode.EMPTY, zh="文件里没有数据", en="There is no data in the file")

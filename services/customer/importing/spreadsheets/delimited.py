"""Text tables: comma, tab, semicolon or bar, in the encodings that Chinese offices write (R25)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from contracts.spreadsheet_cells import unmarked
from services.customer.importing.spreadsheets.notes import Note
from services.customer.importing.spreadsheets.refusals import (
    FileCode,
    FileRefused,
    Limits,
    cell_too_long,
    too_many_columns,
)

SEPARATORS = (",", "\t", ";", "|")
_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024
_SAMPLE_RECORDS = 30
_HINT = re.compile(r"sep=([,;|\t])\r?\n?", re.IGNORECASE)
_LINES_OF_A_CELL = 100
"""A quote that is not closed within so many lines was never meant to be one."""
_EURO = "cp936-euro"
_EURO_BYTE = 0x80


class _Lent(io.RawIOBase):
    """A reader's file under a wrapper that must not close it."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub asks for any writable buffer
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def encoding_of(source: BinaryIO) -> str:
    """`utf-8`, `utf-8-sig`, `utf-16` (with `-le` or `-be` where no mark says which) or `gb18030`.

    By decoding the whole file strictly; the file is left at its start. GB18030 contains GBK and GB2312. It also accepts
    much that is no Chinese: at least half of the signs that are not ASCII must be among the 7 445 of GB2312. Raises
    FileRefused.
    """
    source.seek(0)
    start = source.read(4)
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif (wide := wide_without_mark(source)) is not None:
        candidates = [wide]
    else:
        candidates = ["utf-8", "gb18030"]
    encoding = next((name for name in candidates if _decodes(source, name)), None)
    source.seek(0)
    if encoding is None:
        raise FileRefused(
            FileCode.ENCODING,
            zh="文字编码无法识别,请另存为 UTF-8 或 GB18030(GBK)编码的 CSV",
            en="The text's encoding is not known; save it as CSV in UTF-8 or GB18030 (GBK)",
        )
    return encoding


def wide_without_mark(source: BinaryIO) -> str | None:
    """`utf-16-le` or `utf-16-be` of a text whose line ends and separators say so, though no mark at its start does."""
    source.seek(0)
    start = source.read(_SAMPLE)
    source.seek(0)
    for encoding in ("utf-16-le", "utf-16-be"):
        ends = ["\n".encode(encoding), *(one.encode(encoding) for one in SEPARATORS)]
        if start.count(b"\0") and all(any(start[at::2].count(end[at]) for end in ends) for at in (0, 1)):
            text = start[: len(start) // 2 * 2].decode(encoding, "replace")
            if "\n" in text and "\0" not in text and any(one in text for one in SEPARATORS):
                return encoding
    return None


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Windows writes € into its GBK as one byte, which GB18030 does not know."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == _EURO_BYTE:
        return "€", error.start + 1
    raise error


codecs.register_error(_EURO, _euro)


def _errors_of(encoding: str) -> str:
    return _EURO if encoding == "gb18030" else "strict"


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)(_errors_of(encoding))
    foreign = chinese = 0
    try:
        while chunk := source.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text:
                return False
            if encoding == "gb18030" and foreign < _SAMPLE:
                signs = re.sub(r"[\x00-\x7f]+", "", text[:_SAMPLE])
                foreign += len(signs)
                chinese += len(signs.encode("gb2312", "ignore")) // 2
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return encoding != "gb18030" or chinese * 2 >= foreign


def _opened(source: BinaryIO, encoding: str) -> io.TextIOWrapper:
    source.seek(0)
    return io.TextIOWrapper(
        io.BufferedReader(_Lent(source), _CHUNK), encoding=encoding, errors=_errors_of(encoding), newline=""
    )


def separator_of(source: BinaryIO, encoding: str) -> str:
    """The separator by which the first records have most cells of one number; a comma if there is one column only."""
    text = _opened(source, encoding).read(_SAMPLE)
    if hint := _HINT.match(text):
        return hint.group(1)
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        widths = Counter[int]()
        try:
            for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                widths[len(record)] += 1
                if widths.total() > _SAMPLE_RECORDS:
                    break
        except csv.Error:
            continue
        widths.pop(0, None)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        score = (times / widths.total(), width)  # what parts every record alike, not what some cells hold much of
        if width > 1 and score > best_score:
            best, best_score = separator, score
    return best


def records(
    source: BinaryIO, *, encoding: str, separator: str, limits: Limits
) -> Iterator[tuple[int, list[str], tuple[Note, ...]]]:
    """Each record that is not blank with its number as a spreadsheet program shows it, from 1, and doubts about it.

    A quote that is not closed, or stands in the middle of a cell, spoils its record and no other. Raises FileRefused.
    """
    text = _opened(source, encoding)
    if not _HINT.fullmatch(text.readline()):
        text = _opened(source, encoding)
    longest = limits.cell_characters
    for number, (cells, notes) in enumerate(_parted(text, separator, limits), start=1):
        if len(cells) > limits.columns:
            raise too_many_columns(limits.columns)
        if not any(cells):
            continue
        if len(max(cells, key=len)) > longest:
            raise cell_too_long(number, longest)
        yield number, [unmarked(cell) if cell[:1] in ("'", "=") else cell for cell in cells], notes


def _parted(text: io.TextIOWrapper, separator: str, limits: Limits) -> Iterator[tuple[list[str], tuple[Note, ...]]]:
    waiting: list[str] = []
    width = 0
    while line := waiting.pop(0) if waiting else text.readline(limits.cell_characters * limits.columns):
        if '"' not in line:
            cells = line.rstrip("\r\n").split(separator)
            yield cells, ()
        else:
            taken = _record(line, waiting, text, separator, limits)
            if taken is not None:
                cells = taken
                yield cells, ()
            else:
                cells = _spoiled(line, separator, width)
                yield cells, (_quote_spoiled(),)
        width = max(width, len(cells))


def _record(line: str, waiting: list[str], text: io.TextIOWrapper, separator: str, limits: Limits) -> list[str] | None:
    """The cells of a record that begins in this line; None if its quotes do not fit. What was read on waits."""
    lines = [line]
    while True:
        try:
            return next(csv.reader(lines, delimiter=separator, strict=True))
        except csv.Error as error:
            if "unexpected end" not in str(error):
                break
        if len(lines) > _LINES_OF_A_CELL or sum(map(len, lines)) > limits.cell_characters * 2:
            break
        more = waiting.pop(0) if waiting else text.readline(limits.cell_characters * limits.columns)
        if not more:
            break
        lines.append(more)
    waiting[:0] = lines[1:]
    return None


def _spoiled(line: str, separator: str, width: int) -> list[str]:
    """The cells of a line with a quote too many: as a program that forgives reads it, if they are as many as before."""
    forgiven = next(csv.reader([line], delimiter=separator))
    bare = line.rstrip("\r\n").split(separator)
    return forgiven if len(forgiven) == width else [cell.strip('"') for cell in bare]


def _quote_spoiled() -> Note:
    return Note(
        0, "QUOTE_SPOILED", "该行的引号不成对,请核对", "This row has a quote that is not closed, or one within a cell"
    )

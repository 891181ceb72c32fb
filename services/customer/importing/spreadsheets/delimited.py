"""Text tables: comma, tab or semicolon, in the encodings that Chinese offices write (R25)."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from contracts.spreadsheet_cells import unmarked
from services.customer.importing.spreadsheets.refusals import (
    FileCode,
    FileRefused,
    Limits,
    broken,
    cell_too_long,
    too_many_columns,
)

SEPARATORS = (",", "\t", ";")
_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024
_SAMPLE_RECORDS = 30
_HINT = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)


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
    """`utf-8`, `utf-8-sig`, `utf-16` or `gb18030`, by decoding the whole file strictly; the file is left at its start.

    GB18030 contains GBK and GB2312. It also accepts much that is no Chinese: at least half of the signs
    that are not ASCII must be among the 7 445 of GB2312. Raises FileRefused.
    """
    source.seek(0)
    start = source.read(4)
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
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


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
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
    return io.TextIOWrapper(io.BufferedReader(_Lent(source), _CHUNK), encoding=encoding, errors="strict", newline="")


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


def records(source: BinaryIO, *, encoding: str, separator: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank with its number as a spreadsheet program shows it, from 1. Raises FileRefused."""
    text = _opened(source, encoding)
    if not _HINT.fullmatch(text.readline()):
        text = _opened(source, encoding)
    reader = csv.reader(text, delimiter=separator, strict=True)
    number, longest = 0, limits.cell_characters
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "field larger" in str(error):
                raise cell_too_long(number, longest) from error
            raise broken(
                f"第 {number} 行的引号不成对",
                f"Row {number} has a quote that is not closed, or text after a closing quote",
            ) from error
        if cells is None:
            return
        if len(cells) > limits.columns:
            raise too_many_columns(limits.columns)
        if not any(cells):
            continue
        if len(max(cells, key=len)) > longest:
            raise cell_too_long(number, longest)
        yield number, [unmarked(cell) if cell[:1] == "'" else cell for cell in cells]

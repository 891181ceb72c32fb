"""A workbook as Excel wrote it before 2007 (BIFF8 in an OLE container): as much of it as a list needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def workbook(
    sheets: Mapping[str, Sequence[Sequence[str | float]]], *, merged: Sequence[tuple[int, int, int]] = ()
) -> bytes:
    """The sheets' cells; `merged` are (column, first and last row, from 0) of the first sheet."""
    bodies = [_sheet(rows, merged if place == 0 else ()) for place, rows in enumerate(sheets.values())]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6)) + _record(0x0042, b"\xb0\x04")
    head += b"".join(_font() for _ in range(5)) + b"".join(_record(0x00E0, bytes(20)) for _ in range(16))
    bounds = [_bound(0, name) for name in sheets]
    at = len(head) + sum(map(len, bounds)) + 4
    for place, (name, body) in enumerate(zip(sheets, bodies, strict=True)):
        bounds[place] = _bound(at, name)
        at += len(body)
    return _container(head + b"".join(bounds) + _record(0x000A, b"") + b"".join(bodies))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _font() -> bytes:
    return _record(0x0031, struct.pack("<HHHHHBBBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 1, 1) + b"A\0")


def _bound(at: int, name: str) -> bytes:
    return _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len(name), 1) + name.encode("utf-16-le"))


def _sheet(rows: Sequence[Sequence[str | float]], merged: Sequence[tuple[int, int, int]]) -> bytes:
    made = _record(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0x0DBB, 0x07CC, 0, 6))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", number, column, 15)
            if isinstance(value, str):
                if value:
                    made += _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            else:
                made += _record(0x0203, place + struct.pack("<d", value))
    if merged:
        areas = b"".join(struct.pack("<HHHH", first, last, column, column) for column, first, last in merged)
        made += _record(0x00E5, struct.pack("<H", len(merged)) + areas)
    return made + _record(0x000A, b"")


def _container(stream: bytes) -> bytes:
    size = max(len(stream), 4096)
    sectors = -(-size // _SECTOR)
    tables = -(-(sectors + 2) // 127)
    chain = [_FAT] * tables + [_END] + [tables + 2 + one for one in range(sectors - 1)] + [_END]
    chain += [_FREE] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, child=1, first=_END, size=0) + _entry(
        "Workbook", 2, first=tables + 1, size=size
    )
    directory += bytes(2 * 128)
    table = struct.pack(f"<{len(chain)}I", *chain)
    return header + table + directory + stream.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, *, first: int, size: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    made = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return (made + bytes(36) + struct.pack("<III", first, size, 0)).ljust(128, b"\0")

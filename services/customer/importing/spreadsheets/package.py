"""Is this XLSX package safe to open: size, zip tricks, XML tricks, macros, links to other files (S22).

Every part is unpacked once, counted while it is unpacked and read by expat, before any of it is given to the reader
of worksheets. What the zip directory says of sizes is a claim, checked against what comes out.
"""

from __future__ import annotations

import copy
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from services.customer.importing.spreadsheets.open_document import ContentReader
from services.customer.importing.spreadsheets.refusals import (
    FileCode,
    FileRefused,
    Limits,
    broken,
    too_many_columns,
    too_many_rows,
    too_much_text,
)
from services.customer.importing.spreadsheets.shared_texts import SharedTexts

_CHUNK = 256 * 1024
_RATIO_FROM = 1024 * 1024
"""Small parts compress well and do no harm: a ratio is judged from this size on."""
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_ROW = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_CONTENT = frozenset({"v", "f", "is", "t"})
_MACROS = re.compile(r"vbaProject|/macrosheets/|/activeX/|/embeddings/", re.IGNORECASE)
_SCRIPTS = re.compile(r"Basic/|Scripts/|Object ", re.IGNORECASE)
_LINKS = re.compile(r"/externalLinks/", re.IGNORECASE)


@dataclass
class Formulas:
    """Where a worksheet has formulas: column indexes (from 0) by row number (from 1)."""

    cells: dict[int, set[int]] = field(default_factory=dict)
    without_value: dict[int, set[int]] = field(default_factory=dict)
    """Those that no program has computed and stored a value for."""


def inspect(source: BinaryIO, *, limits: Limits) -> dict[str, Formulas]:
    """The formulas of each worksheet, by the worksheet's name.

    Raises FileRefused for what must not be opened.
    """
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as package:
            parts = package.infolist()
            _judge_directory(parts, limits)
            scans: dict[str, _Scan] = {}
            room, texts = limits.unpacked_bytes, SharedTexts()
            for part in sorted(parts, key=_without_shared_texts):
                if part.is_dir():
                    continue
                scan = _Scan(part.filename, limits, texts)
                room -= _unpack(package, part, scan, room, limits)
                scans[part.filename] = scan
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, RuntimeError, ValueError) as error:
        raise broken("文件已损坏,无法打开", "The file is damaged and cannot be opened") from error
    finally:
        source.seek(0)
    _judge_sum(scans.values(), limits)
    return _by_name(scans)


def unpacked_document(source: BinaryIO, *, limits: Limits) -> ContentReader:
    """The sheets of an OpenDocument spreadsheet. Raises FileRefused for what must not be opened."""
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as package:
            parts = package.infolist()
            _judge_sizes(parts, limits)
            reader, room = ContentReader(limits), limits.unpacked_bytes
            for part in parts:
                if _SCRIPTS.match(part.filename) and not part.is_dir():
                    raise _active("文件含有宏,请另存为不含宏的文件", "The file has macros; save it without them")
            part = package.getinfo("content.xml")
            _unpack(package, part, _Checked(part.filename, limits, reader), room, limits)
            return reader
    except FileRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, RuntimeError, ValueError) as error:
        raise broken("文件已损坏,无法打开", "The file is damaged and cannot be opened") from error
    finally:
        source.seek(0)


def _by_name(scans: dict[str, _Scan]) -> dict[str, Formulas]:
    targets = scans["xl/_rels/workbook.xml.rels"].targets if "xl/_rels/workbook.xml.rels" in scans else {}
    found: dict[str, Formulas] = {}
    for name, relation in scans["xl/workbook.xml"].sheets.items():
        target = targets.get(relation, "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if part in scans:
            found[name] = scans[part].formulas
    return found


def _without_shared_texts(part: zipfile.ZipInfo) -> bool:
    return not part.filename.lower().endswith(SharedTexts.PART)


def _judge_sum(scans: Iterable[_Scan], limits: Limits) -> None:
    # every worksheet is opened, for any of them may hold the list
    cells = sum(scan.area for scan in scans)
    if cells > limits.cells:
        raise too_many_rows(limits.rows)
    if sum(scan.characters for scan in scans) > limits.characters:
        raise too_much_text()


def _judge_directory(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    _judge_sizes(parts, limits)
    _judge_names([part.filename for part in parts])


def _judge_sizes(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [part.filename for part in parts]
    if len(parts) > limits.entries or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise _bomb()
    for part in parts:
        if _is_dense(part.file_size, part, limits):
            raise _bomb()
        if part.flag_bits & 0x1:
            raise encrypted()
        if stat.S_ISLNK(part.external_attr >> 16):
            raise broken("文件内含有链接,无法打开", "The package contains a symbolic link")
    if len({name.lower() for name in names}) != len(names):
        raise broken("文件内部有重名部分,无法打开", "The package has two parts of one name")


def _judge_names(names: list[str]) -> None:
    if "xl/workbook.xml" not in names:
        raise FileRefused(
            FileCode.TYPE,
            zh="这不是 Excel 的 .xlsx 工作簿,请用 Excel 另存为 .xlsx 或 CSV",
            en="This is not an .xlsx workbook; save it as .xlsx or CSV",
        )
    if any(_MACROS.search(name) for name in names):
        raise _active(
            "文件含有宏或嵌入对象,请另存为不含宏的 .xlsx",
            "The file has macros or embedded objects; save it as .xlsx without them",
        )
    if any(_LINKS.search(name) for name in names):
        raise _active(
            "文件引用了其他工作簿,请断开链接后再上传", "The file refers to other workbooks; break the links first"
        )


def _is_dense(size: int, part: zipfile.ZipInfo, limits: Limits) -> bool:
    return size > _RATIO_FROM and size > part.compress_size * limits.ratio


def _unpack(package: zipfile.ZipFile, part: zipfile.ZipInfo, scan: _Scan, room: int, limits: Limits) -> int:
    # one byte more than is allowed: the unpacking ends there whatever the directory claims
    honest = copy.copy(part)
    honest.file_size = room + 1
    size = 0
    with package.open(honest) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room or _is_dense(size, part, limits):
                raise _bomb()
            scan.feed(chunk)
    if size != part.file_size:
        raise broken("文件已损坏,无法打开", "The package's directory is wrong about a part's size")
    scan.close()
    return size


def _bomb() -> FileRefused:
    return FileRefused(
        FileCode.TOO_LARGE,
        zh="工作簿解压后过大,请拆分后再上传",
        en="The workbook is too large when unpacked; split it",
    )


def _active(zh: str, en: str) -> FileRefused:
    return FileRefused(FileCode.ACTIVE, zh=zh, en=en)


def encrypted() -> FileRefused:
    """The refusal of a workbook that opens with a password only."""
    return FileRefused(
        FileCode.ENCRYPTED,
        zh="文件有密码保护,请取消密码后再上传",
        en="The file is protected by a password; remove it first",
    )


class _Scan:
    """One part as it is unpacked: refuses XML tricks, and measures a worksheet."""

    def __init__(self, name: str, limits: Limits, texts: SharedTexts | None = None) -> None:
        self._limits = limits
        self._texts = SharedTexts() if texts is None else texts
        self._holds_texts = name.lower().endswith(SharedTexts.PART)
        self._named_xml = name.endswith((".xml", ".rels"))
        self._is_xml: bool | None = True if self._named_xml else None
        self._failed = False
        self.is_worksheet = False
        self.formulas = Formulas()
        self.sheets: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self._row = self._last_row = 0
        self._column = self._last_column = -1
        self._formula_open = self._shares = False
        self._shared = ""
        self.area = self.characters = 0
        """What a worksheet costs in memory: the rectangle of its cells, and the texts they share, each written out."""
        self._parser = expat.ParserCreate()
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._parser.StartElementHandler = self._root

    def feed(self, chunk: bytes) -> None:
        if self._is_xml is None:
            self._is_xml = chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or chunk.startswith(
                (b"\xff\xfe", b"\xfe\xff")
            )
        if self._is_xml and not self._failed:
            self._parse(chunk, last=False)

    def close(self) -> None:
        if self._is_xml and not self._failed:
            self._parse(b"", last=True)
        self._judge_area()

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError) as error:
            if isinstance(error, FileRefused):
                raise
            if self._named_xml:
                raise broken("文件已损坏,无法打开", "A part of the file is not well-formed") from error
            self._failed = True  # a drawing of old Office versions; no worksheet may be named like that

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise broken("工作簿内部编码不受支持", "The workbook's inner encoding is not UTF-8")

    def _doctype(self, *declaration: object) -> None:
        del declaration
        raise _active("文件含有不允许的 XML 声明", "The file contains an XML document type, which no workbook needs")

    def _instruction(self, target: str, text: str) -> None:
        del target, text
        if self.is_worksheet:
            raise _active(
                "文件含有不允许的 XML 声明", "A worksheet contains a processing instruction, which none needs"
            )

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if self._holds_texts:
            self._texts.opened()
            self._parser.StartElementHandler = self._shared_element
            self._parser.CharacterDataHandler = self._texts.said
        elif tag == "sst":
            raise broken("文件已损坏,无法打开", "The part of the shared texts has an unusual name")
        elif tag == "worksheet":
            self.is_worksheet = True
            self._parser.StartElementHandler = self._worksheet_element
        elif tag == "workbook":
            self._parser.StartElementHandler = self._sheet
        elif tag == "Relationships":
            self._parser.StartElementHandler = self._relationship
        elif tag == "Types":
            self._parser.StartElementHandler = self._content_type
        else:
            self._parser.StartElementHandler = None
        del attributes

    def _relationship(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode") == "External" and kind != "hyperlink":
            raise _active(
                "文件引用了外部内容,请断开链接后再上传",
                "The file refers to something outside itself; break the links first",
            )
        target = attributes.get("Target", "")
        named = target.lower().endswith(SharedTexts.PART) if kind == "sharedStrings" else target.endswith(".xml")
        if kind in {"worksheet", "sharedStrings", "styles"} and not named:
            raise broken("文件已损坏,无法打开", "A part of the workbook has an unusual name")
        self.targets[attributes.get("Id", "")] = target
        del name

    def _sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets[attributes.get("name", "")] = relation

    def _content_type(self, name: str, attributes: dict[str, str]) -> None:
        del name
        if "macroEnabled" in attributes.get("ContentType", ""):
            raise _active("文件含有宏,请另存为不含宏的 .xlsx", "The file has macros; save it as .xlsx without them")

    def _shared_element(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self._texts.started()
        del attributes

    def _worksheet_element(self, name: str, attributes: dict[str, str]) -> None:
        tag = name if ":" not in name else name.rpartition(":")[2]
        if tag in _CONTENT:
            # a cell without content (a border, a colour) takes no room
            if self._row > self._last_row:  # noqa: PLR1730 - runs for every cell; a call costs more
                self._last_row = self._row
            if self._column > self._last_column:  # noqa: PLR1730 - likewise
                self._last_column = self._column
            if tag == "f":
                self._formula_open = True
                self.formulas.cells.setdefault(self._row, set()).add(self._column)
                self.formulas.without_value.setdefault(self._row, set()).add(self._column)
            elif tag == "v" and (self._shares or self._formula_open):
                self._written_out()
                self._parser.CharacterDataHandler = self._number_of_text if self._shares else self._stored
        elif tag == "c":
            if self._formula_open or self._shares:
                self._formula_open = False
                self._parser.CharacterDataHandler = None
                self._written_out()
            self._shares = attributes.get("t") == "s"
            written = attributes.get("r")
            self._column = self._column + 1 if written is None else self._column_of(written)
        elif tag == "row":
            self._row = _row_number(attributes.get("r"), self._row)
            self._column = -1

    def _column_of(self, written: str) -> int:
        place = _CELL.fullmatch(written)
        if place is None or int(place[2]) != self._row:
            # no program writes this, and two readers would not agree where the cell is
            raise broken("文件已损坏,无法打开", "A cell does not say where it stands")
        return _index(place[1])

    def _stored(self, text: str) -> None:
        if text:
            self._parser.CharacterDataHandler = None
            self.formulas.without_value.get(self._row, set()).discard(self._column)

    def _number_of_text(self, text: str) -> None:
        self._shared += text
        if self._formula_open:
            self.formulas.without_value.get(self._row, set()).discard(self._column)

    def _written_out(self) -> None:
        if self._shared:
            self.characters += self._texts.length(self._shared)
            self._shared = ""

    def _judge_area(self) -> None:
        limits = self._limits
        self._written_out()
        if self._last_column >= limits.columns:
            raise too_many_columns(limits.columns)
        # ten rows of titles may stand above the heading
        if self._last_row > limits.rows + 11:
            raise too_many_rows(limits.rows)
        self.area = self._last_row * (self._last_column + 1)
        if self.area > limits.cells:
            raise too_many_rows(limits.cells // (self._last_column + 1))


class _Checked(_Scan):
    """The content of a document: judged as every part is, and read."""

    def __init__(self, name: str, limits: Limits, reader: ContentReader) -> None:
        super().__init__(name, limits)
        self._reader = reader

    def feed(self, chunk: bytes) -> None:
        super().feed(chunk)
        self._reader.feed(chunk)

    def close(self) -> None:
        super().close()
        self._reader.feed(b"", last=True)


_INDEXES: dict[str, int] = {}


def _index(letters: str) -> int:
    index = _INDEXES.get(letters)
    if index is None:
        index = 0
        for letter in letters:
            index = index * 26 + ord(letter) - 64
        index -= 1
        _INDEXES[letters] = index  # at most 18 278
    return index


def _row_number(written: str | None, before: int) -> int:
    if written is None:
        return before + 1
    if _ROW.fullmatch(written) is None:
        raise broken("文件已损坏,无法打开", "A row's number is not a number")
    return int(written)

"""Workbooks: what is read of them, and what must not be opened."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
import re
import struct
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from services.customer.importing.spreadsheets.reading import open_table
from services.customer.importing.spreadsheets.refusals import FileRefused, Limits


def workbook(*rows, **sheets):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, lines in ({"Sheet1": rows} | sheets).items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(lines):
            sheet.write_row(number, 0, row)
        if name.startswith("hidden"):
            sheet.hide()
    book.close()
    return stream.getvalue()


def repacked(content, changes, compress=zipfile.ZIP_DEFLATED):
    """The package with parts replaced, added, or changed by a function."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", compress) as new:
        left = dict(changes)
        for name in old.namelist():
            part = left.pop(name, old.read(name))
            new.writestr(name, part(old.read(name)) if callable(part) else part)
        for name, part in left.items():
            new.writestr(name, part)
    return stream.getvalue()


def refused(content, **how):
    with pytest.raises(FileRefused) as refusal:
        list(open_table(content, **how).rows)
    assert refusal.value.zh and refusal.value.en
    return refusal.value.code


PLAIN = workbook(["客户姓名", "手机"], ["王芳", "13800138000"])


def test_a_worksheet_is_read_as_people_see_it():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("客户")
    sheet.write_row(0, 0, ["客户姓名", "交车日期", "行驶里程", "金额", "来厂时间", "备注"])
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy/m/d", "yyyy-mm-dd hh:mm"))
    sheet.write_row(1, 0, ["王芳", None, 12345, 88.5, None, "两行\n文字"])
    sheet.write_datetime(1, 1, dt.date(2002, 3, 15), day)
    sheet.write_datetime(1, 4, dt.datetime(2003, 3, 15, 8, 30, tzinfo=dt.UTC).replace(tzinfo=None), moment)
    sheet.write_row(4, 0, ["李雷"])
    book.close()
    table = open_table(stream.getvalue())
    assert (table.kind, table.sheet, table.heading_row, table.formulas) == ("XLSX", "客户", 1, 0)
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ["王芳", "2002-03-15", "12345", "88.5", "2003-03-15 08:30:00", "两行\n文字"]),
        (5, ["李雷", "", "", "", "", ""]),
    ]


def test_the_first_visible_sheet_with_data_is_read():
    content = workbook(hidden=[["姓名", "手机"], ["甲", "1"]], 空表=[], 客户=[["姓名", "手机"], ["王芳", "1"]])
    table = open_table(content)
    assert (table.sheet, [row.cells for row in table.rows]) == ("客户", [["王芳", "1"]])


def test_a_table_that_begins_further_right_and_below_keeps_its_columns_and_row_numbers():
    content = workbook([], ["", "华南店客户"], [], ["", "姓名", "手机"], ["", "王芳", "13800138000"])
    table = open_table(content)
    assert (table.heading_row, table.headings) == (4, ["", "姓名", "手机"])
    assert [(row.number, row.cells) for row in table.rows] == [(5, ["", "王芳", "13800138000"])]


def test_a_long_number_stored_as_a_number_is_noted_and_one_stored_as_text_is_not():
    content = workbook(
        ["姓名", "身份证号"], ["王芳", 440301198001011234], ["李雷", "440301198001011234"], ["韩梅", 13800138000]
    )
    rows = list(open_table(content).rows)
    assert [row.cells[1] for row in rows] == ["440301198001011000", "440301198001011234", "13800138000"]
    assert [[(note.column, note.code) for note in row.notes] for row in rows] == [[(1, "DIGITS_LOST")], [], []]


def with_formulas():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 1, ["姓名", "里程"])
    sheet.write_string(1, 1, "王芳")
    sheet.write_formula(1, 2, "=1+2", None, 3)
    sheet.write_string(2, 1, "李雷")
    sheet.write_formula(2, 2, "=1+2", None, "")
    book.close()
    return stream.getvalue()


def test_a_formula_is_read_as_its_stored_value_and_noted():
    table = open_table(with_formulas())
    assert table.formulas == 2
    rows = list(table.rows)
    assert [row.cells for row in rows] == [["", "王芳", "3"], ["", "李雷", ""]]
    assert [[(note.column, note.code) for note in row.notes] for row in rows] == [
        [(2, "FORMULA_VALUE")],
        [(2, "FORMULA_EMPTY")],
    ]


def test_formulas_are_refused_where_the_caller_wants_none():
    assert refused(with_formulas(), refuse_formulas=True) == "FILE_FORMULA"
    assert list(open_table(PLAIN, refuse_formulas=True).rows)


def test_formulas_written_by_another_program_are_seen():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["姓名", "手机"])
    sheet.append(["王芳", '=HYPERLINK("http://x","y")'])
    stream = io.BytesIO()
    book.save(stream)
    (row,) = open_table(stream.getvalue()).rows
    assert [(note.column, note.code) for note in row.notes] == [(1, "FORMULA_EMPTY")]


def test_a_gigabyte_of_zeros_is_refused_at_once_in_little_memory():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w") as part:
            zeros = bytes(16 * 1024 * 1024)
            for _ in range(64):
                part.write(zeros)
    del zeros
    tracemalloc.start()
    start = time.perf_counter()
    assert refused(stream) == "FILE_TOO_LARGE"
    assert time.perf_counter() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()


def lying(content, part, claimed):
    """The package whose directory claims another size for a part."""
    package = bytearray(content)
    place = package.index(part.encode(), package.index(b"PK\x01\x02")) - 46
    struct.pack_into("<L", package, place + 24, claimed)
    return bytes(package)


def test_a_directory_that_lies_about_sizes_is_found_out_while_unpacking():
    big = b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"
    content = repacked(PLAIN, {"xl/worksheets/sheet1.xml": big})
    assert refused(content) == "FILE_TOO_LARGE"
    tracemalloc.start()
    assert refused(lying(content, "xl/worksheets/sheet1.xml", 1000)) == "FILE_TOO_LARGE"
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()
    assert refused(lying(PLAIN, "xl/worksheets/sheet1.xml", 10)) == "FILE_BROKEN"


def test_what_unpacks_to_too_much_or_has_too_many_parts_is_refused():
    assert refused(PLAIN, limits=Limits(unpacked_bytes=1000)) == "FILE_TOO_LARGE"
    assert refused(PLAIN, limits=Limits(entries=3)) == "FILE_TOO_LARGE"


@pytest.mark.parametrize("place", ["XFD2", "A1048576"])
def test_a_stray_cell_far_away_is_refused_before_room_is_made_for_it(place):
    stray = f"<c r='{place}' t='str'><v>x</v></c>"
    row = place.lstrip("XFDA")
    content = repacked(
        PLAIN,
        {
            "xl/worksheets/sheet1.xml": lambda xml: xml.replace(
                b"</sheetData>", f'<row r="{row}">{stray}</row></sheetData>'.encode()
            )
        },
    )
    assert refused(content) == "FILE_TOO_LARGE"


@pytest.mark.parametrize("place", ["a1", "A0", "AAAA1", "A3", "1A", "A01", "$A$2", "A12345678", ""])
def test_a_cell_that_does_not_say_where_it_stands_is_refused(place):
    changes = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'r="A2"', f'r="{place}"'.encode())}
    assert refused(repacked(PLAIN, changes)) == "FILE_BROKEN"


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999", "٣", "2.0", ""])
def test_a_row_without_a_proper_number_is_refused(number):
    changes = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'<row r="2"', f'<row r="{number}"'.encode())}
    assert refused(repacked(PLAIN, changes)) == "FILE_BROKEN"


def test_a_processing_instruction_in_a_worksheet_is_refused():
    changes = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"<sheetData>", b"<?x > <c r='XFD1'> ?><sheetData>")}
    assert refused(repacked(PLAIN, changes)) == "FILE_ACTIVE"


def test_rows_and_cells_that_leave_out_their_places_are_counted():
    bare = lambda xml: re.sub(rb' (r|spans)="[A-Z0-9:]+"', b"", xml)  # noqa: E731
    content = repacked(PLAIN, {"xl/worksheets/sheet1.xml": bare})
    assert [(row.number, row.cells) for row in open_table(content).rows] == [(2, ["王芳", "13800138000"])]
    assert refused(content, limits=Limits(columns=1)) == "FILE_TOO_LARGE"


def test_any_damage_of_a_package_is_refused_with_a_code():
    chance = random.Random(5)
    for _ in range(300):
        package = bytearray(PLAIN)
        for _ in range(chance.randint(1, 5)):
            package[chance.randrange(len(package))] = chance.randrange(256)
        with contextlib.suppress(FileRefused):
            assert list(open_table(bytes(package)).rows)


def test_rows_and_columns_beyond_the_limits_are_refused():
    content = workbook(["姓名", "手机", "备注"], *[["王芳", "1", "x"]] * 30)
    assert refused(content, limits=Limits(rows=29)) == "FILE_TOO_LARGE"
    assert refused(content, limits=Limits(columns=2)) == "FILE_TOO_LARGE"
    assert refused(content, limits=Limits(cells=50)) == "FILE_TOO_LARGE"
    assert refused(content, limits=Limits(cell_characters=1)) == "FILE_TOO_LARGE"
    assert len(list(open_table(content, limits=Limits(rows=30)).rows)) == 30


DOCTYPE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;">]>'


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
def test_an_xml_document_type_is_refused_in_every_part(part):
    content = repacked(PLAIN, {part: lambda xml: xml.replace(b"?>", b"?>" + DOCTYPE, 1)})
    assert refused(content) == "FILE_ACTIVE"


def test_xml_in_another_encoding_is_refused_because_a_check_could_miss_what_it_says():
    changes = {"xl/worksheets/sheet1.xml": lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")}
    assert refused(repacked(PLAIN, changes)) == "FILE_BROKEN"


EXTERNAL = (
    '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="file:///x" TargetMode="External"/></Relationships>'
)


def external(kind):
    return {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"</Relationships>", EXTERNAL.format(kind).encode())}


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/vbaProject.bin": b"x"},
        {"xl/macrosheets/sheet9.xml": b"<x/>"},
        {"xl/embeddings/oleObject1.bin": b"x"},
        {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
        {"[Content_Types].xml": lambda xml: xml.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")},
        external("oleObject"),
        external("attachedTemplate"),
    ],
)
def test_macros_embedded_objects_and_links_to_other_files_are_refused(changes):
    assert refused(repacked(PLAIN, changes)) == "FILE_ACTIVE"


def test_an_address_that_can_be_clicked_is_no_link_to_another_file():
    content = repacked(PLAIN, external("hyperlink"))
    assert [row.cells for row in open_table(content).rows] == [["王芳", "13800138000"]]


def test_a_protected_workbook_is_told_from_an_old_one():
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 300)  # the directory's sector
    directory = bytes(300 * 512) + "Root Entry".encode("utf-16-le").ljust(128, b"\0")
    assert refused(bytes(header) + directory + "EncryptedPackage".encode("utf-16-le")) == "FILE_ENCRYPTED"
    assert refused(bytes(header) + directory + "Workbook".encode("utf-16-le")) == "FILE_BROKEN"


def test_an_encrypted_package_entry_is_refused():
    package = bytearray(PLAIN)
    place = package.index(b"PK\x01\x02")
    package[place + 8] |= 1
    assert refused(bytes(package)) == "FILE_ENCRYPTED"


def test_a_package_that_is_no_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<document/>")
    assert refused(stream) == "FILE_TYPE"


@pytest.mark.parametrize(
    "end", [40, 400, len(PLAIN) // 2, len(PLAIN) - 30], ids=["forty bytes", "some", "half", "all but the end"]
)
def test_a_package_cut_short_is_refused(end):
    assert refused(PLAIN[:end]) == "FILE_BROKEN"


def test_a_part_that_is_damaged_is_refused():
    assert refused(repacked(PLAIN, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"})) == "FILE_BROKEN"
    assert refused(repacked(PLAIN, {"xl/sharedStrings.xml": b"<sst><si>"})) == "FILE_BROKEN"


def test_a_package_with_two_parts_of_one_name_is_refused():
    stream = io.BytesIO(PLAIN)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(stream, "a") as package:
        package.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    assert refused(stream) == "FILE_BROKEN"


def test_an_empty_workbook_is_refused():
    assert refused(workbook()) == "FILE_EMPTY"
    assert refused(workbook(["姓名", "手机"])) == "FILE_EMPTY"


SHARING = workbook(["客户姓名", "手机"], *[["赛" * 1_000, "1"]] * 9)
SHARED, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


def renamed(content, old, new):
    """The package with its part of shared texts under another name, by which its relationship finds it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name.replace(old, new), text.replace(old.encode(), new.encode()) if "rels" in name else text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (SHARING, "FILE_TOO_LARGE"),
        (
            repacked(SHARING, {SHARED: lambda xml: re.sub(rb"<sst[^>]*>", b"<x>", xml).replace(b"/sst", b"/x")}),
            "FILE_TOO_LARGE",
        ),
        (repacked(SHARING, {SHEET: lambda xml: re.sub(rb"<v>(\d)</v>", rb"<v>&#48;\1</v>", xml)}), "FILE_TOO_LARGE"),
        (repacked(SHARING, {SHEET: lambda xml: xml.replace(b"<v>", b"<v> ")}), "FILE_TOO_LARGE"),
        (repacked(SHARING, {"a/sharedStrings.xml": "<sst/>"}), "FILE_BROKEN"),
        (repacked(SHARING, {"xl/SharedStrings.xml": "<sst/>"}), "FILE_BROKEN"),
        (renamed(SHARING, "sharedStrings", "others"), "FILE_BROKEN"),
    ],
    ids=["plain", "another root", "entities", "blanks", "two", "two but for capitals", "another name"],
)
def test_shared_texts_are_counted_in_whatever_way_they_are_referred_to(content, code):
    assert refused(content, limits=Limits(characters=8_000)) == code
    assert len(list(open_table(SHARING, limits=Limits(characters=10_000)).rows)) == 9

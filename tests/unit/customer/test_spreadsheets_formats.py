"""What dealers' systems export under whatever name: told by its content, read, and never more than is good for us."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from xml.sax.saxutils import escape

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from services.customer.importing.spreadsheets.reading import Table, open_table
from services.customer.importing.spreadsheets.refusals import UPLOAD, FileRefused, Limits
from tests.support.old_excel import workbook as old_workbook

LIST = [["姓名", "手机"], ["王芳", "13800138001"], ["李雷", "13800138002"]]


def cells(table: Table) -> list[list[str]]:
    return [table.headings, *(row.cells for row in table.rows)]


def refused(content: bytes, *, limits: Limits = UPLOAD) -> str:
    with pytest.raises(FileRefused) as refusal:
        list(open_table(content, limits=limits).rows)
    assert refusal.value.zh and refusal.value.en
    return refusal.value.code


def xlsx(sheets: dict[str, list[list[str]]], *, merged: str = "") -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if merged:
            sheet.merge_range(merged, rows[1][0])
    book.close()
    return stream.getvalue()


def page(rows: list[list[str]], *, head: str = "", cell: str = "td") -> str:
    lines = "".join("<tr>" + "".join(f"<{cell}>{escape(text)}</{cell}>" for text in row) + "</tr>" for row in rows)
    return f"<html><head>{head}<style>td {{x}}</style></head><body><table border=1>{lines}</table></body></html>"


def document(rows: str, *, more: str = "", kind: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """An OpenDocument spreadsheet with these rows."""
    stream = io.BytesIO()
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", kind, zipfile.ZIP_STORED)
        package.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
            f'<table:table table:name="客户">{rows}</table:table>{more}'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return stream.getvalue()


def text_cell(text: str, *, times: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{times}">'
        f"<text:p>{escape(text)}</text:p></table:table-cell>"
    )


def document_row(*said: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(said)}</table:table-row>'


def document_of(rows: list[list[str]]) -> bytes:
    return document("".join(document_row(*map(text_cell, row)) for row in rows))


_EXCEL_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="客户"><Table>{rows}</Table></Worksheet></Workbook>'
)


def excel_2003(rows: list[list[str]]) -> bytes:
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
        for row in rows
    )
    return _EXCEL_2003.format(rows=lines).encode()


TEXT = "\n".join("\t".join(row) for row in LIST)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (TEXT.encode("gbk"), "CSV"),
        (TEXT.replace("\t", "|").encode(), "CSV"),
        (TEXT.encode("utf-16"), "CSV"),
        (xlsx({"客户": LIST}), "XLSX"),
        (old_workbook({"客户": LIST}), "XLS"),
        (document_of(LIST), "ODS"),
        (page(LIST).encode(), "HTML"),
        (page(LIST, head='<meta charset="gb2312">').encode("gbk"), "HTML"),
        (page(LIST, cell="th").encode("utf-16"), "HTML"),
        (page(LIST).encode("gbk"), "HTML"),
        (excel_2003(LIST), "HTML"),
    ],
    ids=["TSV", "bars", "wide", "XLSX", "XLS", "ODS", "HTML", "GBK page", "wide page", "page that says nothing", "XML"],
)
def test_a_list_is_read_whatever_kind_of_file_it_is(content, kind):
    table = open_table(content)
    assert (table.kind, cells(table)) == (kind, LIST)


def test_numbers_of_an_old_workbook_are_read_as_they_are_shown():
    table = open_table(
        old_workbook({"客户": [["姓名", "手机", "证件号"], ["王芳", 13800138001.0, 440301197510200018.0]]})
    )
    (row,) = table.rows
    assert row.cells[:2] == ["王芳", "13800138001"]
    assert [note.code for note in row.notes] == ["DIGITS_LOST"]


def test_days_and_numbers_of_an_open_document_are_read_as_what_they_are_and_not_as_they_are_shown():
    rows = document_row(*map(text_cell, ["姓名", "手机", "生日"])) + document_row(
        text_cell("王芳"),
        '<table:table-cell office:value-type="float" office:value="13800138001"><text:p>1.38E+10</text:p>'
        "</table:table-cell>",
        '<table:table-cell office:value-type="date" office:date-value="1988-04-16"><text:p>88/4/16</text:p>'
        "</table:table-cell>",
    )
    assert cells(open_table(document(rows)))[1] == ["王芳", "13800138001", "1988-04-16"]


def test_the_sheet_that_holds_the_list_is_read_and_the_others_are_offered():
    book = {"填写说明": [["填写说明"], ["1. 请勿修改表头"]], "客户": LIST, "2月": [LIST[0], ["韩梅", "13800138003"]]}
    for content in (xlsx(book), old_workbook(book)):
        table = open_table(content)
        assert (table.sheet, table.sheets, cells(table)) == ("客户", list(book), LIST)
        assert cells(open_table(content, sheet="2月"))[1:] == [["韩梅", "13800138003"]]
        with pytest.raises(FileRefused) as unknown:
            open_table(content, sheet="3月")
        assert unknown.value.code == "FILE_SHEET"


def test_what_stands_in_cells_merged_downwards_stands_in_each_row():
    rows = [
        ["姓名", "手机", "车牌"],
        ["王芳", "13800138001", "粤B12345"],
        ["", "13800138001", "粤B12346"],
        ["李雷", "2", "x"],
    ]
    spanned = (
        "<table><tr><td>姓名</td><td>手机</td><td>车牌</td></tr>"
        "<tr><td rowspan=2>王芳</td><td>13800138001</td><td>粤B12345</td></tr>"
        "<tr><td>13800138001</td><td>粤B12346</td></tr><tr><td>李雷</td><td>2</td><td>x</td></tr></table>"
    )
    old = old_workbook({"客户": rows}, merged=[(0, 1, 2)])
    for content in (xlsx({"客户": rows}, merged="A2:A3"), old, spanned.encode()):
        assert [row[0] for row in cells(open_table(content))[1:]] == ["王芳", "王芳", "李雷"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "FILE_BROKEN"),
        (old_workbook({"客户": LIST})[:3000], "FILE_BROKEN"),
        (b"<html><body>no table</body></html>", "FILE_EMPTY"),
        (page([["姓名"]]).encode(), "FILE_EMPTY"),
        (document(document_row(text_cell("姓名"), times=1)).replace(b"content.xml", b"contents.xm"), "FILE_BROKEN"),
        (document("<table:table-row>"), "FILE_BROKEN"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + excel_2003(LIST)[21:], ""),
    ],
    ids=["empty OLE", "cut XLS", "no table", "headings only", "no content", "broken XML", "entities"],
)
def test_what_holds_no_list_is_refused_or_read_without_harm(content, code):
    if code:
        assert refused(content) == code
    else:
        assert cells(open_table(content)) == LIST


@pytest.mark.parametrize(
    "content",
    [
        document(document_row(text_cell("x"), times=1_000_000)),
        document(document_row(text_cell("x", times=16_384))),
        document("".join(document_row(text_cell("x" * 1000, times=150), times=9_000) for _ in range(2))),
        _EXCEL_2003.format(rows='<Row ss:Index="999999"><Cell><Data>x</Data></Cell></Row>').encode(),
        _EXCEL_2003.format(rows='<Row><Cell ss:Index="99999"><Data>x</Data></Cell></Row>').encode(),
        b"<table>" + b"<tr><td>x" * 110_000,
        old_workbook({"客户": [[*LIST[0], *[""] * 253, "x"]] * 2}),
    ],
    ids=["rows", "columns", "cells", "row index", "cell index", "long page", "old columns"],
)
def test_what_is_small_and_says_it_is_large_is_refused_in_little_memory(content):
    tracemalloc.start()
    assert refused(content, limits=Limits(cells=1_500_000)) == "FILE_TOO_LARGE"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 1024 * 1024


LONG = "赛" * 30_000
"""A text nearly as long as a cell may be."""
_SPACES = "<text:p>" + '<text:s text:c="30000"/>' * 20_000 + "</text:p>"
_MANY_TABLES = '</Table><Table><Row ss:Index="100000"><Cell><Data>x</Data></Cell></Row>'


@pytest.mark.parametrize(
    "content",
    [
        xlsx({"客户": [LIST[0], *[[LONG] * 10] * 300]}),
        xlsx({f"表{number}": [LIST[0], *[[LONG] * 10] * 100] for number in range(3)}),
        document(document_row(*map(text_cell, LIST[0])) + document_row(text_cell(LONG, times=10), times=900)),
        document(
            document_row(*map(text_cell, LIST[0]))
            + document_row(f"<table:table-cell>{_SPACES}</table:table-cell>" * 2, times=900)
        ),
        _EXCEL_2003.format(
            rows='<Row><Cell ss:MergeDown="3000"><Data>x</Data></Cell></Row>' + _MANY_TABLES * 30
        ).encode(),
        f"<table><tr><td>姓名<td>手机<tr><td rowspan=3000>{LONG}<td>1{'<tr><td>2' * 2999}</table>".encode(),
    ],
    ids=["shared text", "shared by sheets", "repeated", "repeated spaces", "empty rows of many tables", "spanning"],
)
def test_a_text_that_is_written_once_and_stands_in_many_cells_counts_in_each(content):
    tracemalloc.start()
    assert refused(content, limits=Limits(characters=50_000_000, cells=1_500_000)) == "FILE_TOO_LARGE"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 1024 * 1024


def test_the_cells_of_all_worksheets_count_together():
    wide = [LIST[0], *[["x", *[""] * 98, "x"]] * 200]
    assert refused(xlsx({"一": wide, "二": wide}), limits=Limits(cells=30_000)) == "FILE_TOO_LARGE"
    assert cells(open_table(xlsx({"一": wide}), limits=Limits(cells=30_000)))


def test_what_is_repeated_but_empty_takes_no_room():
    rows = document_row(*map(text_cell, LIST[0]), '<table:table-cell table:number-columns-repeated="16380"/>')
    rows += document_row(*map(text_cell, LIST[1])) + document_row("<table:table-cell/>", times=1_048_000)
    assert cells(open_table(document(rows))) == LIST[:2]

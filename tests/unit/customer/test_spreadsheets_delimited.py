"""Text tables as departments send them."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer.importing.spreadsheets.headings import propose
from services.customer.importing.spreadsheets.reading import open_table
from services.customer.importing.spreadsheets.refusals import MIGRATION, FileRefused, Limits

LINES = "客户姓名,手机\r\n王芳,13800138000\r\n李雷,13900139000\r\n"
READ = [["王芳", "13800138000"], ["李雷", "13900139000"]]


def cells(table):
    return [row.cells for row in table.rows]


def refused(content, **how):
    with pytest.raises(FileRefused) as refusal:
        list(open_table(content, **how).rows)
    assert refusal.value.zh and refusal.value.en
    return refusal.value.code


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gbk", "gb18030"),
        ("gb2312", "gb18030"),
        ("gb18030", "gb18030"),
    ],
)
def test_every_usual_encoding_is_told_and_read(codec, told):
    table = open_table(LINES.encode(codec))
    assert (table.encoding, table.headings) == (told, ["客户姓名", "手机"])
    assert cells(table) == READ


def test_utf16_of_either_byte_order_is_read():
    assert cells(open_table(b"\xfe\xff" + LINES.encode("utf-16-be"))) == READ


def test_a_rare_name_of_gb18030_is_read():
    table = open_table("姓名,地址\n𠮷祥,深圳市福田区\n".encode("gb18030"))
    assert cells(table) == [["𠮷祥", "深圳市福田区"]]


def test_an_encoding_that_breaks_late_in_the_file_is_still_told():
    lines = "姓名,手机\n" + "abc,1\n" * 400_000 + "王芳,2\n"
    table = open_table(lines.encode("gbk"), limits=MIGRATION)
    assert table.encoding == "gb18030"
    assert cells(table)[-1] == ["王芳", "2"]


@pytest.mark.parametrize(
    "content",
    [
        "姓名,手机\n王芳,1\n".encode()[:-3] + b"\xff\xff\n",
        "名前,電話\nたなか,さくらんぼ\n".encode("shift-jis"),
        "姓名,職業,電話\n陳麗華,護士長,台灣台北縣樹林鎮學勤路\n".encode("big5"),
        "姓名,手机\n王芳,1\n".encode("utf-16")[:-1],
    ],
)
def test_what_is_no_known_encoding_is_refused(content):
    assert refused(content) == "FILE_ENCODING"


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(separator):
    table = open_table(LINES.replace(",", separator).encode())
    assert table.separator == separator
    assert cells(table) == READ


def test_commas_inside_cells_do_not_pass_for_separators():
    table = open_table("姓名;地址\n王芳;福田,1号,2楼\n李雷;南山\n".encode())
    assert cells(table) == [["王芳", "福田,1号,2楼"], ["李雷", "南山"]]


def test_a_line_that_names_the_separator_is_no_row():
    table = open_table("sep=;\n姓名;手机\n王芳;1\n".encode())
    assert (table.separator, table.headings, cells(table)) == (";", ["姓名", "手机"], [["王芳", "1"]])


def test_quotes_and_line_breaks_inside_cells_are_kept_and_rows_are_numbered_as_shown():
    text = '姓名,备注\n王芳,"第一行\r\n第二行,""好"""\n\n李雷,x\n'
    rows = list(open_table(text.encode()).rows)
    assert [(row.number, row.cells) for row in rows] == [(2, ["王芳", '第一行\r\n第二行,"好"']), (4, ["李雷", "x"])]


def test_ragged_rows_are_filled_up_and_what_is_beyond_is_noted():
    text = "姓名,手机,备注\n王芳\n李雷,1,x,y\n韩梅,1,x,,\n"
    rows = list(open_table(text.encode()).rows)
    assert [row.cells for row in rows] == [["王芳", "", ""], ["李雷", "1", "x"], ["韩梅", "1", "x"]]
    assert [[(note.column, note.code) for note in row.notes] for row in rows] == [[], [(3, "BEYOND_HEADINGS")], []]


def test_a_title_above_the_heading_is_passed_over():
    text = "华南店保有客户档案,,\n制表:销售部,2003-01-05,\n\n客户姓名,联系电话,车架号\n王芳,1,2\n"
    table = open_table(text.encode())
    assert (table.heading_row, table.headings) == (4, ["客户姓名", "联系电话", "车架号"])
    assert cells(table) == [["王芳", "1", "2"]]


def test_unknown_headings_are_the_first_full_row_without_numbers():
    text = "档案\n甲列,乙列,丙列\n1,2,3\n4,5,6\n"
    table = open_table(text.encode())
    assert (table.heading_row, table.headings, cells(table)) == (
        2,
        ["甲列", "乙列", "丙列"],
        [["1", "2", "3"], ["4", "5", "6"]],
    )


@pytest.mark.parametrize("content", [b"", b" \r\n\r\n", b"\xef\xbb\xbf", "姓名,手机\n".encode(), b",,\n,,\n"])
def test_a_file_without_a_row_of_data_is_empty(content):
    assert refused(content) == "FILE_EMPTY"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 x",
        b"MIME-Version: 1.0\n",
        b"\x89PNG\r\n\x1a\n",
        b"a,b\0c\n",
    ],
)
def test_a_file_of_another_kind_is_refused(content):
    assert refused(content) == "FILE_TYPE"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_wide_text_without_a_mark_is_read(encoding):
    table = open_table(LINES.encode(encoding))
    assert (table.encoding, cells(table)) == (encoding, READ)


def test_the_euro_of_windows_is_read_in_its_gbk():
    table = open_table("姓名,备注\n王芳,退款XX50\n".encode("gbk").replace(b"XX", b"\x80"))
    assert (table.encoding, cells(table)) == ("gb18030", [["王芳", "退款€50"]])


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ('王芳,1,"送"脚垫"一套"', ["王芳", "1", '送脚垫"一套"']),
        ('"王"芳,1,好', ["王芳", "1", "好"]),
        ('王芳,1,"送脚垫', ["王芳", "1", "送脚垫"]),
        ('"王芳,1,好', ["王芳", "1", "好"]),
    ],
)
def test_a_quote_too_many_spoils_its_row_and_no_other(line, read):
    table = open_table(f'姓名,手机,备注\n{line}\n李雷,2,"第一行\n第二行"\n韩梅,3,x\n'.encode())
    rows = list(table.rows)
    assert [[cell.strip() for cell in row.cells] for row in rows[:1]] == [read]
    assert [row.cells for row in rows[1:]] == [["李雷", "2", "第一行\n第二行"], ["韩梅", "3", "x"]]
    assert [[note.code for note in row.notes] for row in rows] == [["QUOTE_SPOILED"], [], []]


def test_a_list_without_headings_loses_no_row():
    table = open_table("王芳,13800138001,粤B12345\n李雷,13800138002,粤B12346\n".encode())
    assert (table.heading_row, table.headings) == (0, ["第1列", "第2列", "第3列"])
    rows = list(table.rows)
    assert [row.number for row in rows] == [1, 2]
    assert [one.field for one in propose(table.headings, [row.cells for row in rows])] == ["name", "mobile", "plate"]


def test_a_cell_guarded_as_a_formula_of_text_is_its_text():
    table = open_table('姓名,手机\n"=""王芳""","=""13800138001"""\n'.encode())
    assert cells(table) == [["王芳", "13800138001"]]


def test_limits_refuse_bytes_rows_columns_and_cells():
    assert refused(LINES.encode(), limits=Limits(file_bytes=10)) == "FILE_TOO_LARGE"
    assert refused(LINES.encode(), limits=Limits(rows=1)) == "FILE_TOO_LARGE"
    assert cells(open_table(LINES.encode(), limits=Limits(rows=2))) == READ
    assert refused(LINES.encode(), limits=Limits(columns=1)) == "FILE_TOO_LARGE"
    assert refused(LINES.encode(), limits=Limits(cell_characters=10)) == "FILE_TOO_LARGE"
    assert refused(b"name,b\nx,%s\n" % (b"y" * 200_000)) == "FILE_TOO_LARGE"


def test_the_callers_file_stays_open():
    source = io.BytesIO(LINES.encode())
    table = open_table(source)
    assert cells(table) == READ
    del table
    assert source.read() == b""
    assert not source.closed


def test_a_long_file_is_read_in_little_memory(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w", encoding="gb18030", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["姓名", "手机", "地址"])
        writer.writerows([f"王{n}", 13800000000 + n, "深圳市福田区深南大道一号" * 3] for n in range(100_000))
    tracemalloc.start()
    with path.open("rb") as source:
        rows = open_table(source, limits=MIGRATION).rows
        assert sum(1 for _ in itertools.islice(rows, 30_000)) == 30_000
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 8_000_000
    assert peak < 12 * 1024 * 1024


PIECES = [
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b'"',
    b",",
    b"\r",
    b"\n",
    b"\t",
    "王".encode(),
    "王".encode("gbk"),
    b"\x80",
    b"sep=;\n",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=20).map(b"".join))
def test_any_bytes_are_a_table_or_are_refused_with_a_code(content):
    with contextlib.suppress(FileRefused):
        table = open_table(content)
        assert all(len(row.cells) == len(table.headings) for row in table.rows)

"""What is written is a text everywhere, and is read back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.customer.importing.spreadsheets.reading import open_table
from services.customer.importing.spreadsheets.writing import CellTooLong, write_csv, write_xlsx
from tests.support.examples import examples

PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+85291234567",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://x","y")',
    "{=1+1}",
    "http://example.test/",
]
HEADINGS = ["客户姓名", "手机"]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=30)
risky = st.builds(
    "".join,
    st.lists(
        st.sampled_from(["'", '"', "=", "+", "-", "@", "\t", "\r", "\n", ",", ";", "＝", "0", "7", "王", " "]),
        max_size=6,
    ),
)


def written(write, rows):
    stream = io.BytesIO()
    count = write(rows, stream)
    assert count == len(rows)
    return stream.getvalue()


def read(content, suffix):
    return [row.cells for row in open_table(content).rows]


@pytest.mark.parametrize(("write", "suffix"), [(write_csv, "csv"), (write_xlsx, "xlsx")])
def test_every_payload_is_read_back_as_it_was(write, suffix):
    rows = [[payload, f"'{payload}"] for payload in PAYLOADS]
    content = written(write, [HEADINGS, *rows])
    assert read(content, suffix) == rows


def test_no_cell_of_a_csv_begins_like_a_formula():
    content = written(write_csv, [HEADINGS, *([payload, "x"] for payload in PAYLOADS)])
    assert content.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_no_cell_of_a_workbook_is_a_formula_or_a_link():
    content = written(write_xlsx, [PAYLOADS, PAYLOADS])
    table = open_table(content, refuse_formulas=True)
    assert table.formulas == 0
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert [cell.quotePrefix for cell in cells[:4]] == [True] * 4


def test_a_foreign_number_stays_readable():
    assert "'+85291234567" in written(write_csv, [HEADINGS, ["王芳", "+85291234567"]]).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(written(write_xlsx, [HEADINGS, ["王芳", "+85291234567"]]))).worksheets[0]
    assert sheet["B2"].value == "+85291234567"


@settings(max_examples=examples(40))
@given(st.lists(st.lists(texts | risky, min_size=2, max_size=2), min_size=1, max_size=4))
@example([["\t\t", "\t\t"], ["", "\t\t\t\t"]])
@example([["", "\t\t\t\t"], ["\t\t", "\t\t"]])
def test_any_text_comes_back_from_a_csv(rows):
    rows = [["x", *row] for row in rows]  # a row of nothing is left out
    assert read(written(write_csv, [["姓名", "手机", "备注"], *rows]), "csv") == rows


@settings(max_examples=examples(25))
@given(st.lists(st.lists(texts | risky, min_size=2, max_size=2), min_size=1, max_size=4))
def test_any_text_comes_back_from_a_workbook(rows):
    rows = [["x", *row] for row in rows]
    assert read(written(write_xlsx, [["姓名", "手机", "备注"], *rows]), "xlsx") == rows


@pytest.mark.parametrize(("write", "suffix"), [(write_csv, "csv"), (write_xlsx, "xlsx")])
def test_numbers_days_and_moments_come_back_as_text(write, suffix):
    row = [
        "x",
        12345,
        -5,
        Decimal("12.50"),
        dt.date(2002, 3, 15),
        dt.datetime(2002, 3, 15, 8, 30, tzinfo=dt.UTC),
        None,
        "440301198001011234",
    ]
    content = written(
        write, [[*"abcdefgh"], row, ["y", 440301198001011234, 0, Decimal(0), dt.date(1900, 1, 1), None, None, ""]]
    )
    first, second = read(content, suffix)
    money = "12.50" if suffix == "csv" else "12.5"
    assert first == ["x", "12345", "-5", money, "2002-03-15", "2002-03-15 08:30:00", "", "440301198001011234"]
    assert second == ["y", "440301198001011234", "0", "0", "1900-01-01", "", "", ""]


def test_a_text_that_fits_no_cell_is_refused_and_not_cut():
    with pytest.raises(CellTooLong):
        write_xlsx([["x" * 32_768]], io.BytesIO())
    with pytest.raises(CellTooLong):
        write_xlsx([["𠮷" * 16_384]], io.BytesIO())
    assert read(written(write_xlsx, [HEADINGS, ["x" * 32_767, "y"]]), "xlsx") == [["x" * 32_767, "y"]]


def test_the_callers_stream_stays_open_even_after_a_fault():
    stream = io.BytesIO()

    def rows():
        yield HEADINGS
        raise RuntimeError

    for write in (write_csv, write_xlsx):
        with pytest.raises(RuntimeError):
            write(rows(), stream)
        assert not stream.closed


def test_a_workbook_that_fails_half_way_leaves_nothing_behind():
    stream = io.BytesIO()
    with pytest.raises(CellTooLong):
        write_xlsx([HEADINGS, ["x" * 40_000]], stream)
    assert stream.getvalue() == b""

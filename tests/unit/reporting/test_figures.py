"""What holds of every figure in the table."""

from __future__ import annotations

from services.reporting.kpis import FIGURES


def test_no_code_stands_in_the_table_twice() -> None:
    codes = [figure.code for figure in FIGURES]
    assert sorted(set(codes)) == sorted(codes)

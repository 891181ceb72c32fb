"""The months that figures are kept by."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chassis.process.clock import LOCAL
from services.reporting.errors import MonthInvalid
from services.reporting.rules import month_of, require_month


@pytest.mark.parametrize("typed", ["2026-01", "2026-11", "2026-12", "1999-10"])
def test_a_month_is_four_digits_a_hyphen_and_two(typed: str) -> None:
    assert require_month(typed) == typed


@pytest.mark.parametrize(
    "typed", ["2026-00", "2026-13", "2026/11", "26-11", "2026-1", "2026-11-", "11-2026", "", "2026-11\n", "２０２６-11"]
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(MonthInvalid):
        require_month(typed)


def test_a_month_begins_at_local_midnight() -> None:
    assert month_of(datetime(2026, 10, 31, 23, 59, 59, tzinfo=LOCAL), zone=LOCAL) == "2026-10"
    assert month_of(datetime(2026, 11, 1, tzinfo=LOCAL), zone=LOCAL) == "2026-11"


def test_a_moment_told_in_another_zone_counts_in_the_local_month() -> None:
    assert month_of(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), zone=LOCAL) == "2026-10"
    assert month_of(datetime(2026, 10, 31, 16, tzinfo=UTC), zone=LOCAL) == "2026-11"
    assert month_of(datetime(2026, 12, 31, 16, tzinfo=UTC), zone=LOCAL) == "2027-01"

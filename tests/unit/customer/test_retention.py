"""When requests are due, and what is past its time (PIPL 19, 50)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.customer.policies import Retention
from services.customer.privacy.rules import answer_due, limits, years_before

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_request_is_due_thirty_days_after_it_was_made():
    assert answer_due(Retention(), received_at=NOW) == datetime(2026, 12, 23, 9, 30, tzinfo=UTC)
    assert answer_due(Retention(answer_days=15), received_at=NOW) - NOW == timedelta(days=15)


@pytest.mark.parametrize(
    ("moment", "years", "before"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), 3, datetime(2023, 11, 23, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 4, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 3, datetime(2025, 2, 28, tzinfo=UTC)),
    ],
)
def test_years_are_counted_by_the_calendar(moment, years, before):
    assert years_before(moment, years) == before


def test_every_retention_of_the_data_map_that_ends_by_the_clock_has_its_limit():
    held = Retention(relationship_years=1, proof_years=4, books_years=11, transient_days=30)
    assert limits(held, now=NOW) == {
        "relationship": NOW.replace(year=2025),
        "proof": NOW.replace(year=2022),
        "books": NOW.replace(year=2015),
        "transient": NOW - timedelta(days=30),
    }

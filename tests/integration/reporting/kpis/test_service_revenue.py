"""service_revenue (售后产值): what settled orders bring in, without what we pay ourselves (C18)."""

from __future__ import annotations

import pytest

from chassis.store.database import Database
from services.reporting.kpis.service_revenue import SERVICE_REVENUE, revenue
from tests.integration.reporting.business import figure_of, fold, settled


@pytest.mark.parametrize(("total", "internal", "left"), [(0, 0, 0), (50_000, 0, 50_000), (50_000, 50_000, 0)])
def test_what_we_pay_ourselves_is_no_revenue(total: int, internal: int, left: int) -> None:
    assert revenue(total_fen=total, internal_fen=internal) == left


def test_what_others_pay_is_counted_whoever_it_is(reporting: Database) -> None:
    fold(reporting, settled(total_fen=300, by_pay_type={"CUSTOMER": 180, "INTERNAL": 100, "WARRANTY": 20}))
    assert figure_of(reporting, SERVICE_REVENUE) == {"HN": 200, "*": 200}

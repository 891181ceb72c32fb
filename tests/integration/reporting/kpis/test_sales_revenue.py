"""sales_revenue (销售额): the totals of the orders whose cars were handed over (C18)."""

from __future__ import annotations

from chassis.store.database import Database
from services.reporting.kpis.sales_revenue import SALES_REVENUE
from tests.integration.reporting.business import delivered, figure_of, fold


def test_the_totals_of_delivered_orders_are_summed_in_fen(reporting: Database) -> None:
    fold(reporting, delivered(total_fen=100), delivered(total_fen=201), delivered(store_id="YZ", total_fen=0))
    assert figure_of(reporting, SALES_REVENUE) == {"HN": 301, "YZ": 0, "*": 301}

"""answers (售后回访答复数): the answers that make csi, and no others (C17)."""

from __future__ import annotations

from chassis.store.database import Database
from services.reporting.kpis.answers import ANSWERS
from tests.integration.reporting.business import answered, figure_of, fold


def test_answers_about_service_are_counted_and_those_about_a_sale_are_not(reporting: Database) -> None:
    fold(reporting, answered(), answered(score=1), answered(store_id="YZ"), answered(purpose="DELIVERY_D7"))
    assert figure_of(reporting, ANSWERS) == {"HN": 2, "YZ": 1, "*": 3}

"""deliveries (交车台数): cars handed over (C18)."""

from __future__ import annotations

from chassis.store.database import Database
from services.reporting.kpis.deliveries import DELIVERIES
from tests.integration.reporting.business import delivered, figure_of, fold, settled


def test_every_car_handed_over_counts_once_in_its_store(reporting: Database) -> None:
    twice = delivered(store_id="HN")
    fold(reporting, twice, twice, delivered(store_id="HN"), delivered(store_id="YZ"), settled(store_id="CD"))
    assert figure_of(reporting, DELIVERIES) == {"HN": 2, "YZ": 1, "*": 3}

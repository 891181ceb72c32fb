"""service_vehicles (进厂台数): distinct vehicles, counted apart from their visits (R7, C18)."""

from __future__ import annotations

import uuid_utils.compat as uuids

from chassis.store.database import Database
from services.reporting.kpis.service_vehicles import SERVICE_VEHICLES
from services.reporting.kpis.service_visits import SERVICE_VISITS
from tests.integration.reporting.business import figure_of, fold, settled


def test_visits_and_vehicles_of_the_workshop_are_counted_apart(reporting: Database) -> None:
    vehicles = [uuids.uuid7() for _ in range(800)]
    fold(reporting, *[settled(vehicle_id=vehicles[number % 800]) for number in range(1050)])
    assert figure_of(reporting, SERVICE_VISITS)["*"] == 1050
    assert figure_of(reporting, SERVICE_VEHICLES)["*"] == 800


def test_a_vehicle_that_two_stores_saw_counts_once_in_the_sum(reporting: Database) -> None:
    shared = uuids.uuid7()
    fold(reporting, *[settled(store_id=store_id, vehicle_id=shared) for store_id in ("HN", "HN", "YZ")])
    assert figure_of(reporting, SERVICE_VEHICLES) == {"HN": 1, "YZ": 1, "*": 1}

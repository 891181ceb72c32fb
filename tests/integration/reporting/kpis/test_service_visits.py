"""service_visits (进厂台次): every settled repair order is one (R7, C18)."""

from __future__ import annotations

import uuid_utils.compat as uuids

from chassis.store.database import Database
from services.reporting.kpis.service_visits import SERVICE_VISITS
from tests.integration.reporting.business import figure_of, fold, settled


def test_a_vehicle_that_comes_three_times_makes_three_visits(reporting: Database) -> None:
    shared = uuids.uuid7()
    fold(reporting, *[settled(store_id=store_id, vehicle_id=shared) for store_id in ("HN", "HN", "YZ")])
    assert figure_of(reporting, SERVICE_VISITS) == {"HN": 2, "YZ": 1, "*": 3}

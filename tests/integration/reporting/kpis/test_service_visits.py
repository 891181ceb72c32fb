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


def test_an_order_that_was_settled_anew_is_one_visit(reporting: Database) -> None:
    """A settlement that was voided is replaced, whichever is heard first (R7)."""
    ro_id, other = uuids.uuid7(), uuids.uuid7()
    first, anew = settled(ro_id=ro_id, version=7, total_fen=900), settled(ro_id=ro_id, version=9, total_fen=600)
    for events in ((first, anew, first), (anew, first, anew)):
        fold(reporting, *events)
        assert figure_of(reporting, SERVICE_VISITS) == {"HN": 1, "*": 1}
    fold(reporting, settled(ro_id=other))
    assert figure_of(reporting, SERVICE_VISITS) == {"HN": 2, "*": 2}

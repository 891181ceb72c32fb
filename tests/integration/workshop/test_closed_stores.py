"""A store that has closed for good takes no vehicle in; what is in its workshop is finished."""

from __future__ import annotations

from functools import partial

import pytest

from chassis.organisation import stores
from chassis.organisation.stores import StoreClosed
from tests.integration.workshop.people import NOW, OIL, Workshop
from tests.support.stores import store_told


def test_a_closed_store_takes_no_vehicle_in_and_hands_back_what_it_has(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    closed = store_told(workshop.store, version=2, closes_on=NOW.date())
    workshop.database.run(partial(stores.keep, event=closed))
    with pytest.raises(StoreClosed) as refused:
        workshop.open(OIL)
    assert refused.value.details == {"store_id": workshop.store, "closes_on": NOW.date().isoformat()}
    workshop.settle(ro_id)
    assert workshop.give_back(ro_id).stage == "delivered"

"""Who says that it has followed a merge hears of merges, and customer hears what it says (E8)."""

from __future__ import annotations

import pytest

from chassis.bus.topology import HEARS
from chassis.customers import rekeying
from contracts.customer.events import CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.envelope import EVENTS


def test_services_that_keep_something_of_customers_acknowledge() -> None:
    assert {"sales", "workshop", "followup"} <= rekeying.acknowledging()


@pytest.mark.parametrize("service", sorted(rekeying.acknowledging()))
def test_who_acknowledges_hears_of_every_change_of_records_and_is_heard(service: str) -> None:
    assert {CustomerMerged, CustomerUnmerged, CustomerSplit} <= set(HEARS[service])
    says = {
        event
        for event in EVENTS.values()
        if event.declaration.producer == service and event.declaration.name.endswith("_rekeyed")
    }
    assert says <= set(HEARS["customer"])

"""Work is given to a technician who works in the store of the order (C7)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from chassis.organisation import staff
from contracts.gateway.events import StaffChanged
from services.workshop.repair_orders.errors import TechnicianUnknown
from tests.integration.workshop.people import OIL, Workshop
from tests.support.events import received
from tests.support.randoms import code


def agreed(workshop: Workshop) -> UUID:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    return ro_id


def give(workshop: Workshop, technician_id: str) -> object:
    return workshop.do("dispatch_repair", "advisor", ro_id=agreed(workshop), technician_id=technician_id, bay="3")


def test_nobody_another_store_s_another_role_s_and_one_who_left_are_refused_with_the_field(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    foreign, advisor, gone = code("F"), code("A"), code("G")
    elsewhere().employ(foreign)
    workshop.employ(advisor, "advisor")
    workshop.employ(gone)
    workshop.employ(gone, active=False)
    for staff_id in ("NOBODY", foreign, advisor, gone):
        with pytest.raises(TechnicianUnknown) as refused:
            give(workshop, staff_id)
        assert refused.value.details == {"field": "technician_id", "technician_id": staff_id}


def test_one_who_works_here_gets_the_work_whatever_else_he_does(workshop: Workshop) -> None:
    technician = code("T")
    workshop.employ(technician, "technician", "inspector")
    assert give(workshop, technician)


def test_staff_are_what_the_newest_event_says_in_any_order_and_twice(workshop: Workshop) -> None:
    life = [(["technician"], True), (["advisor"], True), (["advisor", "technician"], True), (["technician"], False)]
    for order in itertools.permutations(range(4)):
        technician = code("T")
        events = [
            received(
                StaffChanged(staff_code=technician, roles=roles, stores=[workshop.store], active=active),
                subject_version=version,
            )
            for version, (roles, active) in enumerate(life, start=1)
        ]
        for number in (*order, *order):
            workshop.database.run(partial(staff.keep, event=events[number]))
        with pytest.raises(TechnicianUnknown):
            give(workshop, technician)

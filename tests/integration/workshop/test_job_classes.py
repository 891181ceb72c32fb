"""What kind of work a line is, and what of the vehicle it is about: said, said otherwise, kept and told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import JobLine, LineKind
from services.workshop.repair_orders.errors import DiscountHasNoClass, LineBegun
from tests.integration.workshop.people import OIL, WINDOW, Workshop
from tests.support.randoms import code

SERVICE = replace(OIL, job_class=JobClass.FIRST_MAINTENANCE)
BRAKES = replace(WINDOW, description="前刹车异响", job_class=JobClass.MINOR_REPAIR, fault_group=FaultGroup.BRAKES)


def test_what_a_line_is_is_kept_with_it_and_may_be_said_later(workshop: Workshop) -> None:
    ro_id = workshop.open(SERVICE, WINDOW)
    workshop.authorize(ro_id)
    first, second = workshop.shown(ro_id).lines
    assert (first.job_class, first.fault_group) == (JobClass.FIRST_MAINTENANCE, None)
    assert (second.job_class, second.fault_group) == (None, None)
    workshop.dispatch(ro_id)
    workshop.start(ro_id)
    about = FaultGroup.GLASS
    order = workshop.move("change_line", "advisor", ro_id, position=2, job_class=JobClass.DIAGNOSIS, fault_group=about)
    assert (order.lines[1].job_class, order.lines[1].fault_group) == (JobClass.DIAGNOSIS, FaultGroup.GLASS)
    assert (order.lines[1].state, order.customer_fen) == ("working", OIL.amount_fen), "nobody need agree to a word"
    with pytest.raises(LineBegun):
        workshop.move("change_line", "advisor", ro_id, position=2, hours=9)


def test_a_discount_is_no_kind_of_work(workshop: Workshop) -> None:
    off = JobLine("优惠", -100, kind=LineKind.DISCOUNT, fault_group=FaultGroup.OTHER)
    with pytest.raises(DiscountHasNoClass) as refused:
        workshop.open(OIL, off)
    assert refused.value.details == {"line": 2}
    ro_id = workshop.open(OIL, replace(off, fault_group=None))
    with pytest.raises(DiscountHasNoClass):
        workshop.move("change_line", "advisor", ro_id, position=2, job_class=JobClass.PDI)


def test_a_return_tells_what_was_done_and_by_whom(workshop: Workshop) -> None:
    """Whoever was clocked on the line did it, else who was clocked on the order as a whole, else who was given it."""
    first, second = code("T"), code("T")
    ro_id = workshop.open(SERVICE, BRAKES, WINDOW)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician=first)
    workshop.give_line(ro_id, 2, second)
    workshop.start(ro_id, by=first)
    workshop.clock_on(ro_id, 2, by=second)
    workshop.move("decline_line", "advisor", workshop.open(WINDOW), position=1, declined_by="张伟")
    workshop.finish(ro_id, by=first)
    workshop.inspect(ro_id)
    workshop.settle(ro_id)
    workshop.give_back(ro_id)
    assert workshop.payloads(ro_id)[-1]["work"] == [
        {"position": 1, "job_class": "FIRST_MAINTENANCE", "fault_group": None, "technicians": [first]},
        {"position": 2, "job_class": "MINOR_REPAIR", "fault_group": "BRAKES", "technicians": [second]},
        {"position": 3, "job_class": None, "fault_group": None, "technicians": [first]},
    ]

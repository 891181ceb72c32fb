"""Whoever worked on an order, or was ever given its work, never inspects it: every way the work can go."""

from itertools import product
from uuid import UUID

import pytest

from contracts.workshop.operations import OpenRepairOrder, Stage, Verdict
from services.workshop.repair_orders.errors import InspectorDidTheWork, WorkOfAnother
from services.workshop.repair_orders.models import RepairOrder
from tests.unit.workshop.test_transitions import INSPECTOR, NOW, OIL, authorize

ANN, BEN, MANAGER = "T1", "T2", "M1"
"""Two technicians, and a manager who may do anybody's work."""


def dispatched(technician_id: str) -> RepairOrder:
    order = RepairOrder.open(
        OpenRepairOrder(UUID(int=1), UUID(int=2), "HN", km=50_000, complaint="发动机异响", lines=[OIL]),
        number="HN-RO-20261123-0001",
        advisor_id=MANAGER,
        now=NOW,
    )
    authorize(order)
    order.dispatch(technician_id=technician_id, bay="3", now=NOW)
    return order


def do(order: RepairOrder, *, starts: str, finishes: str) -> None:
    order.start(by=starts, now=NOW, anybodys=starts == MANAGER)
    order.finish(by=finishes, now=NOW, anybodys=finishes == MANAGER)


def refuses(order: RepairOrder, inspector: str, verdict: Verdict) -> bool:
    before = (order.stage, order.version, order.inspector_id, order.ready_at)
    try:
        order.inspect(verdict=verdict, inspector_id=inspector, now=NOW)
    except InspectorDidTheWork:
        assert (order.stage, order.version, order.inspector_id, order.ready_at) == before
        return True
    return False


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("inspector", [ANN, BEN, MANAGER, INSPECTOR])
@pytest.mark.parametrize(("given", "starts", "finishes"), list(product([ANN, MANAGER], [ANN, MANAGER], [ANN, MANAGER])))
def test_none_of_those_who_worked_gives_a_verdict(
    given: str, starts: str, finishes: str, inspector: str, verdict: Verdict
) -> None:
    order = dispatched(given)
    if any(one not in (given, MANAGER) for one in (starts, finishes)):
        with pytest.raises(WorkOfAnother):
            do(order, starts=starts, finishes=finishes)
        return
    do(order, starts=starts, finishes=finishes)
    assert order.worked_by == sorted({given, starts, finishes})
    assert refuses(order, inspector, verdict) == (inspector in {given, starts, finishes})


@pytest.mark.parametrize("inspector", [ANN, BEN, MANAGER, INSPECTOR])
@pytest.mark.parametrize("begun", [Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.REWORK])
def test_who_was_given_the_work_before_another_gives_no_verdict_either(begun: Stage, inspector: str) -> None:
    order = dispatched(ANN)
    if begun is not Stage.DISPATCHED:
        order.start(by=ANN, now=NOW)
    if begun is Stage.REWORK:
        order.finish(by=ANN, now=NOW)
        order.inspect(verdict=Verdict.REWORK, inspector_id=INSPECTOR, now=NOW)
    order.dispatch(technician_id=BEN, bay="4", now=NOW)
    assert (order.stage, order.technician_id) == (Stage.DISPATCHED, BEN)
    with pytest.raises(WorkOfAnother):
        order.start(by=ANN, now=NOW)
    do(order, starts=BEN, finishes=BEN)
    assert refuses(order, inspector, Verdict.PASSED) == (inspector in {ANN, BEN})


@pytest.mark.parametrize("inspector", [ANN, BEN, MANAGER, INSPECTOR])
@pytest.mark.parametrize(("starts", "finishes"), list(product([ANN, MANAGER], [ANN, MANAGER])))
def test_work_opened_again_by_quality_control_forgets_nobody(starts: str, finishes: str, inspector: str) -> None:
    order = dispatched(ANN)
    do(order, starts=starts, finishes=finishes)
    order.inspect(verdict=Verdict.REWORK, inspector_id=INSPECTOR, now=NOW)
    do(order, starts=ANN, finishes=ANN)
    assert refuses(order, inspector, Verdict.PASSED) == (inspector in {ANN, starts, finishes})


@pytest.mark.parametrize("given", [True, False])
def test_an_inspector_who_then_does_the_rework_himself_inspects_no_more(*, given: bool) -> None:
    order = dispatched(ANN)
    do(order, starts=ANN, finishes=ANN)
    order.inspect(verdict=Verdict.REWORK, inspector_id=MANAGER, now=NOW)
    if given:
        order.dispatch(technician_id=MANAGER, bay="3", now=NOW)
    do(order, starts=MANAGER, finishes=MANAGER)
    assert refuses(order, MANAGER, Verdict.PASSED)
    assert not refuses(order, INSPECTOR, Verdict.PASSED)


def test_the_technician_an_older_process_left_unwritten_is_held_against_the_inspector_too() -> None:
    order = dispatched(ANN)
    do(order, starts=ANN, finishes=ANN)
    order.worked_by = []
    assert refuses(order, ANN, Verdict.PASSED)

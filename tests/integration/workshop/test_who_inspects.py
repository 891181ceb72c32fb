"""Quality control by somebody else than those who worked, as the tables keep it: in orders of before, too."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.workshop.operations import Stage, Verdict
from services.workshop.repair_orders.errors import InspectorDidTheWork, RepairOrderNotFound, WorkOfAnother
from tests.integration.workshop.people import OIL, Workshop


def test_a_manager_alone_does_everything_but_inspect(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    workshop.start(ro_id, role="service_manager", by="M1")
    assert workshop.finish(ro_id, role="service_manager", by="M1").worked_by == ["M1", "T1"]
    for verdict in Verdict:
        with pytest.raises(InspectorDidTheWork) as refused:
            workshop.do("inspect_repair", "service_manager", staff_id="M1", ro_id=ro_id, verdict=verdict,
                        expected_version=None)  # fmt: skip
    assert refused.value.details == {"worked_by": ["M1", "T1"]}
    assert workshop.inspect(ro_id, by="Q1").stage is Stage.READY


@pytest.mark.parametrize(("begins", "inspects"), list(product(["T1", "M1"], ["T1", "T2", "M1", "Q1"])))
def test_the_tables_remember_all_who_worked(workshop: Workshop, begins: str, inspects: str) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    workshop.start(ro_id, role="technician" if begins == "T1" else "service_manager", by=begins)
    workshop.dispatch(ro_id, technician="T2")
    workshop.start(ro_id, by="T2")
    workshop.finish(ro_id, by="T2")
    if inspects in {begins, "T1", "T2"}:
        with pytest.raises(InspectorDidTheWork):
            workshop.inspect(ro_id, by=inspects)
    else:
        workshop.inspect(ro_id, by=inspects)
    assert workshop.shown(ro_id).worked_by == sorted({begins, "T1", "T2"})


@pytest.mark.parametrize("step", ["start", "finish"])
def test_a_technician_does_not_do_the_work_of_another(workshop: Workshop, step: str) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    if step == "finish":
        workshop.start(ro_id, by="T1")
    before = workshop.shown(ro_id)
    with pytest.raises(WorkOfAnother) as refused:
        getattr(workshop, step)(ro_id, by="T2")
    assert refused.value.details == {"technician_id": "T1"}
    assert workshop.shown(ro_id) == before


def test_work_of_another_store_is_not_there_even_for_him_it_was_given_to(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    with pytest.raises(RepairOrderNotFound):
        workshop.of("OTHER").start(ro_id, by="T1")


@pytest.mark.parametrize("inspector", ["T1", "M1"])
def test_the_database_refuses_an_order_passed_by_one_who_worked(workshop: Workshop, inspector: str) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    workshop.start(ro_id, role="service_manager", by="M1")
    passing = text("UPDATE repair_order SET ready_at = now(), inspector_id = :inspector WHERE id = :ro_id")
    with pytest.raises(IntegrityError), workshop.database.transaction() as session:
        session.execute(passing, {"inspector": inspector, "ro_id": ro_id})

"""Orders that were there before it was written down who worked: the migration fills in what is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from chassis.store import migrations
from chassis.store.database import Database
from contracts.workshop.operations import Stage
from services.workshop.repair_orders.errors import InspectorDidTheWork
from tests.integration.workshop.people import NOW, Workshop
from tests.support.databases import Databases

_ORDER = text(
    """
    INSERT INTO repair_order (id, number, store_id, vehicle_id, customer_id, advisor_id, stage, km, complaint,
                              authorized_fen, opened_at, version, bay, technician_id, inspector_id, ready_at,
                              promised_at, first_promise)
    VALUES (:id, :number, 'HN', :id, :id, 'A1', :stage, 1, '异响', 0, :now, 6, '', :technician, :inspector, :ready,
            :now, :now)
    """
)
_PRESSED = text(
    """
    INSERT INTO outbox (event_id, event_type, version, store_id, subject_type, subject_id, subject_version,
                        occurred_at, recorded_at, envelope)
    VALUES (gen_random_uuid(), 'repair_stage_changed', 1, 'HN', 'repair_order', :id, 4, :now, :now,
            jsonb_build_object('actor', jsonb_build_object('staff_id', CAST(:by AS text)),
                               'payload', jsonb_build_object('to_stage', 'in_progress')))
    """
)


@pytest.fixture
def before(postgres_url: str) -> Iterator[Databases]:
    """A database of its own, as it was just before."""
    made = Databases(postgres_url)
    migrations.prepare("workshop", made.environment("workshop"))
    made._created.append(made.name("workshop"))
    script = ScriptDirectory(str(migrations.folder("workshop")))
    last = script.get_revision("0004").down_revision
    command.upgrade(migrations._config("workshop", made.url("workshop", "owner")), str(last))
    made._open["workshop"] = Database(made.url("workshop"))
    yield made
    made.close()


def old_order(workshop: Workshop, stage: Stage, *, technician: str | None, pressed: str, **known: Any) -> UUID:
    told = {"id": uuid4(), "now": NOW, "inspector": None, "ready": None, **known}
    with workshop.database.transaction() as session:
        session.execute(_ORDER, {**told, "number": str(told["id"]), "stage": stage.value, "technician": technician})
        session.execute(_PRESSED, {"id": str(told["id"]), "now": NOW, "by": pressed})
    return told["id"]


def test_orders_of_before_know_their_technician_and_open_ones_who_began_the_work(before: Databases) -> None:
    workshop = Workshop(before("workshop"), "HN")
    opened = old_order(workshop, Stage.OPENED, technician=None, pressed="A1")
    waiting = old_order(workshop, Stage.QC, technician="T1", pressed="M1")
    passed = old_order(workshop, Stage.READY, technician="T1", pressed="M1", inspector="M1", ready=NOW)

    assert migrations.migrate("workshop", before.environment("workshop"))

    told = {ro_id: workshop.shown(ro_id).worked_by for ro_id in (opened, waiting, passed)}
    assert told == {opened: [], waiting: ["M1", "T1"], passed: ["T1"]}
    for one in ("M1", "T1"):
        with pytest.raises(InspectorDidTheWork):
            workshop.inspect(waiting, by=one)
    assert workshop.inspect(waiting, by="Q1").stage is Stage.READY

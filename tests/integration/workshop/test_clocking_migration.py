"""Orders that were there before anybody was clocked: the migration makes clocks of what their log tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from chassis.store import migrations
from chassis.store.database import Database
from tests.integration.workshop.people import NOW, Workshop
from tests.support.databases import Databases

_ORDER = text(
    """
    INSERT INTO repair_order (id, number, store_id, vehicle_id, customer_id, advisor_id, stage, km, complaint,
                              authorized_fen, opened_at, version, bay, technician_id, worked_hours)
    VALUES (:id, :number, 'HN', :id, :id, 'A1', :stage, 1, '异响', 0, :now, 9, '', 'T1', :hours)
    """
)
_ENTRY = text("INSERT INTO stage_entry (order_id, version, stage, at) VALUES (:id, :version, :stage, :at)")
HOUR = timedelta(hours=1)


@pytest.fixture
def before(postgres_url: str) -> Iterator[Databases]:
    """A database of its own, as it was just before."""
    made = Databases(postgres_url)
    migrations.prepare("workshop", made.environment("workshop"))
    made._created.append(made.name("workshop"))
    script = ScriptDirectory(str(migrations.folder("workshop")))
    (clocking,) = (one for one in script.walk_revisions() if one.path.endswith("_clocking.py"))
    command.upgrade(migrations._config("workshop", made.url("workshop", "owner")), str(clocking.down_revision))
    made._open["workshop"] = Database(made.url("workshop"))
    yield made
    made.close()


def old_order(workshop: Workshop, stage: str, hours: str, *log: tuple[str, datetime]) -> UUID:
    told: dict[str, Any] = {"id": uuid4(), "stage": stage, "now": NOW, "hours": Decimal(hours)}
    with workshop.database.transaction() as session:
        session.execute(_ORDER, {**told, "number": str(told["id"])})
        for version, (name, at) in enumerate(log, start=1):
            session.execute(_ENTRY, {"id": told["id"], "version": version, "stage": name, "at": at})
    return told["id"]


def test_what_went_on_was_his_whose_the_order_was_and_of_two_that_go_on_the_later_one_runs(before: Databases) -> None:
    workshop = Workshop(before("workshop"), "HN")
    done = old_order(
        workshop,
        "qc",
        "3",
        *(("in_progress", NOW), ("waiting_parts", NOW + HOUR), ("in_progress", NOW + 4 * HOUR), ("qc", NOW + 6 * HOUR)),
    )
    stands = old_order(workshop, "in_progress", "0", ("dispatched", NOW), ("in_progress", NOW + 7 * HOUR))
    runs = old_order(workshop, "in_progress", "0", ("dispatched", NOW), ("in_progress", NOW + 8 * HOUR))

    assert migrations.migrate("workshop", before.environment("workshop"))

    found = {
        ro_id: [(one.began_at, one.ended_at, one.worked_hours) for one in workshop.clockings(ro_id).items]
        for ro_id in (done, stands, runs)
    }
    assert found == {
        done: [(NOW, NOW + HOUR, Decimal(1)), (NOW + 4 * HOUR, NOW + 6 * HOUR, Decimal(2))],
        stands: [],
        runs: [(NOW + 8 * HOUR, None, Decimal(0))],
    }
    assert {one.technician_id for one in workshop.clockings(done).items} == {"T1"}

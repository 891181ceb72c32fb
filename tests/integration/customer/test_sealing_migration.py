"""Numbers that were there before they were sealed: the migration seals them, or says what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import uuid_utils.compat as uuids
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, inspect
from sqlalchemy.orm import Session

from chassis.process.settings import MissingSetting
from chassis.store import migrations
from chassis.store.database import Database
from chassis.store.rows import insert_all
from contracts.customer.folder import DocumentType
from contracts.customer.operations import HistoryAsked
from services.customer.folder.models import Document
from services.customer.merging.models import Merge
from services.customer.merging.rules import lives_on
from services.customer.record import sealing
from services.customer.record.models import Change, Customer, SearchKey
from services.customer.record.queries import history
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Typed
from services.customer.record.rules.record import Record, new_record
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import undo
from tests.integration.customer.test_documents import listed
from tests.integration.customer.test_sealing import KEYS, found_in
from tests.support.databases import Databases

OLD, CARD = "130503670401001", "440301197510200018"
OLD_18 = "130503196704010016"
TABLES: dict[Any, Any] = {model: model.__table__ for model in (Change, Customer, Document, Merge, SearchKey)}


def record(**typed: Any) -> Record:
    given = giving.read(Typed(**{"name": "钱旧", **typed}), today=NOW.date())
    return new_record(
        given,
        customer_id=uuids.uuid7(),
        department="receptionist",
        source="desk",
        store_id="HN",
        forced_reason=None,
        at=NOW,
    )


def write(session: Session, model: Any, *rows: dict[str, Any]) -> None:
    """As rows were then: without what came later."""
    there = {column["name"] for column in inspect(session.connection()).get_columns(TABLES[model].name)}
    then = Table(TABLES[model].name, MetaData(), *(c._copy() for c in TABLES[model].columns if c.name in there))
    insert_all(session, then, [{name: value for name, value in row.items() if name in there} for row in rows])


def merged_in_clear(session: Session, survivor: Record, loser: Record, merge_id: object) -> None:
    """A loser with a card, which the survivor has got by a merge: as it was written before numbers were sealed."""
    card = {"id_number": CARD, "id18": CARD}
    after = survivor.changed({**card, "birth_date": loser.birth_date, "gender": loser.gender}, at=NOW)[0]
    write(session, Customer, after.row(), lives_on(loser, survivor.id, at=NOW).row())
    write(session, SearchKey, *({"kind": k, "key": v, "customer_id": survivor.id} for k, v in after.search_keys()))
    told = {"customer_id": survivor.id, "version": 2, "at": NOW, "staff_id": "s-1", "department": "finance"}
    for field, value in card.items():
        write(session, Change, {"id": uuids.uuid7(), "field": field, "new": value, "origin": "merge", **told})
    whose = {"customer_id": survivor.id, "origin_customer_id": loser.id}
    paper = {"store_id": "HN", "shelf": "A", "added_at": NOW, "added_by": "s-1", "removed_because": ""}
    write(session, Document, {"id": uuids.uuid7(), "type": DocumentType.ID_COPY, "number": CARD, **whose, **paper})
    snapshot = {
        "before": [survivor.row(), loser.row()],
        "after": after.row(),
        "parties": [],
        "pairs": {"before": [], "made": []},
        "collapsed": [],
    }
    write(
        session,
        Merge,
        {
            "id": merge_id, "kind": "merge", "survivor_id": survivor.id, "loser_ids": [loser.id], "rule": "human",
            "field_choices": {}, "reason": "同一人", "store_id": "HN", "requested_by": "s-1", "requested_at": NOW,
            "parts": 1, "snapshot": snapshot, "undo_parts": 0, "position": 1,
        },
    )  # fmt: skip


@pytest.fixture
def before(postgres_url: str) -> Iterator[Databases]:
    """A database of its own, as it was just before."""
    made = Databases(postgres_url)
    environment = made.environment("customer")
    migrations.prepare("customer", environment)
    made._created.append(made.name("customer"))
    script = ScriptDirectory(str(migrations.folder("customer")))
    last = script.get_revision("0008").down_revision
    command.upgrade(migrations._config("customer", made.url("customer", "owner")), str(last))
    made._open["customer"] = Database(made.url("customer"))
    yield made
    made.close()


@pytest.fixture
def desk(before: Databases) -> Desk:
    return Desk(before)


def test_what_stood_readable_is_sealed_wherever_it_stood_and_works_as_before(before, desk):
    loser, survivor, bearer = record(id_number=CARD), record(), record(id_number=OLD)
    merge_id = uuids.uuid7()
    with desk.transaction() as session:
        merged_in_clear(session, survivor, loser, merge_id)
        write(session, Customer, bearer.row())
        write(session, SearchKey, *({"kind": k, "key": v, "customer_id": bearer.id} for k, v in bearer.search_keys()))
    assert found_in(desk, CARD) == {"customer", "search_key", "change", "document", "merge"}

    assert migrations.migrate("customer", before.environment("customer"))

    assert [found_in(desk, number) for number in (CARD, OLD, OLD_18)] == [set(), set(), set()]
    assert [desk.found(number) for number in (CARD, OLD)] == [[survivor.id], [bearer.id]]
    assert [desk.view(one).id_number for one in (survivor.id, bearer.id)] == [CARD, OLD]
    assert [one.id_number for one in listed(desk, survivor.id)] == [CARD]
    told = desk.read(partial(history, asked=HistoryAsked(survivor.id, "id_number", 5))).items
    assert [(one.old, one.new) for one in told] == [(None, {"id_number": CARD})]
    undo(desk, merge_id)
    assert (desk.view(survivor.id).id_number, desk.view(loser.id).id_number) == (None, CARD)


def test_without_keys_numbers_are_not_left_readable_but_the_migration_says_what_it_lacks(before, desk, monkeypatch):
    with desk.transaction() as session:
        write(session, Customer, record(id_number=CARD).row())
    with monkeypatch.context() as patch:
        patch.delenv(KEYS)
        sealing.masters.cache_clear()
        with pytest.raises(MissingSetting, match=KEYS):
            migrations.migrate("customer", before.environment("customer"))
    assert found_in(desk, CARD) == {"customer"}
    assert migrations.migrate("customer", before.environment("customer"))
    assert found_in(desk, CARD) == set()

"""Many rows in one statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import uuid_utils.compat as uuids
from orjson import dumps
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from chassis.store import tables
from chassis.store.database import Database
from chassis.store.outbox import Fact, record_all
from chassis.store.rows import Insert, insert_all, insert_last, insert_together, write_last
from contracts.envelope import read
from contracts.sales.events import OrderSigned
from tests.support.events import MORNING, made

NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=UTC)


def test_rows_keep_their_values_and_defaults_fill_the_rest(db: Database):
    ids = [uuids.uuid7() for _ in range(3)]
    with db.transaction() as session:
        insert_all(session, tables.inbox, [{"handler": "rows", "event_id": event_id} for event_id in ids])
        kept = session.execute(select(tables.inbox).where(tables.inbox.c.handler == "rows")).all()
        session.rollback()
    assert {row.event_id for row in kept} == set(ids)
    assert {(row.duplicates, row.handled_at is not None) for row in kept} == {(0, True)}


def test_what_is_inside_json_columns_and_times_to_the_microsecond_arrive_as_given(db: Database):
    value = {"days": 3, "说明": 'a "quoted" text: :name %s', "nested": [1, None, {"x": 0.1}]}
    moments = {"effective_from": NOON, "published_at": NOON}
    row = {"code": "ROWS", "store_id": "HN", "value": value, "published_by": "b", **moments}
    with db.transaction() as session:
        insert_all(session, tables.policy, [row])
        kept = session.execute(select(tables.policy).where(tables.policy.c.code == "ROWS")).one()._mapping
        session.rollback()
    assert {name: kept[name] for name in row} == row


def test_only_what_was_inserted_is_returned(db: Database):
    first, second = uuids.uuid7(), uuids.uuid7()
    with db.transaction() as session:
        rows = [{"handler": "rows", "event_id": first}]
        insert_all(session, tables.inbox, rows)
        rows.append({"handler": "rows", "event_id": second})
        new = insert_all(session, tables.inbox, rows, on_conflict="DO NOTHING", returning="event_id").scalars().all()
        session.rollback()
    assert new == [second]


def test_a_conflict_may_change_the_row_that_is_there(db: Database):
    row = {"handler": "rows", "event_id": uuids.uuid7(), "duplicates": 4}
    more = "(handler, event_id) DO UPDATE SET duplicates = known.duplicates + excluded.duplicates"
    with db.transaction() as session:
        for _ in range(2):
            insert_all(session, tables.inbox, [row], on_conflict=more)
        total = session.scalar(text("SELECT duplicates FROM inbox WHERE handler = 'rows'"))
        session.rollback()
    assert total == 8


def test_rows_of_several_tables_are_written_by_one_statement(db: Database):
    ids = [uuids.uuid7(), uuids.uuid7()]
    moments = {"effective_from": NOON, "published_at": NOON}
    row = {"code": "ROWS", "store_id": "HN", "value": {}, "published_by": "b", **moments}
    with db.transaction() as session:
        inserts = [
            Insert(tables.inbox, [{"handler": "rows", "event_id": event_id} for event_id in ids], "DO NOTHING"),
            Insert(tables.outbox, []),
            Insert(tables.policy, [row]),
        ]
        insert_together(session, inserts)
        insert_together(session, inserts[:2])
        insert_together(session, [])
        kept = session.scalar(text("SELECT count(*) FROM inbox WHERE handler = 'rows'"))
        assert (kept, session.scalar(text("SELECT count(*) FROM policy WHERE code = 'ROWS'"))) == (2, 1)
        session.rollback()


def test_what_is_left_to_the_end_is_written_there_in_its_order(db: Database):
    codes = [f"LAST-{place}" for place in range(5)]
    moments = {"effective_from": NOON, "published_at": NOON}
    row = {"store_id": "HN", "value": {}, "published_by": "b", **moments}
    event_id = uuids.uuid7()
    left = text("SELECT code FROM policy WHERE code LIKE 'LAST-%' ORDER BY id")
    with db.transaction() as session:
        insert_last(session, [Insert(tables.policy, [{"code": code, **row}]) for code in codes[:2]])
        insert_last(session, [Insert(tables.inbox, [{"handler": "rows", "event_id": event_id}])])
        insert_last(session, [Insert(tables.policy, [{"code": code, **row} for code in codes[2:]])])
        assert session.scalars(left).all() == []
    with db.reading() as connection:
        assert connection.scalars(left).all() == codes
        assert connection.scalar(text("SELECT count(*) FROM inbox WHERE event_id = :id"), {"id": event_id}) == 1


def test_what_is_left_to_the_end_goes_with_a_transaction_that_fails_and_fails_one_it_cannot_be_part_of(db: Database):
    row = {"handler": "rows", "event_id": uuids.uuid7()}
    kept = text("SELECT count(*) FROM inbox WHERE event_id = :event_id")
    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        insert_last(session, [Insert(tables.inbox, [row])])
        _ = 1 / 0
    with pytest.raises(IntegrityError), db.transaction() as session:
        insert_last(session, [Insert(tables.inbox, [row, row])])
    with db.reading() as connection:
        assert connection.scalar(kept, row) == 0


def test_nothing_is_left_to_the_end_within_a_savepoint_whose_rollback_would_not_take_it_along(db: Database):
    with db.transaction() as session, pytest.raises(RuntimeError, match="savepoint"), session.begin_nested():
        insert_last(session, [Insert(tables.inbox, [{"handler": "rows", "event_id": uuids.uuid7()}])])


def test_a_column_that_is_not_there_is_a_defect(db: Database):
    with db.transaction() as session, pytest.raises(TypeError, match="no columns"):
        insert_all(session, tables.inbox, [{"handler": "rows", "colour": "red"}])


def test_facts_are_recorded_in_their_order_and_nothing_is_recorded_of_none(db: Database):
    orders = [uuids.uuid7() for _ in range(200)]
    with db.transaction() as session:
        assert record_all(session, []) == []
        recorded = record_all(
            session,
            [
                Fact(
                    event=made(OrderSigned, order_id=order),
                    subject_id=order,
                    subject_version=1,
                    store_id="HN",
                    occurred_at=MORNING + timedelta(minutes=place),
                )
                for place, order in enumerate(orders)
            ],
        )
        log = tables.outbox.c
        write_last(session)
        kept = session.execute(
            select(log.event_id, log.envelope).where(log.event_id.in_(recorded)).order_by(log.position)
        ).all()
        session.rollback()
    assert [row.event_id for row in kept] == recorded
    assert [read(dumps(row.envelope)).payload.order_id for row in kept] == orders

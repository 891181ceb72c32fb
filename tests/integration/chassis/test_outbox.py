"""The outbox: an event is a row in the transaction of the fact it tells of."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import orjson
import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.process import clock
from chassis.store.database import Database
from chassis.store.outbox import LARGEST_ENVELOPE, Cause, EventTooLarge, record, set_cause
from contracts.envelope import Doer, read
from contracts.sales.events import OrderSigned, PaymentConfirmed
from tests.integration.chassis.conftest import SERVICE, count, effect
from tests.support.databases import Databases
from tests.support.events import MORNING, made


def rows(db: Database, subject: object) -> list[dict]:
    with db.reading() as connection:
        found = connection.execute(
            text("SELECT * FROM outbox WHERE subject_id = :subject ORDER BY position"), {"subject": str(subject)}
        )
        return [dict(row._mapping) for row in found]


def signed(session, order: UUID, *, version: int = 2, **fields) -> UUID:
    return record(
        session,
        made(OrderSigned, order_id=order, **fields),
        subject_id=order,
        subject_version=version,
        store_id="HN",
        occurred_at=MORNING,
    )


def test_an_event_is_recorded_with_everything_a_consumer_needs(db):
    order, before = uuids.uuid7(), clock.now()
    with db.transaction() as session:
        set_cause(session, Cause("c-1", "e-1", Doer("s-1", "consultant")))
        event_id = signed(session, order, total_fen=5)
    (row,) = rows(db, order)
    got = read(orjson.dumps(row["envelope"]))
    assert got.id == row["event_id"] == event_id
    assert event_id.version == 7
    assert got.payload.total_fen == 5
    assert (got.envelope.correlation_id, got.envelope.causation_id, got.envelope.actor) == (
        "c-1",
        "e-1",
        Doer("s-1", "consultant"),
    )
    assert got.occurred_at == row["occurred_at"] == MORNING
    assert before <= row["recorded_at"] <= before + timedelta(seconds=30)
    assert (row["event_type"], row["version"], row["store_id"]) == ("order_signed", 1, "HN")
    assert (row["subject_type"], row["subject_version"]) == ("order", 2)
    assert row["published_at"] is None


def test_what_is_rolled_back_told_nobody(db):
    order = uuids.uuid7()
    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        signed(session, order)
        effect(session, "a")
        _ = 1 / 0
    assert rows(db, order) == []
    assert count(db) == 0


def test_the_same_fact_twice_rolls_everything_back(db):
    order = uuids.uuid7()
    with db.transaction() as session:
        signed(session, order)
    with pytest.raises(IntegrityError, match="outbox_one_fact_once"), db.transaction() as session:
        effect(session, "a")
        signed(session, order)
    assert len(rows(db, order)) == 1
    assert count(db) == 0


def test_another_version_or_another_event_of_the_same_thing_is_another_fact(db):
    order = uuids.uuid7()
    with db.transaction() as session:
        signed(session, order)
        signed(session, order, version=3)
        payment = made(PaymentConfirmed, order_id=order)
        record(session, payment, subject_id=order, subject_version=3, store_id="HN", occurred_at=MORNING)
    assert [row["event_type"] for row in rows(db, order)] == ["order_signed", "order_signed", "payment_confirmed"]


def test_events_of_one_call_share_its_correlation_and_without_one_each_has_its_own(db):
    first, second = uuids.uuid7(), uuids.uuid7()
    with db.transaction() as session:
        signed(session, first)
        signed(session, second)
    told = [rows(db, order)[0]["envelope"]["correlation_id"] for order in (first, second)]
    assert told[0] != told[1]


def test_an_event_that_does_not_fit_the_bus_is_a_defect(db):
    order = uuids.uuid7()
    with pytest.raises(EventTooLarge), db.transaction() as session:
        signed(session, order, model="x" * LARGEST_ENVELOPE)
    assert rows(db, order) == []


def test_an_event_just_within_the_limit_is_recorded(db):
    order = uuids.uuid7()
    with db.transaction() as session:
        signed(session, order, model="x" * (LARGEST_ENVELOPE - 2000))
    assert len(rows(db, order)) == 1


def test_the_relay_is_woken_when_the_transaction_commits_and_not_before(db, databases: Databases):
    order = uuids.uuid7()
    with databases.admin(SERVICE) as listener:
        listener.execute("LISTEN outbox")
        with db.transaction() as session:
            signed(session, order)
            session.flush()
            assert list(listener.notifies(timeout=0.2)) == []
        woken = list(listener.notifies(timeout=5, stop_after=1))
    assert [one.channel for one in woken] == ["outbox"]

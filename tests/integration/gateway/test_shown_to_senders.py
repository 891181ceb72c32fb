"""What a service was given to reach customers with stands in the access log as if a person had read it (R62)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from chassis.store.database import Database
from contracts.access import Actor
from contracts.customer.events import ContactShown
from contracts.envelope import Doer, Received
from gateway import access_log, auditing
from tests.support.databases import Databases
from tests.support.events import MORNING, deliver, made, received, twice_shuffled

SENDER = Actor.service("followup").staff_id


@pytest.fixture
def database(databases: Databases) -> Database:
    return databases("gateway")


def shown(customer_id: UUID, *, minutes: int = 0) -> Received[Any]:
    payload = made(
        ContactShown,
        customer_id=customer_id,
        sender=SENDER,
        purpose="survey",
        channel="sms",
        document_type="visit",
        document_id=str(uuid4()),
    )
    return received(payload, occurred_at=MORNING + timedelta(minutes=minutes), actor=Doer(SENDER, SENDER))


def entries(databases: Databases, customer_id: UUID) -> list[tuple[Any, ...]]:
    query = "SELECT at, staff_id, operation, reason, request_id FROM access_log WHERE subject_id = %s ORDER BY at"
    with databases.admin("gateway") as admin:
        return admin.execute(query, (str(customer_id),)).fetchall()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("batch", [1, 4, 100])
def test_each_is_an_entry_once_in_whatever_order_it_is_heard(
    databases: Databases, database: Database, seed: int, batch: int
) -> None:
    customer, other = uuid4(), uuid4()
    events = [shown(customer, minutes=minute) for minute in range(5)] + [shown(other)]

    assert deliver(database.transaction, access_log.note_shown, twice_shuffled(events, seed=seed), batch=batch) == 6

    assert entries(databases, customer) == [
        (
            event.occurred_at,
            "service:followup",
            "customer.reveal_to_sender",
            f"survey, sms, visit {event.payload.document_id}",
            event.envelope.correlation_id,
        )
        for event in events[:5]
    ]
    assert len(entries(databases, other)) == 1
    with auditing.opened(databases.environment("gateway")) as connection:
        assert auditing.check(connection).broken == ""
        affected = auditing.affected(connection, auditing.Scope(request_id=events[5].envelope.correlation_id))
        assert [one.customer_id for one in affected] == [str(other)]


def test_it_is_counted_and_anchored_when_it_is_committed_and_not_before(database: Database) -> None:
    counted = access_log.ACCESSES.labels("customer.reveal_to_sender")._value
    before = counted.get()
    with capture_logs() as lines:
        with pytest.raises(RuntimeError), database.transaction() as session:
            access_log.note_shown(session, [shown(uuid4())])
            raise RuntimeError("the process ends here")
        assert (lines, counted.get()) == ([], before)
        deliver(database.transaction, access_log.note_shown, [shown(uuid4()), shown(uuid4())], batch=2)
    assert [(line["event"], line["staff_id"], len(line["hash"])) for line in lines] == [
        ("written down", SENDER, 64)
    ] * 2
    assert counted.get() == before + 2

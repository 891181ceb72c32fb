"""Nobody calls a customer who was forgotten, and his words are gone, in whatever order that is heard (PIPL 47, I13)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.store import idempotency
from chassis.store.database import Database
from contracts.customer.events import CustomerConsentChanged, CustomerErased, CustomerPreferencesChanged, DocumentMoved
from contracts.customer.operations import Channel
from contracts.envelope import Received
from contracts.followup import operations
from contracts.followup.operations import VisitStatus
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits import queries
from services.followup.visits.errors import CustomerErased as NobodyToAsk
from services.followup.visits.usecases import erased as forgetting
from services.followup.visits.usecases import planning, wishes
from tests.integration.followup.business import LATER, scope, visits
from tests.integration.followup.tables import forget, rows
from tests.integration.followup.test_merging import TABLES, delivered, returned
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.examples import examples
from tests.support.records import erased, merged, parted, unmerged

HIS, JOINED, OTHER = (uuids.uuid7() for _ in range(3))
GONE = (VisitStatus.SUPPRESSED, "customer_erased")
_HANDLERS: dict[type[Any], Any] = {
    VehicleDelivered: planning.plan_visits,
    VehicleReturned: planning.plan_visits,
    CustomerConsentChanged: wishes.keep,
    CustomerPreferencesChanged: wishes.keep,
    CustomerErased: lambda session, some: forgetting.forget(session, some[0]),
}


@pytest.fixture(autouse=True)
def clean(followup: Database) -> Database:
    forget(followup, *TABLES, "command_log")
    return followup


def hear(database: Database, *events: Received[Any]) -> None:
    """Each as the consumer does."""
    for event in events:
        rekey: Any = lambda session, some: planning.rekey_visits(session, some[0])  # noqa: E731
        deliver(database.transaction, _HANDLERS.get(type(event.payload), rekey), [event])


def wished(who: UUID) -> list[Received[Any]]:
    at = LATER
    consent = made(CustomerConsentChanged, customer_id=who, purpose="survey", channel="any", allowed=False, at=at)
    calls = CustomerPreferencesChanged(customer_id=who, version=4, do_not_call=True)
    return [received(consent, occurred_at=at), received(calls, subject_id=who, subject_version=4, occurred_at=at)]


def answer(database: Database, who: UUID, *, remark: str, channel: Channel = Channel.CALL) -> None:
    """The first visit of his is made."""
    visit = next(one for one in visits(database) if one.planned_for == who)
    may = scope("complete_visit", "cr_agent")
    with database.transaction() as session:
        planning.complete_visit(session, operations.CompleteVisit(visit.id, 9, remark, channel), scope=may, now=LATER)


def standing(database: Database) -> dict[UUID, set[tuple[str, str | None]]]:
    found: dict[UUID, set[tuple[str, str | None]]] = {}
    for visit in visits(database):
        found.setdefault(visit.planned_for, set()).add((visit.status, visit.suppressed_because))
    return found


def test_his_visits_end_and_others_go_on(followup: Database) -> None:
    hear(followup, delivered(HIS), returned(JOINED), merged([JOINED], into=HIS), delivered(OTHER), erased(HIS, JOINED))
    assert standing(followup) == {HIS: {GONE}, JOINED: {GONE}, OTHER: {(VisitStatus.PLANNED, None)}}
    told = rows(
        followup, "SELECT envelope->'payload'->>'reason' AS reason FROM outbox WHERE event_type = 'visit_suppressed'"
    )
    assert [row["reason"] for row in told] == ["customer_erased"] * 3


def test_what_he_said_is_gone_and_his_score_stays(followup: Database) -> None:
    hear(followup, returned(HIS), returned(OTHER))
    for who in (HIS, OTHER):
        answer(followup, who, remark="孩子在第三小学")
    hear(followup, erased(HIS))
    assert {visit.customer_id: (visit.score, visit.remark) for visit in visits(followup)} == {
        HIS: (9, ""),
        OTHER: (9, "孩子在第三小学"),
    }


def test_a_visit_that_is_planned_late_is_called_for_nobody(followup: Database) -> None:
    hear(followup, erased(HIS), delivered(HIS))
    assert standing(followup) == {HIS: {GONE}}
    asked = operations.Worklist(status=VisitStatus.SUPPRESSED)
    with followup.reading() as connection:
        shown = queries.worklist(connection, asked, scope=scope("worklist", "leader"), now=LATER).items
    assert [visit.other_ways for visit in shown] == [[], []]
    for channel in Channel:
        with pytest.raises(NobodyToAsk):
            answer(followup, HIS, remark="", channel=channel)


def test_his_wishes_go_and_do_not_come_back(followup: Database) -> None:
    hear(followup, *wished(HIS), *wished(OTHER), erased(HIS), *wished(HIS))
    kept = rows(followup, "SELECT customer_id, about FROM wish ORDER BY about")
    assert [row["about"] for row in kept if row["customer_id"] == HIS] == ["erased"]
    assert [row["about"] for row in kept if row["customer_id"] == OTHER] == ["do_not_call", "survey"]


def test_answers_to_commands_that_name_him_or_his_visits_go(followup: Database) -> None:
    hear(followup, returned(HIS), returned(OTHER))
    his, other = visits(followup)[0], visits(followup)[1]
    if his.customer_id != HIS:
        his, other = other, his
    with followup.transaction() as session:
        for key, named in (("his", HIS), ("visit", his.id), ("other", other.customer_id)):
            answer = f'{{"id":"{named}"}}'.encode()
            idempotency.once(session, idempotency.Asked("s", key, "x", b""), partial(bytes, answer))
    hear(followup, erased(HIS))
    assert rows(followup, "SELECT key FROM command_log") == [{"key": "other"}]


def test_a_record_that_was_parted_before_keeps_what_is_its_own(followup: Database) -> None:
    event = returned(HIS)
    given_away = DocumentMoved("repair_order", event.subject.id, OTHER, 1)
    hear(followup, event, delivered(HIS), parted(HIS, OTHER, given_away), erased(HIS))
    assert {(visit.customer_id, visit.status) for visit in visits(followup)} == {
        (HIS, VisitStatus.SUPPRESSED),
        (OTHER, VisitStatus.PLANNED),
    }


_EVENTS: Sequence[Received[Any]] = (
    delivered(HIS), returned(HIS), returned(JOINED), merged([JOINED], into=HIS), *wished(HIS), *wished(JOINED),
    delivered(OTHER), merged([OTHER], into=HIS), unmerged([OTHER], of=HIS, version=3), erased(HIS, JOINED),
)  # fmt: skip


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000))
def test_shuffled_and_doubled_it_ends_in_the_same(followup: Database, seed: int) -> None:
    forget(followup, *TABLES)
    hear(followup, *twice_shuffled(_EVENTS, seed=seed))
    with followup.transaction() as session:
        session.execute(text("DELETE FROM inbox"))
    hear(followup, *twice_shuffled(_EVENTS, seed=seed + 1))
    assert standing(followup) == {HIS: {GONE}, JOINED: {GONE}, OTHER: {(VisitStatus.PLANNED, None)}}
    kept = rows(followup, "SELECT customer_id, about FROM wish")
    assert {(row["customer_id"], row["about"]) for row in kept} == {(HIS, "erased"), (JOINED, "erased")}

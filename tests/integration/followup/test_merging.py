"""Visits follow their customers' records, in whatever order that is heard; two that are one are made once (E8)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.store.database import Database
from contracts.access import Scope
from contracts.customer.events import CustomerPreferencesChanged, DocumentMoved
from contracts.envelope import Received
from contracts.followup.operations import CompleteVisit, Worklist
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits import queries
from services.followup.visits.errors import JudgedPersonAsks, VisitMadeWith
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, LATER, fall_due, scope, to_make, told_open, visits
from tests.integration.followup.tables import forget, rows, somebody_waits
from tests.support.events import deliver, made, received
from tests.support.examples import examples
from tests.support.polling import eventually
from tests.support.records import merged, parted, unmerged

VISITS = """
    SELECT id, purpose, status, customer_id, origin_customer_id, trigger_id, due_at, channel, judged_staff_id, made_with
      FROM visit ORDER BY id
"""
"""Visits but for their versions, which count what was told of them."""

TABLES = ("visit_attempt", "visit", "outbox", "policy", "customer_alias", "document_owner", "wish")


@pytest.fixture
def clean(followup: Database) -> Database:
    """Nobody was ever merged."""
    forget(followup, *TABLES)
    return followup


def returned(customer: UUID, *, hours: float = 0) -> Received[Any]:
    at = AFTERNOON + timedelta(hours=hours)
    repair = made(VehicleReturned, customer_id=customer, returned_at=at)
    return received(repair, subject_id=repair.ro_id, subject_version=8, occurred_at=at)


def delivered(customer: UUID, *, by: str = "x") -> Received[Any]:
    car = made(VehicleDelivered, customer_id=customer, delivered_at=AFTERNOON, consultant_id=by)
    return received(car, subject_id=car.order_id, subject_version=6, occurred_at=AFTERNOON)


def hear(database: Database, events: Sequence[Received[Any]]) -> None:
    """Each as the consumer does."""
    for event in events:
        if isinstance(event.payload, VehicleDelivered | VehicleReturned):
            deliver(database.transaction, planning.plan_visits, [event])
        else:
            deliver(database.transaction, lambda session, some: planning.rekey_visits(session, some[0]), [event])


def owners(database: Database) -> dict[UUID, UUID]:
    """Whose the visits are, by what they are made because of."""
    return {visit.trigger_id: visit.customer_id for visit in visits(database)}


def shown(database: Database, **asked: Any) -> list[UUID]:
    """The visits on the worklist."""
    may = scope("worklist", "cr_agent")
    asks = Worklist(size=100, **asked)
    found = database.read(lambda connection: queries.worklist(connection, asks, scope=may, now=AFTERNOON))
    return [visit.visit_id for visit in found.items]


A, B, C, N = (uuids.uuid7() for _ in range(4))
FACTS = [
    returned(A),
    returned(B, hours=20),
    returned(C, hours=90),
    returned(A, hours=30),
    delivered(A),
    delivered(B),
    delivered(C),
]
GIVEN = UUID(FACTS[5].subject.id)
HISTORY = [
    merged([B], into=A, version=2),
    unmerged([B], of=A, version=3),
    merged([C], into=B, version=2),
    parted(B, N, DocumentMoved("order", str(GIVEN), N, 1)),
    merged([B, C], into=A, version=4),
]
EVENTS = [*FACTS, *HISTORY]


def test_in_any_order_and_twice_every_visit_ends_where_it_belongs(clean: Database) -> None:
    """Losers' events before, between and after; an undoing before its merge; a merge before its losers exist."""
    hear(clean, EVENTS)
    straight = rows(clean, VISITS)
    assert {row["customer_id"] for row in straight} == {A, N}
    assert [row["customer_id"] for row in straight if row["trigger_id"] == GIVEN] == [N, N]
    assert any(row["made_with"] for row in straight)

    @settings(max_examples=examples(20))
    @given(order=st.permutations([*EVENTS, *EVENTS]))
    def check(order: list[Received[Any]]) -> None:
        forget(clean, *TABLES)
        hear(clean, order)
        assert rows(clean, VISITS) == straight
        assert told_open(clean) == to_make(clean)

    check()


def test_a_merge_undone_leaves_every_visit_as_it_was(clean: Database) -> None:
    hear(clean, FACTS)
    before = rows(clean, VISITS)
    hear(clean, [merged([B, C], into=A)])
    assert {visit.customer_id for visit in visits(clean)} == {A}
    assert any(visit.made_with for visit in visits(clean))
    assert told_open(clean) == to_make(clean)
    hear(clean, [unmerged([B, C], of=A)])
    assert rows(clean, VISITS) == before
    assert told_open(clean) == to_make(clean) == {visit.id for visit in visits(clean)}


def test_what_was_planned_for_the_survivor_since_stays_with_him_unless_it_is_listed(clean: Database) -> None:
    hear(clean, [merged([B], into=A)])
    stays, goes = delivered(A), delivered(A)
    hear(clean, [stays, goes])
    hear(clean, [unmerged([B], of=A, documents=[DocumentMoved("order", goes.subject.id, B, 1)])])
    assert owners(clean) == {UUID(stays.subject.id): A, UUID(goes.subject.id): B}


def test_the_same_question_within_three_days_is_asked_once_and_later_again(clean: Database) -> None:
    hear(clean, [returned(A), returned(B, hours=50), returned(C, hours=150), merged([B, C], into=A)])
    first, second, third = visits(clean)
    assert (first.made_with, second.made_with, third.made_with) == (None, first.id, None)
    assert shown(clean) == [first.id, third.id]
    assert shown(clean, customer_id=B) == [first.id, third.id]


def test_two_visits_of_one_record_were_meant_to_be_two(clean: Database) -> None:
    hear(clean, [returned(A), returned(A, hours=10), merged([B], into=A)])
    assert len(shown(clean, customer_id=A)) == 2


def test_a_visit_another_stands_for_never_falls_due_and_cannot_be_completed(clean: Database) -> None:
    hear(clean, [returned(A), returned(B), merged([B], into=A)])
    kept, other = sorted(visits(clean), key=lambda visit: visit.made_with is not None)
    with clean.transaction() as session:
        assert fall_due(session) == 1
    with clean.transaction() as session, pytest.raises(VisitMadeWith) as refused:
        complete(session, other)
    assert refused.value.details == {"visit_id": str(kept.id)}


def complete(session: Any, visit: Visit, *, by: Scope | None = None) -> None:
    may = by or scope("complete_visit", "cr_agent")
    planning.complete_visit(session, CompleteVisit(visit.id, 9), scope=may, now=LATER)


def test_after_the_answer_the_other_one_is_not_asked_and_comes_back_with_the_undoing(clean: Database) -> None:
    hear(clean, [returned(A), returned(B), merged([B], into=A)])
    kept, other = sorted(visits(clean), key=lambda visit: visit.made_with is not None)
    with clean.transaction() as session:
        complete(session, kept)
    hear(clean, [returned(A, hours=300)])
    assert other.id not in shown(clean)
    hear(clean, [unmerged([B], of=A)])
    restored = other if other.origin_customer_id else kept
    back = next(visit for visit in visits(clean) if visit.id == restored.id)
    assert (back.customer_id, back.made_with, back.origin_customer_id) == (B, None, None)


def test_who_answers_while_his_visits_are_arranged_anew_is_not_asked_again(clean: Database) -> None:
    hear(clean, [returned(A), returned(B), merged([B], into=A)])
    kept, other = sorted(visits(clean), key=lambda visit: visit.made_with is not None)
    with ThreadPoolExecutor(1) as worker:
        with clean.transaction() as session:
            complete(session, kept)
            planned = worker.submit(hear, clean, [returned(A, hours=300)])
            eventually(lambda: somebody_waits(clean), what="the new visit waits for the answer")
        planned.result()
    assert next(visit for visit in visits(clean) if visit.id == other.id).made_with == kept.id
    assert told_open(clean) == to_make(clean)


def test_what_was_answered_with_another_is_closed_for_everybody_whatever_the_customer_wishes_since(
    clean: Database,
) -> None:
    """He was asked; that he may be called again opens nothing (R12)."""
    hear(clean, [returned(A), returned(B), merged([B], into=A)])
    kept = next(visit for visit in visits(clean) if visit.made_with is None)
    with clean.transaction() as session:
        complete(session, kept)
    for version in (2, 3):
        wish = CustomerPreferencesChanged(customer_id=A, version=version, do_not_call=version == 2)
        event = received(wish, subject_id=A, subject_version=version, occurred_at=LATER + timedelta(hours=version))
        deliver(clean.transaction, planning.keep_wishes, [event])
    assert told_open(clean) == to_make(clean) == set()
    assert shown(clean) == []


def test_neither_of_two_who_are_judged_asks_how_they_sold_to_whom_is_one_customer(clean: Database) -> None:
    hear(clean, [delivered(A, by="li.na"), delivered(B, by="zhao.lei"), merged([B], into=A)])
    survey = next(visit for visit in visits(clean) if visit.purpose == "SALE_SURVEY" and not visit.made_with)
    for judged in ("li.na", "zhao.lei"):
        with clean.transaction() as session, pytest.raises(JudgedPersonAsks):
            complete(session, survey, by=scope("complete_visit", "consultant", staff_id=judged))
    with clean.transaction() as session:
        complete(session, survey, by=scope("complete_visit", "consultant", staff_id="wang.fang"))
    assert told_open(clean) == to_make(clean)


def test_a_visit_s_events_name_whom_it_was_planned_for(clean: Database) -> None:
    hear(clean, [merged([B], into=A), returned(B)])
    planned = rows(
        clean, "SELECT envelope->'payload'->>'customer_id' AS id FROM outbox WHERE event_type = 'visit_planned'"
    )
    assert planned == [{"id": str(B)}]


def test_each_change_is_acknowledged_once_even_when_the_inbox_was_emptied(clean: Database) -> None:
    event = merged([B], into=A)
    hear(clean, [returned(B), event])
    forget(clean)
    hear(clean, [event])
    told = rows(clean, "SELECT envelope->'payload' AS payload FROM outbox WHERE event_type = 'visits_rekeyed'")
    assert told == [{"payload": {"change_id": str(event.payload.change_id), "kind": "merged", "part": 1, "rows": 1}}]


def test_a_merge_and_visits_of_its_losers_at_the_same_time_miss_nothing(clean: Database) -> None:
    losers = [uuids.uuid7() for _ in range(6)]
    events = [
        *(returned(one, hours=number) for number, one in enumerate(losers * 4)),
        *(merged([one], into=A) for one in losers),
    ]
    hear(clean, events)
    straight = rows(clean, VISITS)
    forget(clean, *TABLES)
    with ThreadPoolExecutor(8) as workers:
        for done in [workers.submit(hear, clean, events[start::8]) for start in range(8)]:
            done.result()
    assert {visit.customer_id for visit in visits(clean)} == {A}
    assert rows(clean, VISITS) == straight

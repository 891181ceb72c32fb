"""Visits are planned out of events, however those come."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from chassis.store.database import Database
from contracts import shapes
from contracts.envelope import Received
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, delivered, plan_all, returned, visits
from tests.integration.followup.occasions import THANKS
from tests.integration.followup.tables import forget, rows
from tests.support.events import deliver
from tests.support.examples import examples
from tests.support.publishing import publish

VISITS = "SELECT * FROM visit ORDER BY id"
PLANNED = """
    SELECT subject_id, subject_version, event_type, store_id, occurred_at, envelope->'payload' AS payload
      FROM outbox ORDER BY subject_id
"""
EVENTS = [delivered(store_id="HN"), delivered(store_id="YZ", at=AFTERNOON.replace(hour=22)), returned(store_id="HN")]
TWICE = [*EVENTS, *EVENTS]


class Crash(Exception):
    """The process ends before it could commit."""


def crash(session: Session, events: Sequence[Received[Any]]) -> None:
    """Do all the work, and then not live to commit it."""
    planning.plan_visits(session, events)
    session.flush()
    raise Crash


def again(event: Received[Any]) -> Received[Any]:
    """The same fact under another event identity, as it comes after an inbox was emptied."""
    return Received(event.payload, replace(event.envelope, event_id=uuids.uuid7()))


def test_a_delivery_plans_two_visits_and_records_each(followup: Database) -> None:
    event = delivered(consultant_id="li.na")
    first, second = plan_all(followup, event)
    assert (first.purpose, first.due_at, first.judged_staff_id) == ("SALE_THANKS", AFTERNOON + timedelta(days=3), None)
    assert (second.purpose, second.due_at) == ("SALE_SURVEY", AFTERNOON + timedelta(days=7))
    assert second.judged_staff_id == "li.na"
    for visit in (first, second):
        assert (visit.status, visit.version, visit.store_id) == ("planned", 1, "HN")
        assert (visit.trigger_type, visit.trigger_id) == ("order", event.payload.order_id)
        assert visit.customer_id == event.payload.customer_id
    recorded = {row["subject_id"]: row for row in rows(followup, PLANNED)}
    assert recorded.keys() == {str(first.id), str(second.id)}
    told = recorded[str(first.id)]
    assert (told["event_type"], told["subject_version"], told["store_id"]) == ("visit_planned", 1, "HN")
    assert told["occurred_at"] == event.occurred_at
    assert told["payload"] == shapes.plain(
        {
            "visit_id": first.id,
            "customer_id": first.customer_id,
            "purpose": "SALE_THANKS",
            "due_at": first.due_at,
            "trigger_type": "order",
            "trigger_id": first.trigger_id,
            "channel": "call",
        }
    )


def test_a_returned_vehicle_plans_one_visit_two_days_later(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    assert (visit.purpose, visit.trigger_type, visit.judged_staff_id) == ("REPAIR_CHECK", "repair_order", None)
    assert visit.due_at == AFTERNOON + timedelta(hours=48)


def test_the_due_time_derives_from_the_event_however_late_it_comes(followup: Database) -> None:
    (visit,) = plan_all(followup, returned(at=AFTERNOON.replace(year=2019)))
    assert visit.due_at == AFTERNOON.replace(year=2019) + timedelta(hours=48)


def test_shuffled_doubled_and_interrupted_events_leave_the_same_visits_and_one_event_each(followup: Database) -> None:
    plan_all(followup, *EVENTS)
    expected = rows(followup, VISITS), rows(followup, PLANNED)
    assert [len(part) for part in expected] == [5, 5]

    @settings(max_examples=examples(30))
    @given(order=st.permutations(TWICE), crashes=st.sets(st.sampled_from(range(len(TWICE)))))
    def check(order: list[Received[Any]], crashes: set[int]) -> None:
        forget(followup, "visit_attempt", "visit", "outbox")
        for turn, event in enumerate(order):
            if turn in crashes:
                with suppress(Crash):  # none for what was handled before
                    deliver(followup.transaction, crash, [event])
            else:
                deliver(followup.transaction, planning.plan_visits, [event])
        deliver(followup.transaction, planning.plan_visits, [order[turn] for turn in sorted(crashes)])
        assert (rows(followup, VISITS), rows(followup, PLANNED)) == expected

    check()


def test_a_fact_told_by_two_events_plans_its_visits_once(followup: Database) -> None:
    event = delivered()
    before = plan_all(followup, event)
    after = plan_all(followup, again(event))
    assert [visit.id for visit in before] == [visit.id for visit in after]
    assert len(rows(followup, PLANNED)) == 2


def test_of_several_events_in_one_transaction_each_is_the_cause_of_its_own_visits(followup: Database) -> None:
    deliver(followup.transaction, planning.plan_visits, EVENTS, batch=len(EVENTS))
    caused = rows(followup, "SELECT subject_id, envelope FROM outbox WHERE event_type = 'visit_planned'")
    assert len(caused) == 5
    by_trigger = {str(event.subject.id): event for event in EVENTS}
    for row in caused:
        event = by_trigger[row["envelope"]["payload"]["trigger_id"]]
        assert row["envelope"]["causation_id"] == str(event.id)
        assert row["envelope"]["correlation_id"] == event.envelope.correlation_id


def test_visits_that_are_lost_with_the_inbox_come_back_with_the_same_identity(followup: Database) -> None:
    before = [visit.id for visit in plan_all(followup, *EVENTS)]
    forget(followup, "visit_attempt", "visit", "outbox")
    assert [visit.id for visit in plan_all(followup, *reversed(EVENTS))] == before


def test_an_answered_visit_is_not_planned_anew_when_the_inbox_was_emptied(followup: Database) -> None:
    event = returned()
    (visit,) = plan_all(followup, event)
    with followup.transaction() as session:
        session.get_one(Visit, visit.id).complete(score=9, remark="", by="wang", now=AFTERNOON)
    forget(followup)
    (after,) = plan_all(followup, event)
    assert (after.status, after.score) == ("completed", 9)
    assert len(rows(followup, PLANNED)) == 1


def test_two_workers_with_the_same_fact_at_once_plan_it_once(followup: Database) -> None:
    events = [delivered() for _ in range(12)]
    deliveries = [copy for event in events for copy in (event, event, again(event), again(event))]
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda event: deliver(followup.transaction, planning.plan_visits, [event]), deliveries))
    assert len(visits(followup)) == len(rows(followup, PLANNED)) == 2 * len(events)


def test_a_visit_follows_the_policy_of_its_store_at_the_time_of_its_trigger(followup: Database) -> None:
    rules = [(None, 1, 5), ("HN", 2, 10), ("HN", 4, 12)]
    for store_id, day, days in rules:
        since = AFTERNOON.replace(day=day)
        before = AFTERNOON.replace(month=10)
        publish(followup, THANKS.policy, {"days": days}, store_id=store_id, effective_from=since, now=before)

    def days_until_due(store_id: str, day: int) -> int:
        event = delivered(store_id=store_id, at=AFTERNOON.replace(day=day))
        found = [visit for visit in plan_all(followup, event) if str(visit.trigger_id) == event.subject.id]
        return next((visit.due_at - event.occurred_at).days for visit in found if visit.purpose == "SALE_THANKS")

    before_all = delivered(at=AFTERNOON.replace(month=10))
    assert plan_all(followup, before_all)[0].due_at == before_all.occurred_at + timedelta(days=3)
    assert days_until_due("YZ", 3) == 5
    assert [days_until_due("HN", day) for day in (1, 2, 3, 4, 5)] == [5, 10, 10, 12, 12]

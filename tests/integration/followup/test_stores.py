"""Visits are due while their store is open, and move when it says that it is open at other times (C12)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.store.database import Database
from contracts.envelope import Received
from contracts.gateway.calendars import OpeningHours, OwnDay, Span
from contracts.gateway.events import StoreChanged
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, delivered, plan_all, returned, visits
from tests.integration.followup.tables import forget, rows
from tests.support.events import deliver, twice_shuffled
from tests.support.examples import examples
from tests.support.records import merged
from tests.support.stores import store_told

TABLES = ("visit_attempt", "visit", "outbox", "policy", "customer_alias", "document_owner", "wish", "store")
TOLD = "SELECT event_type, subject_version, envelope FROM outbox ORDER BY position"
CHECKED = AFTERNOON + timedelta(days=2)
"""When the visit after a repair of AFTERNOON is due."""
SHUT = OwnDay(CHECKED.date(), [], "盘点")
MORNINGS = OpeningHours(*[[Span("09:00", "12:00")]] * 7)


@pytest.fixture(autouse=True)
def nothing_was_ever_heard(followup: Database) -> None:
    forget(followup, *TABLES)


def told(*own_days: OwnDay, version: int = 1, code: str = "HN", **said: Any) -> Received[Any]:
    """A store and its own days as the gateway tells of them."""
    return store_told(code, version=version, own_days=list(own_days), **said)


def hear(followup: Database, *events: Received[Any]) -> None:
    """As the rows of the service's table say."""

    def handle(session: Session, each: Sequence[Received[Any]]) -> None:
        for event in each:
            if isinstance(event.payload, StoreChanged):
                stores.keep(session, event)
                planning.follow_calendar(session, event)
            else:
                planning.plan_visits(session, [event])

    deliver(followup.transaction, handle, events)


def due(followup: Database) -> list[datetime]:
    return [visit.due_at for visit in visits(followup)]


def told_of(followup: Database) -> list[tuple[str, int, str]]:
    return [
        (row["event_type"], row["subject_version"], row["envelope"]["payload"]["due_at"])
        for row in rows(followup, TOLD)
        if "due_at" in row["envelope"]["payload"]
    ]


def test_a_visit_is_planned_for_when_its_store_is_open_and_told_so_at_once(followup: Database) -> None:
    hear(followup, told(SHUT), returned(), returned(store_id="FT"))
    moved = (CHECKED + timedelta(days=1)).replace(hour=9, minute=30)
    assert due(followup) == [CHECKED, moved], "of a store nobody told of, as on any day"
    assert sorted(told_of(followup)) == [("visit_planned", 1, at.isoformat()) for at in (CHECKED, moved)]


def test_a_store_of_before_that_says_no_hours_is_open_as_usual(followup: Database) -> None:
    hear(followup, store_told(), returned())
    assert due(followup) == [CHECKED]


def test_what_is_planned_moves_with_the_hours_and_back_and_each_is_told_once(followup: Database) -> None:
    hear(followup, told(), returned(), returned(store_id="FT"))
    closing, opening = told(SHUT, version=2), told(version=3)
    hear(followup, closing, closing)
    (theirs, ours) = visits(followup)
    assert (theirs.store_id, theirs.due_at, theirs.version) == ("FT", CHECKED, 1)
    moved = (CHECKED + timedelta(days=1)).replace(hour=9, minute=30)
    assert (ours.due_at, ours.version) == (moved, 2)
    (last,) = [row["envelope"] for row in rows(followup, TOLD) if row["event_type"] == "visit_rescheduled"]
    assert last["payload"]["due_at"] == moved.isoformat()
    assert last["causation_id"] == str(closing.id)
    hear(followup, opening)
    assert due(followup) == [CHECKED, CHECKED]
    assert [version for event, version, _ in told_of(followup) if event == "visit_rescheduled"] == [2, 3]


def test_another_name_or_hours_that_change_no_due_time_move_nothing(followup: Database) -> None:
    hear(followup, told(), returned(), delivered())
    before = rows(followup, TOLD)
    hear(followup, told(name="新名", version=2), told(OwnDay(date(2027, 5, 1), []), version=3))
    assert rows(followup, TOLD) == before


def test_a_visit_that_is_due_or_answered_keeps_its_time(followup: Database) -> None:
    plan_all(followup, returned(), returned())
    due_one, answered = visits(followup)
    with followup.transaction() as session:
        session.get_one(Visit, due_one.id).fall_due()
        session.get_one(Visit, answered.id).complete(score=9, remark="", by="wang", now=AFTERNOON)
    before = rows(followup, "SELECT * FROM visit ORDER BY id")
    hear(followup, told(SHUT))
    assert rows(followup, "SELECT * FROM visit ORDER BY id") == before


def test_a_store_that_closes_for_good_leaves_its_last_customers_to_others(followup: Database) -> None:
    hear(followup, told(closes_on=(AFTERNOON + timedelta(days=1)).date()), returned())
    assert due(followup) == [CHECKED]


def test_hours_wish_and_policy_make_the_same_of_a_visit_in_whatever_order(followup: Database) -> None:
    story = [
        returned(), returned(at=AFTERNOON + timedelta(hours=6)), delivered(), returned(store_id="FT"),
        told(version=1), told(SHUT, version=2), told(SHUT, version=3, hours=MORNINGS),
        told(SHUT, code="FT", version=1), told(code="FT", version=2),
    ]  # fmt: skip
    standing = "SELECT id, due_at, status FROM visit ORDER BY id"
    hear(followup, *story)
    straight = rows(followup, standing)
    assert len({row["due_at"].hour for row in straight}) > 1

    @settings(max_examples=examples(15))
    @given(seed=st.integers(0, 10**6))
    def check(seed: int) -> None:
        forget(followup, *TABLES)
        hear(followup, *twice_shuffled(story, seed=seed))
        assert rows(followup, standing) == straight
        assert rows(followup, "SELECT store_id, version FROM store ORDER BY store_id") == [
            {"store_id": "FT", "version": 2}, {"store_id": "HN", "version": 3},
        ]  # fmt: skip

    check()


def test_a_visit_planned_while_its_store_changes_its_hours_follows_them(followup: Database) -> None:
    moved = (CHECKED + timedelta(days=1)).replace(hour=9, minute=30)
    for _ in range(8):
        forget(followup, *TABLES)
        with ThreadPoolExecutor(2) as workers:
            tasks = [workers.submit(hear, followup, event) for event in (returned(), told(SHUT))]
            for task in tasks:
                task.result()
        assert due(followup) == [moved]


def test_visits_made_as_one_for_merged_records_are_two_when_the_store_moves_them_apart(followup: Database) -> None:
    first, second = delivered(), delivered(at=AFTERNOON + timedelta(days=2))
    hear(followup, first, second)
    one, other = (event.payload.customer_id for event in (first, second))
    followup.run(lambda session: planning.rekey_visits(session, merged([other], into=one)))

    def thanks_made_with_others() -> int:
        return sum(visit.made_with is not None for visit in visits(followup) if visit.purpose == "SALE_THANKS")

    assert thanks_made_with_others() == 1
    shut = [OwnDay((AFTERNOON + timedelta(days=days)).date(), []) for days in (5, 6, 7)]
    hear(followup, told(*shut))
    assert thanks_made_with_others() == 0, "more than 72 hours apart"
    hear(followup, told(version=2))
    assert thanks_made_with_others() == 1

"""Planned visits fall due by the clock, each once, however many workers there are."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.customers.rekeying import Owner
from chassis.store.database import Database
from contracts.customer.operations import ByIds, Channel, ReachedBy, WaysToReach
from services.followup.visits.models import Visit
from services.followup.visits.occasions.occasion import because_of
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, LATER, fall_due, plan_all, returned, visits
from tests.integration.followup.tables import rows


def many_planned(database: Database, count: int) -> None:
    """So many planned visits, the first of them due at once."""
    with database.transaction() as session:
        session.add_all(
            Visit.plan(
                because_of(returned()),
                purpose="REPAIR_CHECK",
                store_id="HN",
                owner=Owner(UUID(int=number), None),
                due_at=AFTERNOON + timedelta(minutes=number),
            )
            for number in range(count)
        )


def moved(session: Session) -> set[UUID]:
    return {visit.id for visit in session.identity_map.values() if isinstance(visit, Visit) and visit.status == "due"}


def test_a_visit_falls_due_at_its_due_time_and_not_before(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    just_before = visit.due_at - timedelta(microseconds=1)
    assert followup.run(partial(fall_due, now=just_before)) == 0
    assert visits(followup)[0].status == "planned"
    assert followup.run(partial(fall_due, now=visit.due_at)) == 1
    (after,) = visits(followup)
    assert (after.status, after.version) == ("due", 2)
    assert followup.run(partial(fall_due, now=visit.due_at)) == 0
    told = "SELECT subject_id, subject_version, store_id FROM outbox WHERE event_type = 'visit_fell_due'"
    assert rows(followup, told) == [{"subject_id": str(visit.id), "subject_version": 2, "store_id": visit.store_id}]


def test_a_visit_whose_customer_was_not_asked_after_waits_a_turn(followup: Database) -> None:
    plan_all(followup, returned())
    assert followup.run(partial(planning.visits_due, now=LATER, known={})) == 0
    assert visits(followup)[0].status == "planned"
    assert followup.run(fall_due) == 1


def test_those_whose_time_has_come_are_asked_after_and_nobody_else(followup: Database) -> None:
    many_planned(followup, 3)
    asked: list[ByIds] = []

    def ask(_operation: object, request: Any) -> Any:
        asked.append(request)
        return WaysToReach([ReachedBy(one, [Channel.SMS]) for one in request.customer_ids])

    known = planning.how_to_reach(now=AFTERNOON + timedelta(minutes=1), read=followup.read, ask=ask)
    assert known == {UUID(int=number): [Channel.SMS] for number in (0, 1)}
    assert planning.how_to_reach(now=AFTERNOON - timedelta(minutes=1), read=followup.read, ask=ask) == {}
    assert len(asked) == 1, "whom nobody is to be asked for, nobody is asked about"


def test_a_visit_that_is_due_or_answered_is_left_alone(followup: Database) -> None:
    plan_all(followup, returned(), returned())
    due, answered = visits(followup)
    with followup.transaction() as session:
        session.get_one(Visit, due.id).fall_due()
        session.get_one(Visit, answered.id).complete(score=5, remark="", by="wang", now=AFTERNOON)
    assert followup.run(fall_due) == 0


def test_the_earliest_two_hundred_go_first(followup: Database) -> None:
    many_planned(followup, 201)
    assert followup.run(fall_due) == planning.TOGETHER == 200
    (left,) = [visit for visit in visits(followup) if visit.status == "planned"]
    assert left.customer_id == UUID(int=200)
    assert [followup.run(fall_due), followup.run(fall_due)] == [1, 0]


def test_a_second_worker_takes_other_visits_than_the_first_is_working_on(followup: Database) -> None:
    many_planned(followup, 300)
    with followup.transaction() as first, followup.transaction() as second:
        assert (fall_due(first), fall_due(second)) == (200, 100)
        assert moved(first).isdisjoint(moved(second))
    assert Counter((visit.status, visit.version) for visit in visits(followup)) == {("due", 2): 300}


def test_a_visit_somebody_is_answering_is_skipped_and_then_stays_answered(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    with followup.transaction() as answering:
        answering.get_one(Visit, visit.id, with_for_update=True).complete(score=9, remark="", by="wang", now=LATER)
        answering.flush()
        assert followup.run(fall_due) == 0
    assert followup.run(fall_due) == 0
    assert visits(followup)[0].status == "completed"


def test_many_workers_at_once_move_each_visit_once(followup: Database) -> None:
    many_planned(followup, 900)
    start = Barrier(3)

    def work() -> int:
        start.wait()
        done = 0
        while batch := followup.run(fall_due):
            done += batch
        return done

    with ThreadPoolExecutor(3) as workers:
        total = sum(each.result() for each in [workers.submit(work) for _ in range(3)])
    assert total == 900
    assert rows(followup, "SELECT status, version, count(*) FROM visit GROUP BY 1, 2") == [
        {"status": "due", "version": 2, "count": 900}
    ]

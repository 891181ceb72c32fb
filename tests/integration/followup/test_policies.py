"""Publishing when visits are due, and seeing first what that would change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis.store import policies
from chassis.store.database import Database
from contracts.policies import DueChange, PolicyEffect, PublishPolicy
from contracts.refusals import Refusal
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, delivered, plan_all, returned, visits
from tests.integration.followup.occasions import REPAIR
from tests.integration.followup.tables import rows, somebody_waits
from tests.support.events import deliver
from tests.support.polling import eventually
from tests.support.publishing import LEADER

EVERYTHING = ("SELECT * FROM visit ORDER BY id", "SELECT * FROM policy ORDER BY id", "SELECT * FROM outbox ORDER BY 1")


FOLLOWS = {REPAIR.policy: planning.follow_policy}
ASKED = PublishPolicy("REPAIR_CHECK", {"hours": 24}, AFTERNOON)
"""Service visits after 24 instead of 48 hours, in the whole group, from AFTERNOON on."""


def publish(session: Session, *, now: datetime = AFTERNOON, **changed: Any) -> PolicyEffect:
    asked = replace(ASKED, **changed)
    return policies.publish(session, asked, service="followup", actor=LEADER, now=now, follows=FOLLOWS)


def published(database: Database, **changed: Any) -> PolicyEffect:
    return database.run(lambda session: publish(session, **changed))


def everything(database: Database) -> list[list[dict[str, Any]]]:
    return [rows(database, select) for select in EVERYTHING]


def hours_until_due(database: Database) -> dict[str, float]:
    return {visit.store_id: (visit.due_at - visit.triggered_at) / timedelta(hours=1) for visit in visits(database)}


def test_a_dry_run_tells_what_would_change_and_changes_nothing(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    before = everything(followup)
    effect = published(followup, dry_run=True)
    assert (effect.published, effect.total) == (False, 1)
    (change,) = effect.changes
    assert change == DueChange("visit", visit.id, visit.due_at, AFTERNOON + timedelta(hours=24))
    assert effect.en == "1 change"
    assert everything(followup) == before


def test_publishing_does_what_the_dry_run_told(followup: Database) -> None:
    plan_all(followup, *[returned() for _ in range(3)])
    told = published(followup, dry_run=True)
    done = published(followup)
    assert (done.published, done.total, done.changes) == (True, 3, told.changes)
    assert {(visit.due_at, visit.version) for visit in visits(followup)} == {(AFTERNOON + timedelta(hours=24), 2)}
    (policy,) = rows(followup, "SELECT code, store_id, effective_from, value, published_by, published_at FROM policy")
    assert policy == {
        "code": "REPAIR_CHECK",
        "store_id": "",
        "effective_from": AFTERNOON,
        "value": {"hours": 24},
        "published_by": "zong",
        "published_at": AFTERNOON,
    }


def test_a_published_policy_holds_for_what_happens_later(followup: Database) -> None:
    published(followup)
    (visit,) = plan_all(followup, returned(at=AFTERNOON + timedelta(days=1)))
    assert visit.due_at == AFTERNOON + timedelta(days=2)


def test_what_was_triggered_before_keeps_its_due_time(followup: Database) -> None:
    just_before = AFTERNOON - timedelta(microseconds=1)
    plan_all(followup, returned(store_id="HN", at=just_before), returned(store_id="YZ", at=AFTERNOON))
    assert published(followup).total == 1
    assert hours_until_due(followup) == {"HN": 48, "YZ": 24}


def test_visits_of_another_purpose_and_those_no_longer_planned_keep_their_due_time(followup: Database) -> None:
    plan_all(followup, returned(), returned(), delivered())
    due, answered, *_ = visits(followup)
    with followup.transaction() as session:
        session.get_one(Visit, due.id).fall_due()
        session.get_one(Visit, answered.id).complete(score=9, remark="", by="wang", now=AFTERNOON)
    before = rows(followup, EVERYTHING[0])
    assert published(followup).total == 0
    assert rows(followup, EVERYTHING[0]) == before


def test_a_value_that_leaves_the_due_times_as_they_are_changes_no_visit(followup: Database) -> None:
    plan_all(followup, returned())
    effect = published(followup, value={"hours": 48})
    assert (effect.published, effect.total, effect.changes) == (True, 0, [])
    assert visits(followup)[0].version == 1


def test_a_stores_own_policy_comes_before_the_groups(followup: Database) -> None:
    plan_all(followup, returned(store_id="HN"), returned(store_id="YZ"))
    assert published(followup, store_id="HN", value={"hours": 72}).total == 1
    assert hours_until_due(followup) == {"HN": 72, "YZ": 48}
    assert published(followup).total == 1
    assert hours_until_due(followup) == {"HN": 72, "YZ": 24}


def test_a_later_policy_stays_before_an_earlier_one_that_is_published_after_it(followup: Database) -> None:
    tomorrow = AFTERNOON + timedelta(days=1)
    published(followup, effective_from=tomorrow, value={"hours": 72})
    plan_all(followup, returned(store_id="HN", at=AFTERNOON), returned(store_id="YZ", at=tomorrow))
    assert published(followup).total == 1
    assert hours_until_due(followup) == {"HN": 24, "YZ": 72}


def test_the_first_hundred_changes_are_shown_and_all_are_made(followup: Database) -> None:
    plan_all(followup, *[returned(at=AFTERNOON + timedelta(seconds=number)) for number in range(101)])
    effect = published(followup)
    assert (effect.total, len(effect.changes)) == (101, planning.SHOWN)
    assert [change.due_at for change in effect.changes] == sorted(change.due_at for change in effect.changes)
    assert {visit.version for visit in visits(followup)} == {2}


def test_a_store_that_is_given_back_what_the_group_has_has_its_visits_moved_by_it(followup: Database) -> None:
    plan_all(followup, returned(store_id="HN"), returned(store_id="YZ"))
    published(followup, store_id="HN", value={"hours": 72})
    assert published(followup, store_id="HN", value=None, effective_from=AFTERNOON + timedelta(days=1)).total == 0
    event = returned(store_id="HN", at=AFTERNOON + timedelta(days=1))
    plan_all(followup, event)
    assert published(followup, effective_from=AFTERNOON + timedelta(days=1)).total == 1
    due = {str(visit.trigger_id): visit.due_at for visit in visits(followup)}
    assert due[event.subject.id] == event.occurred_at + timedelta(hours=24)


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_refused_leaves_visits_and_policies_as_they_are(dry_run: bool, followup: Database) -> None:
    published(followup, effective_from=AFTERNOON + timedelta(days=1))
    plan_all(followup, returned())
    before = everything(followup)
    for wrong in ({"value": {"hours": 73}}, {"effective_from": AFTERNOON + timedelta(days=1)}):
        with pytest.raises(Refusal):
            published(followup, **wrong, dry_run=dry_run)
    assert everything(followup) == before


def test_an_event_that_comes_while_a_policy_is_being_published_follows_it(followup: Database) -> None:
    event = returned(at=AFTERNOON + timedelta(seconds=1))
    with ThreadPoolExecutor(1) as worker:
        with followup.transaction() as publishing:
            publish(publishing)
            planned = worker.submit(deliver, followup.transaction, planning.plan_visits, [event])
            eventually(lambda: somebody_waits(followup), what="the event waits for the policy")
        planned.result()
    (visit,) = visits(followup)
    assert visit.due_at == event.occurred_at + timedelta(hours=24)

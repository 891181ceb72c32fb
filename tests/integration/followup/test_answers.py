"""Taking down what a customer answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.store.database import Database
from contracts import shapes
from contracts.access import Scope
from contracts.followup import operations
from contracts.refusals import OperationNotAllowed, Refusal, StaleVersion
from services.followup.visits.errors import JudgedPersonAsks, VisitClosed, VisitNotFound
from services.followup.visits.usecases import planning
from tests.integration.followup.business import LATER, fall_due, scope, visit_of, visits
from tests.integration.followup.tables import rows

RECORDED = """
    SELECT event_type, subject_type, subject_id, subject_version, store_id, occurred_at, envelope->'payload' AS payload
      FROM outbox WHERE event_type = 'visit_completed'
"""
AGENT = scope("complete_visit", "cr_agent", staff_id="wang.fang")


def complete(
    database: Database, visit_id: UUID, *, by: Scope = AGENT, score: int = 9, expected_version: int | None = None
) -> operations.Visit:
    asked = operations.CompleteVisit(visit_id, score, "修得很好", expected_version=expected_version)
    return database.run(lambda session: planning.complete_visit(session, asked, scope=by, now=LATER))


def refused(database: Database, visit_id: UUID, refusal: type[Refusal], **how: Any) -> None:
    before = rows(database, "SELECT * FROM visit ORDER BY id")
    with pytest.raises(refusal):
        complete(database, visit_id, **how)
    assert rows(database, "SELECT * FROM visit ORDER BY id") == before
    assert rows(database, RECORDED) == []


def test_an_answer_completes_the_visit_and_records_it(followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK")
    shown = complete(followup, visit.id)
    assert (shown.status, shown.score, shown.remark, shown.version) == ("completed", 9, "修得很好", 2)
    assert (shown.completed_at, shown.completed_by) == (LATER, "wang.fang")
    (told,) = rows(followup, RECORDED)
    assert told == {
        "event_type": "visit_completed",
        "subject_type": "visit",
        "subject_id": str(visit.id),
        "subject_version": 2,
        "store_id": "HN",
        "occurred_at": LATER,
        "payload": shapes.plain(
            {
                "visit_id": visit.id,
                "customer_id": visit.customer_id,
                "purpose": "REPAIR_CHECK",
                "score": 9,
                "completed_at": LATER,
                "trigger_type": "repair_order",
                "trigger_id": visit.trigger_id,
                "triggered_at": visit.triggered_at,
            }
        ),
    }


def test_a_due_visit_is_completed_as_well(followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK")
    followup.run(fall_due)
    assert complete(followup, visit.id, expected_version=2).version == 3


def test_a_completed_visit_is_closed(followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK")
    complete(followup, visit.id)
    with pytest.raises(VisitClosed):
        complete(followup, visit.id, score=1)
    assert visits(followup)[0].score == 9
    assert len(rows(followup, RECORDED)) == 1


def test_the_consultant_does_not_ask_how_he_sold(followup: Database) -> None:
    visit = visit_of(followup, "SALE_SURVEY", consultant_id="li.na")
    refused(followup, visit.id, JudgedPersonAsks, by=scope("complete_visit", "consultant", staff_id="li.na"))


def test_a_colleague_of_the_consultant_may_ask(followup: Database) -> None:
    visit = visit_of(followup, "SALE_SURVEY", consultant_id="li.na")
    colleague = scope("complete_visit", "consultant", staff_id="zhao.lei")
    assert complete(followup, visit.id, by=colleague).completed_by == "zhao.lei"


def test_the_consultant_himself_thanks_after_three_days(followup: Database) -> None:
    visit = visit_of(followup, "SALE_THANKS", consultant_id="li.na")
    consultant = scope("complete_visit", "consultant", staff_id="li.na")
    assert complete(followup, visit.id, by=consultant).completed_by == "li.na"


def test_a_visit_of_another_store_is_not_found(followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK", store_id="YZ")
    refused(followup, visit.id, VisitNotFound, by=scope("complete_visit", "cr_agent", stores=("HN",)))


def test_a_visit_that_is_not_there_is_not_found(followup: Database) -> None:
    refused(followup, uuids.uuid7(), VisitNotFound)


def test_who_looked_at_an_older_visit_is_told(followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK")
    followup.run(fall_due)
    refused(followup, visit.id, StaleVersion, expected_version=1)


@pytest.mark.parametrize("role", ["receptionist", "advisor", "technician", "sales_manager", "leader", "admin"])
def test_other_roles_do_not_take_answers(role: str) -> None:
    with pytest.raises(OperationNotAllowed):
        scope("complete_visit", role)

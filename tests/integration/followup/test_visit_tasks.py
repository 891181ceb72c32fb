"""A visit that is due is somebody's task until it is made, is made with another, or must not be made (C12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.store.database import Database
from contracts.customer.events import CustomerPreferencesChanged
from contracts.envelope import Received
from contracts.followup import tasks as operations
from contracts.followup.operations import CompleteVisit
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.service import FollowupService
from services.followup.tasks import queries
from services.followup.tasks.errors import NotForColleague
from services.followup.visits import occasions, visit_tasks
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup import business
from tests.integration.followup.business import LATER, scope, visits
from tests.integration.followup.kinds import by_row, hand_over, may, works
from tests.integration.followup.occasions import REPAIR, SURVEY, THANKS
from tests.integration.followup.tables import forget, rows
from tests.integration.followup.test_merging import delivered, returned
from tests.support.events import deliver, received
from tests.support.examples import examples
from tests.support.records import erased, merged, unmerged

TABLES = (
    "task_hand_over",
    "task",
    "staff_member",
    "visit_attempt",
    "visit",
    "outbox",
    "customer_alias",
    "document_owner",
    "wish",
)
AGENT, SELLER = ("ma.lin", "cr_agent"), ("x", "consultant")
A, B = uuids.uuid7(), uuids.uuid7()


@pytest.fixture(autouse=True)
def clean(followup: Database) -> Database:
    """Nothing was planned, and nobody was ever merged."""
    forget(followup, *TABLES)
    return followup


_ROWS = {"customer_erased": FollowupService.forget, "staff_changed": FollowupService.keep_staff}


def hear(database: Database, *events: Received[Any]) -> None:
    """Each as the service's rows do."""
    for event in events:
        handle: Any = by_row(_ROWS.get(event.envelope.event_type, FollowupService.rekey))
        if isinstance(event.payload, VehicleDelivered | VehicleReturned):
            handle = planning.plan_visits
        elif isinstance(event.payload, CustomerPreferencesChanged):
            handle = planning.keep_wishes
        deliver(database.transaction, handle, [event])


def fall_due(database: Database, *, now: datetime = LATER) -> int:
    """A turn of the clock; whoever is called can be reached."""
    return database.run(partial(business.fall_due, now=now))


def due(database: Database, *events: Received[Any]) -> list[Visit]:
    """The visits these events are occasions for, all due."""
    hear(database, *events)
    fall_due(database)
    return visits(database)


def on_list(database: Database, who: tuple[str, str], *, now: datetime = LATER) -> list[operations.Task]:
    given = may("tasks_today", *who)
    asked = operations.TasksToday(size=100)
    return database.read(lambda connection: queries.tasks_today(connection, asked, now=now, **given)).items


def purposes(database: Database, who: tuple[str, str]) -> list[str]:
    """Of the visits on somebody's list."""
    known = {str(visit.id): visit.purpose for visit in visits(database)}
    return [known[task.subject_id] for task in on_list(database, who)]


def open_tasks(database: Database) -> set[UUID]:
    """The visits whose tasks are open."""
    return {UUID(row["subject_id"]) for row in rows(database, "SELECT subject_id FROM task WHERE open")}


def complete(database: Database, visit_id: UUID) -> None:
    asked = CompleteVisit(visit_id, 9)
    database.run(
        lambda session: planning.complete_visit(session, asked, scope=scope("complete_visit", "cr_agent"), now=LATER)
    )


def no_calls(customer: UUID, *, forbidden: bool = True, version: int = 2) -> Received[Any]:
    told = CustomerPreferencesChanged(customer_id=customer, version=version, do_not_call=forbidden)
    return received(told, subject_id=customer, subject_version=version, occurred_at=LATER)


def test_a_visit_is_a_task_when_it_falls_due_and_not_before(followup: Database) -> None:
    hear(followup, returned(A))
    (visit,) = visits(followup)
    assert fall_due(followup, now=visit.due_at - timedelta(microseconds=1)) == 0
    assert open_tasks(followup) == set()
    assert fall_due(followup, now=visit.due_at) == 1
    (task,) = on_list(followup, AGENT, now=visit.due_at)
    assert (task.kind, task.subject_id, task.customer_id, task.due_at) == ("VISIT_DUE", str(visit.id), A, visit.due_at)
    assert (task.zh, task.en) == (REPAIR.policy.zh, REPAIR.policy.en)
    assert (task.staff_id, task.role) == (None, "cr_agent")
    assert task.api == f"/api/v1/visits/{visit.id}"


def test_the_occasion_says_which_role_makes_it_and_who_of_it(followup: Database) -> None:
    due(followup, delivered(A))
    assert purposes(followup, SELLER) == ["SALE_THANKS"], "his customer, his call"
    assert purposes(followup, ("another", "consultant")) == []
    assert purposes(followup, AGENT) == ["SALE_SURVEY"]


def test_it_is_no_task_any_more_when_the_customer_has_answered(followup: Database) -> None:
    (visit,) = due(followup, returned(A))
    complete(followup, visit.id)
    assert on_list(followup, AGENT) == []


def test_a_visit_that_is_answered_before_it_is_due_never_is_a_task(followup: Database) -> None:
    hear(followup, returned(A))
    complete(followup, visits(followup)[0].id)
    assert fall_due(followup) == 0
    assert rows(followup, "SELECT FROM task") == []


def test_who_is_not_to_be_called_is_no_task_and_released_he_is_one_again(followup: Database) -> None:
    (visit,) = due(followup, returned(A))
    hear(followup, no_calls(A))
    assert open_tasks(followup) == set()
    hear(followup, no_calls(A, forbidden=False, version=3))
    assert open_tasks(followup) == set()
    fall_due(followup)
    assert open_tasks(followup) == {visit.id}


def test_nobody_calls_who_was_erased(followup: Database) -> None:
    due(followup, returned(A), returned(B))
    hear(followup, erased(A))
    assert [task.customer_id for task in on_list(followup, AGENT)] == [B]


def test_of_two_visits_made_together_one_is_a_task_and_apart_again_both_are(followup: Database) -> None:
    one, other = due(followup, returned(A), returned(B, hours=20))
    hear(followup, merged([B], into=A))
    (task,) = on_list(followup, AGENT)
    assert (task.subject_id, task.customer_id) == (str(one.id), A)
    hear(followup, unmerged([B], of=A))
    assert {(task.subject_id, task.customer_id) for task in on_list(followup, AGENT)} == {
        (str(one.id), A),
        (str(other.id), B),
    }


def test_who_is_judged_neither_sees_the_task_nor_is_given_it(followup: Database) -> None:
    """The consultant of these deliveries is `x`; he may be of customer relations besides."""
    due(followup, delivered(A))
    (task,) = on_list(followup, AGENT)
    assert purposes(followup, AGENT) == ["SALE_SURVEY"]
    assert task.task_id not in {one.task_id for one in on_list(followup, ("x", "cr_agent"))}
    hear(followup, works("x", "cr_agent", version=2))
    with pytest.raises(NotForColleague) as refused:
        hand_over(followup, task.task_id, "x", by=("chief", "sales_manager"))
    assert refused.value.details == {"staff_id": "x", "because": "judged"}


def test_who_is_judged_by_one_of_the_visits_made_in_one_call_has_not_the_task_of_it(
    followup: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The consultant takes over a check that later stands for the survey about himself."""
    fixed = replace(REPAIR, asked_by="consultant", asked_with=frozenset({SURVEY.purpose}))
    monkeypatch.setattr(occasions, "OCCASIONS", (THANKS, SURVEY, fixed))
    due(followup, returned(A, hours=4 * 24))
    hear(followup, works("x", "consultant"))
    (task,) = on_list(followup, SELLER)
    assert hand_over(followup, task.task_id, "x", by=("chief", "sales_manager")).staff_id == "x"
    hear(followup, delivered(A))
    (back,) = [one for one in on_list(followup, ("y", "consultant")) if one.task_id == task.task_id]
    assert (back.staff_id, [one.how for one in back.hand_overs]) == (None, ["handed_over", "left"])
    assert task.task_id not in {one.task_id for one in on_list(followup, SELLER)}


def test_visits_that_fell_due_before_there_were_tasks_get_theirs_in_batches_and_once(followup: Database) -> None:
    due(followup, *(returned(uuids.uuid7(), hours=number / 10) for number in range(210)))
    assert fall_due(followup) == 10
    expected = open_tasks(followup)
    hear(followup, returned(A))
    complete(followup, next(visit.id for visit in visits(followup) if visit.status == "planned"))
    forget(followup, "task_hand_over", "task")
    done = [followup.run(lambda session: visit_tasks.open_missing(session, now=LATER)) for _ in range(3)]
    assert done == [200, 10, 0]
    assert open_tasks(followup) == expected
    assert len(expected) == 210


EVENTS = [
    returned(A), returned(B, hours=20), delivered(A), no_calls(B), no_calls(B, forbidden=False, version=3),
    merged([B], into=A), works("x", "consultant"), works("x", "consultant", active=False, version=2),
]  # fmt: skip


def test_whatever_happens_in_whatever_order_the_tasks_are_those_of_the_visits_to_be_made(followup: Database) -> None:
    """Visits fall due in between, at any moment; whoever left has none of them."""

    @settings(max_examples=examples(25))
    @given(order=st.permutations([*EVENTS, *EVENTS, *[None] * 3]))
    def check(order: list[Received[Any] | None]) -> None:
        forget(followup, *TABLES)
        for event in order:
            if event is None:
                fall_due(followup)
            else:
                hear(followup, event)
        fall_due(followup)
        to_be_made = {visit.id: visit for visit in visits(followup) if visit.status == "due" and not visit.made_with}
        assert open_tasks(followup) == set(to_be_made)
        for row in rows(followup, "SELECT * FROM task WHERE open"):
            visit = to_be_made[UUID(row["subject_id"])]
            assert (row["customer_id"], row["origin_customer_id"]) == (visit.customer_id, visit.origin_customer_id)
            assert row["staff_id"] is None

    check()

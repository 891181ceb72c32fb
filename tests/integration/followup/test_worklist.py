"""The visits to make, page by page, and to whom they are shown."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts.followup.operations import VisitById, Visits, VisitsDue, VisitSort, VisitStatus, Worklist
from contracts.refusals import StoreNotAllowed
from services.followup.visits import queries
from services.followup.visits.errors import VisitNotFound
from services.followup.visits.models import Visit
from services.followup.visits.shown import visit_shown
from tests.integration.followup.business import AFTERNOON, delivered, plan_all, returned, scope, visit_of, visits
from tests.support.databases import Databases
from tests.support.plans import plan_of_page

MANAGER = scope("worklist", "sales_manager", stores=("HN", "YZ"))
LEADER = scope("worklist", "leader", stores=())


def listed(database: Database, *, by: Any = MANAGER, now: datetime = AFTERNOON, **asked: Any) -> Visits:
    return database.read(lambda connection: queries.worklist(connection, Worklist(**asked), scope=by, now=now))


def ids(page: Visits) -> list[UUID]:
    return [visit.visit_id for visit in page.items]


def test_pages_hold_every_visit_once_in_one_order_though_many_are_due_at_the_same_moment(followup: Database) -> None:
    expected = [visit.id for visit in plan_all(followup, *[returned() for _ in range(23)], delivered(), delivered())]
    pages = [listed(followup, page=number, size=10) for number in (1, 2, 3, 4)]
    assert [len(page.items) for page in pages] == [10, 10, 7, 0]
    assert {(page.total, page.size) for page in pages} == {(27, 10)}
    assert [page.page for page in pages] == [1, 2, 3, 4]
    assert [one for page in pages for one in ids(page)] == expected


def test_without_a_status_the_open_visits_are_shown(followup: Database) -> None:
    plan_all(followup, returned(), returned(), returned())
    planned, due, completed = visits(followup)
    with followup.transaction() as session:
        session.get_one(Visit, due.id).fall_due()
        session.get_one(Visit, completed.id).complete(score=8, remark="", by="wang", now=AFTERNOON)
    assert ids(listed(followup)) == [planned.id, due.id]
    assert ids(listed(followup, status=VisitStatus.PLANNED)) == [planned.id]
    assert ids(listed(followup, status=VisitStatus.DUE)) == [due.id]
    assert ids(listed(followup, status=VisitStatus.COMPLETED)) == [completed.id]


def test_the_visits_of_one_customer(followup: Database) -> None:
    event = delivered()
    plan_all(followup, event, returned())
    page = listed(followup, customer_id=event.payload.customer_id)
    assert [visit.purpose for visit in page.items] == ["SALE_THANKS", "SALE_SURVEY"]
    assert page.total == 2


def test_due_before_leaves_out_its_own_moment(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    assert listed(followup, due_before=visit.due_at).total == 0
    assert listed(followup, due_before=visit.due_at + timedelta(microseconds=1)).total == 1


def test_what_is_due_today_or_overdue_goes_by_the_stores_day_on_which_it_is_asked(followup: Database) -> None:
    (visit,) = plan_all(followup, returned())
    day = datetime.combine(visit.due_at.astimezone(LOCAL).date(), time.min, LOCAL)
    instant = timedelta(microseconds=1)
    moments = (day - instant, day, visit.due_at + instant, day + timedelta(days=1))
    found = {due: [listed(followup, due=due, now=now).total for now in moments] for due in VisitsDue}
    assert found == {
        VisitsDue.ANY: [1, 1, 1, 1],
        VisitsDue.TODAY: [0, 1, 1, 1],
        VisitsDue.OVERDUE: [0, 0, 0, 1],
    }


def test_everybody_sees_the_visits_of_his_stores_only(followup: Database) -> None:
    plan_all(followup, returned(store_id="HN"), returned(store_id="YZ"), returned(store_id="CD"))
    advisor = scope("worklist", "advisor", stores=("HN",))
    assert [visit.store_id for visit in listed(followup, by=advisor).items] == ["HN"]
    assert {visit.store_id for visit in listed(followup).items} == {"HN", "YZ"}
    assert {visit.store_id for visit in listed(followup, by=LEADER).items} == {"HN", "YZ", "CD"}
    assert [visit.store_id for visit in listed(followup, by=LEADER, store_id="CD").items] == ["CD"]
    nowhere = scope("worklist", "advisor", stores=())
    assert listed(followup, by=nowhere).total == 0


def test_asking_for_another_store_is_refused(followup: Database) -> None:
    with pytest.raises(StoreNotAllowed):
        listed(followup, store_id="CD")


def test_a_visit_is_shown_whole(followup: Database) -> None:
    visit = visit_of(followup, "SALE_SURVEY")
    shown = followup.read(
        lambda connection: queries.get_visit(
            connection, VisitById(visit.id), scope=scope("get_visit", "advisor", stores=("HN",))
        )
    )
    assert shown == visit_shown(visit)
    assert (shown.status, shown.score, shown.remark, shown.completed_by) == (VisitStatus.PLANNED, None, "", None)


@pytest.mark.parametrize("known", [True, False])
def test_a_visit_of_another_store_is_as_unknown_as_one_that_never_was(known: bool, followup: Database) -> None:
    visit = visit_of(followup, "REPAIR_CHECK", store_id="YZ")
    asked = visit.id if known else uuids.uuid7()
    advisor = scope("get_visit", "advisor", stores=("HN",))
    with pytest.raises(VisitNotFound):
        followup.read(lambda connection: queries.get_visit(connection, VisitById(asked), scope=advisor))


def test_visits_are_listed_by_due_time_either_way_and_walked_without_a_gap(followup: Database) -> None:
    plan_all(followup, *[returned() for _ in range(5)])
    earliest = ids(listed(followup))
    assert ids(listed(followup, sort=VisitSort.LATEST)) == earliest[::-1]
    page = listed(followup, size=2)
    with followup.transaction() as session:
        for visit in page.items:
            session.get_one(Visit, visit.visit_id).complete(score=8, remark="", by="wang", now=AFTERNOON)
    following = listed(followup, size=2, after=page.next)
    assert ids(following) == earliest[2:4]
    assert ids(listed(followup, size=2, after=following.next)) == earliest[4:]


MANY = """
    INSERT INTO visit (id, purpose, status, store_id, customer_id, trigger_type, trigger_id, triggered_at, due_at,
                       channel, version, remark, score, completed_at, completed_by)
    SELECT gen_random_uuid(), 'MANY', 'completed', 'S' || n %% 20, gen_random_uuid(), 'order', gen_random_uuid(), now(),
           CAST('2026-11-01' AS timestamptz) + n %% 9999 * interval '1 minute', 'call', 1, '', 9, now(), 'wang'
      FROM generate_series(1, 40000) n
"""


@pytest.mark.parametrize("sort", list(VisitSort))
def test_each_order_of_a_store_s_visits_is_read_by_its_index(
    followup: Database, databases: Databases, sort: VisitSort
) -> None:
    databases.as_owner("followup", MANY)
    try:
        databases.as_owner("followup", "ANALYZE visit")
        asked, his = Worklist(status=VisitStatus.COMPLETED, sort=sort), scope("worklist", "cr_agent", stores=("S3",))
        plan = plan_of_page(followup, lambda connection: queries.worklist(connection, asked, scope=his, now=AFTERNOON))
    finally:
        databases.as_owner("followup", "DELETE FROM visit WHERE purpose = 'MANY'")
    assert queries.SORTS[sort].index in plan, plan
    assert "->  Sort" not in plan, plan

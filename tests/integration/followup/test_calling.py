"""Making a visit: who may call whom now, and what becomes of attempts that get no answer (C12, R39)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts.customer.events import CustomerPreferencesChanged
from contracts.followup import operations
from contracts.followup.operations import Outcome, Unanswered, VisitStatus
from contracts.followup.policies import CONTACT_CAPS
from contracts.refusals import Refusal
from services.followup.visits import queries
from services.followup.visits.errors import (
    JudgedPersonAsks,
    VisitClosed,
    VisitLocked,
    VisitNotBegun,
    VisitNotDue,
    VisitNotFound,
    VisitOutOfHours,
    VisitSuppressed,
    VisitTooSoon,
)
from services.followup.visits.models import Visit
from services.followup.visits.usecases import calling, planning
from tests.integration.followup.business import fall_due, scope, visits
from tests.integration.followup.occasions import PLANTED
from tests.integration.followup.tables import rows, somebody_waits
from tests.integration.followup.test_merging import delivered, hear, returned
from tests.support.events import deliver, made, received
from tests.support.polling import eventually
from tests.support.publishing import publish
from tests.support.records import merged

TEN = datetime(2026, 11, 12, 10, 0, tzinfo=LOCAL)
HOUR = timedelta(hours=1)


def begin(database: Database, visit_id: UUID, *, by: str = "wang.fang", now: datetime = TEN) -> operations.Visit:
    who = scope("begin_visit", "cr_agent", staff_id=by)
    asked = operations.BeginVisit(visit_id)
    return database.run(lambda session: calling.begin_visit(session, asked, scope=who, now=now))


def unanswered(
    database: Database,
    visit_id: UUID,
    outcome: Unanswered = Unanswered.NOT_REACHED,
    *,
    by: str = "wang.fang",
    now: datetime = TEN,
) -> operations.Visit:
    who = scope("record_unanswered", "cr_agent", staff_id=by)
    asked = operations.RecordUnanswered(visit_id, outcome)
    return database.run(lambda session: calling.record_unanswered(session, asked, scope=who, now=now))


def complete(database: Database, visit_id: UUID, *, by: str = "wang.fang", now: datetime = TEN) -> operations.Visit:
    who = scope("complete_visit", "cr_agent", staff_id=by)
    asked = operations.CompleteVisit(visit_id, 9)
    return database.run(lambda session: planning.complete_visit(session, asked, scope=who, now=now))


def context(
    database: Database, visit_id: UUID, *, by: str = "wang.fang", now: datetime = TEN
) -> operations.VisitContext:
    who = scope("visit_context", "cr_agent", staff_id=by)
    with database.reading() as connection:
        return queries.visit_context(connection, operations.VisitById(visit_id), scope=who, now=now)


def due(database: Database, customer: UUID | None = None) -> Visit:
    """The visit after a repair, which is due at ten on the twelfth; of this customer, if one is named."""
    event = returned(customer or uuids.uuid7())
    deliver(database.transaction, planning.plan_visits, [event])
    database.run(lambda session: fall_due(session, now=TEN))
    return next(visit for visit in visits(database) if str(visit.trigger_id) == event.subject.id)


def refused(
    database: Database, visit_id: UUID, refusal: type[Refusal], *, by: str = "wang.fang", now: datetime
) -> Refusal:
    """It may not be begun, which the context said before."""
    before = context(database, visit_id, by=by, now=now)
    with pytest.raises(refusal) as said:
        begin(database, visit_id, by=by, now=now)
    assert (before.may_begin, before.refused) == (False, refusal.code)
    return said.value


def status(database: Database, visit_id: UUID) -> VisitStatus:
    return next(visit.status for visit in visits(database) if visit.id == visit_id)


def test_of_two_who_reach_for_a_visit_in_one_moment_one_makes_it(followup: Database) -> None:
    visit = due(followup)

    def reach(who: str) -> str:
        try:
            return begin(followup, visit.id, by=who).locked_by or ""
        except VisitLocked:
            return "locked"

    with ThreadPoolExecutor(4) as pool:
        got = sorted(pool.map(reach, ["a", "b", "c", "d"]))
    assert got.count("locked") == 3
    assert status(followup, visit.id) is VisitStatus.IN_PROGRESS


def test_of_two_visits_of_one_customer_one_is_made_at_a_time(followup: Database) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    begin(followup, one.id, by="wang.fang")
    locked = refused(followup, other.id, VisitLocked, by="zhao.min", now=TEN)
    assert locked.details == {"staff_id": "wang.fang", "from_when": (TEN + timedelta(minutes=20)).isoformat()}
    unanswered(followup, one.id, by="wang.fang")
    assert context(followup, other.id, by="zhao.min").refused == VisitTooSoon.code


def test_who_reaches_for_a_customer_waits_for_who_is_just_beginning_another_visit_of_his(followup: Database) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    who = scope("begin_visit", "cr_agent", staff_id="wang.fang")
    with ThreadPoolExecutor(1) as pool:
        with followup.transaction() as session:
            calling.begin_visit(session, operations.BeginVisit(one.id), scope=who, now=TEN)
            second = pool.submit(begin, followup, other.id, by="zhao.min")
            eventually(lambda: somebody_waits(followup) or second.done(), what="the second to wait")
        with pytest.raises(VisitLocked):
            second.result()


def test_who_lets_his_time_pass_loses_the_visit_and_others_see_it_again(followup: Database) -> None:
    visit = due(followup)
    begin(followup, visit.id)
    assert followup.run(lambda session: calling.visits_left(session, now=TEN + timedelta(minutes=19))) == 0
    assert followup.run(lambda session: calling.visits_left(session, now=TEN + timedelta(minutes=20))) == 1
    assert status(followup, visit.id) is VisitStatus.DUE
    assert begin(followup, visit.id, by="zhao.min", now=TEN + timedelta(minutes=21)).locked_by == "zhao.min"


def test_before_it_is_due_it_is_not_begun(followup: Database) -> None:
    deliver(followup.transaction, planning.plan_visits, [returned(uuids.uuid7())])
    (visit,) = visits(followup)
    early = refused(followup, visit.id, VisitNotDue, now=visit.due_at - HOUR)
    assert early.details["from_when"] == visit.due_at.isoformat()


@pytest.mark.parametrize(("hour", "minute"), [(9, 29), (11, 30), (14, 0), (17, 30), (20, 0), (23, 0)])
def test_outside_of_the_hours_for_calls_it_is_not_begun(followup: Database, hour: int, minute: int) -> None:
    visit = due(followup)
    refused(followup, visit.id, VisitOutOfHours, now=TEN.replace(day=13, hour=hour, minute=minute))


def test_at_the_hours_he_named_it_is_begun_and_at_others_it_is_not(followup: Database) -> None:
    visit = due(followup)
    wish = made(
        CustomerPreferencesChanged, customer_id=visit.customer_id, do_not_call=False, channel="call",
        from_hour=12, to_hour=13, version=2,
    )  # fmt: skip
    deliver(followup.transaction, planning.keep_wishes, [received(wish, subject_id=visit.customer_id)])
    refused(followup, visit.id, VisitOutOfHours, now=TEN.replace(day=13))
    assert begin(followup, visit.id, now=TEN.replace(day=13, hour=12)).locked_by == "wang.fang"


def test_after_no_answer_it_is_planned_four_hours_later_then_on_the_next_day(followup: Database) -> None:
    visit = due(followup)
    begin(followup, visit.id)
    first = unanswered(followup, visit.id)
    assert (first.status, first.due_at, first.locked_by) == (VisitStatus.PLANNED, TEN.replace(hour=14, minute=30), None)
    at = first.due_at
    followup.run(lambda session: fall_due(session, now=at))
    begin(followup, visit.id, now=at)
    assert unanswered(followup, visit.id, now=at).due_at == TEN.replace(day=13, hour=9, minute=30)


def test_the_fifth_attempt_in_vain_is_the_last_and_is_told(followup: Database) -> None:
    visit, now = due(followup), TEN
    for _ in range(4):
        begin(followup, visit.id, now=now)
        now = unanswered(followup, visit.id, now=now).due_at
        followup.run(lambda session, at=now: fall_due(session, now=at))  # type: ignore[misc]  # bound here
    begin(followup, visit.id, now=now)
    assert unanswered(followup, visit.id, now=now).status is VisitStatus.UNREACHABLE
    assert now - TEN < timedelta(days=5)
    told = rows(
        followup, "SELECT envelope->'payload'->>'because' AS b FROM outbox WHERE event_type = 'visit_unreachable'"
    )
    assert told == [{"b": "attempts"}]
    refused(followup, visit.id, VisitClosed, now=now)
    assert rows(followup, "SELECT 1 FROM task WHERE open") == []


def test_attempts_count_over_all_that_he_is_asked(followup: Database) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    begin(followup, one.id)
    unanswered(followup, one.id)
    soon = refused(followup, other.id, VisitTooSoon, now=TEN + HOUR)
    assert soon.details["from_when"] == (TEN + 4 * HOUR).isoformat()
    assert begin(followup, other.id, now=TEN.replace(hour=14, minute=30)).locked_by == "wang.fang"


def test_who_answered_once_is_not_counted_as_tried_in_vain_any_more(followup: Database) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    begin(followup, one.id)
    unanswered(followup, one.id)
    complete(followup, one.id, now=TEN + HOUR)
    assert context(followup, other.id, now=TEN + HOUR).failed == 0


def test_who_was_reached_today_is_called_for_the_rest_tomorrow_and_it_is_on_nobody_s_list_till_then(
    followup: Database,
) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    complete(followup, one.id)
    tomorrow = TEN.replace(day=13, hour=9, minute=30)
    assert [(visit.status, visit.due_at) for visit in visits(followup) if visit.id == other.id] == [
        (VisitStatus.PLANNED, tomorrow)
    ]
    assert rows(followup, "SELECT 1 FROM task WHERE open") == []
    followup.run(lambda session: fall_due(session, now=tomorrow))
    assert begin(followup, other.id, now=tomorrow).locked_by == "wang.fang"


def test_of_what_falls_due_in_a_week_in_which_he_was_reached_twice_nothing_is_made(followup: Database) -> None:
    customer, reached = uuids.uuid7(), []
    for day in (12, 14):
        visit, at = due(followup, customer), TEN.replace(day=day)
        complete(followup, visit.id, now=at)
        reached.append(at)
    third = due(followup, customer)
    followup.run(lambda session: fall_due(session, now=TEN.replace(day=15)))
    (waits,) = [visit for visit in visits(followup) if visit.id == third.id]
    assert (waits.status, waits.due_at) == (VisitStatus.PLANNED, reached[0] + timedelta(days=7))


def test_records_that_are_one_have_the_contacts_of_both(followup: Database) -> None:
    a, b = uuids.uuid7(), uuids.uuid7()
    one, other = due(followup, a), due(followup, b)
    hear(followup, [merged([b], into=a)])
    stands = {visit.id: visit.made_with or visit.id for visit in visits(followup)}[one.id]
    complete(followup, stands)
    assert context(followup, other.id, now=TEN).may_begin is False
    later = due(followup, a)
    assert context(followup, later.id, now=TEN).may_begin is False


def test_a_cap_that_the_house_sets_holds_from_then_on(followup: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    publish(followup, CONTACT_CAPS, {"a_day": 2, "a_week": 2, "a_month": 4}, now=TEN - HOUR)
    complete(followup, one.id)
    assert begin(followup, other.id, now=TEN + HOUR).locked_by == "wang.fang"
    complete(followup, other.id, now=TEN + HOUR)
    third = due(followup, customer)
    refused(followup, third.id, VisitNotDue, now=TEN + HOUR)


@pytest.mark.parametrize(
    ("outcome", "ends", "told"),
    [
        (Unanswered.WRONG_NUMBER, VisitStatus.UNREACHABLE, ("visit_unreachable", "wrong_number")),
        (Unanswered.REFUSED, VisitStatus.REFUSED, ("visit_refused", None)),
    ],
)
def test_a_wrong_number_and_a_refusal_end_it_at_once(
    followup: Database, outcome: Unanswered, ends: VisitStatus, told: tuple[str, str | None]
) -> None:
    visit = due(followup)
    begin(followup, visit.id)
    assert unanswered(followup, visit.id, outcome).status is ends
    query = "SELECT event_type, envelope->'payload'->>'because' AS because FROM outbox ORDER BY position DESC LIMIT 1"
    assert tuple(rows(followup, query)[0].values()) == told
    assert rows(followup, "SELECT 1 FROM task WHERE open") == []


def test_only_who_began_it_records_that_nobody_answered(followup: Database) -> None:
    visit = due(followup)
    with pytest.raises(VisitNotBegun):
        unanswered(followup, visit.id)
    begin(followup, visit.id)
    for record in (unanswered, complete):
        with pytest.raises(VisitLocked):
            record(followup, visit.id, by="zhao.min")
    assert context(followup, visit.id).items == []


def test_who_is_judged_does_not_begin_it(followup: Database) -> None:
    event = delivered(uuids.uuid7(), by="li.na")
    deliver(followup.transaction, planning.plan_visits, [event])
    survey = next(visit for visit in visits(followup) if visit.purpose == PLANTED[1].purpose)
    followup.run(lambda session: fall_due(session, now=survey.due_at))
    refused(followup, survey.id, JudgedPersonAsks, by="li.na", now=survey.due_at)


def test_of_one_who_wants_no_calls_it_says_so_and_is_not_begun(followup: Database) -> None:
    visit = due(followup)
    wish = made(CustomerPreferencesChanged, customer_id=visit.customer_id, do_not_call=True, channel=None, version=2)
    deliver(followup.transaction, planning.keep_wishes, [received(wish, subject_id=visit.customer_id)])
    refused(followup, visit.id, VisitSuppressed, now=TEN)


def test_before_a_call_one_sees_what_every_department_tried(followup: Database) -> None:
    customer = uuids.uuid7()
    one, other = due(followup, customer), due(followup, customer)
    begin(followup, one.id, by="zhao.min")
    unanswered(followup, one.id, by="zhao.min")
    complete(followup, one.id, by="li.na", now=TEN + HOUR)
    tried = [(each.outcome, each.by_staff_id, each.visit_id) for each in context(followup, other.id).items]
    assert tried == [(Outcome.REACHED, "li.na", one.id), (Outcome.NOT_REACHED, "zhao.min", one.id)]


def test_a_visit_of_another_store_has_no_context(followup: Database) -> None:
    visit = due(followup)
    elsewhere = scope("visit_context", "cr_agent", stores=("YZ",))
    with followup.reading() as connection, pytest.raises(VisitNotFound):
        queries.visit_context(connection, operations.VisitById(visit.id), scope=elsewhere, now=TEN)

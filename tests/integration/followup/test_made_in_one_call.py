"""Visits of several purposes are made in one call if their occasions say so, each following its own document (C12, E8).

The house's own occasions do not say so yet: these tests bring some that do.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.store.database import Database
from contracts.access import Scope
from contracts.customer.events import CustomerConsentChanged, CustomerErased, CustomerPreferencesChanged, DocumentMoved
from contracts.customer.operations import Channel
from contracts.envelope import Received
from contracts.followup import operations
from contracts.followup.operations import CompleteVisit, VisitStatus, Worklist
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits import occasions, queries
from services.followup.visits.errors import JudgedPersonAsks, VisitMadeWith
from services.followup.visits.models import Visit
from services.followup.visits.usecases import erased as forgetting
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, LATER, fall_due, scope, to_make, told_open, visits
from tests.integration.followup.occasions import REPAIR, SURVEY, THANKS
from tests.integration.followup.tables import forget, rows
from tests.integration.followup.test_merging import TABLES, VISITS
from tests.support.events import deliver, made, received
from tests.support.examples import examples
from tests.support.publishing import publish
from tests.support.records import erased, merged, parted, unmerged

FIXED = replace(REPAIR, asked_with=frozenset({THANKS.purpose, SURVEY.purpose}))
"""Was it fixed? 48 hours later; together with the thanks after three days, or the survey after seven."""

AGENT = scope("complete_visit", "cr_agent")
A, B, N = (uuids.uuid7() for _ in range(3))


@pytest.fixture(autouse=True)
def nobody_was_ever_asked(followup: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(followup, *TABLES)
    monkeypatch.setattr(occasions, "OCCASIONS", (THANKS, SURVEY, FIXED))


def sold(customer: UUID = A, *, hours: float = 0, by: str = "li.na") -> Received[Any]:
    at = AFTERNOON + timedelta(hours=hours)
    car = made(VehicleDelivered, customer_id=customer, delivered_at=at, consultant_id=by)
    return received(car, subject_id=car.order_id, subject_version=6, occurred_at=at)


def repaired(customer: UUID = A, *, hours: float = 0) -> Received[Any]:
    at = AFTERNOON + timedelta(hours=hours)
    repair = made(VehicleReturned, customer_id=customer, returned_at=at)
    return received(repair, subject_id=repair.ro_id, subject_version=8, occurred_at=at)


def said(
    purpose: str, channel: str = "any", *, allowed: bool = False, hours: float = 1, who: UUID = A
) -> Received[Any]:
    at = AFTERNOON + timedelta(hours=hours)
    told = CustomerConsentChanged(
        consent_id=uuids.uuid7(), customer_id=who, purpose=purpose, channel=channel, allowed=allowed, basis="consent",
        at=at,
    )  # fmt: skip
    return received(told, subject_id=told.consent_id, occurred_at=at)


def prefers(channel: Channel | None = None, *, version: int = 2, do_not_call: bool = False) -> Received[Any]:
    told = CustomerPreferencesChanged(customer_id=A, version=version, do_not_call=do_not_call, channel=channel)
    return received(told, subject_id=A, subject_version=version, occurred_at=AFTERNOON.replace(day=version))


HANDLERS: dict[type[Any], Any] = {
    VehicleDelivered: planning.plan_visits,
    VehicleReturned: planning.plan_visits,
    CustomerConsentChanged: planning.keep_wishes,
    CustomerPreferencesChanged: planning.keep_wishes,
    CustomerErased: lambda session, some: forgetting.forget(session, some[0]),
}


def rekey(session: Any, some: Any) -> None:
    planning.rekey_visits(session, some[0])


def hear(database: Database, *events: Received[Any]) -> None:
    """Each as the consumer does; whatever comes, the glance knows what is to be made."""
    for event in events:
        deliver(database.transaction, HANDLERS.get(type(event.payload), rekey), [event])
    assert told_open(database) == to_make(database)


def of(database: Database, purpose: str, event: Received[Any] | None = None) -> Visit:
    """The visit of this purpose, because of this event."""
    (found,) = (
        one
        for one in visits(database)
        if one.purpose == purpose and (event is None or one.trigger_id == UUID(event.subject.id))
    )
    return found


def shown(database: Database, **asked: Any) -> list[tuple[str, list[str]]]:
    """The worklist: what a visit is made for, and what is asked in it."""
    may = scope("worklist", "cr_agent")
    asks = Worklist(size=100, **asked)
    found = database.read(lambda connection: queries.worklist(connection, asks, scope=may, now=AFTERNOON))
    return [(visit.purpose, visit.purposes) for visit in found.items]


def complete(database: Database, visit: Visit, *, by: Scope = AGENT) -> operations.Visit:
    asked = CompleteVisit(visit.id, 9)
    return database.run(lambda session: planning.complete_visit(session, asked, scope=by, now=LATER))


def told(database: Database, visit: Visit) -> list[str]:
    query = f"SELECT event_type FROM outbox WHERE subject_id = '{visit.id}' ORDER BY position"
    return [row["event_type"] for row in rows(database, query)]


def test_two_that_come_due_within_three_days_are_one_call_and_one_row_of_the_worklist(followup: Database) -> None:
    hear(followup, sold())
    assert shown(followup) == [("SALE_THANKS", ["SALE_THANKS"]), ("SALE_SURVEY", ["SALE_SURVEY"])]
    hear(followup, repaired())
    assert shown(followup) == [("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"]), ("SALE_SURVEY", ["SALE_SURVEY"])]
    fixed, thanks = of(followup, "REPAIR_CHECK"), of(followup, "SALE_THANKS")
    assert (fixed.made_with, thanks.made_with) == (None, fixed.id)
    assert (told(followup, fixed), told(followup, thanks)) == (["visit_planned"], ["visit_planned", "visit_merged"])
    with pytest.raises(VisitMadeWith) as refused:
        complete(followup, thanks)
    assert refused.value.details == {"visit_id": str(fixed.id)}
    one = followup.read(
        lambda connection: queries.get_visit(
            connection, operations.VisitById(thanks.id), scope=scope("get_visit", "cr_agent")
        )
    )
    assert (one.made_with, one.purposes) == (fixed.id, ["SALE_THANKS"])


def test_what_was_told_names_both_and_what_led_to_it(followup: Database) -> None:
    car, repair = sold(), repaired(hours=2)
    hear(followup, car, repair)
    fixed, thanks = of(followup, "REPAIR_CHECK"), of(followup, "SALE_THANKS")
    (row,) = rows(followup, "SELECT occurred_at, envelope FROM outbox WHERE event_type = 'visit_merged'")
    assert row["envelope"]["payload"] == {
        "visit_id": str(thanks.id), "customer_id": str(A), "purpose": "SALE_THANKS", "made_with": str(fixed.id),
        "trigger_type": "order", "trigger_id": car.subject.id,
    }  # fmt: skip
    assert (row["occurred_at"], row["envelope"]["causation_id"]) == (repair.occurred_at, str(repair.id))


def test_nobody_is_asked_in_one_call_what_no_occasion_says(followup: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occasions, "OCCASIONS", (THANKS, SURVEY, REPAIR))
    hear(followup, sold(), repaired())
    assert [purposes for _, purposes in shown(followup)] == [["REPAIR_CHECK"], ["SALE_THANKS"], ["SALE_SURVEY"]]


def test_one_that_comes_due_before_stands_and_whoever_is_too_late_for_it_has_a_call_of_his_own(
    followup: Database,
) -> None:
    hear(followup, sold(), repaired(hours=90))
    assert shown(followup)[0] == ("SALE_THANKS", ["SALE_THANKS", "REPAIR_CHECK"])
    hear(followup, repaired(hours=2))
    assert shown(followup) == [
        ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"]),
        ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_SURVEY"]),
    ]
    thanks, late = of(followup, "SALE_THANKS"), visits(followup)[2]
    assert told(followup, thanks) == ["visit_planned", "visit_merged"]
    assert told(followup, late) == ["visit_planned", "visit_merged", "visit_parted"]


def test_another_channel_is_another_call_until_he_wishes_the_same_again(followup: Database) -> None:
    hear(followup, sold(), repaired(), said("sales", "sms"), prefers(Channel.SMS))
    assert shown(followup, channel=Channel.SMS)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK"])
    assert shown(followup, channel=Channel.CALL) == [("SALE_THANKS", ["SALE_THANKS"])]
    hear(followup, prefers(version=4))
    assert shown(followup)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])


@pytest.mark.parametrize("hours", [0, 90], ids=["stood for", "standing"])
def test_a_muted_purpose_takes_only_its_own_questions_away(hours: float, followup: Database) -> None:
    hear(followup, sold(), repaired(hours=hours))
    before = shown(followup)
    hear(followup, said("sales"))
    thanks = of(followup, "SALE_THANKS")
    assert (thanks.status, thanks.made_with) == (VisitStatus.SUPPRESSED, None)
    left = [sorted(purposes) for _, purposes in shown(followup)]
    assert left == ([["REPAIR_CHECK"], ["SALE_SURVEY"]] if hours == 0 else [["REPAIR_CHECK", "SALE_SURVEY"]])
    assert shown(followup, status=VisitStatus.SUPPRESSED) == [("SALE_THANKS", ["SALE_THANKS"])]
    hear(followup, said("sales", allowed=True, hours=2))
    assert shown(followup) == before


def test_an_answer_is_of_its_own_purpose_and_another_one_stands_for_the_rest(followup: Database) -> None:
    hear(followup, sold(B), merged([B], into=A), sold(), repaired())
    fixed = of(followup, "REPAIR_CHECK")
    first, second = sorted(one.id for one in visits(followup) if one.purpose == "SALE_THANKS")
    assert shown(followup)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])
    answered = complete(followup, fixed)
    assert answered.purposes == ["REPAIR_CHECK"]
    assert told_open(followup) == to_make(followup)
    assert shown(followup)[0] == ("SALE_THANKS", ["SALE_THANKS"])
    thanks = {one.id: one.made_with for one in visits(followup) if one.purpose == "SALE_THANKS"}
    assert thanks == {first: None, second: first}
    complete(followup, next(one for one in visits(followup) if one.id == first))
    assert told_open(followup) == to_make(followup)
    assert "SALE_THANKS" not in [one for one, _ in shown(followup)]
    assert next(one for one in visits(followup) if one.id == second).made_with == first


def test_who_is_judged_by_anything_that_is_asked_in_it_does_not_make_the_call(followup: Database) -> None:
    consultant = scope("complete_visit", "consultant", staff_id="li.na")
    hear(followup, sold(by="li.na"), repaired(hours=100))
    fixed = of(followup, "REPAIR_CHECK")
    assert shown(followup)[1] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_SURVEY"])
    with pytest.raises(JudgedPersonAsks):
        complete(followup, fixed, by=consultant)
    assert (of(followup, "REPAIR_CHECK").status, of(followup, "SALE_SURVEY").made_with) == ("planned", fixed.id)
    hear(followup, said("survey"))
    assert complete(followup, fixed, by=consultant).completed_by == "li.na"


def test_a_policy_that_moves_due_times_arranges_the_calls_anew_and_a_dry_run_does_not(followup: Database) -> None:
    hear(followup, sold(hours=26), repaired(hours=1))
    assert shown(followup)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])
    for dry_run in (True, False):
        publish(
            followup,
            FIXED.policy,
            {"hours": 24},
            now=AFTERNOON,
            follows={FIXED.policy: planning.follow_policy},
            effective_from=AFTERNOON,
            dry_run=dry_run,
        )
        together = ["REPAIR_CHECK", "SALE_THANKS"] if dry_run else ["REPAIR_CHECK"]
        assert shown(followup)[0] == ("REPAIR_CHECK", together)
        assert told_open(followup) == to_make(followup)


def test_a_call_falls_due_once_and_one_that_is_due_takes_in_what_comes_after_it(followup: Database) -> None:
    hear(followup, repaired())
    assert followup.run(fall_due) == 1
    hear(followup, sold())
    assert shown(followup)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])
    assert followup.run(fall_due) == 1  # the survey


@pytest.mark.parametrize("forbidden", [False, True])
def test_a_call_that_falls_due_by_another_channel_takes_along_what_may_be_asked_by_that(
    forbidden: bool, followup: Database
) -> None:
    """He likes mail, and no address is known: both are asked by telephone, unless he forbade it for one."""
    hear(followup, prefers(Channel.EMAIL), *([said("sales", "call")] if forbidden else []), sold(), repaired())
    assert shown(followup, channel=Channel.EMAIL)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])
    due = AFTERNOON + timedelta(days=2)
    assert followup.run(partial(fall_due, now=due, reached_by=[Channel.CALL])) == 1
    assert shown(followup, channel=Channel.CALL) == [("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"][: 2 - forbidden])]
    assert of(followup, "SALE_THANKS").channel is (Channel.EMAIL if forbidden else Channel.CALL)
    assert told_open(followup) == to_make(followup)


def test_who_is_called_because_mail_does_not_reach_him_is_not_also_written_to_about_the_same(
    followup: Database,
) -> None:
    hear(followup, prefers(Channel.EMAIL), merged([B], into=A), repaired(A), repaired(B, hours=1))
    followup.run(partial(fall_due, now=AFTERNOON + timedelta(days=2), reached_by=[Channel.CALL]))
    hear(followup, repaired(B, hours=30), repaired(A, hours=300))
    assert [purpose for purpose, _ in shown(followup)] == ["REPAIR_CHECK"] * 3
    first, *others = visits(followup)
    assert [visit.made_with for visit in others] == [first.id, None, None]


def test_where_documents_part_ways_each_occasion_goes_with_its_own(followup: Database) -> None:
    car, repair = sold(), repaired()
    given_away = DocumentMoved("order", car.subject.id, N, 1)
    hear(followup, car, repair, parted(A, N, given_away))
    assert shown(followup, customer_id=A) == [("REPAIR_CHECK", ["REPAIR_CHECK"])]
    assert shown(followup, customer_id=N) == [("SALE_THANKS", ["SALE_THANKS"]), ("SALE_SURVEY", ["SALE_SURVEY"])]
    assert told(followup, of(followup, "SALE_THANKS")) == ["visit_planned", "visit_merged", "visit_parted"]


def test_a_merge_makes_one_call_of_two_purposes_of_two_records_and_its_undoing_two(followup: Database) -> None:
    hear(followup, sold(B), repaired(A))
    before = rows(followup, VISITS)
    hear(followup, merged([B], into=A))
    assert shown(followup, customer_id=B)[0] == ("REPAIR_CHECK", ["REPAIR_CHECK", "SALE_THANKS"])
    hear(followup, unmerged([B], of=A))
    assert rows(followup, VISITS) == before


def test_of_a_customer_who_was_forgotten_nothing_is_asked_with_anything(followup: Database) -> None:
    hear(followup, sold(), repaired(), erased(A))
    assert {(one.status, one.made_with) for one in visits(followup)} == {(VisitStatus.SUPPRESSED, None)}


CARS, REPAIRS = [sold(A), sold(B, hours=30)], [repaired(A, hours=10), repaired(B), repaired(A, hours=120)]
STORY = [
    *CARS, *REPAIRS, said("sales"), said("sales", allowed=True, hours=9), said("survey", who=B, hours=3),
    prefers(Channel.SMS), prefers(do_not_call=True, version=3), prefers(version=4), said("sales", "sms", hours=4),
    merged([B], into=A, version=2), unmerged([B], of=A, version=3),
    parted(A, N, DocumentMoved("repair_order", REPAIRS[0].subject.id, N, 1)), merged([N], into=B, version=1),
]  # fmt: skip


@pytest.mark.parametrize("ends_merged", [False, True])
def test_in_any_order_and_twice_the_same_calls_are_made_and_everybody_knows(
    ends_merged: bool, followup: Database
) -> None:
    story = [*STORY, merged([B, N], into=A, version=4)] if ends_merged else STORY
    hear(followup, *story)
    straight = rows(followup, VISITS)
    assert any(len(purposes) > 1 for _, purposes in shown(followup))

    @settings(max_examples=examples(12))
    @given(order=st.permutations([*story, *story]))
    def check(order: list[Received[Any]]) -> None:
        forget(followup, *TABLES)
        hear(followup, *order)
        assert rows(followup, VISITS) == straight

    check()


def test_one_who_answers_while_his_record_is_merged_is_not_asked_again(followup: Database) -> None:
    """Whichever comes first: what was asked for both is over for both, what was not is open."""
    for _ in range(6):
        forget(followup, *TABLES)
        hear(followup, repaired(A), repaired(B, hours=1), sold(A), merged([B], into=A))
        kept = next(one for one in visits(followup) if one.purpose == "REPAIR_CHECK" and not one.made_with)
        more = [repaired(A, hours=-1), prefers(Channel.CALL), unmerged([N], of=A), merged([N], into=A, version=9)]
        with ThreadPoolExecutor(5) as workers:
            doing = [workers.submit(complete, followup, kept)]
            doing += [workers.submit(followup.run, _heard(event)) for event in more]
            outcomes = [one.exception() for one in doing]
        assert [one for one in outcomes if one is not None and not isinstance(one, VisitMadeWith)] == []
        assert told_open(followup) == to_make(followup)


def _heard(event: Received[Any]) -> Any:
    return lambda session: HANDLERS.get(type(event.payload), rekey)(session, [event])

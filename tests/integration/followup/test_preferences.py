"""A customer is asked at the hours and by the channel he prefers, whenever he says so (R12, R27)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
from contracts.customer.events import CustomerConsentChanged, CustomerPreferencesChanged
from contracts.customer.operations import Channel
from contracts.envelope import Received
from contracts.followup import operations
from contracts.followup.operations import CompleteVisit, VisitStatus, Worklist
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits import queries
from services.followup.visits.errors import ChannelForbidden
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, LATER, delivered, fall_due, returned, scope, visits
from tests.integration.followup.occasions import REPAIR
from tests.integration.followup.tables import forget, rows
from tests.support import publishing
from tests.support.events import deliver, received, twice_shuffled
from tests.support.examples import examples
from tests.support.records import merged, unmerged

TABLES = ("visit_attempt", "visit", "outbox", "policy", "customer_alias", "document_owner", "wish")
TOLD = "SELECT event_type, subject_version, envelope->'payload' AS payload FROM outbox ORDER BY position"
A, B = uuids.uuid7(), uuids.uuid7()


@pytest.fixture(autouse=True)
def nothing_was_ever_heard(followup: Database) -> None:
    forget(followup, *TABLES)


def of(event: Received[Any], customer_id: UUID) -> Received[Any]:
    return Received(replace(event.payload, customer_id=customer_id), event.envelope)


def prefers(
    customer_id: UUID = A,
    channel: Channel | None = None,
    hours: tuple[int | None, int | None] = (None, None),
    *,
    do_not_call: bool = False,
    version: int = 2,
) -> Received[Any]:
    told = CustomerPreferencesChanged(
        customer_id=customer_id, version=version, do_not_call=do_not_call, channel=channel, from_hour=hours[0],
        to_hour=hours[1],
    )  # fmt: skip
    at = AFTERNOON.replace(day=version)
    return received(told, subject_id=customer_id, subject_version=version, occurred_at=at)


def withdrawn(customer_id: UUID, channel: str, *, allowed: bool = False, day: int = 5) -> Received[Any]:
    at = AFTERNOON.replace(day=day)
    told = CustomerConsentChanged(
        consent_id=uuids.uuid7(), customer_id=customer_id, purpose="survey", channel=channel, allowed=allowed,
        basis="consent", at=at,
    )  # fmt: skip
    return received(told, subject_id=told.consent_id, occurred_at=at)


def hear(followup: Database, *events: Received[Any]) -> None:
    for event in events:
        if isinstance(event.payload, VehicleDelivered | VehicleReturned):
            deliver(followup.transaction, planning.plan_visits, [event])
        elif isinstance(event.payload, CustomerConsentChanged | CustomerPreferencesChanged):
            deliver(followup.transaction, planning.keep_wishes, [event])
        else:
            deliver(followup.transaction, lambda session, some: planning.rekey_visits(session, some[0]), [event])


def made(followup: Database) -> dict[str, tuple[Channel, datetime]]:
    """How and when the visits are to be made, by purpose."""
    return {visit.purpose: (visit.channel, visit.due_at) for visit in visits(followup)}


def told_of(followup: Database, visit: Visit) -> list[tuple[str, int, str | None]]:
    """What was told of a visit: the event, the visit's version, the channel."""
    return [
        (row["event_type"], row["subject_version"], row["payload"].get("channel"))
        for row in rows(followup, TOLD)
        if row["payload"].get("visit_id") == str(visit.id)
    ]


def complete(followup: Database, visit: Visit, *, channel: Channel | None = None) -> operations.Visit:
    asked, may = CompleteVisit(visit.id, 9, channel=channel), scope("complete_visit", "cr_agent")
    return followup.run(lambda session: planning.complete_visit(session, asked, scope=may, now=LATER))


def test_two_customers_under_one_rule_are_asked_on_the_channels_they_prefer(followup: Database) -> None:
    hear(followup, prefers(A, Channel.SMS), prefers(B, Channel.CALL), of(returned(), A), of(returned(), B))
    assert {visit.customer_id: visit.channel for visit in visits(followup)} == {A: Channel.SMS, B: Channel.CALL}
    may = scope("worklist", "cr_agent")
    for channel, customer in ((Channel.SMS, A), (Channel.CALL, B)):
        asked = Worklist(channel=channel)
        found = followup.read(partial(queries.worklist, asked=asked, scope=may, now=AFTERNOON)).items
        assert [(visit.customer_id, visit.channel) for visit in found] == [(customer, channel)]


@pytest.mark.parametrize(
    ("preferred", "reached_by", "asked_by"),
    [
        (Channel.EMAIL, (Channel.CALL, Channel.SMS), Channel.CALL),
        (Channel.EMAIL, (Channel.CALL, Channel.EMAIL), Channel.EMAIL),
        (Channel.SMS, (Channel.LETTER,), Channel.LETTER),
        (Channel.CALL, (Channel.EMAIL, Channel.LETTER), Channel.EMAIL),
        (Channel.LETTER, (), Channel.LETTER),
    ],
)
def test_a_visit_falls_due_by_a_channel_that_reaches_the_customer(
    followup: Database, preferred: Channel, reached_by: tuple[Channel, ...], asked_by: Channel
) -> None:
    hear(followup, prefers(A, preferred), of(returned(), A))
    (planned,) = visits(followup)
    followup.run(partial(fall_due, reached_by=reached_by))
    (due,) = visits(followup)
    assert (due.status, due.channel, due.due_at) == ("due", asked_by, planned.due_at)
    told = [("visit_planned", 1, preferred.value), ("visit_fell_due", 2, preferred.value)]
    told += [("visit_rescheduled", 3, asked_by.value)] if asked_by is not preferred else []
    assert told_of(followup, due) == told


def test_it_falls_due_by_no_channel_that_he_forbade(followup: Database) -> None:
    hear(followup, prefers(A, Channel.EMAIL, do_not_call=True), withdrawn(A, "sms"), of(delivered(), A))
    planned = made(followup)
    followup.run(partial(fall_due, reached_by=(Channel.CALL, Channel.SMS)))
    due = made(followup)
    assert {purpose: channel for purpose, (channel, _) in planned.items()} == dict.fromkeys(due, Channel.EMAIL)
    assert due["SALE_SURVEY"][0] is Channel.EMAIL, "a survey by SMS is what he said no to"
    assert due["SALE_THANKS"][0] is Channel.SMS, "and of nothing else"


def test_what_is_planned_after_the_wish_is_due_in_his_hours_and_told_so_at_once(followup: Database) -> None:
    hear(followup, prefers(A, hours=(9, 12)), of(returned(), A))
    (visit,) = visits(followup)
    assert visit.due_at == (AFTERNOON + timedelta(days=3)).replace(hour=9)
    assert visit.version == 1
    ((kind, _, channel),) = told_of(followup, visit)
    assert (kind, channel) == ("visit_planned", "call")
    assert rows(followup, TOLD)[0]["payload"]["due_at"] == visit.due_at.isoformat()


def test_a_changed_wish_moves_what_is_planned_and_everybody_is_told_once(followup: Database) -> None:
    hear(followup, of(returned(), A))
    wish = prefers(A, Channel.SMS, (18, 20))
    hear(followup, wish, wish)
    (visit,) = visits(followup)
    evening = (AFTERNOON + timedelta(days=2)).replace(hour=18)
    assert (visit.status, visit.channel, visit.due_at, visit.version) == ("planned", Channel.SMS, evening, 2)
    hear(followup, prefers(A, version=3))
    assert made(followup) == {"REPAIR_CHECK": (Channel.CALL, AFTERNOON + timedelta(days=2))}
    assert told_of(followup, visit) == [
        ("visit_planned", 1, "call"), ("visit_rescheduled", 2, "sms"), ("visit_rescheduled", 3, "call"),
    ]  # fmt: skip
    payload = rows(followup, TOLD)[1]["payload"]
    assert (payload["due_at"], payload["customer_id"]) == (evening.isoformat(), str(A))
    assert payload["trigger_id"] == str(visit.trigger_id)


def test_a_wish_that_moves_nothing_is_told_nobody(followup: Database) -> None:
    hear(followup, of(returned(), A), prefers(A, hours=(9, 20)))
    (visit,) = visits(followup)
    assert told_of(followup, visit) == [("visit_planned", 1, "call")]


def test_a_visit_that_is_due_keeps_its_time_and_follows_the_channel(followup: Database) -> None:
    hear(followup, of(returned(), A))
    followup.run(fall_due)
    hear(followup, prefers(A, Channel.EMAIL, (18, 20), do_not_call=True))
    (visit,) = visits(followup)
    assert (visit.status, visit.channel, visit.due_at) == ("due", Channel.EMAIL, AFTERNOON + timedelta(days=2))


def test_an_answered_visit_is_left_as_it_was_made(followup: Database) -> None:
    hear(followup, of(returned(), A))
    complete(followup, visits(followup)[0])
    hear(followup, prefers(A, Channel.SMS, (18, 20)))
    assert made(followup) == {"REPAIR_CHECK": (Channel.CALL, AFTERNOON + timedelta(days=2))}


def test_who_forbids_calls_and_prefers_messages_is_written_to_and_never_called(followup: Database) -> None:
    hear(followup, of(returned(), A), prefers(A, Channel.SMS, do_not_call=True))
    (visit,) = visits(followup)
    assert (visit.status, visit.channel) == (VisitStatus.PLANNED, Channel.SMS)
    with pytest.raises(ChannelForbidden) as refused:
        complete(followup, visit, channel=Channel.CALL)
    assert refused.value.details == {"channel": "call", "because": "do_not_call"}
    after = complete(followup, visit)
    assert (after.status, after.channel) == (VisitStatus.COMPLETED, Channel.SMS)


def test_who_merely_prefers_messages_may_be_called_and_that_is_kept(followup: Database) -> None:
    hear(followup, of(returned(), A), prefers(A, Channel.SMS))
    assert complete(followup, visits(followup)[0], channel=Channel.CALL).channel is Channel.CALL


def test_a_suppressed_visit_is_released_to_the_channel_he_now_prefers(followup: Database) -> None:
    hear(followup, of(returned(), A), prefers(A, do_not_call=True))
    assert visits(followup)[0].status == VisitStatus.SUPPRESSED
    hear(followup, prefers(A, Channel.LETTER, (9, 12), do_not_call=True, version=3))
    (visit,) = visits(followup)
    assert (visit.status, visit.channel) == (VisitStatus.PLANNED, Channel.LETTER)
    assert visit.due_at == (AFTERNOON + timedelta(days=3)).replace(hour=9)
    assert told_of(followup, visit)[-1] == ("visit_released", 3, "letter")


def test_a_policy_moves_visits_within_the_hours_and_a_dry_run_tells_the_same(followup: Database) -> None:
    hear(followup, prefers(A, hours=(9, 12)), prefers(B, do_not_call=True), of(returned(), A), of(returned(), B))
    before = {visit.customer_id: visit for visit in visits(followup)}
    trial, done = (publish(followup, dry_run=dry_run) for dry_run in (True, False))
    assert (trial.total, trial.changes) == (2, done.changes)
    after = {visit.customer_id: visit for visit in visits(followup)}
    assert after[A].due_at == (AFTERNOON + timedelta(days=2)).replace(hour=9)
    assert after[B].due_at == AFTERNOON + timedelta(days=1)
    assert told_of(followup, before[A])[-1] == ("visit_rescheduled", 2, "call")
    assert [kind for kind, *_ in told_of(followup, before[B])] == ["visit_planned", "visit_suppressed"]


def publish(followup: Database, *, hours: int = 24, dry_run: bool = False) -> Any:
    follows = {REPAIR.policy: planning.follow_policy}
    return publishing.publish(
        followup, REPAIR.policy, {"hours": hours}, now=AFTERNOON, follows=follows, dry_run=dry_run
    )


def test_policy_wish_and_occasion_at_the_same_time_end_in_the_visit_they_make_together(followup: Database) -> None:
    expected = (AFTERNOON + timedelta(days=1)).replace(hour=18)
    for _ in range(8):
        forget(followup, *TABLES)
        event, wish = of(returned(at=AFTERNOON + timedelta(seconds=1)), A), prefers(A, Channel.SMS, (18, 20))
        with ThreadPoolExecutor(3) as workers:
            tasks = [
                workers.submit(hear, followup, event),
                workers.submit(hear, followup, wish),
                workers.submit(publish, followup),
            ]
            for task in tasks:
                task.result()
        assert made(followup) == {"REPAIR_CHECK": (Channel.SMS, expected)}


def test_the_wish_of_a_merged_record_holds_for_the_survivor_until_that_is_undone(followup: Database) -> None:
    hear(followup, of(returned(), A), prefers(B, Channel.SMS), merged([B], into=A))
    assert made(followup)["REPAIR_CHECK"][0] is Channel.SMS
    hear(followup, unmerged([B], of=A))
    assert made(followup)["REPAIR_CHECK"][0] is Channel.CALL


def test_the_survivors_own_wish_goes_before_that_of_the_merged_record(followup: Database) -> None:
    hear(followup, of(returned(), B), prefers(B, Channel.SMS, version=4), prefers(A, Channel.EMAIL))
    hear(followup, merged([B], into=A))
    assert made(followup)["REPAIR_CHECK"][0] is Channel.EMAIL
    hear(followup, unmerged([B], of=A))
    assert made(followup)["REPAIR_CHECK"][0] is Channel.SMS


STANDING = """
    SELECT id, customer_id, status, channel, due_at, suppressed_because, origin_customer_id, made_with
      FROM visit ORDER BY id
"""
STORY = [
    of(delivered(), A), of(returned(), A), of(returned(at=AFTERNOON + timedelta(hours=3)), B),
    of(returned(at=AFTERNOON + timedelta(hours=68)), B),
    prefers(A, Channel.EMAIL, (20, 9), version=2), prefers(A, Channel.SMS, (9, 12), do_not_call=True, version=3),
    prefers(B, Channel.LETTER, (18, 20), version=2), prefers(B, hours=(18, 20), version=5),
    withdrawn(A, "sms", day=4), withdrawn(A, "sms", allowed=True, day=6), withdrawn(B, "any", day=7),
    merged([B], into=A, version=2), unmerged([B], of=A, version=3),
]  # fmt: skip


@pytest.mark.parametrize("ends_merged", [False, True])
def test_in_any_order_and_twice_the_visits_end_as_was_wished_last(ends_merged: bool, followup: Database) -> None:
    story = [*STORY, merged([B], into=A, version=4)] if ends_merged else STORY
    hear(followup, *story)
    straight = rows(followup, STANDING)
    assert len({(row["channel"], row["status"]) for row in straight}) > 1

    @settings(max_examples=examples(15))
    @given(seed=st.integers(0, 10**6))
    def check(seed: int) -> None:
        forget(followup, *TABLES)
        hear(followup, *twice_shuffled(story, seed=seed))
        assert rows(followup, STANDING) == straight

    check()


def test_wishes_of_one_batch_move_each_visit_once(followup: Database) -> None:
    hear(followup, of(returned(), A), of(returned(), B))
    batch: Sequence[Received[Any]] = [
        prefers(A, Channel.SMS), prefers(A, Channel.EMAIL, version=3), prefers(B, hours=(18, 20)),
    ]  # fmt: skip
    deliver(followup.transaction, planning.keep_wishes, batch, batch=10)
    found = {visit.customer_id: visit for visit in visits(followup)}
    assert (found[A].channel, found[B].channel) == (Channel.EMAIL, Channel.CALL)
    assert found[B].due_at == (AFTERNOON + timedelta(days=2)).replace(hour=18)
    assert {visit.version for visit in found.values()} == {2}

"""Who does not want to be called is not called; who changes his mind is (R12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
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
from contracts.followup.operations import SuppressedBecause, VisitStatus
from services.followup.visits import queries
from services.followup.visits.errors import VisitSuppressed
from services.followup.visits.models import Visit
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON, LATER, delivered, fall_due, returned, scope, visits
from tests.integration.followup.tables import forget, rows
from tests.support.events import deliver, received, twice_shuffled
from tests.support.examples import examples

TOLD = "SELECT event_type, subject_version FROM outbox WHERE subject_id = :id ORDER BY position"
CUSTOMER = uuids.uuid7()


@pytest.fixture(autouse=True)
def nobody_wished_anything(followup: Database) -> None:
    forget(followup, "wish")


def of(event: Received[Any], customer_id: UUID) -> Received[Any]:
    return Received(replace(event.payload, customer_id=customer_id), event.envelope)


def consent(*, allowed: bool, day: int, purpose: str = "survey", channel: str = "any") -> Received[Any]:
    at = AFTERNOON.replace(day=day)
    told = CustomerConsentChanged(
        consent_id=uuids.uuid7(), customer_id=CUSTOMER, purpose=purpose, channel=channel, allowed=allowed,
        basis="consent", at=at,
    )  # fmt: skip
    return received(told, subject_id=told.consent_id, occurred_at=at)


def preferences(*, do_not_call: bool, version: int) -> Received[Any]:
    told = CustomerPreferencesChanged(customer_id=CUSTOMER, version=version, do_not_call=do_not_call)
    at = AFTERNOON.replace(day=version)
    return received(told, subject_id=CUSTOMER, subject_version=version, occurred_at=at)


DELIVERED, RETURNED = of(delivered(), CUSTOMER), of(returned(), CUSTOMER)


def hear(followup: Database, *events: Received[Any]) -> None:
    for event in events:
        plans = not isinstance(event.payload, CustomerConsentChanged | CustomerPreferencesChanged)
        deliver(followup.transaction, planning.plan_visits if plans else planning.keep_wishes, [event])


def standing(followup: Database) -> dict[str, tuple[str, str | None]]:
    return {visit.purpose: (visit.status, visit.suppressed_because) for visit in visits(followup)}


def test_who_is_not_to_be_called_is_called_for_nothing_and_may_be_asked_another_way(followup: Database) -> None:
    hear(followup, DELIVERED, RETURNED, preferences(do_not_call=True, version=2))
    assert set(standing(followup).values()) == {("suppressed", "do_not_call")}
    everything = scope("worklist", "leader")
    with followup.reading() as connection:
        assert queries.worklist(connection, operations.Worklist(), scope=everything, now=AFTERNOON).items == []
        asked = operations.Worklist(status=VisitStatus.SUPPRESSED)
        shown = queries.worklist(connection, asked, scope=everything, now=AFTERNOON).items
    assert {visit.suppressed_because for visit in shown} == {SuppressedBecause.DO_NOT_CALL}
    assert shown[0].other_ways == [Channel.SMS, Channel.EMAIL, Channel.LETTER]


def test_a_withdrawn_consent_stops_what_rests_on_it_and_not_what_the_contract_asks_for(followup: Database) -> None:
    hear(followup, DELIVERED, RETURNED, consent(allowed=False, day=5))
    assert standing(followup) == {
        "SALE_THANKS": ("planned", None),
        "SALE_SURVEY": ("suppressed", "consent_withdrawn"),
        "REPAIR_CHECK": ("planned", None),
    }


def test_given_again_the_visits_are_planned_again_and_fall_due_at_once_if_their_time_has_come(
    followup: Database,
) -> None:
    hear(followup, DELIVERED, consent(allowed=False, day=5), consent(allowed=True, day=6))
    visit = next(visit for visit in visits(followup) if visit.purpose == "SALE_SURVEY")
    assert (visit.status, visit.suppressed_because, visit.version) == ("planned", None, 3)
    followup.run(fall_due)
    assert standing(followup)["SALE_SURVEY"] == ("due", None)


def test_of_several_wishes_in_one_transaction_each_is_the_cause_of_what_becomes_of_its_visits(
    followup: Database,
) -> None:
    people = [uuids.uuid7() for _ in range(3)]
    hear(followup, *(of(returned(), one) for one in people))
    said = {one: of(preferences(do_not_call=True, version=2), one) for one in people}
    deliver(followup.transaction, planning.keep_wishes, list(said.values()), batch=10)
    told = rows(followup, "SELECT envelope FROM outbox WHERE event_type = 'visit_suppressed'")
    causes = {row["envelope"]["payload"]["customer_id"]: row["envelope"]["causation_id"] for row in told}
    assert causes == {str(one): str(event.id) for one, event in said.items()}


def test_a_visit_that_is_due_already_is_suppressed_as_well(followup: Database) -> None:
    hear(followup, RETURNED)
    followup.run(fall_due)
    hear(followup, preferences(do_not_call=True, version=2))
    assert standing(followup) == {"REPAIR_CHECK": ("suppressed", "do_not_call")}


def test_what_is_planned_after_the_wish_is_suppressed_at_once(followup: Database) -> None:
    hear(followup, preferences(do_not_call=True, version=2), DELIVERED)
    assert set(standing(followup).values()) == {("suppressed", "do_not_call")}


def test_everybody_is_told_once_of_each_change(followup: Database) -> None:
    hear(followup, RETURNED, preferences(do_not_call=True, version=2), preferences(do_not_call=False, version=3))
    (visit,) = visits(followup)
    told = rows(followup, TOLD.replace(":id", f"'{visit.id}'"))
    assert [(row["event_type"], row["subject_version"]) for row in told] == [
        ("visit_planned", 1), ("visit_suppressed", 2), ("visit_released", 3),
    ]  # fmt: skip


def test_an_answered_visit_stays_answered(followup: Database) -> None:
    hear(followup, RETURNED)
    (visit,) = visits(followup)
    complete(followup, visit, channel=Channel.CALL)
    hear(followup, preferences(do_not_call=True, version=2))
    assert standing(followup) == {"REPAIR_CHECK": ("completed", None)}


def test_a_suppressed_visit_is_not_completed_by_call_and_is_by_message(followup: Database) -> None:
    hear(followup, RETURNED, preferences(do_not_call=True, version=2))
    (visit,) = visits(followup)
    with pytest.raises(VisitSuppressed) as refused:
        complete(followup, visit, channel=Channel.CALL)
    assert refused.value.details == {"because": "do_not_call"}
    assert standing(followup) == {"REPAIR_CHECK": ("suppressed", "do_not_call")}
    complete(followup, visit, channel=Channel.SMS)
    assert standing(followup) == {"REPAIR_CHECK": ("completed", None)}


def test_a_consent_withdrawn_for_all_channels_leaves_no_other_way(followup: Database) -> None:
    hear(followup, DELIVERED, consent(allowed=False, day=5), consent(allowed=True, day=6, channel="letter"))
    visit = next(visit for visit in visits(followup) if visit.purpose == "SALE_SURVEY")
    with followup.reading() as connection:
        shown = queries.get_visit(connection, operations.VisitById(visit.id), scope=scope("get_visit", "cr_agent"))
    assert shown.other_ways == [Channel.LETTER]
    with pytest.raises(VisitSuppressed):
        complete(followup, visit, channel=Channel.SMS)


def test_a_consent_withdrawn_for_messages_does_not_stop_calls(followup: Database) -> None:
    hear(followup, DELIVERED, consent(allowed=False, day=5, channel="sms"))
    assert standing(followup)["SALE_SURVEY"] == ("planned", None)


def test_of_two_decisions_of_one_moment_the_one_that_forbids_holds(followup: Database) -> None:
    both = [consent(allowed=False, day=5), consent(allowed=True, day=5)]
    for order in (both, both[::-1]):
        forget(followup, "visit_attempt", "visit", "outbox", "wish")
        hear(followup, DELIVERED, *order)
        assert standing(followup)["SALE_SURVEY"] == ("suppressed", "consent_withdrawn")


STORY = [
    DELIVERED, RETURNED,
    consent(allowed=False, day=4), consent(allowed=True, day=5), consent(allowed=False, day=6, channel="call"),
    consent(allowed=False, day=7, purpose="sales"), consent(allowed=True, day=8, purpose="sales"),
    preferences(do_not_call=True, version=2), preferences(do_not_call=False, version=3),
]  # fmt: skip
EXPECTED = {
    "SALE_THANKS": ("planned", None),
    "SALE_SURVEY": ("suppressed", "consent_withdrawn"),
    "REPAIR_CHECK": ("planned", None),
}


def test_the_latest_wish_holds_whatever_the_order_of_arrival(followup: Database) -> None:
    @settings(max_examples=examples(25))
    @given(seed=st.integers(0, 10**6))
    def check(seed: int) -> None:
        forget(followup, "visit_attempt", "visit", "outbox", "wish")
        hear(followup, *twice_shuffled(STORY, seed=seed))
        assert standing(followup) == EXPECTED

    check()


def test_wishes_of_one_batch_are_kept_by_their_age(followup: Database) -> None:
    hear(followup, DELIVERED)
    batch = [consent(allowed=True, day=6), consent(allowed=False, day=4), consent(allowed=False, day=5)]
    deliver(followup.transaction, planning.keep_wishes, batch, batch=10)
    assert standing(followup)["SALE_SURVEY"] == ("planned", None)


def test_planning_and_wishing_at_once_never_leave_a_visit_to_call(followup: Database) -> None:
    for _ in range(12):
        forget(followup, "visit_attempt", "visit", "outbox", "wish")
        wish = preferences(do_not_call=True, version=2)
        with ThreadPoolExecutor(3) as workers:
            list(workers.map(lambda event: hear(followup, event), [DELIVERED, wish, RETURNED]))
        assert set(standing(followup).values()) == {("suppressed", "do_not_call")}


def complete(followup: Database, visit: Visit, *, channel: Channel, now: datetime = LATER) -> None:
    asked, may = operations.CompleteVisit(visit.id, 9, channel=channel), scope("complete_visit", "cr_agent")
    followup.run(lambda session: planning.complete_visit(session, asked, scope=may, now=now + timedelta(hours=1)))

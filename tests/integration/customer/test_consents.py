"""Consents: each for one purpose, kept for ever, the latest one holds; do-not-call (R12, PIPL 13 to 17)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.customer.folder import Basis, ConsentChannel, ConsentRecorded, Consents, Purpose, RecordConsent
from contracts.customer.operations import ById, Channel, Preferences
from services.customer.folder.errors import ConsentTextRequired
from services.customer.folder.queries import contents
from services.customer.folder.usecases import consents
from services.customer.record.errors import CustomerMerged, CustomerNotFound, MomentAhead
from tests.integration.customer.conftest import DESK, NOW, Desk

TOLD = "SELECT envelope->'payload' AS payload FROM outbox WHERE event_type = :type AND subject_id = :id"


def decide(desk: Desk, customer_id: UUID, *, now: datetime = NOW, **said: Any) -> ConsentRecorded:
    given = {"purpose": Purpose.SURVEY, "allowed": True, **said}
    if given["allowed"]:
        given.setdefault("text_version", "2026-1")
    request = RecordConsent(customer_id=customer_id, **given)
    return desk.database.run(lambda session: consents.record_consent(session, request, scope=DESK, now=now))


def standing(desk: Desk, customer_id: UUID) -> Consents:
    return desk.read(lambda connection: contents.consents(connection, ById(customer_id)))


def held(desk: Desk, customer_id: UUID) -> dict[tuple[str, str], bool]:
    return {(one.purpose, one.channel): one.allowed for one in standing(desk, customer_id).current}


def test_a_consent_is_kept_with_its_text_and_evidence_and_everybody_is_told(desk):
    customer = desk.register().customer_id
    done = decide(desk, customer, channel=ConsentChannel.SMS, evidence="签字单 12 号")
    assert done.current
    shown = standing(desk, customer)
    assert shown.current == shown.history
    (one,) = shown.history
    assert (one.purpose, one.channel, one.allowed, one.basis) == ("survey", "sms", True, "consent")
    assert (one.text_version, one.evidence, one.at, one.recorded_at) == ("2026-1", "签字单 12 号", NOW, NOW)
    assert (one.staff_id, one.department) == ("s-1", "receptionist")
    (told,) = desk.rows(TOLD, type="customer_consent_changed", id=str(done.consent_id))
    assert told["payload"] == {
        "consent_id": str(done.consent_id), "customer_id": str(customer), "purpose": "survey", "channel": "sms",
        "allowed": True, "basis": "consent", "at": NOW.isoformat(),
    }  # fmt: skip


def test_withdrawing_needs_no_more_than_the_purpose_and_the_history_keeps_both(desk):
    customer = desk.register().customer_id
    decide(desk, customer, evidence="签字单")
    later = NOW + timedelta(days=1)
    bare = RecordConsent(customer_id=customer, purpose=Purpose.SURVEY, allowed=False)
    desk.database.run(lambda session: consents.record_consent(session, bare, scope=DESK, now=later))
    assert held(desk, customer) == {("survey", "any"): False}
    assert [one.allowed for one in standing(desk, customer).history] == [False, True]


def test_a_consent_to_no_text_is_none(desk):
    customer = desk.register().customer_id
    with pytest.raises(ConsentTextRequired):
        decide(desk, customer, text_version="")
    assert standing(desk, customer).history == []
    assert decide(desk, customer, text_version="", basis=Basis.CONTRACT, purpose=Purpose.SERVICE_CONTRACT).current


def test_a_decision_of_an_earlier_day_that_comes_later_changes_nothing(desk):
    customer = desk.register().customer_id
    decide(desk, customer, allowed=False, at=NOW - timedelta(days=1))
    assert not decide(desk, customer, at=NOW - timedelta(days=2)).current
    assert held(desk, customer) == {("survey", "any"): False}


def test_purposes_are_decided_apart(desk):
    customer = desk.register().customer_id
    decide(desk, customer)
    decide(desk, customer, purpose=Purpose.MARKETING, allowed=False)
    assert held(desk, customer) == {("survey", "any"): True, ("marketing", "any"): False}


def test_a_decision_about_all_channels_takes_the_place_of_earlier_ones_about_one(desk):
    customer = desk.register().customer_id
    decide(desk, customer, channel=ConsentChannel.SMS, at=NOW - timedelta(days=3))
    decide(desk, customer, allowed=False, at=NOW - timedelta(days=2))
    decide(desk, customer, channel=ConsentChannel.LETTER, at=NOW - timedelta(days=1))
    assert held(desk, customer) == {("survey", "any"): False, ("survey", "letter"): True}


@pytest.mark.parametrize("seed", range(8))
def test_the_latest_decision_holds_whatever_the_order_of_recording(desk, seed):
    story = [
        (day, channel, day % 3 == 0) for day in range(1, 7) for channel in (ConsentChannel.ANY, ConsentChannel.CALL)
    ]
    random.Random(seed).shuffle(story)
    customer = desk.register().customer_id
    for day, channel, allowed in story:
        decide(desk, customer, channel=channel, allowed=allowed, at=NOW - timedelta(days=10 - day))
    assert held(desk, customer) == {("survey", "any"): True}
    assert len(standing(desk, customer).history) == len(story)


def test_of_two_decisions_of_one_moment_the_one_that_forbids_holds(desk):
    for first in (True, False):
        customer = desk.register().customer_id
        decide(desk, customer, allowed=first)
        decide(desk, customer, allowed=not first)
        assert held(desk, customer) == {("survey", "any"): False}


def test_nobody_consents_tomorrow_or_for_somebody_who_is_not_there(desk):
    customer = desk.register().customer_id
    with pytest.raises(MomentAhead):
        decide(desk, customer, at=NOW + timedelta(seconds=1))
    with pytest.raises(CustomerNotFound):
        decide(desk, uuid4())
    with pytest.raises(CustomerNotFound):
        standing(desk, uuid4())
    assert standing(desk, customer).history == []


def test_of_a_merged_record_the_survivors_consents_are_shown_and_changed(desk):
    loser, survivor = desk.register().customer_id, desk.register().customer_id
    decide(desk, survivor)
    with desk.transaction() as session:
        merge_into(session, loser, survivor)
    assert standing(desk, loser).customer_id == survivor
    assert held(desk, loser) == {("survey", "any"): True}
    with pytest.raises(CustomerMerged):
        decide(desk, loser)


def merge_into(session: Any, loser: UUID, survivor: UUID) -> None:
    told = {"loser": loser, "survivor": survivor}
    session.execute(text("UPDATE customer SET status = 'merged', merged_into = :survivor WHERE id = :loser"), told)


def test_of_merged_records_the_most_restrictive_consent_holds_until_it_is_given_again(desk):
    loser, survivor = desk.register().customer_id, desk.register().customer_id
    decide(desk, loser, allowed=False, at=NOW - timedelta(days=9))
    decide(desk, loser, channel=ConsentChannel.LETTER, at=NOW - timedelta(days=8))
    decide(desk, loser, purpose=Purpose.MARKETING, at=NOW - timedelta(days=8))
    decide(desk, survivor, at=NOW - timedelta(days=2))
    with desk.transaction() as session:
        merge_into(session, loser, survivor)
        told = {"loser": loser, "survivor": survivor}
        session.execute(
            text("UPDATE consent SET customer_id = :survivor, origin_customer_id = :loser WHERE customer_id = :loser"),
            told,
        )
        for again in range(2):
            facts = consents.restrict_after_merge(
                session, survivor, merge_id=uuid4(), staff_id="s-1", department="leader", store_id="HN", at=NOW
            )
            assert [fact.event.channel for fact in facts] == ([] if again else ["call", "sms", "email"])
    assert held(desk, survivor) == {
        ("survey", "any"): True,
        ("survey", "call"): False,
        ("survey", "sms"): False,
        ("survey", "email"): False,
        ("marketing", "any"): True,
    }
    decide(desk, survivor, now=NOW + timedelta(days=1))
    assert held(desk, survivor)["survey", "any"] is True
    assert ("survey", "call") not in held(desk, survivor)


def test_who_does_not_want_to_be_called_says_so_once_and_everybody_is_told_by_flags_alone(desk):
    customer = desk.register().customer_id
    done = desk.update(customer, preferences=Preferences(channel=Channel.SMS, do_not_call=True))
    assert desk.view(customer).preferences.do_not_call is True
    (told,) = desk.rows(TOLD, type="customer_preferences_changed", id=str(customer))
    assert told["payload"] == {
        "customer_id": str(customer), "version": done.version, "do_not_call": True, "channel": "sms",
        "from_hour": None, "to_hour": None,
    }  # fmt: skip
    desk.update(customer, email="a@example.com")
    assert len(desk.rows(TOLD, type="customer_preferences_changed", id=str(customer))) == 1

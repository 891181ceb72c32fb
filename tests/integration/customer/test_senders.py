"""What a service is given that reaches customers: judged at that very moment, and told of or not given (R12, R62)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from contracts import shapes
from contracts.access import Actor, Reach, Scope
from contracts.customer.folder import Basis, ConsentChannel, Purpose, RecordConsent
from contracts.customer.operations import Channel, Preferences
from contracts.customer.senders import (
    MOST_AT_ONCE,
    NotReached,
    RevealedToSender,
    RevealToSender,
    ToReach,
    WhereToReach,
    reveal_to_sender,
)
from services.customer.folder.usecases import consents, senders
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.joining import merge, split, undo
from tests.integration.customer.privacy import erase
from tests.integration.customer.test_consents import decide
from tests.integration.followup.tables import somebody_waits
from tests.support import randoms
from tests.support.polling import eventually

FOLLOWUP = Actor.service("followup")
SENDER = Scope(Reach.GROUP, (), FOLLOWUP.staff_id, FOLLOWUP.roles[0])
TOLD = """
    SELECT envelope->'payload' AS payload, store_id, occurred_at FROM outbox
     WHERE event_type = 'contact_shown' AND envelope->'payload'->>'customer_id' = :id ORDER BY position
"""
EVERYWHERE = {"email": "wang@example.com", "address": "深圳市福田区深南大道1号"}


def wanted(customer_id: UUID, channel: Channel = Channel.CALL, purpose: Purpose = Purpose.SURVEY) -> ToReach:
    return ToReach(customer_id, channel, purpose, "visit", str(uuid4()))


def reveal(desk: Desk, *asked: ToReach) -> list[WhereToReach]:
    request = RevealToSender(list(asked))
    answer = desk.database.run(lambda session: senders.reveal_to_sender(session, request, scope=SENDER, now=NOW))
    assert shapes.load(RevealedToSender, shapes.plain(answer)) == answer
    return answer.items


def told(desk: Desk, customer_id: UUID) -> list[dict[str, Any]]:
    return desk.rows(TOLD, id=str(customer_id))


def test_each_channel_gives_its_number_or_address_and_each_is_told_of(desk: Desk) -> None:
    mobile = randoms.mobile()
    who = desk.register(name="王芳", mobile=mobile, **EVERYWHERE).customer_id
    asked = [wanted(who, channel) for channel in Channel]

    given = reveal(desk, *asked)

    assert [one.phone_or_address for one in given] == [mobile, mobile, *EVERYWHERE.values()]
    assert {(one.customer_id, one.name, one.title, one.refused) for one in given} == {(who, "王芳", "", None)}
    assert [one.document_id for one in given] == [one.document_id for one in asked]
    entries = told(desk, who)
    assert [{**one["payload"], "shown_id": None} for one in entries] == [
        {
            "shown_id": None,
            "customer_id": str(who),
            "sender": "service:followup",
            "purpose": "survey",
            "channel": one.channel,
            "document_type": "visit",
            "document_id": one.document_id,
        }
        for one in asked
    ]
    assert {(one["store_id"], one["occurred_at"]) for one in entries} == {("HN", NOW)}


def test_who_may_not_be_reached_is_answered_with_the_reason_alone(desk: Desk) -> None:
    forbids_calls = desk.register().customer_id
    desk.update(forbids_calls, preferences=Preferences(do_not_call=True))
    withdrew = desk.register().customer_id
    decide(desk, withdrew, allowed=False)
    forgotten = desk.register().customer_id
    erase(desk, forgotten)
    landline, nobody = desk.register(mobile="0755-83350000").customer_id, uuid4()
    may = desk.register().customer_id
    asked = [
        wanted(forbids_calls),
        wanted(withdrew),
        wanted(forgotten),
        wanted(nobody),
        wanted(landline, Channel.SMS),
        wanted(may),
        wanted(may, Channel.EMAIL),
    ]

    given = reveal(desk, *asked)

    assert [one.refused for one in given] == [
        NotReached.DO_NOT_CALL, NotReached.NO_CONSENT, NotReached.ERASED, NotReached.NOT_REGISTERED, NotReached.NO_WAY,
        None, NotReached.NO_WAY,
    ]  # fmt: skip
    refused = [one for one in given if one.refused]
    assert {(one.name, one.title, one.phone_or_address) for one in refused} == {(None, None, None)}
    assert [len(told(desk, one.customer_id)) for one in asked] == [0, 0, 0, 0, 0, 1, 1]
    assert [one.refused for one in reveal(desk, wanted(forbids_calls, Channel.SMS))] == [None], "he forbade calls alone"


@pytest.mark.parametrize(
    ("purpose", "silent", "withdrawn"),
    [
        (Purpose.SERVICE_CONTRACT, True, True),
        (Purpose.SALES, True, False),
        (Purpose.SURVEY, True, False),
        *((one, False, False) for one in Purpose if one not in ("service_contract", "sales", "survey")),
    ],
)
def test_no_answer_is_a_no_but_for_the_care_of_what_he_has_of_us(
    desk: Desk, purpose: Purpose, silent: bool, withdrawn: bool
) -> None:
    who = desk.register().customer_id
    asked = wanted(who, purpose=purpose)
    assert (reveal(desk, asked)[0].refused is None) is silent
    decide(desk, who, purpose=purpose)
    assert reveal(desk, asked)[0].refused is None
    decide(desk, who, purpose=purpose, allowed=False, now=NOW + timedelta(minutes=1))
    assert (reveal(desk, asked)[0].refused is None) is withdrawn


def test_a_consent_for_one_channel_opens_no_other(desk: Desk) -> None:
    who = desk.register().customer_id
    decide(desk, who, purpose=Purpose.MARKETING, channel=ConsentChannel.SMS, basis=Basis.CONSENT)
    by_sms, by_call = reveal(
        desk, wanted(who, Channel.SMS, Purpose.MARKETING), wanted(who, Channel.CALL, Purpose.MARKETING)
    )
    assert (by_sms.refused, by_call.refused) == (None, NotReached.NO_CONSENT)


def test_of_merged_records_the_survivor_is_reached_by_the_stricter_word(desk: Desk) -> None:
    mobile = randoms.mobile()
    survivor, loser = desk.register(name="王芳", mobile=mobile).customer_id, desk.register(name="王芳").customer_id
    merged = merge(desk, [loser], into=survivor)

    (given,) = reveal(desk, wanted(loser))
    assert (given.customer_id, given.phone_or_address) == (loser, mobile)
    assert [len(told(desk, one)) for one in (survivor, loser)] == [1, 0], "it is the survivor's number that was read"

    decide(desk, survivor, allowed=False)
    assert [one.refused for one in reveal(desk, wanted(loser), wanted(survivor))] == [NotReached.NO_CONSENT] * 2
    undo(desk, merged.merge_id)
    alone, withdrew = reveal(desk, wanted(loser), wanted(survivor))
    assert (alone.refused, withdrew.refused) == (None, NotReached.NO_CONSENT), "each is himself again"
    assert alone.phone_or_address != mobile


def test_who_was_split_off_is_reached_by_himself(desk: Desk) -> None:
    first, second = randoms.mobile(), randoms.mobile()
    one = desk.register(name="王芳", mobile=first, more_phones=[second]).customer_id
    other = split(desk, one, "李强", phones=[second])
    assert [given.phone_or_address for given in reveal(desk, wanted(one), wanted(other))] == [first, second]


def test_of_an_erased_survivor_no_loser_brings_a_number(desk: Desk) -> None:
    survivor, loser = desk.register(name="王芳").customer_id, desk.register(name="王芳").customer_id
    merge(desk, [loser], into=survivor)
    erase(desk, survivor)
    assert [one.refused for one in reveal(desk, wanted(loser), wanted(survivor))] == [NotReached.ERASED] * 2


def test_what_cannot_be_told_of_is_not_given(desk: Desk) -> None:
    who = desk.register().customer_id
    full = "ALTER TABLE outbox {} CONSTRAINT full_up CHECK (event_type <> 'contact_shown') NOT VALID"
    desk.databases.as_owner("customer", full.format("ADD"))
    try:
        with pytest.raises(DBAPIError, match="full_up"):
            reveal(desk, wanted(who))
    finally:
        desk.databases.as_owner("customer", "ALTER TABLE outbox DROP CONSTRAINT full_up")
    assert told(desk, who) == []


def test_nothing_is_given_once_a_withdrawal_is_being_recorded(desk: Desk) -> None:
    who = desk.register().customer_id
    with ThreadPoolExecutor(1) as pool:
        with desk.transaction() as session:
            said = RecordConsent(customer_id=who, purpose=Purpose.SURVEY, allowed=False)
            consents.record_consent(session, said, scope=DESK, now=NOW)
            asking = pool.submit(reveal, desk, wanted(who))
            eventually(lambda: somebody_waits(desk.database), within=5, what="the sender waits")
        assert [one.refused for one in asking.result(10)] == [NotReached.NO_CONSENT]
    assert told(desk, who) == []


def test_a_question_is_bounded() -> None:
    most = [wanted(uuid4()) for _ in range(MOST_AT_ONCE)]
    shapes.load(RevealToSender, shapes.plain(RevealToSender(most)))
    with pytest.raises(shapes.InvalidShape, match="to_reach"):
        shapes.load(RevealToSender, shapes.plain(RevealToSender([*most, wanted(uuid4())])))


def test_the_answer_is_of_a_shape_that_is_not_kept() -> None:
    assert shapes.told_once(reveal_to_sender.response)

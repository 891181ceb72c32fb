"""The ledger of what customers ask about their data (PIPL 45 to 47, 50)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.store.policies import PolicyExists, PolicyInPast
from contracts.access import Reach, Scope
from contracts.customer.privacy import Asked, RequestKind, RequestStatus
from contracts.refusals import StoreNotAllowed
from services.customer.privacy.errors import (
    ErasureBlocked,
    PrivacyRequestDecided,
    PrivacyRequestNotFound,
    PrivacyRequestOpen,
)
from services.customer.record.errors import CustomerMerged, CustomerNotFound
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import merge, undo
from tests.integration.customer.privacy import LEADER, ask, asked, carry_out, publish, refuse

DAY = timedelta(days=1)


def one(desk: Desk) -> UUID:
    return desk.register().customer_id


def test_he_is_told_by_when_he_is_answered_and_stands_in_the_ledger(desk):
    who = one(desk)
    told = ask(desk, who, Asked.COPY, how=" 来电,  要求复印档案 ")
    assert told.due_at == NOW + 30 * DAY
    (shown,) = asked(desk, customer_id=who).items
    assert (shown.request_id, shown.customer_id, shown.kind) == (told.request_id, who, RequestKind.COPY)
    assert (shown.how, shown.store_id, shown.received_at) == ("来电, 要求复印档案", "HN", NOW)
    assert (shown.status, shown.overdue, shown.name) == (RequestStatus.OPEN, False, desk.view(who).name)


def test_a_copy_that_was_given_is_carried_out_and_the_record_stays(desk):
    who = one(desk)
    done = carry_out(desk, ask(desk, who, Asked.COPY).request_id)
    assert (done.status, done.customer_id, done.erased_ids) == (RequestStatus.CARRIED_OUT, who, [])
    assert desk.view(who).status == "active"
    assert asked(desk, customer_id=who).items == []
    (shown,) = asked(desk, customer_id=who, status=RequestStatus.CARRIED_OUT).items
    assert (shown.decided_at, shown.decided_by) == (NOW, LEADER.staff_id)


def test_a_refusal_has_its_reason(desk):
    who = one(desk)
    request = ask(desk, who).request_id
    assert refuse(desk, request, reason="身份无法核实").status is RequestStatus.REFUSED
    (shown,) = asked(desk, customer_id=who, status=RequestStatus.REFUSED).items
    assert shown.reason == "身份无法核实"
    assert desk.view(who).status == "active"


@pytest.mark.parametrize("decide", [carry_out, refuse])
def test_what_is_decided_is_decided(desk, decide):
    request = ask(desk, one(desk), Asked.CORRECTION).request_id
    decide(desk, request)
    for again in (carry_out, refuse):
        with pytest.raises(PrivacyRequestDecided):
            again(desk, request)
        with pytest.raises(PrivacyRequestNotFound):
            again(desk, uuids.uuid7())


def test_the_same_is_asked_once_and_something_else_beside_it(desk):
    who = one(desk)
    first = ask(desk, who, Asked.CORRECTION)
    with pytest.raises(PrivacyRequestOpen) as refused:
        ask(desk, who, Asked.CORRECTION)
    assert refused.value.details == {"request_id": str(first.request_id)}
    ask(desk, who, Asked.COPY)
    assert asked(desk, customer_id=who).total == 2


def test_nobody_is_forgotten_before_he_has_the_copy_he_asked_for(desk):
    who = one(desk)
    copy, erasure = ask(desk, who, Asked.COPY).request_id, ask(desk, who).request_id
    with pytest.raises(ErasureBlocked) as refused:
        carry_out(desk, erasure)
    assert refused.value.details["open_requests"] == [str(copy)]
    carry_out(desk, copy)
    assert carry_out(desk, erasure).erased_ids == [who]


def test_the_overdue_stand_first_and_say_so(desk):
    late, early = one(desk), one(desk)
    ask(desk, early, now=NOW - 40 * DAY)
    ask(desk, late)
    whole = asked(desk, size=100).items
    mine = [row for row in whole if row.customer_id in (late, early)]
    assert [(row.customer_id, row.overdue) for row in mine] == [(early, True), (late, False)]
    assert [row.due_at for row in whole] == sorted(row.due_at for row in whole)


def test_a_manager_sees_the_requests_of_his_stores(desk):
    who = one(desk)
    ask(desk, who)
    here, there = (Scope(Reach.STORE, (store,), "m", "sales_manager") for store in ("HN", "FT"))
    assert asked(desk, customer_id=who, scope=here).total == 1
    assert asked(desk, customer_id=who, scope=there).total == 0
    with pytest.raises(StoreNotAllowed):
        asked(desk, store_id="HN", scope=there)


def test_a_request_follows_the_record_it_was_made_for(desk):
    survivor, loser = one(desk), one(desk)
    request = ask(desk, loser).request_id
    done = merge(desk, [loser], into=survivor)
    (shown,) = asked(desk, customer_id=loser).items
    assert shown.customer_id == survivor
    with pytest.raises(CustomerMerged):
        ask(desk, loser, Asked.COPY)
    undo(desk, done.merge_id)
    assert [row.request_id for row in asked(desk, customer_id=loser).items] == [request]
    assert carry_out(desk, request).erased_ids == [loser]
    assert desk.view(survivor).status == "active"


def test_nobody_asks_for_somebody_who_does_not_exist(desk):
    with pytest.raises(CustomerNotFound):
        ask(desk, uuids.uuid7())


def test_how_long_an_answer_may_take_is_a_policy_from_its_moment_on(desk):
    then = NOW + 1000 * DAY
    publish(desk, now=then, answer_days=15)
    assert ask(desk, one(desk), now=then - DAY).due_at == then + 29 * DAY
    assert ask(desk, one(desk), now=then).due_at == then + 15 * DAY
    with pytest.raises(PolicyExists):
        publish(desk, now=then, answer_days=20)
    with pytest.raises(PolicyInPast):
        publish(desk, now=then, effective_from=then - DAY)

"""Records of one customer become one; undone, every row is what it was (E8)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.bus.topology import HEARS
from contracts.customer.events import CustomerMerged
from contracts.customer.folder import ConsentChannel, Purpose, RecordConsent
from contracts.customer.merges import DocumentTo, ExpectedVersion
from contracts.customer.operations import Preferences, VehicleGiven
from contracts.followup.events import VisitsRekeyed
from contracts.refusals import StaleVersion
from contracts.sales.events import OrderSigned, OrdersRekeyed, VehicleDelivered
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import RepairOrdersRekeyed
from services.customer.folder.usecases import consents
from services.customer.merging.errors import (
    FieldChoiceInvalid,
    MergeCycle,
    MergeNotFound,
    MergeUndone,
    NothingToMerge,
    UndoOutOfOrder,
)
from services.customer.merging.usecases import joining
from services.customer.record.errors import CustomerMerged as MergedAlready
from services.customer.record.errors import CustomerNotFound, PossibleDuplicate
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import AGENT, everything, merge, preview, state, told, undo
from tests.integration.customer.test_timeline import life, play
from tests.support import randoms
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.polling import patience

LATER = NOW + timedelta(days=3)
DEADLINE = 8.0
"""Seconds a call may take."""


def five(desk: Desk) -> list[UUID]:
    """Five records of one customer, each with a life of its own; two share a car and its number."""
    vin, mobile = randoms.vin(), randoms.mobile()
    ids = [
        desk.register(
            name=f"欧阳{sign}",
            force_new=True,
            reason="测试",
            mobile=mobile if number < 2 else randoms.mobile(),
            vehicle=VehicleGiven(vin if number < 2 else randoms.vin()),
            address=f"深圳市福田区深南大道{randoms.number()}号" if number % 2 else None,
        ).customer_id
        for number, sign in enumerate("甲乙丙丁戊")
    ]
    for one in ids:
        play(desk, life(one), batch=10)
    return ids


def delivery(customer: UUID, *, days: float = 9) -> Any:
    vin, order = randoms.vin(), uuids.uuid7()
    payload = made(
        VehicleDelivered, order_id=order, customer_id=customer, vin=vin, vehicle_id=vehicle_id(vin),
        model="GL8", consultant_id="s-7", km=12, delivered_at=NOW + timedelta(days=days),
    )  # fmt: skip
    return received(payload, occurred_at=NOW + timedelta(days=days), subject_id=order, subject_version=6)


def test_five_records_become_one_and_undone_every_row_is_what_it_was(desk):
    ids = five(desk)
    before = everything(desk, ids)
    done = merge(desk, ids, now=LATER)
    losers = [one for one in ids if one != done.survivor_id]

    view = desk.view(done.survivor_id)
    assert len(view.timeline) == 5 * 8
    assert view.glance.service_visits == 5
    assert len({one.number for one in view.phones}) == len(view.phones) == 4
    assert len([one for one in view.vehicles if one.role == "owner"]) == 4 + 5
    for loser in losers:
        assert desk.view(loser) == replace(view, redirected_from=loser)
        with pytest.raises(MergedAlready) as refused:
            desk.update(loser, email="a@b.cn")
        assert refused.value.details == {"survivor_id": str(done.survivor_id)}
    assert desk.rows("SELECT 1 FROM search_key WHERE customer_id = ANY(:ids)", ids=losers) == []
    assert desk.rows("SELECT 1 FROM vehicle_party WHERE customer_id = ANY(:ids)", ids=losers) == []

    undo(desk, done.merge_id, now=LATER)
    assert everything(desk, ids) == before


def test_what_came_together_is_in_the_merge_s_snapshot(desk):
    ids = five(desk)
    done = merge(desk, ids)
    (row,) = desk.rows("SELECT * FROM merge WHERE id = :id", id=done.merge_id)
    assert {one["id"] for one in row["snapshot"]["before"]} == {str(one) for one in ids}
    assert sorted(one["kind"] for one in row["snapshot"]["collapsed"]) == ["party", "phone"]
    assert (row["rule"], row["requested_by"], row["reason"]) == ("human", "s-9", "同一人")


@pytest.mark.parametrize("seed", range(6))
def test_events_of_losers_late_doubled_and_shuffled_go_where_they_belong(desk, seed):
    """Whatever comes before, during and after the merge: merged it is the survivor's, undone it is their own."""
    losers = [desk.register().customer_id for _ in range(3)]
    survivor = desk.register().customer_id
    ids = [survivor, *losers]
    events = twice_shuffled([*(event for one in ids for event in life(one)), *map(delivery, losers)], seed=seed)
    cut, until = len(events) // 3, 2 * len(events) // 3
    play(desk, events[:cut], batch=7)
    done = merge(desk, losers, into=survivor)
    play(desk, events[cut:until], batch=7)
    undo(desk, done.merge_id)
    play(desk, events[until:], batch=7)
    undone = everything(desk, ids)

    done = merge(desk, losers, into=survivor)
    assert desk.rows("SELECT 1 FROM vehicle_party WHERE customer_id = ANY(:ids)", ids=losers) == []
    assert len(desk.view(survivor).vehicles) == 4 + 3
    (glance,) = desk.rows("SELECT sold_at, service_visits FROM glance WHERE customer_id = :id", id=survivor)
    assert glance["service_visits"] == 4
    undo(desk, done.merge_id)
    assert everything(desk, ids) == undone
    for one in losers:
        cars = desk.rows("SELECT 1 FROM vehicle_party WHERE customer_id = :id AND role = 'owner'", id=one)
        assert len(cars) == 2


def test_a_delivery_told_of_a_loser_after_the_merge_makes_the_survivor_owner(desk):
    survivor, loser = desk.register().customer_id, desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    event = delivery(loser)
    play(desk, [event])
    query = "SELECT customer_id, origin_customer_id FROM vehicle_party WHERE vehicle_id = :id"
    assert desk.rows(query, id=event.payload.vehicle_id) == [{"customer_id": survivor, "origin_customer_id": loser}]
    undo(desk, done.merge_id)
    assert desk.rows(query, id=event.payload.vehicle_id) == [{"customer_id": loser, "origin_customer_id": None}]


def test_what_was_written_for_the_survivor_since_stays_with_him_unless_it_is_listed(desk):
    survivor, loser = desk.register().customer_id, desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    stays, goes = delivery(survivor), delivery(survivor)
    play(desk, [stays, goes])
    undo(desk, done.merge_id, documents=[DocumentTo("order", goes.payload.order_id, loser)])
    query = "SELECT customer_id FROM vehicle_party WHERE vehicle_id = :id"
    assert desk.rows(query, id=stays.payload.vehicle_id) == [{"customer_id": survivor}]
    assert desk.rows(query, id=goes.payload.vehicle_id) == [{"customer_id": loser}]
    assert [one.type for one in desk.view(loser).timeline] == ["vehicle_delivered"]
    (event,) = [one for one in told(desk, done.merge_id) if one.envelope.event_type == "customer_unmerged"]
    assert [one.customer_id for one in event.payload.documents if one.document_type == "order"] == [loser]


def test_records_merged_one_after_the_other_are_undone_in_reverse(desk):
    one, two, three = (desk.register().customer_id for _ in range(3))
    before = everything(desk, [one, two, three])
    first = merge(desk, [one], into=two)
    between = everything(desk, [one, two, three])
    second = merge(desk, [two], into=three)
    assert desk.view(one).customer_id == three
    (way,) = desk.rows("SELECT merged_into FROM customer WHERE id = :id", id=one)
    assert way["merged_into"] == three
    with pytest.raises(UndoOutOfOrder) as refused:
        undo(desk, first.merge_id)
    assert refused.value.details == {"merge_id": str(second.merge_id)}
    undo(desk, second.merge_id)
    assert everything(desk, [one, two, three]) == between
    undo(desk, first.merge_id)
    assert everything(desk, [one, two, three]) == before
    with pytest.raises(MergeUndone):
        undo(desk, first.merge_id)


def test_what_the_survivor_learned_since_stays_when_the_merge_is_undone(desk):
    survivor = desk.register(name="张伟").customer_id
    loser = desk.register(name="张玮", email="old@crm.cn").customer_id
    done = merge(desk, [loser], into=survivor, now=LATER)
    desk.update(survivor, employer="比亚迪汽车", mobile="13900001234", now=LATER)
    undo(desk, done.merge_id, now=LATER)
    view = desk.view(survivor)
    assert (view.employer, view.mobile, view.email) == ("比亚迪汽车", "13900001234", None)
    assert desk.view(loser).email == "old@crm.cn"
    assert len(view.phones) == 2


def test_the_survivor_is_found_by_everything_the_losers_were_found_by(desk):
    mobile = randoms.mobile()
    loser = desk.register(mobile=mobile, id_no=randoms_id()).customer_id
    survivor = desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    assert desk.found(mobile) == [survivor]
    undo(desk, done.merge_id)
    assert desk.found(mobile) == [loser]


def randoms_id() -> str:
    """A valid resident ID nobody else has."""
    number = randoms.number()
    body = f"440301{date(1960, 1, 1) + timedelta(days=number % 15000):%Y%m%d}{number // 15000 % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True)) % 11]


def test_a_card_goes_over_with_the_merge_and_back_with_its_undoing(desk):
    card = randoms_id()
    loser, survivor = desk.register(id_no=card).customer_id, desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    assert desk.view(survivor).id_number == card
    assert desk.found(card) == [survivor]
    undo(desk, done.merge_id)
    assert desk.found(card) == [loser]


def test_a_card_that_is_somebody_else_s_by_now_keeps_a_merge_from_being_undone(desk):
    card = randoms_id()
    loser, survivor = desk.register(id_no=card).customer_id, desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    desk.update(survivor, id_no=randoms_id())
    bearer = desk.register(id_no=card).customer_id
    before = everything(desk, [loser, survivor, bearer])
    with pytest.raises(PossibleDuplicate):
        undo(desk, done.merge_id)
    assert everything(desk, [loser, survivor, bearer]) == before


def test_who_must_not_be_called_in_one_record_is_not_called_in_the_merged_one(desk):
    loser, survivor = desk.register().customer_id, desk.register().customer_id
    desk.update(loser, preferences=Preferences(do_not_call=True), now=NOW)
    desk.update(survivor, preferences=Preferences(from_hour=9), now=LATER)
    merge(desk, [loser], into=survivor)
    (row,) = desk.rows("SELECT preferences FROM customer WHERE id = :id", id=survivor)
    assert (row["preferences"]["do_not_call"], row["preferences"]["from_hour"]) == (True, 9)


def test_a_consent_one_record_withdrew_is_withdrawn_until_the_merge_is_undone(desk):
    loser, survivor = desk.register().customer_id, desk.register().customer_id
    agree(desk, loser, allowed=False, at=NOW)
    agree(desk, survivor, allowed=True, at=NOW + timedelta(hours=1))
    before = everything(desk, [loser, survivor])
    done = merge(desk, [loser], into=survivor, now=LATER)
    newest = "SELECT allowed FROM consent WHERE customer_id = :id ORDER BY at DESC LIMIT 1"
    assert desk.rows(newest, id=survivor) == [{"allowed": False}]
    undo(desk, done.merge_id, now=LATER + timedelta(hours=1))
    assert everything(desk, [loser, survivor]) == before
    query = """
        SELECT envelope->'payload'->'allowed' AS allowed FROM outbox
         WHERE event_type = 'customer_consent_changed' AND envelope->'payload'->>'customer_id' = :id ORDER BY position
    """
    assert [row["allowed"] for row in desk.rows(query, id=str(survivor))] == [True, False, True]


def agree(desk: Desk, customer: UUID, *, allowed: bool, at: datetime) -> None:
    request = RecordConsent(customer, Purpose.MARKETING, allowed, ConsentChannel.CALL, text_version="v1", at=at)
    desk.database.run(lambda session: consents.record_consent(session, request, scope=AGENT, now=LATER))


def test_a_human_s_choice_goes_before_the_rule(desk):
    loser, survivor = desk.register(name="张三", now=NOW).customer_id, desk.register(name="李四", now=LATER).customer_id
    merge(desk, [loser], into=survivor, choices={"name": loser})
    assert desk.view(survivor).name == "张三"


def test_refusals_leave_everything_as_it_was(desk):
    one, two, three = (desk.register().customer_id for _ in range(3))
    merge(desk, [one], into=two)
    before = everything(desk, [one, two, three], without=())
    missing = uuids.uuid7()
    for refusal, ask in (
        (MergedAlready, lambda: merge(desk, [one], into=three)),
        (MergedAlready, lambda: merge(desk, [three], into=one)),
        (MergeCycle, lambda: merge(desk, [two], into=one)),
        (MergeCycle, lambda: merge(desk, [three, two], into=three)),
        (NothingToMerge, lambda: merge(desk, [two])),
        (NothingToMerge, lambda: merge(desk, [two, two])),
        (CustomerNotFound, lambda: merge(desk, [missing], into=two)),
        (FieldChoiceInvalid, lambda: merge(desk, [three], into=two, choices={"name": one})),
        (FieldChoiceInvalid, lambda: merge(desk, [three], into=two, choices={"status": two})),
        (StaleVersion, lambda: merge(desk, [three], into=two, expected_versions=[ExpectedVersion(three, 9)])),
        (MergeNotFound, lambda: undo(desk, missing)),
    ):
        with pytest.raises(refusal) as refused:
            ask()
        if refusal is MergedAlready:
            assert refused.value.details["survivor_id"] == str(two)
    assert everything(desk, [one, two, three], without=()) == before


def test_a_preview_counts_the_numbers_in_use(desk):
    one = desk.register(mobile=randoms.mobile()).customer_id
    desk.update(one, mobile=randoms.mobile())
    desk.update(one, mobile=randoms.mobile())
    two = desk.register(mobile=randoms.mobile()).customer_id
    shown = preview(desk, [one, two])
    assert shown.phones == len([phone for each in (one, two) for phone in desk.view(each).phones if not phone.until])


def test_a_preview_says_what_the_merge_then_does(desk):
    ids = five(desk)
    before = everything(desk, ids, without=())
    shown = preview(desk, ids)
    assert everything(desk, ids, without=()) == before
    documents = {(one.service, one.type): one.count for one in shown.documents}
    assert documents["sales", "order"] == 5
    assert documents["workshop", "repair_order"] == 10
    assert (shown.phones, shown.vehicles, shown.collapsed) == (4, 9, 2)
    done = merge(desk, ids, expected_versions=shown.versions)
    assert done.survivor_id == shown.survivor_id


def test_a_merge_is_told_and_complete_when_every_service_did_its_part(desk):
    survivor, losers = desk.register().customer_id, [desk.register().customer_id for _ in range(2)]
    done = merge(desk, losers, into=survivor)
    (event,) = told(desk, done.merge_id)
    assert isinstance(event.payload, CustomerMerged)
    assert {one.customer_id: one.survivor_id for one in event.payload.lives_on} == dict.fromkeys(losers, survivor)
    assert state(desk, done.merge_id).status == "requested"
    steps = [
        received(made(one, change_id=done.merge_id, kind="merged", rows=2))
        for one in (OrdersRekeyed, RepairOrdersRekeyed, VisitsRekeyed)
    ]
    deliver(desk.transaction, joining.note_steps, steps[:1])
    assert (state(desk, done.merge_id).status, state(desk, done.merge_id).waiting_for) == (
        "applied",
        ["followup", "workshop"],
    )
    for event in twice_shuffled(steps):
        deliver(desk.transaction, joining.note_steps, [event])
    assert state(desk, done.merge_id).status == "complete"
    undo(desk, done.merge_id)
    assert state(desk, done.merge_id).status == "undoing"


def test_a_service_that_only_hears_of_merges_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setitem(HEARS, "reporting", (*HEARS["reporting"], CustomerMerged))
    survivor, loser = desk.register().customer_id, desk.register().customer_id
    done = merge(desk, [loser], into=survivor)
    assert state(desk, done.merge_id).waiting_for == ["followup", "sales", "workshop"]


def test_two_hundred_losers_are_merged_and_undone_in_reasonable_time(desk):
    survivor = desk.register().customer_id
    losers = [desk.register(vehicle=VehicleGiven(randoms.vin())).customer_id for _ in range(200)]
    for loser in losers[:50]:
        play(desk, [received(made(OrderSigned, customer_id=loser), subject_id=uuids.uuid7())])
    before = everything(desk, [survivor, *losers])
    started = time.monotonic()
    done = merge(desk, losers, into=survivor)
    merged = time.monotonic()
    undo(desk, done.merge_id)
    assert max(merged - started, time.monotonic() - merged) < patience(DEADLINE)
    assert everything(desk, [survivor, *losers]) == before


def test_more_records_than_one_event_can_tell_of_come_in_parts(desk, monkeypatch):
    monkeypatch.setattr(joining, "IN_ONE_EVENT", 2)
    survivor, losers = desk.register().customer_id, [desk.register().customer_id for _ in range(5)]
    done = merge(desk, losers, into=survivor)
    events = [one.payload for one in told(desk, done.merge_id)]
    assert [(one.part, one.parts, len(one.lives_on)) for one in events] == [(1, 3, 2), (2, 3, 2), (3, 3, 1)]
    assert {one for event in events for one in event.loser_ids} == set(losers)

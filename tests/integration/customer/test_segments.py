"""Segments: saved predicates whose members follow what happens (R18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.store.database import Database
from contracts.access import Reach, Scope, matrix
from contracts.customer import exports as exports_contract
from contracts.customer import segments as contract
from contracts.customer.operations import VehicleGiven
from contracts.refusals import InvalidRequest
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.exports.usecases import ask_export
from services.customer.segments import queries, usecases
from services.customer.segments.errors import FactNotAllowed, SegmentExists
from services.customer.segments.rules import FACTS, Kind
from services.customer.view.usecases import folding, timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.events import made, received

DAY = timedelta(days=1)
LATER = NOW + timedelta(minutes=1)
MANAGER = Scope(Reach.GROUP, ("HN",), "s-9", "service_manager")
EVERYBODY = matrix().roles
VISITS = {"fact": "service_visits", "at_least": 2}


def create(desk: Desk, predicate: Any, *, name: str = "", scope: Scope = MANAGER, now: datetime = NOW) -> UUID:
    request = contract.CreateSegment(name or f"分组{randoms.number()}", predicate)
    made_ = desk.database.run(lambda session: usecases.create_segment(session, request, scope=scope, now=now))
    return made_.segment_id


def judge(desk: Desk, *, now: datetime = LATER) -> None:
    """Turns of the schedule until there is nothing to do."""
    for _ in range(50):
        if not desk.database.run(lambda session: usecases.judge_segments(session, now=now)):
            return
    raise AssertionError("it does not come to an end")


def members(desk: Desk, segment_id: UUID) -> set[UUID]:
    """All of them, page by page: others' customers may be among them."""
    found: list[UUID] = []
    while True:
        asked = contract.MembersAsked(segment_id, limit=200, after=found[-1] if found else None)
        page = desk.read(partial(queries.segment_members, asked=asked, roles=EVERYBODY))
        found += [one.customer_id for one in page.items]
        if len(page.items) < 200:
            return set(found)


def served(desk: Desk, who: UUID, *, at: datetime = NOW, store: str = "HN") -> None:
    with desk.transaction() as session:
        ro = uuids.uuid7()
        timeline.tell(
            session,
            [
                received(
                    made(VehicleReturned, customer_id=who, ro_id=ro),
                    subject_id=ro,
                    subject_version=8,
                    occurred_at=at,
                    store_id=store,
                )
            ],
        )


def moves(desk: Desk, segment_id: UUID, who: UUID) -> list[str]:
    return desk.events(f"{segment_id}/{who}")


@pytest.fixture(autouse=True)
def _nobody_else_s_segments(desk: Desk) -> None:
    """The database is shared with other tests, and a turn judges for every segment there is."""
    with desk.transaction() as session:
        for table in ("segment_member", "export", "segment", "segment_due"):
            session.execute(text(f"DELETE FROM {table}"))


def test_who_fits_already_is_a_member_after_the_first_sweep(desk):
    fits, not_yet = (desk.register().customer_id for _ in range(2))
    for who, times in ((fits, 2), (not_yet, 1)):
        for _ in range(times):
            served(desk, who)
    segment = create(desk, VISITS)
    judge(desk)
    found = members(desk, segment)
    assert fits in found and not_yet not in found
    assert moves(desk, segment, fits) == ["segment_entered"]


def test_a_repair_order_brings_a_customer_in_and_an_order_takes_him_out(desk):
    """The commission's example: a GL8, visits, and no replacement ordered."""
    who = desk.register(vehicle=VehicleGiven(randoms.vin(), model="GL8")).customer_id
    said = {
        "all": [
            {"vehicle": {"model": ["gl8"], "age": {"at_most": 4}}},
            VISITS,
            {"not": {"fact": "open_orders", "at_least": 1}},
        ]
    }
    segment = create(desk, said)
    judge(desk)
    assert who not in members(desk, segment)
    for _ in range(2):
        served(desk, who)
    judge(desk)
    assert who in members(desk, segment)
    with desk.transaction() as session:
        order = received(made(OrderSigned, customer_id=who), subject_id=uuids.uuid7(), subject_version=2)
        timeline.tell(session, [order])
    judge(desk)
    assert who not in members(desk, segment)
    with desk.transaction() as session:
        told = made(VehicleDelivered, customer_id=who, vin=randoms.vin(), delivered_at=NOW)
        timeline.hand_over(session, [received(told, subject_id=order.subject.id, subject_version=6)])
    judge(desk)
    assert who in members(desk, segment)
    assert moves(desk, segment, who) == ["segment_entered", "segment_left", "segment_entered"]


def test_only_those_something_happened_to_are_judged_again(desk):
    who, untouched = (desk.register().customer_id for _ in range(2))
    segment = create(desk, VISITS)
    judge(desk)
    with desk.transaction() as session:  # as no event can: so that being judged would be seen
        session.execute(
            text("INSERT INTO glance (customer_id, service_visits, open_visits) VALUES (:id, 9, 0)"), {"id": untouched}
        )
    served(desk, who)
    assert desk.database.run(lambda session: usecases.judge_segments(session, now=LATER)) == 1
    assert untouched not in members(desk, segment)


def test_a_change_of_the_record_is_judged_when_its_event_is_heard(desk):
    from contracts.customer.events import CustomerUpdated

    who = desk.register().customer_id
    segment = create(desk, {"fact": "tags", "has": "高尔夫"})
    judge(desk)
    desk.update(who, tags=["高尔夫", "亲子"])
    with desk.transaction() as session:
        timeline.tell(session, [received(made(CustomerUpdated, customer_id=who, version=2), subject_id=who)])
    judge(desk)
    assert who in members(desk, segment)


def test_time_alone_brings_in_and_takes_out(desk):
    who = desk.register().customer_id
    served(desk, who, at=NOW)
    recent = create(desk, {"fact": "last_service", "within_days": 30})
    overdue = create(desk, {"fact": "last_service", "more_days_ago": 180})
    judge(desk)
    assert (who in members(desk, recent), who in members(desk, overdue)) == (True, False)
    judge(desk, now=NOW + 31 * DAY)
    assert (who in members(desk, recent), who in members(desk, overdue)) == (False, False)
    judge(desk, now=NOW + 181 * DAY)
    assert (who in members(desk, recent), who in members(desk, overdue)) == (False, True)


def test_a_sweep_goes_bit_by_bit_and_says_when_it_is_complete(desk, monkeypatch):
    monkeypatch.setattr(usecases, "TOGETHER", 3)
    people = [desk.register().customer_id for _ in range(7)]
    for who in people:
        served(desk, who)
    segment = create(desk, {"fact": "service_visits", "at_least": 1})
    with desk.transaction() as session:
        session.execute(text("DELETE FROM segment_due"))

    def shown() -> contract.Segment:
        return desk.read(lambda connection: queries.get_segment(connection, contract.SegmentById(segment)))

    assert desk.database.run(lambda session: usecases.judge_segments(session, now=NOW)) == 0  # still settling
    for _ in range(2):
        assert desk.database.run(lambda session: usecases.judge_segments(session, now=LATER)) == 3
    assert shown().complete_at is None
    for _ in range(2_000):
        if desk.database.run(lambda session: usecases.judge_segments(session, now=LATER)) < 3:
            break
    assert shown().complete_at == LATER
    assert set(people) <= members(desk, segment)
    assert desk.database.run(lambda session: usecases.judge_segments(session, now=NOW + 30 * DAY)) == 0


def test_a_merged_record_is_no_member(desk):
    who = desk.register().customer_id
    segment = create(desk, {"fact": "registered", "ever": True})
    judge(desk)
    assert who in members(desk, segment)
    with desk.transaction() as session:
        session.execute(
            text("UPDATE customer SET status = 'merged', merged_into = :to WHERE id = :id"),
            {"id": who, "to": desk.register().customer_id},
        )
        folding.fold(session, [who])
    judge(desk)
    assert who not in members(desk, segment)


@pytest.mark.parametrize("fact", sorted(FACTS))
def test_every_fact_can_be_asked_in_every_way(desk, fact):
    values: dict[str, Any] = {
        "at_least": 0, "at_most": 9, "equals": 1, "in": [1, 2], "within_days": 5, "more_days_ago": 5,
        "since": "2026-01-01", "before": "2027-01-01", "ever": True, "has": "x", "has_any": ["x", "y"],
    }  # fmt: skip
    if FACTS[fact] is Kind.TEXT:
        values |= {"equals": "HN", "in": ["HN", "FT"]}
    if FACTS[fact] is Kind.FLAG:
        values |= {"equals": False}
    from services.customer.segments.rules import _DEMANDS

    desk.register(address="深圳市福田区深南大道1号")
    for demand in _DEMANDS[FACTS[fact]]:
        create(desk, {"fact": fact, demand: values[demand]}, scope=Scope(Reach.GROUP, (), "s-1", "sales_manager"))
    judge(desk)
    sizes = [one.members for one in desk.read(partial(queries.list_segments, _asked=contract.ListSegments())).items]
    assert len(sizes) == len(_DEMANDS[FACTS[fact]])


def test_a_district_is_found_in_the_address(desk):
    here = desk.register(address="深圳市福田区深南大道1号").customer_id
    there = desk.register(address="深圳市罗湖区人民南路2号").customer_id
    one = create(desk, {"fact": "district", "equals": "福田区"})
    both = create(desk, {"fact": "district", "in": ["福田区", "罗湖区"]})
    judge(desk)
    assert here in members(desk, one) and there not in members(desk, one)
    assert {here, there} <= members(desk, both)


def test_the_last_word_on_consent_counts(desk):
    who = desk.register().customer_id
    segment = create(desk, {"consent": {"purpose": "marketing", "channel": "sms"}})
    judge(desk)
    for number, (channel, allowed, fits) in enumerate(
        (("any", True, True), ("call", False, True), ("sms", False, False), ("any", True, True))
    ):
        with desk.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO consent (id, customer_id, purpose, channel, allowed, basis, text_version, evidence,"
                    " at, recorded_at, staff_id, department)"
                    " VALUES (:id, :who, 'marketing', :channel, :allowed, 'consent', '', '', :at, :at, '', '')"
                ),
                {"id": uuids.uuid7(), "who": who, "channel": channel, "allowed": allowed, "at": NOW + number * DAY},
            )
            folding.fold(session, [who])
        judge(desk)
        assert (who in members(desk, segment)) is fits


@pytest.mark.parametrize("said", [{}, {"fact": "luck"}, {"all": [{"fact": "sold", "within_days": -1}]}])
def test_a_predicate_that_says_nothing_is_refused_with_its_place(desk, said):
    with pytest.raises(InvalidRequest) as refused:
        create(desk, said)
    errors: Any = refused.value.details["errors"]
    assert next(iter(errors)).startswith("predicate")
    assert desk.read(partial(queries.list_segments, _asked=contract.ListSegments())).items == []


def test_a_name_is_there_once_and_prices_are_for_those_who_may_see_them(desk):
    create(desk, VISITS, name="老客户")
    with pytest.raises(SegmentExists):
        create(desk, VISITS, name=" 老客户 ")
    spent = {"fact": "spent_fen", "at_least": 10_000_000}
    with pytest.raises(FactNotAllowed):
        create(desk, spent)
    create(desk, spent, scope=Scope(Reach.GROUP, (), "s-1", "leader"))


@pytest.mark.parametrize(
    ("fact", "maker", "kept_from"),
    [
        ({"fact": "spent_fen", "at_least": 1}, "sales_manager", "cr_agent"),
        ({"fact": "district", "equals": "福田"}, "cr_agent", "leader"),
    ],
)
def test_a_segment_is_no_way_to_what_answers_mask(desk, fact, maker, kept_from):
    """Nobody learns by who is in it what he would not be shown, whoever made the segment."""
    hidden = {"all": [VISITS, {"not": fact}]}
    with pytest.raises(FactNotAllowed):
        create(desk, hidden, scope=Scope(Reach.GROUP, (), "s-1", kept_from))
    segment = create(desk, hidden, scope=Scope(Reach.GROUP, (), "s-2", maker))

    def read(*roles: str) -> Any:
        return desk.read(lambda c: queries.segment_members(c, contract.MembersAsked(segment, limit=5), roles=roles))

    assert read(maker).items == []
    assert read(kept_from, maker).items == [], "one role that sees it is enough"
    with pytest.raises(FactNotAllowed):
        read(kept_from)
    asked = exports_contract.AskExport(segment, exports_contract.FileFormat.CSV, "春季")
    with pytest.raises(FactNotAllowed):
        scope = Scope(Reach.GROUP, (), "s-1", kept_from)
        desk.database.run(lambda session: ask_export(session, asked, scope=scope, now=LATER))


def test_members_are_read_page_by_page(desk):
    people = sorted(desk.register().customer_id for _ in range(5))
    for who in people:
        served(desk, who)
    segment = create(desk, {"all": [{"fact": "service_visits", "equals": 1}, {"fact": "last_service", "ever": True}]})
    judge(desk)
    everybody = sorted(members(desk, segment))
    first = desk.read(lambda c: queries.segment_members(c, contract.MembersAsked(segment, limit=2), roles=EVERYBODY))
    rest = desk.read(
        lambda c: queries.segment_members(
            c, contract.MembersAsked(segment, first.items[-1].customer_id, 200), roles=EVERYBODY
        )
    )
    assert [one.customer_id for one in first.items + rest.items] == everybody
    assert first.total == len(everybody) >= 5


def test_without_segments_nothing_is_noted(desk):
    served(desk, desk.register().customer_id)
    assert desk.rows("SELECT count(*) AS n FROM segment_due") == [{"n": 0}]


def test_two_turns_at_once_record_each_move_once(desk):
    from concurrent.futures import ThreadPoolExecutor

    from chassis.store.scheduled import run_scheduled

    people = [desk.register().customer_id for _ in range(20)]
    for who in people:
        served(desk, who)
    segment = create(desk, {"fact": "service_visits", "at_least": 1})
    database: Database = desk.database

    def turn() -> int:
        return run_scheduled(database, "segments", lambda session: usecases.judge_segments(session, now=LATER))

    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            for done in [pool.submit(turn) for _ in range(4)]:
                done.result()
    assert {tuple(moves(desk, segment, who)) for who in people} == {("segment_entered",)}


def test_what_is_open_in_a_workshop_can_be_asked(desk):
    who = desk.register().customer_id
    segment = create(desk, {"fact": "open_repair_orders", "at_least": 1})
    judge(desk)
    with desk.transaction() as session:
        ro = uuids.uuid7()
        timeline.tell(session, [received(made(RepairOrderOpened, customer_id=who, ro_id=ro), subject_id=ro)])
    judge(desk)
    assert who in members(desk, segment)

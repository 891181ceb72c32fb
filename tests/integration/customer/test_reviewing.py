"""The review queue, the search that fills it, and splits (R22, E7, E8)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text

from contracts.access import Reach, Scope
from contracts.customer.duplicates import (
    Decision,
    DuplicatePairs,
    ListDuplicates,
    PairStatus,
    Points,
    StartScan,
)
from contracts.customer.merges import DocumentGiven
from contracts.customer.operations import VehicleGiven
from contracts.customer.policies import AUTO_MERGE, AutoMerge
from contracts.customer.relations import RelationKind
from contracts.fields import Nothing
from contracts.refusals import StoreNotAllowed
from contracts.vehicle_identity import vehicle_id
from services.customer.merging import queries
from services.customer.merging.errors import (
    DocumentNotHis,
    FactNotHis,
    MergeNotFound,
    PairDecided,
    PairNotFound,
    RelationRequired,
)
from services.customer.merging.usecases import scanning
from services.customer.record.errors import CustomerMerged, NameInvalid, PossibleDuplicate
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import AGENT, decide, everything, merge, split, state, told, undo
from tests.integration.customer.test_merging import delivery, randoms_id
from tests.integration.customer.test_timeline import life, play
from tests.support import randoms
from tests.support.publishing import publish

MANAGER = Scope(Reach.STORE, ("FT",), "s-5", "service_manager")


@pytest.fixture
def alone(desk: Desk) -> Desk:
    """Nobody but those of the test is a customer, and nothing was searched."""
    with desk.transaction() as session:
        for table in ("pair", "search_key", "vehicle_party", "relation", "duplicate_scan", "policy"):
            session.execute(text(f"DELETE FROM {table}"))
        session.execute(text("UPDATE customer SET status = 'gone'"))
    return desk


def suspects(desk: Desk) -> tuple[UUID, UUID]:
    """Two records with one number and two names: in the queue."""
    mobile = randoms.mobile()
    one = desk.register(name="张伟", mobile=mobile).customer_id
    other = desk.register(name="刘芳", mobile=mobile, force_new=True, reason="夫妻").customer_id
    return one, other


def queue(desk: Desk, *, scope: Scope = AGENT, **asked: Any) -> DuplicatePairs:
    return desk.read(lambda connection: queries.list_duplicates(connection, ListDuplicates(**asked), scope=scope))


def status(desk: Desk, one: UUID, other: UUID) -> list[str]:
    found = desk.rows("SELECT status FROM pair WHERE a = :a AND b = :b", a=min(one, other), b=max(one, other))
    return [row["status"] for row in found]


def search(desk: Desk, *, together: int = 200, turns: int = 100) -> Any:
    """Start a search and let it go on until it is through."""
    asked = StartScan("月度查重")
    desk.database.run(lambda session: scanning.start_scan(session, asked, scope=AGENT, now=NOW))
    for _ in range(turns):
        if not desk.database.run(lambda session: scanning.go_on(session, now=NOW, together=together)):
            break
    return desk.read(partial(queries.list_scans, _asked=Nothing())).items[0]


def restrict(desk: Desk, by: AutoMerge, *, store: str | None = None) -> None:
    publish(desk.database, AUTO_MERGE, {"by": by.value}, now=NOW, store_id=store)


def twins(desk: Desk, *, store_id: str = "HN") -> tuple[UUID, UUID]:
    """Two records with one name and number that no search has seen: as old data comes."""
    mobile = randoms.mobile()
    one = desk.register(name="诸葛红兵", mobile=mobile, store_id=store_id).customer_id
    other = desk.register(name="诸葛红兵", store_id=store_id).customer_id
    desk.update(other, more_phones=[mobile])
    desk.forget_suspicions()
    return one, other


class TestQueue:
    def test_a_page_shows_both_records_and_what_speaks_for_them(self, alone):
        one, other = suspects(alone)
        shown = queue(alone)
        assert shown.total == 1
        (pair,) = shown.items
        assert {pair.a.customer_id, pair.b.customer_id} == {one, other}
        assert (pair.points, pair.evidence) == (62, [Points("mobile", 62)])
        assert queue(alone, page=2).items == []

    def test_the_pairs_of_a_customer_are_those_he_is_in_on_either_side(self, alone):
        one, other = suspects(alone)
        suspects(alone)
        for customer_id in (one, other):
            (pair,) = queue(alone, customer_id=customer_id).items
            assert {pair.a.customer_id, pair.b.customer_id} == {one, other}
        assert queue(alone, customer_id=uuids.uuid7()).items == []
        assert queue(alone, customer_id=one, scope=MANAGER).items == []

    def test_a_manager_sees_and_decides_the_pairs_of_his_stores_only(self, alone):
        one, other = suspects(alone)
        assert queue(alone, scope=MANAGER).items == []
        with pytest.raises(StoreNotAllowed):
            queue(alone, scope=MANAGER, store_id="HN")
        with pytest.raises(PairNotFound):
            decide(alone, one, other, Decision.NOT_SAME, scope=MANAGER)
        assert status(alone, one, other) == ["open"]

    def test_the_same_are_merged_whichever_is_named_first(self, alone):
        one, other = suspects(alone)
        done = decide(alone, max(one, other), min(one, other), Decision.SAME)
        assert (done.status, status(alone, one, other)) == (PairStatus.MERGED, ["merged"])
        assert done.merge_id is not None
        assert state(alone, done.merge_id).score == 62
        with pytest.raises(PairDecided):
            decide(alone, one, other, Decision.NOT_SAME)
        undo(alone, done.merge_id)
        assert status(alone, one, other) == ["not_same"]

    def test_two_told_apart_are_not_asked_again_until_a_card_of_either_changes(self, alone):
        one, other = suspects(alone)
        decide(alone, one, other, Decision.NOT_SAME)
        search(alone)
        alone.update(one, email="zhang@crm.cn", name="张伟伟")
        assert status(alone, one, other) == ["not_same"]
        alone.update(other, id_no=randoms_id())
        assert status(alone, one, other) == ["open"]

    def test_relatives_are_related_and_stay_two(self, alone):
        one, other = suspects(alone)
        with pytest.raises(RelationRequired):
            decide(alone, one, other, Decision.RELATED)
        with pytest.raises(RelationRequired):
            decide(alone, one, other, Decision.RELATED, relation=RelationKind.PARENT_OF, related_from=uuids.uuid7())
        decide(alone, one, other, Decision.RELATED, relation=RelationKind.PARENT_OF, related_from=other)
        assert alone.rows("SELECT customer_id, other_id, kind FROM relation") == [
            {"customer_id": other, "other_id": one, "kind": "parent_of"}
        ]
        search(alone)
        assert status(alone, one, other) == ["related"]

    def test_a_loser_s_other_pairs_are_the_survivor_s_until_the_merge_is_undone(self, alone):
        one, other = suspects(alone)
        survivor = alone.register().customer_id
        before = alone.rows("SELECT * FROM pair ORDER BY a, b")
        done = merge(alone, [one], into=survivor)
        assert (status(alone, one, other), status(alone, survivor, other)) == ([], ["open"])
        undo(alone, done.merge_id)
        assert alone.rows("SELECT * FROM pair WHERE status = 'open'") == before
        assert status(alone, one, survivor) == ["not_same"]


class TestSearch:
    @pytest.mark.parametrize("together", [1, 2, 200])
    def test_sure_ones_are_merged_and_doubtful_ones_queued_in_whatever_batches(self, alone, together):
        one, other = twins(alone)
        doubtful = suspects(alone)
        alone.forget_suspicions()
        done = search(alone, together=together)
        assert (done.status, done.merged, done.queued) == ("complete", 1, 1)
        (merged,) = alone.rows("SELECT id FROM customer WHERE status = 'merged' AND id = ANY(:ids)", ids=[one, other])
        survivor = ({one, other} - {merged["id"]}).pop()
        (row,) = alone.rows("SELECT rule, requested_by, score FROM merge WHERE survivor_id = :id", id=survivor)
        assert (row["rule"], row["requested_by"], row["score"]) == ("evidence", "system", 102)
        assert status(alone, *doubtful) == ["open"]

    def test_what_a_search_merged_and_a_human_undid_no_search_merges_again(self, alone):
        one, other = twins(alone)
        search(alone)
        (row,) = alone.rows("SELECT id FROM merge WHERE requested_by = 'system' ORDER BY position DESC LIMIT 1")
        undo(alone, row["id"])
        assert search(alone).merged == 0
        assert status(alone, one, other) == ["not_same"]

    def test_a_second_search_finds_nothing_new(self, alone):
        twins(alone)
        suspects(alone)
        search(alone)
        again = search(alone)
        assert (again.merged, again.queued) == (0, 0)

    def test_a_search_that_runs_goes_on_where_it_was(self, alone):
        for _ in range(5):
            alone.register()
        first = search(alone, together=2, turns=1)
        again = search(alone, together=2, turns=1)
        assert (again.scan_id, first.scanned, again.scanned) == (first.scan_id, 2, 4)
        assert search(alone, together=2).status == "complete"

    @pytest.mark.parametrize(("by", "merged"), [(AutoMerge.EVIDENCE, 1), (AutoMerge.ID, 0), (AutoMerge.NOTHING, 0)])
    def test_a_store_may_leave_less_to_the_search(self, alone, by, merged):
        restrict(alone, by, store="HN")
        one, other = twins(alone)
        assert search(alone).merged == merged
        assert status(alone, one, other) == ["merged" if merged else "open"]

    def test_one_number_and_one_card_of_three_where_two_are_told_apart_are_not_merged(self, alone):
        """What is sure of neighbours need not be so of the whole."""
        mobile = randoms.mobile()
        bare = alone.register(name="诸葛红兵", mobile=mobile).customer_id
        carded = []
        for _ in range(2):
            one = alone.register(name="诸葛红兵", id_no=randoms_id()).customer_id
            alone.update(one, more_phones=[mobile])
            carded.append(one)
        assert search(alone).merged == 0
        assert status(alone, *carded) == ["open"]
        assert status(alone, bare, carded[0]) == ["open"]


class TestSplit:
    def test_what_is_listed_goes_over_and_the_rest_stays(self, alone):
        shared, his, vin, card = randoms.mobile(), randoms.mobile(), randoms.vin(), randoms_id()
        one = alone.register(
            name="张伟", mobile=shared, more_phones=[his], vehicle=VehicleGiven(vin), id_no=card, address="深南大道1号"
        ).customer_id
        hers = delivery(one)
        play(alone, [*life(one), hers])
        new = split(
            alone,
            one,
            "刘芳女士",
            phones=[his],
            shared_phones=[shared],
            addresses=["深南大道1号"],
            card=True,
            vehicle_ids=[vehicle_id(vin)],
            documents=[DocumentGiven("order", hers.payload.order_id)],
        )
        mine, theirs = alone.view(one), alone.view(new)
        assert (theirs.name, theirs.title, theirs.mobile) == ("刘芳", "女士", shared)
        assert [(phone.number, phone.shared) for phone in mine.phones] == [(shared, True)]
        assert {phone.number for phone in theirs.phones} == {his, shared}
        assert (mine.id_number, theirs.id_number) == (None, card)
        assert (mine.addresses, [one.text for one in theirs.addresses]) == ([], ["深南大道1号"])
        assert {car.vin for car in theirs.vehicles} == {vin, hers.payload.vin}
        assert [entry.type for entry in theirs.timeline] == ["vehicle_delivered"]
        assert alone.found(card) == [new]
        assert status(alone, one, new) == ["not_same"]
        (merge_row,) = alone.rows("SELECT id FROM merge WHERE kind = 'split' AND survivor_id = :id", id=one)
        (event,) = told(alone, merge_row["id"])
        assert [(moved.document_id, moved.customer_id) for moved in event.payload.documents] == [
            (str(hers.payload.order_id), new)
        ]
        assert state(alone, merge_row["id"]).status == "requested"

    def test_events_of_a_document_that_was_given_away_go_with_it_however_late(self, alone):
        one = alone.register().customer_id
        events = life(one)
        order = events[0].subject.id
        play(alone, events[:1])
        new = split(alone, one, "刘芳", documents=[DocumentGiven("order", UUID(order))])
        play(alone, events)
        assert {entry.type for entry in alone.view(new).timeline} == {"order_signed", "vehicle_delivered"}
        assert "order_signed" not in {entry.type for entry in alone.view(one).timeline}

    def test_merging_the_two_again_brings_everything_together(self, alone):
        one = alone.register(more_phones=[his := randoms.mobile()]).customer_id
        events = life(one)
        play(alone, events)
        before = alone.view(one).timeline
        new = split(alone, one, "刘芳", phones=[his], documents=[DocumentGiven("order", UUID(events[0].subject.id))])
        merge(alone, [new], into=one)
        again = alone.view(new)
        assert (again.customer_id, again.timeline) == (one, before)
        assert his in {phone.number for phone in again.phones}

    def test_refusals_leave_everything_as_it_was(self, alone):
        one, other = alone.register().customer_id, alone.register().customer_id
        loser = alone.register().customer_id
        merge(alone, [loser], into=other)
        before = everything(alone, [one, other, loser], without=())
        for refusal, listed in (
            (FactNotHis, {"phones": [randoms.mobile()]}),
            (FactNotHis, {"phones": ["x"]}),
            (FactNotHis, {"addresses": ["没有"]}),
            (FactNotHis, {"card": True}),
            (FactNotHis, {"vehicle_ids": [uuids.uuid7()]}),
            (DocumentNotHis, {"documents": [DocumentGiven("order", uuids.uuid7())]}),
        ):
            with pytest.raises(refusal):
                split(alone, one, "刘芳", **listed)
        with pytest.raises(NameInvalid):
            split(alone, one, "先生")
        with pytest.raises(CustomerMerged):
            split(alone, loser, "刘芳")
        assert everything(alone, [one, other, loser], without=()) == before

    def test_a_split_cannot_be_undone_as_a_merge(self, alone):
        one = alone.register().customer_id
        split(alone, one, "刘芳")
        (row,) = alone.rows("SELECT id FROM merge WHERE survivor_id = :id", id=one)
        with pytest.raises(MergeNotFound):
            undo(alone, row["id"])


def test_a_second_record_with_a_card_that_went_over_is_refused(desk):
    card = randoms_id()
    one = desk.register(name="诸葛红兵", id_no=card).customer_id
    merge(desk, [one], into=(survivor := desk.register().customer_id))
    with pytest.raises(PossibleDuplicate):
        desk.update(desk.register().customer_id, id_no=card)
    assert desk.register(name="诸葛红兵", id_no=card).customer_id == survivor


def test_a_number_that_half_the_town_has_is_counted_by_a_search_too(alone: Desk) -> None:
    mobile = randoms.mobile()
    for name in ("张伟", "刘芳", "赵敏", "孙丽", "周杰", "吴刚"):
        alone.register(name=name, mobile=mobile, force_new=True, reason="代办")
    asked = len(queue(alone).items)
    assert asked == 1 + 2 + 3
    assert search(alone).queued == 0
    assert len(queue(alone).items) == asked


def test_a_number_of_somebody_not_met_for_two_years_is_somebody_else_s_by_now(alone: Desk) -> None:
    mobile = randoms.mobile()
    alone.register(name="张伟", mobile=mobile, now=NOW - timedelta(days=3 * 365))
    assert alone.register(name="刘芳", mobile=mobile).created
    assert queue(alone).items == []
    met = randoms.mobile()
    alone.register(name="赵敏", mobile=met, now=NOW - timedelta(days=365))
    with pytest.raises(PossibleDuplicate):
        alone.register(name="孙丽", mobile=met)


def test_a_number_that_stands_for_none_makes_nobody_the_same(alone: Desk) -> None:
    for mobile in ("13800138000", "13888888888"):
        assert alone.register(name="张伟", mobile=mobile).created
        assert alone.register(name="刘芳", mobile=mobile).created
    assert queue(alone).items == []

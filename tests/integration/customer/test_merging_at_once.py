"""Merges among everything else that goes on: many at once, and events of all in any order between (E8)."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.process import metrics
from chassis.store.rows import insert_together
from services.customer.merging.errors import MergeCycle
from services.customer.merging.usecases import joining, undoing
from services.customer.record.errors import CustomerMerged as MergedAlready
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Typed
from services.customer.record.rules.record import Record, new_record
from services.customer.record.usecases.records import inserts_of
from tests.integration.customer.conftest import NOW
from tests.integration.customer.joining import everything, merge, undo
from tests.integration.customer.test_merging import delivery
from tests.integration.customer.test_timeline import Inside as Joined
from tests.integration.customer.test_timeline import life, play
from tests.support import randoms
from tests.support.examples import examples


def test_of_many_who_merge_the_same_records_at_once_one_does(desk):
    survivor, loser = desk.register().customer_id, desk.register().customer_id

    def one_of_them(_: int) -> UUID | None:
        with contextlib.suppress(MergedAlready):
            return merge(desk, [loser], into=survivor).merge_id
        return None

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(one_of_them, range(8)))
    assert len([one for one in done if one is not None]) == 1


def test_records_merged_crosswise_at_once_make_no_cycle(desk):
    for _ in range(5):
        one, other = desk.register().customer_id, desk.register().customer_id

        def into(ends: tuple[UUID, UUID]) -> None:
            with contextlib.suppress(MergedAlready, MergeCycle):
                merge(desk, [ends[0]], into=ends[1])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(into, [(one, other), (other, one)]))
        merged = desk.rows("SELECT id FROM customer WHERE merged_into IS NOT NULL AND id = ANY(:ids)", ids=[one, other])
        assert len(merged) == 1


def test_deliveries_of_losers_while_they_are_merged_all_end_at_the_survivor(desk):
    survivor, losers = desk.register().customer_id, [desk.register().customer_id for _ in range(6)]
    events = [delivery(one) for one in losers * 3]
    with ThreadPoolExecutor(8) as pool:
        works = [pool.submit(play, desk, events[start::6]) for start in range(6)]
        merges = [pool.submit(merge, desk, losers[start::2], into=survivor) for start in range(2)]
        for played in works:
            played.result()
        for done in merges:
            done.result()
    cars = [event.payload.vehicle_id for event in events]
    owners = desk.rows("SELECT customer_id FROM vehicle_party WHERE vehicle_id = ANY(:cars)", cars=cars)
    assert [row["customer_id"] for row in owners] == [survivor] * len(events)
    assert len(desk.view(survivor).vehicles) == len(events)


def test_a_desk_that_edits_a_loser_while_he_is_merged_is_refused_or_was_first(desk):
    survivor, loser = desk.register().customer_id, desk.register().customer_id

    def edit(number: int) -> str | None:
        with contextlib.suppress(MergedAlready):
            desk.update(loser, email=f"a{number}@crm.cn")
            return f"a{number}@crm.cn"
        return None

    with ThreadPoolExecutor(6) as pool:
        edits = [pool.submit(edit, number) for number in range(10)]
        merge(desk, [loser], into=survivor)
        written = [edit.result() for edit in edits]
    emails = {None, *written}
    (row,) = desk.rows("SELECT email FROM customer WHERE id = :id", id=survivor)
    assert row["email"] in emails
    assert row["email"] is not None or set(written) == {None}


def test_merges_and_undoings_are_counted(desk):
    def counted() -> tuple[float, float]:
        return metrics.MERGES.labels("human")._value.get(), metrics.UNDONE_MERGES._value.get()

    before = counted()
    done = merge(desk, [desk.register().customer_id], into=desk.register().customer_id)
    undo(desk, done.merge_id)
    assert counted() == (before[0] + 1, before[1] + 1)


def as_registered() -> Record:
    """A record as a desk registers it."""
    read = giving.read(Typed(name="王伟", phones=(randoms.mobile(),)), today=NOW.date())
    return new_record(
        read, customer_id=uuids.uuid7(), department="desk", source="desk", store_id="HN", forced_reason=None, at=NOW
    )


class _Enough(Exception):
    """Seen; take it back."""


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_comes_between_before_and_after_an_undone_merge_leaves_no_trace(desk, data):
    """Events of all in any order and twice, cut anywhere by a merge and its undoing, against the same without them."""
    records = [as_registered() for _ in range(3)]
    customers = [one.id for one in records]
    events = [*(event for one in customers for event in life(one)[:5]), *map(delivery, customers)]
    order = data.draw(st.permutations([*range(len(events)), *range(len(events))]))
    cut, until = sorted(data.draw(st.tuples(st.integers(0, len(order)), st.integers(0, len(order)))))
    told_in_order = [events[place] for place in order]

    def after(*, merged: bool) -> dict[str, list[Any]]:
        with contextlib.suppress(_Enough), desk.transaction() as session:
            inside = Joined(desk.database, session)
            insert_together(session, inserts_of(records))
            play(inside, told_in_order[:cut], batch=4)
            if merged:
                asked = joining.Asked(loser_ids=customers[1:], survivor_id=customers[0], reason="同一人")
                by = joining.By("s-9", "cr_agent", "HN", NOW)
                done = joining.merge(session, asked, by=by)
            play(inside, told_in_order[cut:until], batch=4)
            if merged:
                undoing.undo_merge(session, done.merge_id, documents=[], reason="不是同一人", by=by)
            play(inside, told_in_order[until:], batch=4)
            found.append(everything(inside, customers))
            raise _Enough
        return found[-1]

    found: list[dict[str, list[Any]]] = []
    assert after(merged=True) == after(merged=False)

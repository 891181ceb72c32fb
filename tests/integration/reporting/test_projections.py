"""Events become facts, however they come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.store.database import Database
from chassis.store.migrations import models_of
from contracts.envelope import Received
from services.reporting.declared import Base
from services.reporting.projections import deliveries
from tests.integration.followup.tables import forget, somebody_waits
from tests.integration.reporting.business import NOON, answered, delivered, facts, fold, settled
from tests.support.examples import examples
from tests.support.polling import eventually

ORDER, RO, VISIT = uuids.uuid7(), uuids.uuid7(), uuids.uuid7()
EVENTS = [
    delivered(order_id=ORDER, version=5),
    delivered(order_id=ORDER, version=6, store_id="YZ", at=NOON.replace(month=12), total_fen=9_000_000),
    delivered(),
    settled(ro_id=RO, version=7),
    settled(ro_id=RO, version=9, total_fen=45_000, by_pay_type={"CUSTOMER": 40_000, "INTERNAL": 5_000}),
    settled(),
    answered(visit_id=VISIT, version=2, score=3),
    answered(visit_id=VISIT, version=3, score=4),
    answered(purpose="DELIVERY_D7"),
]
TWICE = [*EVENTS, *EVENTS]


def test_a_fact_holds_what_its_event_told(reporting: Database) -> None:
    car = delivered(store_id="YZ", at=NOON, total_fen=1234)
    repair = settled(store_id="YZ", total_fen=300, by_pay_type={"CUSTOMER": 200, "INTERNAL": 100})
    answer = answered(store_id="YZ", score=7)
    fold(reporting, car, repair, answer)
    told, (common, month) = [car.payload, repair.payload, answer.payload], ({"store_id": "YZ"}, {"month": "2026-11"})
    assert facts(reporting) == [
        [
            common
            | month
            | {
                "order_id": told[0].order_id,
                "vehicle_id": told[0].vehicle_id,
                "model": told[0].model,
                "consultant_id": told[0].consultant_id,
                "delivered_at": NOON,
                "total_fen": 1234,
                "occurred_at": NOON,
                "source_version": 5,
            }
        ],
        [
            common
            | month
            | {
                "document_id": told[0].order_id,
                "document_type": "order",
                "in_time": True,
                "occurred_at": NOON,
                "source_version": 5,
            }
        ],
        [
            common
            | month
            | {
                "ro_id": told[1].ro_id,
                "vehicle_id": told[1].vehicle_id,
                "settled_at": NOON,
                "total_fen": 300,
                "internal_fen": 100,
                "occurred_at": NOON,
                "source_version": 7,
            }
        ],
        [
            common
            | month
            | {
                "visit_id": told[2].visit_id,
                "purpose": "SERVICE_D3",
                "score": 7,
                "completed_at": NOON,
                "occurred_at": NOON,
                "source_version": 3,
            }
        ],
    ]


def test_the_newest_event_of_a_document_counts_though_an_older_one_comes_after_it(reporting: Database) -> None:
    fold(reporting, EVENTS[1])
    fold(reporting, EVENTS[0])
    ((fact,), (promise,), _, _) = facts(reporting)
    newest = {"source_version": 6, "store_id": "YZ", "month": "2026-12"}
    assert fact == fact | newest | {"total_fen": 9_000_000}
    assert promise == promise | newest | {"in_time": False}


def test_shuffled_doubled_and_batched_events_leave_the_same_facts(reporting: Database) -> None:
    fold(reporting, *EVENTS)
    expected = facts(reporting)
    assert [len(table) for table in expected] == [2, 2, 2, 2]

    @settings(max_examples=examples(30))
    @given(order=st.permutations(TWICE), cuts=st.sets(st.integers(1, len(TWICE) - 1)))
    def check(order: list[Received[Any]], cuts: set[int]) -> None:
        forget(reporting, *Base.metadata.tables)
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(order)], strict=True):
            fold(reporting, *order[start:end])
        assert facts(reporting) == expected

    check()


def test_facts_that_were_emptied_come_back_from_the_same_events(reporting: Database) -> None:
    fold(reporting, *EVENTS)
    before = facts(reporting)
    projections = [table.name for table in models_of("reporting").sorted_tables if table.info.get("projection")]
    assert sorted(projections) == sorted(Base.metadata.tables)
    forget(reporting, *projections)
    assert facts(reporting) == [[], [], [], []]
    fold(reporting, *reversed(EVENTS))
    assert facts(reporting) == before


def test_workers_with_the_same_documents_at_once_do_not_lock_each_other_out(reporting: Database) -> None:
    lower, higher = sorted([uuids.uuid7(), uuids.uuid7()])

    def other_worker() -> None:
        with reporting.transaction() as session:
            deliveries.fold(session, [delivered(order_id=higher, version=6), delivered(order_id=lower, version=6)])

    with ThreadPoolExecutor(1) as worker:
        with reporting.transaction() as session:
            deliveries.fold(session, [delivered(order_id=lower, version=5)])
            other = worker.submit(other_worker)
            eventually(lambda: somebody_waits(reporting), what="the other worker waits for the lower document")
            deliveries.fold(session, [delivered(order_id=higher, version=5)])
        other.result()
    assert [fact["source_version"] for fact in facts(reporting)[0]] == [6, 6]


def test_two_hundred_events_fit_one_transaction(reporting: Database) -> None:
    fold(reporting, *[settled() for _ in range(200)])
    assert len(facts(reporting)[2]) == 200

"""Every stage of a repair order: what it waits for, how it ends, and the log of how it came there (C7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.workshop.operations import Stage, Verdict
from contracts.workshop.stages import WaitingFor
from services.workshop.repair_orders.errors import RefusalNotSigned, RepairOrderNotFound, WorkOfAnother
from services.workshop.repair_orders.rules.moving import CLOSED_AFTER
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.records import erased

HOUR = timedelta(hours=1)


def board(workshop: Workshop, **asked: Any) -> list[UUID]:
    return [order.ro_id for order in workshop.page(**asked).items]


def at_work(workshop: Workshop) -> UUID:
    ro_id = workshop.open(OIL)
    for step in (workshop.authorize, workshop.dispatch, workshop.start):
        step(ro_id)
    return ro_id


def returned(workshop: Workshop, **asked: Any) -> UUID:
    ro_id = workshop.ready(OIL)
    workshop.settle(ro_id)
    workshop.give_back(ro_id, **asked)
    return ro_id


def test_the_log_says_every_stage_an_order_came_to_when_and_by_whom(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    workshop.estimate(ro_id, now=NOW + HOUR)
    workshop.authorize(ro_id, now=NOW + 2 * HOUR)
    workshop.dispatch(ro_id, now=NOW + 2 * HOUR)
    workshop.wait(ro_id, now=NOW + 3 * HOUR, expected_at=PROMISE)
    workshop.resume(ro_id, now=NOW + 4 * HOUR)
    for place, step in enumerate((workshop.start, workshop.finish), start=5):
        step(ro_id, now=NOW + place * HOUR)
    workshop.inspect(ro_id, Verdict.WASHING, now=NOW + 7 * HOUR)
    workshop.wash(ro_id, now=NOW + 8 * HOUR)
    workshop.settle(ro_id, now=NOW + 9 * HOUR)
    workshop.give_back(ro_id, now=NOW + 10 * HOUR)
    assert workshop.close_returned(now=NOW + 10 * HOUR + CLOSED_AFTER) >= 1
    log = workshop.history(ro_id)
    assert [(one.stage, (one.at - NOW) / HOUR, one.staff_id) for one in log[:-1]] == [
        ("opened", 0, "advisor"),
        ("estimated", 1, "advisor"),
        ("authorized", 2, "advisor"),
        ("dispatched", 2, "advisor"),
        ("waiting_parts", 3, "advisor"),
        ("dispatched", 4, "advisor"),
        ("in_progress", 5, "technician"),
        ("qc", 6, "technician"),
        ("washing", 7, "inspector"),
        ("ready", 8, "technician"),
        ("settled", 9, "finance"),
        ("delivered", 10, "advisor"),
    ]
    assert (log[-1].stage, log[-1].staff_id) == ("closed", None)
    assert [one.expected_at for one in log if one.stage is Stage.WAITING_PARTS] == [PROMISE]
    assert [version for _, version in workshop.recorded(ro_id)] == list(range(1, 15))


def test_each_stage_is_told_once(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    workshop.wait(ro_id, WaitingFor.CUSTOMER, expected_at=PROMISE)
    workshop.cancel(ro_id, refusal_by="张伟")
    order = workshop.shown(ro_id)
    assert workshop.recorded(ro_id)[-2:] == [("repair_stage_changed", 5), ("repair_cancelled", 6)]
    waits, cancelled = workshop.payloads(ro_id)[-2:]
    whose = {"ro_id": str(ro_id), "customer_id": str(order.customer_id)}
    assert waits == {
        **whose,
        "from_stage": "in_progress",
        "to_stage": "waiting_customer",
        "expected_at": PROMISE.isoformat(),
    }
    assert cancelled == {
        **whose,
        "vehicle_id": str(order.vehicle_id),
        "from_stage": "waiting_customer",
        "cancelled_at": NOW.isoformat(),
    }
    assert "张伟" not in str(workshop.payloads(ro_id))


def test_what_is_waited_for_stands_on_the_board_until_it_is_there(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    order = workshop.wait(ro_id, expected_at=PROMISE, note="等左前大灯", now=NOW + HOUR)
    assert order == workshop.shown(ro_id)
    assert (order.stage, order.waiting_from, order.expected_at, order.waiting_note, order.stage_since) == (
        Stage.WAITING_PARTS,
        Stage.IN_PROGRESS,
        PROMISE,
        "等左前大灯",
        NOW + HOUR,
    )
    assert board(workshop, stage=Stage.WAITING_PARTS) == board(workshop) == [ro_id]
    again = workshop.resume(ro_id, now=NOW + 2 * HOUR)
    assert (again.stage, again.waiting_from, again.expected_at, again.waiting_note) == (
        Stage.IN_PROGRESS,
        None,
        None,
        "",
    )
    assert board(workshop, stage=Stage.WAITING_PARTS) == []


def test_a_technician_lets_his_own_work_wait_and_no_other_s(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    with pytest.raises(WorkOfAnother):
        workshop.wait(ro_id, role="technician", by="T2")
    workshop.wait(ro_id, role="technician")
    with pytest.raises(WorkOfAnother):
        workshop.resume(ro_id, role="technician", by="T2")
    assert workshop.resume(ro_id, role="technician").stage is Stage.IN_PROGRESS


def test_work_taken_back_stands_with_what_nobody_was_given(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    workshop.authorize(ro_id)
    workshop.dispatch(ro_id, technician="T1")
    assert workshop.recall(ro_id).technician_id is None
    assert board(workshop, stage=Stage.AUTHORIZED) == [ro_id]


def test_what_was_cancelled_is_on_no_board_and_in_a_list_of_its_own(workshop: Workshop) -> None:
    customer = uuid4()
    early, late = (workshop.open(OIL, customer=customer, now=NOW + hours * HOUR) for hours in range(2))
    for ro_id in (early, late):
        order = workshop.cancel(ro_id, now=NOW + 2 * HOUR)
        assert (order.cancelled_at, order.cancel_reason) == (NOW + 2 * HOUR, "客户不修了")
    assert board(workshop) == []
    assert board(workshop, stage=Stage.CANCELLED) == [late, early]
    assert board(workshop, customer_id=customer) == [late, early]


def test_an_order_that_waits_is_cancelled_only_by_who_signed_that_he_refuses(workshop: Workshop) -> None:
    ro_id = at_work(workshop)
    workshop.wait(ro_id, WaitingFor.CUSTOMER)
    before = workshop.shown(ro_id)
    with pytest.raises(RefusalNotSigned):
        workshop.cancel(ro_id)
    assert workshop.shown(ro_id) == before
    assert workshop.cancel(ro_id, refusal_by="张伟").stage is Stage.CANCELLED


@pytest.mark.parametrize(("early", "closed"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_a_week_after_its_return_an_order_is_closed(workshop: Workshop, early: timedelta, *, closed: bool) -> None:
    ro_id = returned(workshop, now=NOW)
    workshop.close_returned(now=NOW + CLOSED_AFTER - early)
    order = workshop.shown(ro_id)
    assert order.stage is (Stage.CLOSED if closed else Stage.RETURNED)
    assert order.closed_at == (NOW + CLOSED_AFTER if closed else None)
    assert board(workshop, stage=Stage.CLOSED) == ([ro_id] if closed else [])
    assert board(workshop, stage=Stage.RETURNED) == ([] if closed else [ro_id])


def test_what_is_closed_is_not_closed_again(workshop: Workshop) -> None:
    ro_id = returned(workshop, now=NOW)
    for _ in range(2):
        workshop.close_returned(now=NOW + CLOSED_AFTER)
    assert workshop.recorded(ro_id)[-2:] == [("vehicle_returned", 9), ("repair_stage_changed", 10)]


@pytest.mark.parametrize("seed", range(3))
def test_his_words_go_when_he_is_forgotten_and_the_stages_stay(workshop: Workshop, seed: int) -> None:
    ro_id = at_work(workshop)
    workshop.wait(ro_id, WaitingFor.CUSTOMER, note="张先生出差")
    workshop.cancel(ro_id, reason="张先生嫌贵", refusal_by="张伟")
    log, order = workshop.history(ro_id), workshop.shown(ro_id)
    hear(workshop, twice_shuffled([erased(order.customer_id)], seed=seed))
    kept = workshop.database.read(
        lambda reading: reading.execute(
            text("SELECT waiting_note, cancel_reason, refusal_by FROM repair_order WHERE id = :id"), {"id": ro_id}
        ).one()
    )
    assert tuple(kept) == ("", "", "")
    assert (workshop.history(ro_id), workshop.shown(ro_id).cancelled_at) == (log, NOW)


def test_the_history_of_another_store_is_not_there(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL, WINDOW)
    with pytest.raises(RepairOrderNotFound):
        workshop.of("OTHER").history(ro_id)


@pytest.mark.parametrize(
    "wrong",
    [
        "stage = 'closed'",
        "stage = 'cancelled'",
        "cancelled_at = now()",
        "stage = 'waiting_parts'",
        "waiting_from = 'in_progress'",
        "expected_at = now()",
    ],
)
def test_the_database_knows_what_belongs_to_a_stage(workshop: Workshop, wrong: str) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(IntegrityError), workshop.database.transaction() as session:
        session.execute(text(f"UPDATE repair_order SET {wrong} WHERE id = :id"), {"id": ro_id})

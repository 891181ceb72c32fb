"""Every step of a repair order at every stage: those of the table go on, all others are refused and change nothing."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import StaleVersion
from contracts.workshop import operations
from contracts.workshop.operations import LineState, PayType, Stage, Verdict
from services.workshop.repair_orders.errors import (
    ExpectedInPast,
    NotAuthorized,
    NothingToDo,
    RefusalNotSigned,
    StageNotAllowed,
)
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.rules.moving import Step, allows
from services.workshop.repair_orders.rules.work import OPEN_TO_MONEY, UNAGREED

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = NOW + timedelta(hours=6)
HOUR = timedelta(hours=1)
TECHNICIAN, INSPECTOR = "T1", "Q1"

OIL = operations.JobLine("机油更换", 30_000, Decimal("0.5"))
WINDOW = operations.JobLine("车窗异响", 80_000, Decimal("1.2"), PayType.WARRANTY)

MOVES = {
    "estimate": {"opened": ["estimated"]},
    "authorize": {"opened": ["authorized"], "estimated": ["authorized"]},
    "dispatch": {
        "authorized": ["dispatched"],
        "dispatched": ["dispatched"],
        "in_progress": ["dispatched"],
        "rework": ["dispatched"],
    },
    "recall": {"dispatched": ["authorized"]},
    "start": {"dispatched": ["in_progress"], "rework": ["in_progress"]},
    "wait": {
        "estimated": ["waiting_insurer"],
        "authorized": ["waiting_parts"],
        "dispatched": ["waiting_parts"],
        "in_progress": ["waiting_customer", "waiting_insurer", "waiting_parts"],
        "waiting_parts": ["waiting_parts"],
        "waiting_customer": ["waiting_customer"],
        "waiting_insurer": ["waiting_insurer"],
    },
    "resume": {
        "waiting_parts": ["authorized", "dispatched", "in_progress"],
        "waiting_customer": ["in_progress"],
        "waiting_insurer": ["estimated", "in_progress"],
    },
    "finish": {"in_progress": ["qc"]},
    "inspect": {"qc": ["ready", "rework", "washing"]},
    "wash": {"washing": ["ready"]},
    "settle": {"ready": ["settled"]},
    "void": {"settled": ["ready"]},
    "give_back": {"settled": ["delivered"]},
    "close": {"delivered": ["closed"]},
    "cancel": {
        stage: ["cancelled"]
        for stage in ("opened", "estimated", "authorized", "waiting_parts", "waiting_customer", "waiting_insurer")
    },
}
"""C7, by step and stage, written down once more by hand."""

Done = Callable[[RepairOrder], None]


def authorize(order: RepairOrder) -> None:
    order.authorize(operations.AuthorizeRepair(order.id, "张伟", PROMISE), by="A1", now=NOW)


def dispatch(order: RepairOrder) -> None:
    order.dispatch(technician_id=TECHNICIAN, bay="3", now=NOW)


def start(order: RepairOrder) -> None:
    order.start(by=TECHNICIAN, now=NOW)


def wait(order: RepairOrder, to: Stage = Stage.WAITING_PARTS) -> None:
    order.wait(to, expected_at=PROMISE, note="等保险杠", by=TECHNICIAN, now=NOW)


def finish(order: RepairOrder) -> None:
    order.finish(by=TECHNICIAN, now=NOW)


def pass_inspection(order: RepairOrder) -> None:
    order.inspect(verdict=Verdict.PASSED, inspector_id=INSPECTOR, now=NOW)


def fail_inspection(order: RepairOrder) -> None:
    order.inspect(verdict=Verdict.REWORK, inspector_id=INSPECTOR, now=NOW)


def settle(order: RepairOrder) -> None:
    order.settle(now=NOW)


DOES: tuple[tuple[Step, Stage, Done], ...] = (
    (Step.ESTIMATE, Stage.ESTIMATED, lambda order: order.estimate(now=NOW)),
    (Step.AUTHORIZE, Stage.AUTHORIZED, authorize),
    (Step.DISPATCH, Stage.DISPATCHED, dispatch),
    (Step.RECALL, Stage.AUTHORIZED, lambda order: order.recall(now=NOW)),
    (Step.START, Stage.IN_PROGRESS, start),
    (Step.WAIT, Stage.WAITING_PARTS, wait),
    (Step.WAIT, Stage.WAITING_CUSTOMER, lambda order: wait(order, Stage.WAITING_CUSTOMER)),
    (Step.WAIT, Stage.WAITING_INSURER, lambda order: wait(order, Stage.WAITING_INSURER)),
    (Step.FINISH, Stage.QC, finish),
    (Step.INSPECT, Stage.READY, pass_inspection),
    (
        Step.INSPECT,
        Stage.WASHING,
        lambda order: order.inspect(verdict=Verdict.WASHING, inspector_id=INSPECTOR, now=NOW),
    ),
    (Step.INSPECT, Stage.REWORK, fail_inspection),
    (Step.WASH, Stage.READY, lambda order: order.wash(now=NOW)),
    (Step.SETTLE, Stage.SETTLED, settle),
    (Step.VOID, Stage.READY, lambda order: order.void_settlement(now=NOW)),
    (Step.GIVE_BACK, Stage.RETURNED, lambda order: order.give_back(now=NOW)),
    (Step.CLOSE, Stage.CLOSED, lambda order: order.close(now=NOW)),
    (Step.CANCEL, Stage.CANCELLED, lambda order: order.cancel(reason="不修了", refusal_by="张伟", now=NOW)),
)
"""Every step but `resume`, of which more below: to which stage, and who does it."""
Case = tuple[Stage, Step, Stage, Done]
ALLOWED: list[Case] = []
FORBIDDEN: list[Case] = []
for _stage, (_step, _to, _do) in product(Stage, DOES):
    if _step is Step.AUTHORIZE and _stage in OPEN_TO_MONEY - UNAGREED:
        continue  # he agrees to more: `test_lines.py`
    (ALLOWED if allows(_step, stage=_stage, to=_to) else FORBIDDEN).append((_stage, _step, _to, _do))
WAITS = [stage for stage in Stage if stage.value.startswith("waiting")]


HOW_FAR = {
    **dict.fromkeys((Stage.AUTHORIZED, Stage.DISPATCHED), LineState.AUTHORIZED),
    **dict.fromkeys((Stage.IN_PROGRESS, Stage.REWORK, *WAITS), LineState.WORKING),
    Stage.QC: LineState.DONE,
}
"""How far the lines of an order are that stands there."""


def names(of: list[Case]) -> list[str]:
    return [f"{stage}-{step}-{to}" for stage, step, to, _ in of]


def order_at(stage: Stage, *work: operations.JobLine) -> RepairOrder:
    order = RepairOrder.open(
        operations.OpenRepairOrder(
            UUID(int=1), UUID(int=2), "HN", km=50_000, complaint="发动机异响", lines=list(work or (OIL, WINDOW))
        ),
        number="HN-RO-20261123-0001",
        advisor_id="A1",
        now=NOW,
    )
    order.stage = stage
    order.waiting_from = Stage.IN_PROGRESS if stage in WAITS else None
    order.authorized_fen = OIL.amount_fen
    order.technician_id = TECHNICIAN
    for line in order.lines:
        line.state = HOW_FAR.get(stage, LineState.PROPOSED if stage in UNAGREED else LineState.PASSED)
    return order


def state(order: RepairOrder) -> dict[str, object]:
    return {name: value for name, value in vars(order).items() if name != "_sa_instance_state"}


def test_the_table_is_that_of_the_rules() -> None:
    table: dict[str, dict[str, list[str]]] = {}
    for step, stage, to in product(Step, Stage, Stage):
        if allows(step, stage=stage, to=to):
            table.setdefault(step, {}).setdefault(stage, []).append(to)
    assert {step: {stage: sorted(to) for stage, to in rows.items()} for step, rows in table.items()} == MOVES


def test_every_row_of_the_table_is_done_by_somebody() -> None:
    done = {(step, stage, to) for stage, step, to, _ in ALLOWED}
    rows = {(step, stage, to) for step, stage, to in product(Step, Stage, Stage) if allows(step, stage=stage, to=to)}
    assert rows - done == {(step, stage, to) for step, stage, to in rows if step is Step.RESUME}


@pytest.mark.parametrize(("stage", "step", "to", "do"), ALLOWED, ids=names(ALLOWED))
def test_a_step_whose_turn_it_is_moves_the_order_and_raises_its_version(
    stage: Stage, step: Step, to: Stage, do: Done
) -> None:
    order = order_at(stage)
    do(order)
    assert (order.stage, order.version) == (to, 2)


@pytest.mark.parametrize(("stage", "step", "to", "do"), FORBIDDEN, ids=names(FORBIDDEN))
def test_a_step_out_of_turn_is_refused_and_changes_nothing(stage: Stage, step: Step, to: Stage, do: Done) -> None:
    order = order_at(stage)
    before = state(order)
    with pytest.raises(StageNotAllowed) as refused:
        do(order)
    assert refused.value.details == {"stage": stage, "wanted": to}
    assert state(order) == before


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in WAITS])
def test_what_does_not_wait_does_not_go_on_from_waiting(stage: Stage) -> None:
    order = order_at(stage)
    before = state(order)
    with pytest.raises(StageNotAllowed):
        order.resume(by=TECHNICIAN, now=NOW)
    assert state(order) == before


@pytest.mark.parametrize(
    ("origin", "to"),
    [(stage, to) for stage in Stage for to in WAITS if stage not in WAITS and allows(Step.WAIT, stage=stage, to=to)],
)
def test_from_waiting_an_order_goes_back_to_where_it_came_from(origin: Stage, to: Stage) -> None:
    order = order_at(origin)
    wait(order, to)
    assert (order.stage, order.waiting_from, order.expected_at, order.waiting_note) == (to, origin, PROMISE, "等保险杠")
    order.wait(to, expected_at=PROMISE + HOUR, note="", by=TECHNICIAN, now=NOW + HOUR)
    assert (order.waiting_from, order.expected_at, order.stage_since) == (origin, PROMISE + HOUR, NOW)
    order.resume(by=TECHNICIAN, now=NOW + 2 * HOUR)
    assert (order.stage, order.stage_since, order.version) == (origin, NOW + 2 * HOUR, 4)
    assert (order.waiting_from, order.expected_at, order.waiting_note) == (None, None, "")


@pytest.mark.parametrize(("early", "refused"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_what_is_waited_for_is_expected_now_or_later(early: timedelta, *, refused: bool) -> None:
    order = order_at(Stage.IN_PROGRESS)
    with pytest.raises(ExpectedInPast) if refused else nullcontext():
        order.wait(Stage.WAITING_PARTS, expected_at=NOW - early, note="", by=TECHNICIAN, now=NOW)
    assert order.stage is (Stage.IN_PROGRESS if refused else Stage.WAITING_PARTS)


@pytest.mark.parametrize("stage", WAITS)
def test_an_order_that_waits_is_cancelled_with_a_signed_refusal_only(stage: Stage) -> None:
    order = order_at(stage)
    before = state(order)
    with pytest.raises(RefusalNotSigned):
        order.cancel(reason="太贵", refusal_by=None, now=NOW)
    assert state(order) == before
    order.cancel(reason="太贵", refusal_by="张伟", now=NOW)
    assert (order.cancelled_at, order.cancel_reason, order.refusal_by) == (NOW, "太贵", "张伟")


@pytest.mark.parametrize("stage", [Stage.OPENED, Stage.ESTIMATED, Stage.AUTHORIZED])
def test_an_order_whose_work_was_not_begun_needs_no_signature_to_be_cancelled(stage: Stage) -> None:
    order = order_at(stage)
    order.cancel(reason="改天再来", refusal_by=None, now=NOW)
    assert order.stage is Stage.CANCELLED


def test_work_taken_back_is_nobodys_and_who_had_it_may_still_not_inspect() -> None:
    order = order_at(Stage.DISPATCHED)
    order.worked_by = [TECHNICIAN]
    order.recall(now=NOW)
    assert (order.technician_id, order.bay, order.worked_by) == (None, "", [TECHNICIAN])


def test_a_vehicle_that_is_washed_is_ready_when_it_is_clean() -> None:
    order = order_at(Stage.QC)
    order.inspect(verdict=Verdict.WASHING, inspector_id=INSPECTOR, now=NOW)
    assert (order.inspector_id, order.ready_at) == (INSPECTOR, None)
    order.wash(now=NOW + HOUR)
    assert order.ready_at == NOW + HOUR


def test_out_of_turn_is_said_before_any_other_fault() -> None:
    empty = order_at(Stage.SETTLED, OIL)
    empty.lines.clear()
    with pytest.raises(StageNotAllowed):
        authorize(empty)
    with pytest.raises(StageNotAllowed):
        empty.inspect(verdict=Verdict.PASSED, inspector_id=TECHNICIAN, now=NOW)
    with pytest.raises(StageNotAllowed):
        empty.start(by="T2", now=NOW)


def test_the_customer_agrees_to_his_own_lines_only_and_the_first_promise_is_kept() -> None:
    order = order_at(Stage.OPENED)
    order.authorized_fen = 0
    authorize(order)
    assert order.authorized_fen == OIL.amount_fen
    assert (order.promised_at, order.first_promise) == (PROMISE, PROMISE)
    assert (order.consent_by, order.consent_channel, order.authorized_at) == ("张伟", "signature", NOW)


def test_an_order_without_work_cannot_be_authorized() -> None:
    order = order_at(Stage.OPENED)
    order.lines.clear()
    with pytest.raises(NothingToDo):
        authorize(order)
    assert (order.stage, order.version) == (Stage.OPENED, 1)


def test_a_vehicle_sent_back_to_rework_is_not_ready() -> None:
    order = order_at(Stage.QC)
    fail_inspection(order)
    assert (order.inspector_id, order.ready_at) == (INSPECTOR, None)
    start(order)
    finish(order)
    pass_inspection(order)
    assert order.ready_at == NOW


@pytest.mark.parametrize("added_fen", [0, -1])
def test_an_order_is_settled_up_to_the_amount_agreed(added_fen: int) -> None:
    order = order_at(Stage.READY)
    order.lines[0].amount_fen += added_fen
    settle(order)
    assert order.settled_at == NOW


def test_an_order_is_not_settled_for_a_fen_more_than_agreed() -> None:
    order = order_at(Stage.READY)
    order.lines.append(JobLine.write(operations.JobLine("加项", 1), position=3))
    with pytest.raises(NotAuthorized):
        settle(order)
    assert (order.stage, order.settled_at) == (Stage.READY, None)


def test_more_work_for_another_payer_needs_no_consent_of_the_customer() -> None:
    order = order_at(Stage.READY)
    order.lines.append(JobLine.write(WINDOW, position=3))
    settle(order)
    assert order.stage is Stage.SETTLED


@pytest.mark.parametrize(("expected", "stale"), [(None, False), (1, False), (2, True), (0, True)])
def test_only_the_version_the_caller_looked_at_may_be_changed(expected: int | None, stale: bool) -> None:
    order = order_at(Stage.OPENED)
    if not stale:
        order.require_version(expected)
        return
    with pytest.raises(StaleVersion) as refused:
        order.require_version(expected)
    assert refused.value.details == {"expected": expected, "version": 1}

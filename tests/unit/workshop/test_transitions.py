"""Every step of a repair order at every stage: those of the table go on, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import StaleVersion
from contracts.workshop import operations
from contracts.workshop.operations import PayType, Stage, Verdict
from services.workshop.repair_orders.errors import NotAuthorized, NothingToDo, StageNotAllowed
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.rules import NEXT, require_move

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = NOW + timedelta(hours=6)
TECHNICIAN, INSPECTOR = "T1", "Q1"

OIL = operations.JobLine("机油更换", 30_000, Decimal("0.5"))
WINDOW = operations.JobLine("车窗异响", 80_000, Decimal("1.2"), PayType.WARRANTY)

MOVES = {
    ("opened", "authorized"),
    ("authorized", "dispatched"),
    ("dispatched", "in_progress"),
    ("in_progress", "qc"),
    ("qc", "ready"),
    ("qc", "rework"),
    ("rework", "in_progress"),
    ("dispatched", "dispatched"),
    ("in_progress", "dispatched"),
    ("rework", "dispatched"),
    ("ready", "settled"),
    ("settled", "delivered"),
}

Step = Callable[[RepairOrder], None]


def authorize(order: RepairOrder) -> None:
    order.authorize(operations.AuthorizeRepair(order.id, PROMISE, "张伟"), now=NOW)


def dispatch(order: RepairOrder) -> None:
    order.dispatch(technician_id=TECHNICIAN, bay="3")


def start(order: RepairOrder) -> None:
    order.start(by=TECHNICIAN)


def finish(order: RepairOrder) -> None:
    order.finish(by=TECHNICIAN)


def pass_inspection(order: RepairOrder) -> None:
    order.inspect(verdict=Verdict.PASSED, inspector_id=INSPECTOR, now=NOW)


def fail_inspection(order: RepairOrder) -> None:
    order.inspect(verdict=Verdict.REWORK, inspector_id=INSPECTOR, now=NOW)


def settle(order: RepairOrder) -> None:
    order.settle(now=NOW)


def give_back(order: RepairOrder) -> None:
    order.give_back(now=NOW)


STEPS: tuple[tuple[Step, Stage], ...] = (
    (authorize, Stage.AUTHORIZED),
    (dispatch, Stage.DISPATCHED),
    (start, Stage.IN_PROGRESS),
    (finish, Stage.QC),
    (pass_inspection, Stage.READY),
    (fail_inspection, Stage.REWORK),
    (settle, Stage.SETTLED),
    (give_back, Stage.RETURNED),
)
ALLOWED = [(stage, step, to) for stage, (step, to) in product(Stage, STEPS) if to in NEXT[stage]]
FORBIDDEN = [(stage, step, to) for stage, (step, to) in product(Stage, STEPS) if to not in NEXT[stage]]


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
    order.authorized_fen = OIL.amount_fen
    order.technician_id = TECHNICIAN
    return order


def test_the_table_is_that_of_the_rules() -> None:
    assert {(stage.value, to.value) for stage in Stage for to in NEXT[stage]} == MOVES


def test_every_move_of_the_table_has_a_step() -> None:
    assert {(stage, to) for stage, _, to in ALLOWED} == {(stage, to) for stage in Stage for to in NEXT[stage]}


@pytest.mark.parametrize(("stage", "to"), [(stage, to) for stage in Stage for to in NEXT[stage]])
def test_a_move_of_the_table_is_allowed(stage: Stage, to: Stage) -> None:
    require_move(stage=stage, to=to)


@pytest.mark.parametrize(("stage", "to"), [pair for pair in product(Stage, Stage) if pair[1] not in NEXT[pair[0]]])
def test_any_other_move_is_refused(stage: Stage, to: Stage) -> None:
    with pytest.raises(StageNotAllowed) as refused:
        require_move(stage=stage, to=to)
    assert refused.value.details == {"stage": stage, "wanted": to}


@pytest.mark.parametrize(("stage", "step", "to"), ALLOWED)
def test_a_step_whose_turn_it_is_moves_the_order_and_raises_its_version(stage: Stage, step: Step, to: Stage) -> None:
    order = order_at(stage)
    step(order)
    assert (order.stage, order.version) == (to, 2)


@pytest.mark.parametrize(("stage", "step", "to"), FORBIDDEN)
def test_a_step_out_of_turn_is_refused_and_changes_nothing(stage: Stage, step: Step, to: Stage) -> None:
    order = order_at(stage)
    before = {name: value for name, value in vars(order).items() if name != "_sa_instance_state"}
    with pytest.raises(StageNotAllowed) as refused:
        step(order)
    assert refused.value.details == {"stage": stage, "wanted": to}
    assert {name: value for name, value in vars(order).items() if name != "_sa_instance_state"} == before


def test_out_of_turn_is_said_before_any_other_fault() -> None:
    empty = order_at(Stage.SETTLED, OIL)
    empty.lines.clear()
    with pytest.raises(StageNotAllowed):
        authorize(empty)
    with pytest.raises(StageNotAllowed):
        empty.inspect(verdict=Verdict.PASSED, inspector_id=TECHNICIAN, now=NOW)
    with pytest.raises(StageNotAllowed):
        empty.start(by="T2")


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

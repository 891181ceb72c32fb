"""How a repair order moves (C7): the table of steps, and what stands in the way of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from contracts.workshop.operations import Stage, Verdict
from contracts.workshop.stages import WaitingFor
from services.workshop.repair_orders.errors import (
    ExpectedInPast,
    InspectorDidTheWork,
    PromiseInPast,
    RefusalNotSigned,
    StageNotAllowed,
    WorkOfAnother,
)


class Step(StrEnum):
    """What moves a repair order: the customer, the desk, a technician, an inspector, the till, the clock."""

    ESTIMATE = "estimate"
    AUTHORIZE = "authorize"
    DISPATCH = "dispatch"
    RECALL = "recall"
    START = "start"
    WAIT = "wait"
    RESUME = "resume"
    FINISH = "finish"
    INSPECT = "inspect"
    WASH = "wash"
    SETTLE = "settle"
    VOID = "void"
    GIVE_BACK = "give_back"
    CLOSE = "close"
    CANCEL = "cancel"


class Move(NamedTuple):
    """A row of the table: by this step an order at one of `out_of` comes to one of `to`."""

    step: Step
    out_of: frozenset[Stage]
    to: frozenset[Stage]


def _move(step: Step, out_of: Iterable[Stage], to: Iterable[Stage]) -> Move:
    return Move(step, frozenset(out_of), frozenset(to))


MOVES: tuple[Move, ...] = (
    _move(Step.ESTIMATE, [Stage.OPENED], [Stage.ESTIMATED]),
    _move(Step.AUTHORIZE, [Stage.OPENED, Stage.ESTIMATED], [Stage.AUTHORIZED]),
    _move(Step.DISPATCH, [Stage.AUTHORIZED, Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.REWORK], [Stage.DISPATCHED]),
    _move(Step.RECALL, [Stage.DISPATCHED], [Stage.AUTHORIZED]),
    _move(Step.START, [Stage.DISPATCHED, Stage.REWORK], [Stage.IN_PROGRESS]),
    _move(Step.WAIT, [Stage.AUTHORIZED, Stage.DISPATCHED, Stage.WAITING_PARTS], [Stage.WAITING_PARTS]),
    _move(Step.WAIT, [Stage.ESTIMATED, Stage.WAITING_INSURER], [Stage.WAITING_INSURER]),
    _move(Step.WAIT, [Stage.IN_PROGRESS], [Stage.WAITING_PARTS, Stage.WAITING_CUSTOMER, Stage.WAITING_INSURER]),
    _move(Step.WAIT, [Stage.WAITING_CUSTOMER], [Stage.WAITING_CUSTOMER]),
    _move(Step.RESUME, [Stage.WAITING_PARTS], [Stage.AUTHORIZED, Stage.DISPATCHED, Stage.IN_PROGRESS]),
    _move(Step.RESUME, [Stage.WAITING_CUSTOMER], [Stage.IN_PROGRESS]),
    _move(Step.RESUME, [Stage.WAITING_INSURER], [Stage.ESTIMATED, Stage.IN_PROGRESS]),
    _move(Step.FINISH, [Stage.IN_PROGRESS], [Stage.QC]),
    _move(Step.INSPECT, [Stage.QC], [Stage.READY, Stage.WASHING, Stage.REWORK]),
    _move(Step.WASH, [Stage.WASHING], [Stage.READY]),
    _move(Step.SETTLE, [Stage.READY], [Stage.SETTLED]),
    _move(Step.VOID, [Stage.SETTLED], [Stage.READY]),
    _move(Step.GIVE_BACK, [Stage.SETTLED], [Stage.RETURNED]),
    _move(Step.CLOSE, [Stage.RETURNED], [Stage.CLOSED]),
    _move(
        Step.CANCEL,
        [
            *(Stage.OPENED, Stage.ESTIMATED, Stage.AUTHORIZED),
            *(Stage.WAITING_PARTS, Stage.WAITING_CUSTOMER, Stage.WAITING_INSURER),
        ],
        [Stage.CANCELLED],
    ),
)
"""The transitions (C7); nothing else moves an order.

Beside C7: whoever agrees at the desk needs no estimate before it; work that was given may be given anew until it is
done; what is waited for may be expected anew. Of the stages that `resume` leads to it is the one the order came from.
"""

WAITING: dict[WaitingFor, Stage] = {
    WaitingFor.PARTS: Stage.WAITING_PARTS,
    WaitingFor.CUSTOMER: Stage.WAITING_CUSTOMER,
    WaitingFor.INSURER: Stage.WAITING_INSURER,
}
"""By what is waited for, where the order stands meanwhile."""

PASSED: dict[Verdict, Stage] = {
    Verdict.PASSED: Stage.READY,
    Verdict.WASHING: Stage.WASHING,
    Verdict.REWORK: Stage.REWORK,
}
"""By the inspector's word, where the order goes on."""

PROMISED = frozenset({
    *(Stage.AUTHORIZED, Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.QC, Stage.REWORK, Stage.WASHING),
    *WAITING.values(),
})  # fmt: skip
"""Where a promise is still to be kept, and may be given anew."""

CLOSED_AFTER = timedelta(days=7)
"""So long after the vehicle was returned its order is closed (C7)."""

LONGEST_PROMISE = timedelta(days=366)
"""A promise beyond it is a slip of the keyboard."""


def allows(step: Step, *, stage: Stage, to: Stage) -> bool:
    """True if by this step an order at `stage` may come to `to`."""
    return any(move.step is step and stage in move.out_of and to in move.to for move in MOVES)


def require_move(step: Step, *, stage: Stage, to: Stage) -> None:
    """Raise StageNotAllowed unless by this step an order at `stage` may come to `to`."""
    if not allows(step, stage=stage, to=to):
        raise StageNotAllowed(stage=stage, wanted=to)


def require_return(*, stage: Stage, waiting_from: Stage | None) -> Stage:
    """Where an order that waits came from, and goes back to. Raises StageNotAllowed for one that does not wait."""
    to = waiting_from or Stage.IN_PROGRESS
    require_move(Step.RESUME, stage=stage, to=to)
    return to


def require_refusal(*, stage: Stage, refusal_by: str | None) -> None:
    """Raise RefusalNotSigned for an order that waits if nobody signed that he refuses the work (C7)."""
    if stage in WAITING.values() and refusal_by is None:
        raise RefusalNotSigned


def require_expected_ahead(*, expected_at: datetime | None, now: datetime) -> None:
    """Raise ExpectedInPast for a time that has passed, InvalidRequest for one that nobody can mean."""
    if expected_at is None:
        return
    if expected_at < now:
        raise ExpectedInPast(field="expected_at", expected_at=expected_at)
    _require_near("expected_at", expected_at, now=now)


def promised(promised_at: datetime | None) -> datetime:
    """The time promised with the first consent (C7). Raises InvalidRequest if nobody promised one."""
    if promised_at is None:
        raise InvalidRequest(errors={"promised_at": [Saying.MISSING()]})
    return promised_at


def require_promise_ahead(*, promised_at: datetime | None, now: datetime) -> None:
    """Raise PromiseInPast for a time that has passed, InvalidRequest for one that nobody can mean."""
    if promised_at is None:
        return
    if promised_at < now:
        raise PromiseInPast(promised_at=promised_at)
    _require_near("promised_at", promised_at, now=now)


def read_out(km_out: int | None) -> int:
    """What the odometer showed with the work done (C7). Raises InvalidRequest if nobody read it."""
    if km_out is None:
        raise InvalidRequest(errors={"km_out": [Saying.MISSING()]})
    return km_out


def _require_near(field: str, moment: datetime, *, now: datetime) -> None:
    if moment - now > LONGEST_PROMISE:
        raise InvalidRequest(errors={field: [Saying.PROMISE_TOO_FAR(days=LONGEST_PROMISE.days)]})


def require_own_work(*, worker_id: str, technicians: Collection[str]) -> None:
    """Raise WorkOfAnother unless the work was given to this technician, among others or alone."""
    if worker_id not in technicians:
        raise WorkOfAnother(technician_id=", ".join(sorted(technicians)) or None)


def require_other_inspector(*, inspector_id: str, worked_by: Collection[str]) -> None:
    """Raise InspectorDidTheWork if the inspector is one of those who worked, whatever else he may be."""
    if inspector_id in worked_by:
        raise InspectorDidTheWork(worked_by=sorted(worked_by))

"""The rules of a repair order (C7, C19); pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from contracts.workshop.operations import LineKind, PayType, Stage
from services.workshop.repair_orders.errors import (
    DiscountTooLarge,
    InspectorDidTheWork,
    LineAmount,
    NotAuthorized,
    NothingToDo,
    PromiseInPast,
    StageNotAllowed,
    WorkOfAnother,
)

NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.OPENED: frozenset({Stage.AUTHORIZED}),
    Stage.AUTHORIZED: frozenset({Stage.DISPATCHED}),
    Stage.DISPATCHED: frozenset({Stage.IN_PROGRESS, Stage.DISPATCHED}),
    Stage.IN_PROGRESS: frozenset({Stage.QC, Stage.DISPATCHED}),
    Stage.QC: frozenset({Stage.READY, Stage.REWORK}),
    Stage.REWORK: frozenset({Stage.IN_PROGRESS, Stage.DISPATCHED}),
    Stage.READY: frozenset({Stage.SETTLED}),
    Stage.SETTLED: frozenset({Stage.RETURNED}),
    Stage.RETURNED: frozenset(),
}
"""The allowed transitions (C7; those of this slice's stages that an operation leads to).

Work that was given to one technician may be given to another until it is done.
"""

LONGEST_PROMISE = timedelta(days=366)
"""A promise beyond it is a slip of the keyboard."""


class Priced(Protocol):
    """Work with a price, or a discount, and somebody to pay it: a job line as asked for or as kept."""

    @property
    def kind(self) -> LineKind:
        """Whether it is work."""

    @property
    def amount_fen(self) -> int:
        """Its price."""

    @property
    def pay_type(self) -> PayType:
        """Who pays it."""


def require_move(*, stage: Stage, to: Stage) -> None:
    """Raise StageNotAllowed unless an order at `stage` may go on to `to`."""
    if to not in NEXT[stage]:
        raise StageNotAllowed(stage=stage, wanted=to)


def totals(lines: Iterable[Priced]) -> dict[PayType, int]:
    """What each payer bears, in fen; a payer who bears nothing is there with 0."""
    borne = dict.fromkeys(PayType, 0)
    for line in lines:
        borne[line.pay_type] += line.amount_fen
    return borne


def require_prices(lines: Sequence[Priced]) -> None:
    """Raise LineAmount for a price below 0 or a discount above, DiscountTooLarge if a payer's would end below 0."""
    for place, line in enumerate(lines, start=1):
        if line.amount_fen > 0 if line.kind is LineKind.DISCOUNT else line.amount_fen < 0:
            raise LineAmount(line=place)
    for pay_type, borne in totals(lines).items():
        if borne < 0:
            work = totals(line for line in lines if line.kind is LineKind.WORK)
            raise DiscountTooLarge(pay_type=pay_type, work_fen=work[pay_type])


def require_work(lines: Collection[Priced]) -> None:
    """Raise NothingToDo for an order without a line of work, whoever pays it."""
    if all(line.kind is LineKind.DISCOUNT for line in lines):
        raise NothingToDo


def require_promise_ahead(*, promised_at: datetime, now: datetime) -> None:
    """Raise PromiseInPast for a time that has passed, InvalidRequest for one that nobody can mean."""
    if promised_at < now:
        raise PromiseInPast(promised_at=promised_at)
    if promised_at - now > LONGEST_PROMISE:
        raise InvalidRequest(errors={"promised_at": [Saying.PROMISE_TOO_FAR(days=LONGEST_PROMISE.days)]})


def require_own_work(*, worker_id: str, technician_id: str | None) -> None:
    """Raise WorkOfAnother unless the work was given to this technician."""
    if worker_id != technician_id:
        raise WorkOfAnother(technician_id=technician_id)


def require_other_inspector(*, inspector_id: str, worked_by: Collection[str]) -> None:
    """Raise InspectorDidTheWork if the inspector is one of those who worked, whatever else he may be."""
    if inspector_id in worked_by:
        raise InspectorDidTheWork(worked_by=sorted(worked_by))


def require_consent(*, customer_fen: int, authorized_fen: int) -> None:
    """Raise NotAuthorized if the customer would pay more than he agreed to (R51)."""
    if customer_fen > authorized_fen:
        raise NotAuthorized(customer_fen=customer_fen, authorized_fen=authorized_fen)

"""The lines of a repair order (C7, C19, R51): who bears what, who agreed to it, and what may still be changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import LineKind, LineState, PayType, Share, Stage
from services.workshop.repair_orders.errors import (
    AmountBelowLines,
    DiscountHasNoClass,
    DiscountTooLarge,
    LineAmount,
    LineBegun,
    LineNotToDo,
    LinesNotBegun,
    LinesUnanswered,
    NotAuthorized,
    NothingToDo,
    SharesWrong,
    StageNotAllowed,
)

OPEN_TO_WORK = frozenset({
    *(Stage.OPENED, Stage.ESTIMATED, Stage.AUTHORIZED, Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.REWORK),
    *(Stage.WAITING_PARTS, Stage.WAITING_CUSTOMER, Stage.WAITING_INSURER),
})  # fmt: skip
"""Where work may be added, declined, and agreed to: it is done before quality control."""

OPEN_TO_MONEY = OPEN_TO_WORK | {Stage.QC, Stage.WASHING, Stage.READY}
"""Where a price or a discount may be changed: until the invoice is made."""

UNAGREED = frozenset({Stage.OPENED, Stage.ESTIMATED})
"""Where the customer has not agreed to anything yet."""

NOT_BEGUN = frozenset({LineState.PROPOSED, LineState.AUTHORIZED})
"""Lines whose work may still be another, or none."""


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
        """Who pays it, but for what others bear of it."""

    @property
    def shares(self) -> Sequence[Share]:
        """What others bear of it."""

    @property
    def job_class(self) -> JobClass | None:
        """What kind of work it is, if anybody said."""

    @property
    def fault_group(self) -> FaultGroup | None:
        """What of the vehicle it is about, if anybody said."""


class Written(Priced, Protocol):
    """A line as it is kept."""

    @property
    def position(self) -> int:
        """Its place on its order."""

    @property
    def state(self) -> LineState:
        """How far it is."""


Kept = TypeVar("Kept", bound=Written)


def borne(line: Priced) -> Iterator[tuple[PayType, int]]:
    """Who bears how much of a line. Each share is rounded down to a fen; who pays the line bears the rest."""
    rest = line.amount_fen
    for share in line.shares:
        part = _part(share, line.amount_fen)
        rest -= part
        yield share.pay_type, part
    yield line.pay_type, rest


def _part(share: Share, amount_fen: int) -> int:
    if share.percent is None:
        return share.amount_fen or 0
    return int(amount_fen * share.percent / Decimal(100))


def totals(lines: Iterable[Priced]) -> dict[PayType, int]:
    """What each payer bears, in fen; a payer who bears nothing is there with 0."""
    found = dict.fromkeys(PayType, 0)
    for line in lines:
        for pay_type, part in borne(line):
            found[pay_type] += part
    return found


def charged(lines: Iterable[Kept]) -> list[Kept]:
    """The lines that are paid for: all that were not declined."""
    return [line for line in lines if line.state is not LineState.DECLINED]


def customer_fen(lines: Iterable[Written]) -> int:
    """What the customer himself would pay."""
    return totals(charged(lines))[PayType.CUSTOMER]


def require_prices(lines: Sequence[Priced]) -> None:
    """Raise LineAmount, SharesWrong, DiscountHasNoClass, DiscountTooLarge if a payer's sum would end below 0."""
    for place, line in enumerate(lines, start=1):
        require_price(line, place=place)
    require_sums(lines)


def require_price(line: Priced, *, place: int) -> None:
    """Raise LineAmount for a price below 0 or a discount above, SharesWrong for what cannot be shared so.

    Raise DiscountHasNoClass for a discount that should be some kind of work.
    """
    if line.amount_fen > 0 if line.kind is LineKind.DISCOUNT else line.amount_fen < 0:
        raise LineAmount(line=place)
    if line.kind is LineKind.DISCOUNT and (line.job_class or line.fault_group):
        raise DiscountHasNoClass(line=place)
    _require_shares(line, place=place)


def require_sums(lines: Sequence[Priced]) -> None:
    """Raise DiscountTooLarge if a payer's sum would end below 0."""
    for pay_type, sum_fen in totals(lines).items():
        if sum_fen < 0:
            work = totals(line for line in lines if line.kind is LineKind.WORK)
            raise DiscountTooLarge(pay_type=pay_type, work_fen=work[pay_type])


def discounted_beyond(lines: Iterable[Written]) -> int:
    """By so much discounts are more than the work that is left for them: what the customer does not want went away."""
    return sum(max(0, -sum_fen) for sum_fen in totals(charged(lines)).values())


def _require_shares(line: Priced, *, place: int) -> None:
    """Each share says one thing of another payer, and together they are no more than the line."""
    if not line.shares:
        return
    payers = [line.pay_type, *(share.pay_type for share in line.shares)]
    said_once = all((share.percent is None) != (share.amount_fen is None) for share in line.shares)
    fits = all(part >= 0 for _, part in borne(line))
    if line.kind is LineKind.DISCOUNT or len(set(payers)) < len(payers) or not said_once or not fits:
        raise SharesWrong(line=place)


def require_work(lines: Iterable[Written]) -> None:
    """Raise NothingToDo for an order without a line of work, whoever pays it."""
    if all(line.kind is LineKind.DISCOUNT for line in charged(lines)):
        raise NothingToDo


def require_open(line: Priced, *, stage: Stage) -> None:
    """Raise StageNotAllowed where such a line can be added no more."""
    if stage not in (OPEN_TO_MONEY if line.kind is LineKind.DISCOUNT else OPEN_TO_WORK):
        raise StageNotAllowed(stage=stage, wanted=Stage.REWORK)


def require_open_to_work(*, stage: Stage) -> None:
    """Raise StageNotAllowed where work can be declined no more."""
    if stage not in OPEN_TO_WORK:
        raise StageNotAllowed(stage=stage, wanted=Stage.REWORK)


def require_open_to_money(*, stage: Stage) -> None:
    """Raise StageNotAllowed once the invoice is made: who pays what stands on it."""
    if stage not in OPEN_TO_MONEY:
        raise StageNotAllowed(stage=stage, wanted=Stage.READY)


def require_not_begun(*, state: LineState) -> None:
    """Raise LineBegun for work that was begun, or declined."""
    if state not in NOT_BEGUN:
        raise LineBegun(state=state)


def require_changeable(*, state: LineState, stage: Stage, other_work: bool) -> None:
    """Raise StageNotAllowed once the invoice is made, LineBegun for other work than was begun, or declined work."""
    if stage not in OPEN_TO_MONEY:
        raise StageNotAllowed(stage=stage, wanted=Stage.REWORK)
    if other_work or state is LineState.DECLINED:
        require_not_begun(state=state)


def is_his(line: Priced) -> bool:
    """True if the customer himself pays something of it."""
    return totals([line])[PayType.CUSTOMER] > 0


def state_of(line: Priced, *, stage: Stage, others: Sequence[Written], authorized_fen: int) -> LineState:
    """How far a line is that is written now, on an order that stands at `stage` with these others on it (R51).

    Nobody need agree again to what is within what the customer agreed to, or is no money of his.
    """
    if stage in UNAGREED:
        return LineState.PROPOSED
    his = totals([line])[PayType.CUSTOMER]
    if his <= 0 or customer_fen(others) + his <= authorized_fen:
        return begun_at(stage)
    return LineState.PROPOSED


def begun_at(stage: Stage) -> LineState:
    """How far a line is that somebody agreed to, where the order stands."""
    return LineState.WORKING if stage is Stage.IN_PROGRESS else LineState.AUTHORIZED


def require_consent(*, customer_fen: int, authorized_fen: int) -> None:
    """Raise NotAuthorized if the customer would pay more than he agreed to (R51)."""
    if customer_fen > authorized_fen:
        raise NotAuthorized(customer_fen=customer_fen, authorized_fen=authorized_fen)


def agreed_fen(*, up_to_fen: int | None, authorized_fen: int, lines: Iterable[Written]) -> int:
    """Up to how much the customer agreed: what he said, else no less than before. Raises AmountBelowLines."""
    would_pay = customer_fen(lines)
    if up_to_fen is not None and up_to_fen < would_pay:
        raise AmountBelowLines(field="up_to_fen", customer_fen=would_pay)
    return max(authorized_fen, would_pay) if up_to_fen is None else up_to_fen


def unanswered(lines: Iterable[Written]) -> list[int]:
    """The places of the lines that wait for the customer's word."""
    return [line.position for line in lines if line.state is LineState.PROPOSED]


TO_DO = frozenset({LineState.AUTHORIZED, LineState.WORKING})
"""Lines that somebody may work on."""


GIVABLE = TO_DO | {LineState.PROPOSED}
"""Lines that somebody may be given: to be worked on, or to be once the customer agrees."""


def require_to_do(line: Written) -> None:
    """Raise LinesUnanswered for work that waits for the customer's word, LineNotToDo where there is none to do."""
    if line.kind is LineKind.WORK and line.state is LineState.PROPOSED:
        raise LinesUnanswered(lines=[line.position])
    if line.kind is not LineKind.WORK or line.state not in TO_DO:
        raise LineNotToDo(line=line.position)


def require_givable(line: Written) -> None:
    """Raise LineNotToDo for what nobody can be given: it is done, was declined, or is no work."""
    if line.kind is not LineKind.WORK or line.state not in GIVABLE:
        raise LineNotToDo(line=line.position)


def require_begun(lines: Iterable[Written]) -> None:
    """Raise LinesNotBegun while somebody agreed to work that nobody began: it is done before the order is."""
    waiting = [line.position for line in lines if line.kind is LineKind.WORK and line.state is LineState.AUTHORIZED]
    if waiting:
        raise LinesNotBegun(lines=waiting)


def require_answered(lines: Iterable[Written]) -> None:
    """Raise LinesUnanswered while work waits for the customer's word: he gives it before the work ends."""
    if waiting := unanswered(lines):
        raise LinesUnanswered(lines=waiting)

"""The money of a repair order, in whole fen: who owes what of its lines, with which tax; what may follow what; pure.

What a payer owes never depends on the tax, which is contained in it; that of a document is reckoned of its whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from contracts.workshop.operations import LineKind, PayType
from contracts.workshop.settlements import RepairPaymentState, SettlementState
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.rules.work import Written
from services.workshop.settlements import errors

SETTLEMENTS: dict[SettlementState, tuple[SettlementState, ...]] = {
    SettlementState.OWED: (SettlementState.PAID, SettlementState.VOID),
    SettlementState.PAID: (SettlementState.OWED, SettlementState.VOID),
    SettlementState.VOID: (),
}
"""What a settlement may become: paid is owed again when a payment was taken back; what is void stays so (C7)."""

PAYMENTS: dict[RepairPaymentState, tuple[RepairPaymentState, ...]] = {
    RepairPaymentState.CONFIRMED: (RepairPaymentState.REVERSED,),
    RepairPaymentState.REVERSED: (),
}
"""What a payment may become (C19)."""


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What one payer bears of a line, and the tax in it, as it was when the invoice was made."""

    position: int
    kind: LineKind
    description: str
    hours: Decimal
    amount_fen: int
    vat_fen: int


class Described(Written, Protocol):
    """A line as it is kept, with its words."""

    @property
    def description(self) -> str:
        """What is done."""

    @property
    def hours(self) -> Decimal:
        """Standard hours."""


def require_settlement(state: SettlementState, *, to: SettlementState) -> None:
    """Raise SettlementState unless a settlement at `state` may become `to`."""
    if to not in SETTLEMENTS[state]:
        raise errors.SettlementState(state=state, wanted=to)


def require_payment(state: RepairPaymentState, *, to: RepairPaymentState) -> None:
    """Raise RepairPaymentState unless a payment at `state` may become `to`."""
    if to not in PAYMENTS[state]:
        raise errors.RepairPaymentState(state=state, wanted=to)


def stands_as(*, amount_fen: int, paid_fen: int) -> SettlementState:
    """Where a settlement stands of which so much is paid."""
    return SettlementState.PAID if paid_fen >= amount_fen else SettlementState.OWED


def payers(lines: Iterable[Written], *, paid: Collection[PayType]) -> list[PayType]:
    """Whom a settlement is made for: the customer, whoever bears something, and whoever has paid already."""
    borne = work.totals(work.charged(lines))
    return [payer for payer in PayType if borne[payer] or payer is PayType.CUSTOMER or payer in paid]


def settled_lines(lines: Iterable[Described], *, payer: PayType, percent: int) -> list[SettledLine]:
    """What a payer bears of the lines that were not declined, each with its part of the document's tax."""
    his = [(line, part) for line in work.charged(lines) if (part := dict(work.borne(line)).get(payer)) is not None]
    taxes = taxed([part for _, part in his], percent=percent)
    return [
        SettledLine(line.position, line.kind, line.description, line.hours, part, tax)
        for (line, part), tax in zip(his, taxes, strict=True)
    ]


def taxed(amounts: Sequence[int], *, percent: int) -> list[int]:
    """The tax in each amount: that of their sum, rounded half up once, and spread by the largest remainders.

    So three lines of 5.00 at 13 % bear 0.58, 0.58 and 0.57 of the 1.73 that 15.00 contain, not 0.58 each.
    """
    whole = 100 + percent
    tax = (2 * sum(amounts) * percent + whole) // (2 * whole)
    parts = [amount * percent // whole for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda place: (-(amounts[place] * percent % whole), place))
    for place in by_remainder[: tax - sum(parts)]:
        parts[place] += 1
    return parts

"""Who owes what of an order, and what becomes of a deposit; pure, whole fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from contracts.sales.operations import MOST_DEPOSIT_PERCENT, Fault, OrderStatus, PaymentKind
from contracts.sales.receivables import Payer


class Owing(Protocol):
    """What of an order says who owes what."""

    @property
    def status(self) -> OrderStatus:
        """Where it stands."""
        ...

    @property
    def signed_at(self) -> datetime | None:
        """Since when it is owed."""
        ...

    @property
    def total_fen(self) -> int:
        """Its price."""
        ...

    @property
    def paid_fen(self) -> int:
        """What came for it, less what went back."""
        ...

    @property
    def loan_fen(self) -> int:
        """What a lender's letter says that it pays of it; 0 without one."""
        ...

    @property
    def loan_paid_fen(self) -> int:
        """Of what came, what its lender paid."""
        ...


class Paid(NamedTuple):
    """Money that came for an order, as what, and from whom: one who was named as a payer, or (None) the buyer."""

    kind: PaymentKind
    fen: int
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """Of the deposits of an order that is cancelled, what stays with us, or what we owe on top of it (民法典 587).

    Each by who paid it; what the buyer paid stands under None.
    """

    forfeited: Mapping[UUID | None, int] = field(default_factory=dict)
    compensation: Mapping[UUID | None, int] = field(default_factory=dict)

    @property
    def forfeited_fen(self) -> int:
        """What stays with us in all."""
        return sum(self.forfeited.values())

    @property
    def compensation_fen(self) -> int:
        """What we owe on top in all."""
        return sum(self.compensation.values())


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody who was named as a payer beside the buyer and a lender: so much he is to pay, so much he has."""

    party_id: UUID
    amount_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one payer owes and has paid. Of a cancelled order he may have paid more than he owes: that goes back."""

    payer: Payer
    owed_fen: int
    paid_fen: int
    compensation_fen: int = 0
    party_id: UUID | None = None

    @property
    def who(self) -> tuple[Payer, UUID | None]:
        """What it is known by among those of its order."""
        return self.payer, self.party_id

    @property
    def balance_fen(self) -> int:
        """What he still owes."""
        return max(0, self.owed_fen - self.paid_fen)

    @property
    def to_return_fen(self) -> int:
        """What we owe him."""
        return max(0, self.paid_fen - self.owed_fen) + self.compensation_fen


def shares(order: Owing, settlement: Settlement, *, lent_fen: int = 0, parts: Sequence[Part] = ()) -> list[Share]:
    """What each payer of an order owes: together what it costs, and nothing before the contract.

    The lender owes what its letter says, without one what was named for it (`lent_fen`); the others what was named for
    each; all of them as far as nobody else has paid it. The buyer owes the rest. Of a cancelled order nothing is owed
    but what was forfeited, by whoever had paid it.
    """
    by_buyer = order.paid_fen - order.loan_paid_fen - sum(one.paid_fen for one in parts)
    if order.status is OrderStatus.CANCELLED:
        others = [_ended(Payer.OTHER, one.paid_fen, settlement, party_id=one.party_id) for one in parts]
        return [_ended(Payer.BUYER, by_buyer, settlement), Share(Payer.LENDER, 0, order.loan_paid_fen), *others]
    total = order.total_fen if order.signed_at is not None else 0
    unpaid = total - order.paid_fen

    def owed(named_fen: int, paid_fen: int) -> int:
        nonlocal unpaid
        more = min(max(0, named_fen - paid_fen), max(0, unpaid))
        unpaid -= more
        return paid_fen + more

    lender = Share(Payer.LENDER, owed(order.loan_fen or lent_fen, order.loan_paid_fen), order.loan_paid_fen)
    others = [
        Share(Payer.OTHER, owed(one.amount_fen, one.paid_fen), one.paid_fen, party_id=one.party_id) for one in parts
    ]
    return [Share(Payer.BUYER, by_buyer + unpaid, by_buyer), lender, *others]


def _ended(payer: Payer, paid_fen: int, settlement: Settlement, *, party_id: UUID | None = None) -> Share:
    """Of a cancelled order: what he paid and has not forfeited goes back to him, and what we owe on top."""
    stays = min(settlement.forfeited.get(party_id, 0), paid_fen)
    return Share(payer, stays, paid_fen, settlement.compensation.get(party_id, 0), party_id)


def deposit_by_law(paid: Iterable[Paid], *, total_fen: int) -> dict[UUID | None, int]:
    """Of what was paid, the part that is a deposit in law, by who paid it: he forfeits it, or is owed it twice.

    It is at most a fifth of the price; what came first is deposit first.
    """
    room = total_fen * MOST_DEPOSIT_PERCENT // 100
    found: dict[UUID | None, int] = {}
    for one in paid:
        if one.kind is PaymentKind.DEPOSIT and (part := min(one.fen, room)) > 0:
            found[one.party_id] = found.get(one.party_id, 0) + part
            room -= part
    return found


def forfeits(status: OrderStatus, fault: Fault | None) -> bool:
    """Whether who paid a deposit has lost it: the order is cancelled, and that is his fault (民法典 587)."""
    return status is OrderStatus.CANCELLED and fault is Fault.BUYER


def owes_twice(status: OrderStatus, fault: Fault | None) -> bool:
    """Whether we owe the deposit once more than it was paid: the order is cancelled, and that is our fault."""
    return status is OrderStatus.CANCELLED and fault is Fault.SELLER

"""What is owed for an order follows from how it stands; the caller has locked the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.money import yuan
from contracts.picked import picked
from contracts.sales import events
from contracts.sales.operations import Fault, PaymentKind
from contracts.sales.parties import PartyKind, PartyRole
from contracts.sales.receivables import Payer
from contracts.sales.steps import StepCode
from services.sales import steps
from services.sales.parties.models import OrderParty
from services.sales.receivables.errors import NotSettled
from services.sales.receivables.models import LoanLetter, Receivable
from services.sales.receivables.rules import (
    Owing,
    Paid,
    Part,
    Settlement,
    Share,
    deposit_by_law,
    forfeits,
    owes_twice,
    shares,
)
from services.sales.steps.forecast import day_of

DUE_AS = {StepCode.DEPOSIT: PaymentKind.DEPOSIT, StepCode.BALANCE: PaymentKind.BALANCE}
"""The steps by which a buyer's money is due, and as what."""

_DEPOSITS = text(
    """
    SELECT p.amount_fen - p.unused_fen - CAST(coalesce((
           SELECT sum(r.amount_fen) FROM refund r
            WHERE r.payment_id = p.id AND r.kind = 'return' AND r.state = 'paid'
              AND r.paid_at < coalesce(o.cancelled_at, 'infinity')), 0) AS bigint) AS fen, a.id AS party_id
      FROM payment p JOIN sales_order o ON o.id = p.order_id
      LEFT JOIN order_party a ON a.id = p.payer_id AND a.order_id = p.order_id
     WHERE p.order_id = :order_id AND p.kind = 'deposit' AND p.state = 'confirmed'
     ORDER BY p.confirmed_at, p.id
    """
)
_BY_PAYER = text(
    """
    SELECT payer_id, CAST(sum(amount_fen - unused_fen - refunded_fen) AS bigint) AS fen FROM payment
     WHERE order_id = :order_id AND state = 'confirmed' AND payer_id IS NOT NULL GROUP BY payer_id
    """
)
_COMPENSATED = text(
    """
    SELECT a.id AS party_id, CAST(sum(r.amount_fen) AS bigint) AS fen
      FROM refund r LEFT JOIN order_party a ON a.id = r.payer_id AND a.order_id = r.order_id
     WHERE r.order_id = :order_id AND r.kind = 'compensation' AND r.state = 'paid' GROUP BY a.id
    """
)
_IN_BETWEEN = text(
    """
    SELECT coalesce((SELECT sum(greatest(0, unused_fen + refunded_fen - promised_fen)) FROM payment
                      WHERE order_id = :order_id AND state = 'confirmed'), 0) AS unapplied_fen,
           coalesce((SELECT sum(amount_fen) FROM refund
                      WHERE order_id = :order_id AND state IN ('requested', 'approved')), 0) AS returning_fen
    """
)


class OfOrder(Owing, Protocol):
    """What of an order what is owed for it follows from."""

    @property
    def id(self) -> UUID:
        """The order."""
        ...

    @property
    def store_id(self) -> str:
        """Where it was written."""
        ...

    @property
    def version(self) -> int:
        """Which of its versions it is."""
        ...

    @property
    def written_for(self) -> UUID:
        """Its buyer."""
        ...

    @property
    def consultant_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def balance_fen(self) -> int:
        """What is owed of it in all."""
        ...

    @property
    def parties(self) -> list[OrderParty]:
        """Who pays of it beside its buyer, and whose the car is."""
        ...

    @property
    def cancel_fault(self) -> Fault | None:
        """Because of whom it was cancelled."""
        ...


def follow(session: Session, order: OfOrder, *, now: datetime) -> None:
    """Something happened to an order: what each payer owes stands where that puts it, and is told if it is otherwise.

    Called last in its transaction; called once more, it changes nothing.
    """
    session.flush()
    known = {one.who: one for one in session.scalars(select(Receivable).where(Receivable.order_id == order.id))}
    payers = [one for one in order.parties if one.role is PartyRole.PAYER]
    says = _Says.of(session, order, payers)
    changed = False
    for share in _shares(session, order, payers, gone=known):
        kept = known.get(share.who)
        if kept is None:
            if share.owed_fen == share.paid_fen == 0:
                continue
            known[share.who] = kept = Receivable.begin(share.who, order_id=order.id, store_id=order.store_id)
            session.add(kept)
        changed |= says.of_it(kept, share, now=now)
    if changed:
        records = {one.id: one.written_for for one in payers}
        owed = sorted(known.values(), key=lambda one: (list(Payer).index(one.payer), one.id))
        tell(session, order, _told(order, owed, records), now=now)


@dataclass(frozen=True, slots=True)
class _Says:
    """What of an order says who its payers are, and by when they pay."""

    letter: LoanLetter | None
    due: tuple[StepCode, datetime] | None
    names: dict[UUID | None, str]

    @classmethod
    def of(cls, session: Session, order: OfOrder, payers: Sequence[OrderParty]) -> _Says:
        """As it stands."""
        lender = next((one.firm for one in payers if one.kind is PartyKind.LENDER), None)
        names: dict[UUID | None, str] = {None: lender or ""}
        names |= {one.id: one.firm or "" for one in payers}
        return cls(standing(session, order.id), steps.usecases.money_due(session, order.id), names)

    def of_it(self, kept: Receivable, share: Share, *, now: datetime) -> bool:
        """Let the row stand so; whether that is otherwise than before."""
        day, due_as = (None, None) if self.due is None else (day_of(self.due[1]), DUE_AS[self.due[0]])
        if share.payer is Payer.LENDER:
            name = self.letter.lender if self.letter is not None else self.names[None] or kept.payer_name
            if self.letter is not None:
                day, due_as = self.letter.valid_until, PaymentKind.LOAN
            elif due_as is PaymentKind.DEPOSIT:
                day, due_as = None, None  # no lender pays a deposit
        else:
            name = self.names.get(share.party_id, kept.payer_name) if share.party_id is not None else ""
        return kept.stand(share, payer_name=name, due_on=day, due_as=due_as, now=now)


def _shares(
    session: Session, order: OfOrder, payers: Sequence[OrderParty], *, gone: Mapping[tuple[Payer, UUID | None], object]
) -> list[Share]:
    """What each payer owes; whoever is not named any more owes nothing, and what he paid is the buyer's."""
    paid = {row.payer_id: row.fen for row in session.execute(_BY_PAYER, {"order_id": order.id})}
    lent = sum(one.amount_fen or 0 for one in payers if one.kind is PartyKind.LENDER)
    parts = [
        Part(one.id, one.amount_fen or 0, paid.get(one.id, 0)) for one in payers if one.kind is not PartyKind.LENDER
    ]
    found = shares(order, settlement(session.connection(), order), lent_fen=lent, parts=parts)
    named = {one.who for one in found}
    return [*found, *(Share(payer, 0, 0, party_id=party) for payer, party in gone if (payer, party) not in named)]


def _told(
    order: OfOrder, owed: Sequence[Receivable], records: Mapping[UUID, UUID | None]
) -> events.OrderReceivableChanged:
    whose = {Payer.BUYER: order.written_for}
    payers = [
        picked(events.PayerOwes, one, customer_id=records.get(one.party_id) if one.party_id else whose.get(one.payer))
        for one in owed
    ]
    return picked(events.OrderReceivableChanged, order, order_id=order.id, customer_id=order.written_for, payers=payers)


def standing(session: Session, order_id: UUID) -> LoanLetter | None:
    """The letter of approval that stands for an order."""
    wanted = select(LoanLetter).where(LoanLetter.order_id == order_id, LoanLetter.ended_at.is_(None))
    return session.scalars(wanted).one_or_none()


def deposit(connection: Connection, order: OfOrder | Row[tuple[OfOrder]]) -> dict[UUID | None, int]:
    """What of an order's money is a deposit in law, by who paid it; of a cancelled one, was when it was cancelled.

    Who is not named as a payer any more has left to the buyer (None) what he paid.
    """
    came = connection.execute(_DEPOSITS, {"order_id": order.id})
    paid = [Paid(PaymentKind.DEPOSIT, row.fen, row.party_id) for row in came]
    return deposit_by_law(paid, total_fen=order.total_fen)


def settlement(connection: Connection, order: OfOrder | Row[tuple[OfOrder]]) -> Settlement:
    """What a cancellation makes of an order's deposits, less what of it was paid already."""
    if forfeits(order.status, order.cancel_fault):
        return Settlement(forfeited=deposit(connection, order))
    if owes_twice(order.status, order.cancel_fault):
        paid = {row.party_id: row.fen for row in connection.execute(_COMPENSATED, {"order_id": order.id})}
        owed = deposit(connection, order).items()
        return Settlement(compensation={who: left for who, fen in owed if (left := fen - paid.get(who, 0)) > 0})
    return Settlement()


def require_settled(session: Session, order: OfOrder) -> None:
    """Nothing of an order's money is owed, for nothing, or on its way back (C4, C19). Raises NotSettled."""
    session.flush()
    between = session.execute(_IN_BETWEEN, {"order_id": order.id}).one()
    left = {
        "owed": order.balance_fen,
        "unapplied": int(between.unapplied_fen),
        "returning": int(between.returning_fen),
    }
    if any(left.values()):
        raise NotSettled(
            **{name: yuan(fen) for name, fen in left.items()},
            **{f"{name}_fen": fen for name, fen in left.items()},
        )

"""What is owed for an order follows from how it stands; the caller has locked the order."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.picked import picked
from contracts.sales import events
from contracts.sales.operations import Fault, PaymentKind
from contracts.sales.receivables import Payer
from contracts.sales.steps import StepCode
from services.sales import steps
from services.sales.receivables.errors import NotSettled
from services.sales.receivables.models import LoanLetter, Receivable
from services.sales.receivables.rules import (
    Owing,
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
              AND r.paid_at < coalesce(o.cancelled_at, 'infinity')), 0) AS bigint) AS fen
      FROM payment p JOIN sales_order o ON o.id = p.order_id
     WHERE p.order_id = :order_id AND p.kind = 'deposit' AND p.state = 'confirmed'
    """
)
_COMPENSATED = text(
    "SELECT coalesce(sum(amount_fen), 0) FROM refund"
    " WHERE order_id = :order_id AND kind = 'compensation' AND state = 'paid'"
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
    def cancel_fault(self) -> Fault | None:
        """Because of whom it was cancelled."""
        ...


def follow(session: Session, order: OfOrder, *, now: datetime) -> None:
    """Something happened to an order: what each payer owes stands where that puts it, and is told if it is otherwise.

    Called last in its transaction; called once more, it changes nothing.
    """
    session.flush()
    known = {one.payer: one for one in session.scalars(select(Receivable).where(Receivable.order_id == order.id))}
    letter = standing(session, order.id)
    due = steps.usecases.money_due(session, order.id)
    changed = False
    for share in shares(order, settlement(session.connection(), order)):
        kept = known.get(share.payer)
        if kept is None:
            if share == Share(share.payer, 0, 0):
                continue
            known[share.payer] = kept = Receivable.begin(order_id=order.id, store_id=order.store_id, payer=share.payer)
            session.add(kept)
        if share.payer is Payer.LENDER:
            name = kept.payer_name if letter is None else letter.lender
            until = None if letter is None else letter.valid_until
            changed |= kept.stand(share, payer_name=name, due_on=until, due_as=PaymentKind.LOAN, now=now)
        else:
            day, step = (None, None) if due is None else (day_of(due[1]), DUE_AS[due[0]])
            changed |= kept.stand(share, payer_name="", due_on=day, due_as=step, now=now)
    if changed:
        tell(session, order, _told(order, [known[payer] for payer in Payer if payer in known]), now=now)


def _told(order: OfOrder, owed: list[Receivable]) -> events.OrderReceivableChanged:
    payers = [picked(events.PayerOwes, one) for one in owed]
    return picked(events.OrderReceivableChanged, order, order_id=order.id, customer_id=order.written_for, payers=payers)


def standing(session: Session, order_id: UUID) -> LoanLetter | None:
    """The letter of approval that stands for an order."""
    wanted = select(LoanLetter).where(LoanLetter.order_id == order_id, LoanLetter.ended_at.is_(None))
    return session.scalars(wanted).one_or_none()


def deposit(connection: Connection, order: OfOrder | Row[tuple[OfOrder]]) -> int:
    """What of an order's money is a deposit in law; of a cancelled one, was when it was cancelled."""
    came = connection.execute(_DEPOSITS, {"order_id": order.id})
    return deposit_by_law([(PaymentKind.DEPOSIT, row.fen) for row in came], total_fen=order.total_fen)


def settlement(connection: Connection, order: OfOrder | Row[tuple[OfOrder]]) -> Settlement:
    """What a cancellation makes of an order's deposit, less what of it was paid already."""
    if forfeits(order.status, order.cancel_fault):
        return Settlement(forfeited_fen=deposit(connection, order))
    if owes_twice(order.status, order.cancel_fault):
        paid = connection.scalar(_COMPENSATED, {"order_id": order.id}) or 0
        return Settlement(compensation_fen=max(0, deposit(connection, order) - int(paid)))
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
            **{name: f"{fen / 100:,.2f}" for name, fen in left.items()},
            **{f"{name}_fen": fen for name, fen in left.items()},
        )

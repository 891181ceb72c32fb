"""Money that goes back: asked for, agreed to by another person, paid (R43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked
from contracts.sales import events
from contracts.sales import payments as operations
from contracts.sales.operations import PaymentKind
from services.sales.payments.errors import DepositForfeited, RefundNotFound
from services.sales.payments.models import Refund
from services.sales.payments.rules import deposit_by_law, forfeits
from services.sales.payments.shown import refund_shown
from services.sales.payments.usecases.receipts import Held, follow_money, hold, of_order, tell_unapplied


def request_refund(
    session: Session, asked: operations.RequestRefund, *, scope: Scope, now: datetime
) -> operations.Refund:
    """Ask for money of a payment to be given back (R43).

    Raises PaymentNotFound, PaymentState, RefundTooMuch, DepositForfeited.
    """
    held = hold(session, asked.payment_id, scope=scope)
    idle = held.payment.unapplied_fen
    held.payment.promise_back(asked.amount_fen)
    _require_not_forfeited(session, held)
    refund = Refund.request(asked, held.payment, by=scope.staff_id, now=now)
    session.add(refund)
    requested = picked(
        events.RefundRequested,
        refund,
        refund_id=refund.id,
        customer_id=held.customer_id,
        consultant_id=held.consultant_id,
    )
    tell(session, refund, requested, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return refund_shown(refund)


def _require_not_forfeited(session: Session, held: Held) -> None:
    """Of the deposits of an order that its buyer's fault cancelled, the part that is one in law stays with us (587)."""
    order = held.order
    if order is None or held.kind is not PaymentKind.DEPOSIT or not forfeits(order.status, order.cancel_fault):
        return
    deposits = of_order(session, order.id)
    stays = deposit_by_law([(one.kind, one.amount_fen) for one in deposits], total_fen=order.total_fen)
    kept = sum(one.amount_fen - one.promised_fen for one in deposits if one.kind is PaymentKind.DEPOSIT)
    if kept < stays:
        raise DepositForfeited(stays=f"{stays / 100:,.2f}", stays_fen=stays, field="amount_fen")


def approve_refund(session: Session, asked: operations.RefundById, *, scope: Scope, now: datetime) -> operations.Refund:
    """Agree to a refund that somebody else asked for. Raises RefundNotFound, RefundState, OwnRefund."""
    held = hold_refund(session, asked.refund_id, scope=scope)
    refund = held.refund
    refund.approve(by=scope.staff_id, now=now)
    approved = picked(events.RefundApproved, refund, refund_id=refund.id, customer_id=held.customer_id)
    tell(session, refund, approved, now=now)
    return refund_shown(refund)


def refuse_refund(
    session: Session, asked: operations.RefuseRefund, *, scope: Scope, now: datetime
) -> operations.Refund:
    """Do not give it back: the money stays where it was. Raises RefundNotFound, RefundState."""
    held = hold_refund(session, asked.refund_id, scope=scope)
    refund = held.refund
    idle = held.payment.unapplied_fen
    refund.refuse(reason=asked.reason, by=scope.staff_id, now=now)
    held.payment.keep(refund.amount_fen)
    refused = picked(events.RefundRefused, refund, refund_id=refund.id, customer_id=held.customer_id)
    tell(session, refund, refused, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return refund_shown(refund)


def pay_refund(session: Session, asked: operations.PayRefund, *, scope: Scope, now: datetime) -> operations.Refund:
    """The money has gone back; what of it its order had, the order owes again. Raises RefundNotFound, RefundState."""
    held = hold_refund(session, asked.refund_id, scope=scope)
    refund = held.refund
    refund.pay(external_ref=asked.external_ref, by=scope.staff_id, now=now)
    lost = held.payment.give_back(refund.amount_fen)
    if held.order is not None:
        held.order.lose(amount_fen=lost, now=now)
        follow_money(session, held, now=now)
        paid = picked(events.RefundPaid, held, refund_id=refund.id, amount_fen=refund.amount_fen, applied_fen=lost)
        tell(session, held.order, paid, now=now)
    return refund_shown(refund)


@dataclass(frozen=True, slots=True)
class HeldRefund(Held):
    """A refund with its payment and order, all locked."""

    refund: Refund


def hold_refund(session: Session, refund_id: UUID, *, scope: Scope) -> HeldRefund:
    """A refund of the caller's stores with its payment and order, locked. Raises RefundNotFound."""
    found = session.execute(select(Refund.store_id, Refund.payment_id).where(Refund.id == refund_id)).one_or_none()
    if found is None or not scope.admits(store_id=found.store_id):
        raise RefundNotFound
    held = hold(session, found.payment_id, scope=scope)
    return HeldRefund(held.payment, held.order, session.get_one(Refund, refund_id, with_for_update=True))

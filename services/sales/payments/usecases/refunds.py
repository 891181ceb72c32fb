"""Money that goes back: asked for, agreed to by another person, paid (R43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.money import reference_key, yuan
from contracts.picked import picked
from contracts.sales import events
from contracts.sales import payments as operations
from contracts.sales.operations import PaymentKind
from contracts.sales.payments import RefundKind, RefundState
from services.sales import receivables
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order
from services.sales.payments.errors import DepositForfeited, NoCompensation, RefundNotFound, RefundReferenceUsed
from services.sales.payments.models import Payment, Refund
from services.sales.payments.shown import refund_shown
from services.sales.payments.usecases.receipts import Held, follow_money, hold, of_order, tell_unapplied
from services.sales.receivables.rules import forfeits


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
    refund = _ask(session, held, asked, kind=RefundKind.RETURN, amount_fen=asked.amount_fen, scope=scope, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return refund_shown(refund)


def request_compensation(
    session: Session, asked: operations.RequestCompensation, *, scope: Scope, now: datetime
) -> operations.Refund:
    """Ask for what we owe on top of a deposit, the seller's fault having cancelled its order (民法典 587).

    It is owed to who paid the deposit: one who was named as a payer (`payer_id`), or the buyer.

    Raises OrderNotFound, NoCompensation.
    """
    order = session.get(Order, asked.order_id, with_for_update=True)
    if order is None or not scope.admits(store_id=order.store_id):
        raise OrderNotFound
    owed = receivables.usecases.settlement(session.connection(), order).compensation.get(asked.payer_id, 0)
    asked_already = select(Refund.id).where(
        Refund.order_id == order.id,
        Refund.payer_id.is_not_distinct_from(asked.payer_id),
        Refund.kind == RefundKind.COMPENSATION,
        Refund.state != RefundState.REFUSED,
    )
    if not owed or session.scalar(asked_already) is not None:
        raise NoCompensation
    held = hold(session, _deposits(session, order, of=asked.payer_id)[-1].id, scope=scope)
    return refund_shown(_ask(session, held, asked, kind=RefundKind.COMPENSATION, amount_fen=owed, scope=scope, now=now))


def _deposits(session: Session, order: Order, *, of: UUID | None) -> list[Payment]:
    """The deposits that this payer paid of an order, the buyer's with those of who is named no more."""
    deposits = [one for one in of_order(session, order.id) if one.kind is PaymentKind.DEPOSIT]
    return [one for one in deposits if _payer(order, one) == of]


def _payer(order: Order, payment: Payment) -> UUID | None:
    """Whose a payment is: one of those who are named as payers, or (None) the buyer's."""
    return payment.payer_id if payment.payer_id in {one.id for one in order.parties} else None


def _ask(
    session: Session,
    held: Held,
    asked: operations.RequestRefund | operations.RequestCompensation,
    *,
    kind: RefundKind,
    amount_fen: int,
    scope: Scope,
    now: datetime,
) -> Refund:
    payer_id = None if held.order is None else _payer(held.order, held.payment)
    what: dict[str, Any] = {"kind": kind, "amount_fen": amount_fen, "reason": asked.reason}
    refund = Refund.request(held.payment, **what, payer_id=payer_id, by=scope.staff_id, now=now)
    session.add(refund)
    requested = picked(
        events.RefundRequested,
        refund,
        refund_id=refund.id,
        customer_id=held.customer_id,
        consultant_id=held.consultant_id,
    )
    tell(session, refund, requested, now=now)
    return refund


def _require_not_forfeited(session: Session, held: Held) -> None:
    """Of the deposits of an order that its buyer's fault cancelled, the part that is one in law stays with us (587).

    Each payer forfeits his own: what another has paid does not stay instead.
    """
    order = held.order
    if order is None or held.kind is not PaymentKind.DEPOSIT or not forfeits(order.status, order.cancel_fault):
        return
    payer = _payer(order, held.payment)
    stays = receivables.usecases.deposit(session.connection(), order).get(payer, 0)
    kept = sum(one.amount_fen - one.promised_fen for one in _deposits(session, order, of=payer))
    if kept < stays:
        raise DepositForfeited(stays=yuan(stays), stays_fen=stays, field="amount_fen")


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
    if refund.kind is RefundKind.RETURN:
        held.payment.keep(refund.amount_fen)
    refused = picked(events.RefundRefused, refund, refund_id=refund.id, customer_id=held.customer_id)
    tell(session, refund, refused, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return refund_shown(refund)


def pay_refund(session: Session, asked: operations.PayRefund, *, scope: Scope, now: datetime) -> operations.Refund:
    """The money has gone out; what of a returned payment its order had, the order owes again.

    Raises RefundNotFound, RefundState, RefundReferenceUsed.
    """
    held = hold_refund(session, asked.refund_id, scope=scope)
    refund = held.refund
    _require_unused(session, refund, asked.external_ref)
    refund.pay(external_ref=asked.external_ref, by=scope.staff_id, now=now)
    lost = held.payment.give_back(refund.amount_fen) if refund.kind is RefundKind.RETURN else 0
    if held.order is not None:
        held.order.lose(amount_fen=lost, by_lender=held.payment.by_lender, now=now)
        follow_money(session, held, now=now)
        paid = picked(
            events.RefundPaid,
            held,
            refund_id=refund.id,
            amount_fen=refund.amount_fen,
            applied_fen=lost,
            compensates=refund.kind is RefundKind.COMPENSATION,
        )
        tell(session, held.order, paid, now=now)
    return refund_shown(refund)


def _require_unused(session: Session, refund: Refund, reference: str) -> None:
    """Raise RefundReferenceUsed if another refund of the channel went out by it; who asks has it alone meanwhile."""
    key = reference_key(reference)
    turns.take(session, "refund reference", [f"{refund.channel}/{key}"])
    by_it = select(Refund.id).where(Refund.channel == refund.channel, Refund.reference_key == key)
    if session.scalar(by_it.where(Refund.id != refund.id)) is not None:
        raise RefundReferenceUsed(field="external_ref", external_ref=reference)


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

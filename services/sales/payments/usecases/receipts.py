"""Money that comes: typed, awaited, taken back; every change under the lock of its order, then of the payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.money import reference_key
from contracts.picked import picked
from contracts.sales import events
from contracts.sales import operations as of_orders
from contracts.sales import payments as operations
from contracts.sales.operations import PaymentChannel, PaymentKind
from contracts.sales.parties import PartyKind, PartyRole
from contracts.sales.payments import PaymentState, Settled
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order
from services.sales.orders.shown import balance_shown, named_to
from services.sales.orders.usecases import follow_steps, order_to_change
from services.sales.payments.errors import (
    NothingUnapplied,
    OtherOrder,
    PayerUnknown,
    PaymentNotFound,
    ReferenceDiffers,
    ReferenceEnded,
    ReferenceUsed,
)
from services.sales.payments.models import Payment
from services.sales.payments.shown import payment_shown

TOLD_AS = {"order_id": "订单", "amount_fen": "金额", "kind": "款项类别", "payer_id": "付款方"}
"""What a payment is told as beside its reference, and how finance calls that: told again it is told as the same."""


@dataclass(frozen=True, slots=True)
class Held:
    """A payment with its order, both locked; without an order nobody knows yet what it is for. Events tell of it."""

    payment: Payment
    order: Order | None

    @property
    def payment_id(self) -> UUID:
        """Of the payment."""
        return self.payment.id

    @property
    def channel(self) -> PaymentChannel:
        """By which it came."""
        return self.payment.channel

    @property
    def kind(self) -> PaymentKind:
        """What it was paid as."""
        return self.payment.kind

    @property
    def external_ref(self) -> str:
        """As it was written."""
        return self.payment.external_ref

    @property
    def order_id(self) -> UUID | None:
        """What it is for."""
        return self.payment.order_id

    @property
    def customer_id(self) -> UUID | None:
        """Whom the order was written for."""
        return None if self.order is None else self.order.written_for

    @property
    def consultant_id(self) -> str | None:
        """Whose the order is."""
        return None if self.order is None else self.order.consultant_id

    @property
    def balance_fen(self) -> int | None:
        """What the order still owes."""
        return None if self.order is None else self.order.balance_fen


def pay_order(session: Session, asked: of_orders.PayOrder, *, scope: Scope, now: datetime) -> of_orders.Balance:
    """Record a payment that has come, or is awaited; a reference again, for the same, is the same payment (R43).

    What was awaited and is told as come has come. What was taken back, or never came, gives its reference up to a
    payment that is another by its order, amount, kind or payer: it was booked wrongly.

    Raises OrderNotFound, OrderState, Overpayment, ReferenceUsed, ReferenceDiffers, ReferenceEnded, LoanNotApproved,
    PayerUnknown.
    """
    order = order_to_change(session, asked.order_id, scope=scope)
    known = of_reference(session, asked.channel, asked.external_ref)
    if known is not None and not known.is_over:
        _require_same(session, known, asked, scope=scope)
        if asked.confirmed:
            _has_come(session, Held(known, order), now=now)
        return balance_shown(order)
    if known is not None and not _differs(known, asked):
        raise ReferenceEnded(field="external_ref", external_ref=asked.external_ref)
    order.require_payable(asked.amount_fen)
    if asked.kind is PaymentKind.LOAN:
        order.require_approved(asked.amount_fen)
    _require_payer(order, asked)
    if known is not None:
        known.give_reference_up()
        session.flush()
    payment = Payment.register(asked, store_id=order.store_id, replaces=known, by=scope.staff_id, now=now)
    session.add(payment)
    if asked.confirmed:
        confirm(session, Held(payment, order), now=now)
    return balance_shown(order)


def _differs(known: Payment, asked: of_orders.PayOrder) -> list[str]:
    """In what a payment is another than the one that is told."""
    return [name for name in TOLD_AS if getattr(known, name) != getattr(asked, name)]


def _require_same(session: Session, known: Payment, asked: of_orders.PayOrder, *, scope: Scope) -> None:
    if known.order_id != asked.order_id:
        other = None if known.order_id is None else session.get_one(Order, known.order_id)
        named = {"named": ""} if other is None else named_to(scope, other)
        raise ReferenceUsed(external_ref=asked.external_ref, **named)
    if differs := _differs(known, asked):
        names = "、".join(TOLD_AS[name] for name in differs)
        raise ReferenceDiffers(field=differs[0], differs=", ".join(differs), names=names)


def _has_come(session: Session, held: Held, *, now: datetime) -> None:
    """What was awaited was told as come; what has come is not told twice."""
    session.refresh(held.payment, with_for_update=True)
    if held.payment.state is PaymentState.REGISTERED:
        confirm(session, held, now=now)


def _require_payer(order: Order, asked: of_orders.PayOrder) -> None:
    payers = {one.id for one in order.parties if one.role is PartyRole.PAYER and one.kind is not PartyKind.LENDER}
    if asked.payer_id is not None and (asked.kind is PaymentKind.LOAN or asked.payer_id not in payers):
        raise PayerUnknown(field="payer_id")


def settle_payment(
    session: Session, asked: operations.SettlePayment, *, scope: Scope, now: datetime
) -> operations.Payment:
    """Say what became of an awaited payment. Raises PaymentNotFound, PaymentState."""
    held = hold(session, asked.payment_id, scope=scope)
    if asked.outcome is Settled.CONFIRMED:
        confirm(session, held, now=now)
    else:
        held.payment.fail(now=now)
    return payment_shown(held.payment)


def reverse_payment(
    session: Session, asked: operations.ReversePayment, *, scope: Scope, now: datetime
) -> operations.Payment:
    """Take a payment back: its order owes again what it had of it.

    Raises PaymentNotFound, PaymentState, RefundStands.
    """
    held = hold(session, asked.payment_id, scope=scope)
    idle = held.payment.unapplied_fen
    lost = held.payment.reverse(reason=asked.reason, now=now)
    if held.order is not None:
        held.order.lose(amount_fen=lost, by_lender=held.payment.by_lender, now=now)
        follow_money(session, held, now=now)
        reversed_ = picked(events.PaymentReversed, held, amount_fen=held.payment.amount_fen, applied_fen=lost)
        tell(session, held.order, reversed_, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return payment_shown(held.payment)


def apply_receipt(
    session: Session, asked: operations.ApplyReceipt, *, scope: Scope, now: datetime
) -> operations.Payment:
    """Use unapplied money for its order, or for one of the store if nobody knew which, as far as that owes.

    Raises OrderNotFound, PaymentNotFound, OtherOrder, NothingUnapplied, OrderState.
    """
    order = session.get(Order, asked.order_id, with_for_update=True)
    payment = session.get(Payment, asked.payment_id, with_for_update=True)
    if payment is None or not scope.admits(store_id=payment.store_id):
        raise PaymentNotFound
    if order is None or order.store_id != payment.store_id:
        raise OrderNotFound
    if payment.order_id not in (None, order.id):
        raise OtherOrder(order_id=payment.order_id)
    order.require_payable(1)
    idle, used = payment.unapplied_fen, min(payment.unapplied_fen, order.balance_fen)
    if used == 0:
        raise NothingUnapplied
    order.pay(amount_fen=used, by_lender=payment.by_lender, now=now)
    payment.use(order_id=order.id, amount_fen=used)
    held = Held(payment, order)
    tell_confirmed(session, held, amount_fen=used, now=now)
    tell_unapplied(session, held, before=idle, now=now)
    return payment_shown(payment)


def of_reference(session: Session, channel: PaymentChannel, reference: str) -> Payment | None:
    """The payment of this reference; who asks has the reference alone until his transaction ends."""
    key = reference_key(reference)
    turns.take(session, "payment reference", [f"{channel}/{key}"])
    return session.scalars(
        select(Payment).where(Payment.channel == channel, Payment.reference_key == key)
    ).one_or_none()


def of_order(session: Session, order_id: UUID) -> Sequence[Payment]:
    """The payments of an order that have come."""
    wanted = select(Payment).where(Payment.order_id == order_id, Payment.state == PaymentState.CONFIRMED)
    return session.scalars(wanted).all()


def hold(session: Session, payment_id: UUID, *, scope: Scope) -> Held:
    """A payment of the caller's stores with its order, locked: the order first. Raises PaymentNotFound."""
    found = session.execute(select(Payment.store_id, Payment.order_id).where(Payment.id == payment_id)).one_or_none()
    if found is None or not scope.admits(store_id=found.store_id):
        raise PaymentNotFound
    order = None if found.order_id is None else session.get(Order, found.order_id, with_for_update=True)
    payment = session.get_one(Payment, payment_id, with_for_update=True)
    if payment.order_id is not None and order is None:
        order = session.get(Order, payment.order_id, with_for_update=True)
    return Held(payment, order)


def confirm(session: Session, held: Held, *, now: datetime) -> int:
    """The money has come, and is never refused: what its order does not owe stays unapplied. How much is applied.

    Raises PaymentState.
    """
    order, payment = held.order, held.payment
    applied = 0 if order is None else order.room_for(payment.amount_fen)
    payment.confirm(applied_fen=applied, now=now)
    if order is not None and applied:
        order.pay(amount_fen=applied, by_lender=payment.by_lender, now=now)
    tell_confirmed(session, held, amount_fen=applied, now=now)
    tell_unapplied(session, held, before=0, now=now)
    return applied


def tell_confirmed(session: Session, held: Held, *, amount_fen: int, now: datetime) -> None:
    """Say that so much of the payment is for its order, and what that owes now."""
    if held.order is not None and amount_fen:
        follow_money(session, held, now=now)
        tell(session, held.order, picked(events.PaymentConfirmed, held, amount_fen=amount_fen), now=now)


def follow_money(session: Session, held: Held, *, now: datetime) -> None:
    """Let the steps of the order follow what came or went; what a channel told nobody registered."""
    if held.order is not None:
        follow_steps(session, held.order, by=held.payment.registered_by or held.payment.channel, now=now)


def tell_unapplied(session: Session, held: Held, *, before: int, now: datetime) -> None:
    """Say that money is for nothing, and how much; or that none of the payment is any more."""
    idle = held.payment.unapplied_fen
    if idle and idle != before:
        tell(session, held.payment, picked(events.ReceiptUnapplied, held, amount_fen=idle), now=now)
    elif before and not idle:
        tell(session, held.payment, picked(events.ReceiptSettled, held), now=now)

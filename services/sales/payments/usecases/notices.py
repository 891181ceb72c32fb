"""What channels tell of payments: repeated, late, out of order, contradictory; each is taken down and acknowledged.

Money that a channel reports has come, so nothing here refuses it: a refusal would roll it back, and the channel would
tell it again for a day.
"""

from __future__ import annotations

from datetime import datetime

import uuid_utils.compat as uuids
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import Scope
from contracts.money import reference_key
from contracts.picked import picked
from contracts.sales import finance
from contracts.sales import payments as operations
from contracts.sales.payments import NoticeResult, Outcome, PaymentState
from services.sales.orders.models import Order
from services.sales.payments.errors import NoticeNotFound
from services.sales.payments.models import Notice, Payment
from services.sales.payments.rules import fen_of
from services.sales.payments.usecases.receipts import Held, confirm, of_reference


def payment_notice(
    session: Session, asked: operations.PaymentNotice, *, scope: Scope, now: datetime
) -> operations.NoticeTaken:
    """Take a notice down and do what follows of it. Raises AmountUnreadable."""
    scope.require_store(asked.store_id)
    amount_fen = fen_of(asked.amount)
    order = _named(session, asked)
    payment = of_reference(session, asked.channel, asked.external_ref)
    if payment is None:
        payment, result = _unheard_of(session, asked, order, amount_fen=amount_fen, now=now)
    else:
        result = _heard_of(session, asked, Held(payment, order), amount_fen=amount_fen, now=now)
    _take_down(session, asked, payment, amount_fen=amount_fen, result=result, now=now)
    return operations.NoticeTaken(result)


def close_notice(session: Session, asked: finance.CloseNotice, *, scope: Scope, now: datetime) -> finance.NoticeClosed:
    """Somebody says what was right. Raises NoticeNotFound, NoticeClosed, NothingToClose."""
    notice = session.get(Notice, asked.notice_id, with_for_update=True)
    if notice is None or not scope.admits(store_id=notice.store_id):
        raise NoticeNotFound
    payment = None if notice.payment_id is None else session.get(Payment, notice.payment_id)
    order_id = None if payment is None else payment.order_id
    notice.close(note=asked.note, order_id=order_id, by=scope.staff_id, now=now)
    return picked(finance.NoticeClosed, notice, notice_id=notice.id)


def _named(session: Session, asked: operations.PaymentNotice) -> Order | None:
    """The order of this number in this store, locked."""
    wanted = select(Order).where(Order.number == asked.order_number.strip(), Order.store_id == asked.store_id)
    return session.scalars(wanted.with_for_update()).one_or_none()


def _unheard_of(
    session: Session, asked: operations.PaymentNotice, order: Order | None, *, amount_fen: int, now: datetime
) -> tuple[Payment | None, NoticeResult]:
    if asked.outcome is Outcome.FAILED:
        return None, NoticeResult.IGNORED
    order_id = None if order is None else order.id
    payment = Payment.of_notice(asked, order_id=order_id, amount_fen=amount_fen, now=now)
    session.add(payment)
    applied = confirm(session, Held(payment, order), now=now)
    if order is None:
        return payment, NoticeResult.PARKED
    return payment, NoticeResult.APPLIED if applied == amount_fen else NoticeResult.UNAPPLIED


def _heard_of(
    session: Session, asked: operations.PaymentNotice, held: Held, *, amount_fen: int, now: datetime
) -> NoticeResult:
    payment, order_id = held.payment, None if held.order is None else held.order.id
    if payment.amount_fen != amount_fen or payment.order_id not in (None, order_id):
        return NoticeResult.CONTRADICTS
    if payment.state is PaymentState.REGISTERED:
        if asked.outcome is Outcome.FAILED:
            payment.fail(now=now)
            return NoticeResult.FAILED
        return NoticeResult.APPLIED if confirm(session, held, now=now) == amount_fen else NoticeResult.UNAPPLIED
    said = PaymentState.CONFIRMED if asked.outcome is Outcome.PAID else PaymentState.FAILED
    return NoticeResult.REPEATED if payment.state is said else NoticeResult.LATE


def _take_down(
    session: Session,
    asked: operations.PaymentNotice,
    payment: Payment | None,
    *,
    amount_fen: int,
    result: NoticeResult,
    now: datetime,
) -> None:
    """One row for each thing that was told and what it led to."""
    told = {
        "channel": asked.channel,
        "reference_key": reference_key(asked.external_ref),
        "order_number": asked.order_number.strip(),
        "amount_fen": amount_fen,
        "outcome": asked.outcome,
        "result": result,
    }
    known = session.scalars(select(Notice).filter_by(**told)).one_or_none()
    if known is None:
        payment_id = None if payment is None else payment.id
        first = {"id": uuids.uuid7(), "times": 1, "first_at": now, "last_at": now}
        session.add(Notice(**told, **first, store_id=asked.store_id, payment_id=payment_id))
    else:
        known.times, known.last_at = known.times + 1, now

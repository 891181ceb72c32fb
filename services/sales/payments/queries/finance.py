"""What finance works off: what is to be received and given back, unapplied money, refunds, contradictions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from chassis.process.clock import LOCAL
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.picked import shaped
from contracts.sales import finance, payments, receivables
from contracts.sales.finance import RefundWaits
from contracts.sales.payments import PaymentState, RefundState
from contracts.sales.receivables import DueWhen
from services.sales.orders.models import Order
from services.sales.parties.models import OrderParty
from services.sales.payments.models import Notice, Payment, Refund
from services.sales.payments.rules import OTHERWISE
from services.sales.receivables.models import Receivable

_order, _payment, _refund = Order.__table__.c, Payment.__table__.c, Refund.__table__.c
_notice, _owes, _party = Notice.__table__.c, Receivable.__table__.c, OrderParty.__table__.c

BY_DUE = Sorting(_owes.due_on, _owes.id, index="receivable_by_due")
TO_RETURN = Sorting(_owes.changed_at, _owes.id, index="receivable_to_return")
UNAPPLIED = Sorting(_payment.registered_at, _payment.id, index="payment_unapplied")
REFUNDS = Sorting(_refund.requested_at, _refund.id, index="refund_open")
NOTICES = Sorting(_notice.first_at, _notice.id, index="payment_notice_open")

_gone_or_unused = _payment.unused_fen + _payment.refunded_fen
PAYMENT = (
    *_payment,
    _payment.id.label("payment_id"),
    case((_payment.state == PaymentState.CONFIRMED, _payment.amount_fen - _gone_or_unused), else_=0).label(
        "applied_fen"
    ),
    func.greatest(0, _gone_or_unused - _payment.promised_fen).label("unapplied_fen"),
)
"""A payment as it is shown."""

OWED = (*_owes, _party.customer_id.label("payer_customer_id"))
"""A receivable as it is shown, with its party beside it."""

_WHOSE = (_order.number, _order.customer_id, _order.consultant_id)
_WAITS = {RefundWaits.AGREE: RefundState.REQUESTED, RefundWaits.PAY: RefundState.APPROVED}


def list_receivables(
    connection: Connection, asked: receivables.ListReceivables, *, scope: Scope, now: datetime
) -> receivables.OrderReceivables:
    """A page of what is to be received, what is due first first. Raises StoreNotAllowed."""
    wanted = _owed().where(_owes.balance_fen > 0)
    if asked.payer is not None:
        wanted = wanted.where(_owes.payer == asked.payer)
    today = now.astimezone(LOCAL).date()
    if asked.due is not None:
        wanted = wanted.where(_owes.due_on < today if asked.due is DueWhen.OVERDUE else _owes.due_on == today)
    return _receivables(connection, wanted, asked, by=BY_DUE, scope=scope)


def list_returns(
    connection: Connection, asked: receivables.ListReturns, *, scope: Scope
) -> receivables.OrderReceivables:
    """A page of what is to be given back, what has waited longest first. Raises StoreNotAllowed."""
    return _receivables(connection, _owed().where(_owes.to_return_fen > 0), asked, by=TO_RETURN, scope=scope)


def _owed() -> Select[Any]:
    ordered = Receivable.__table__.join(Order.__table__, _order.id == _owes.order_id)
    return select(*OWED, *_WHOSE).select_from(ordered.outerjoin(OrderParty.__table__, _party.id == _owes.party_id))


def _receivables(
    connection: Connection,
    wanted: Select[Any],
    asked: receivables.ListReceivables | receivables.ListReturns,
    *,
    by: Sorting,
    scope: Scope,
) -> receivables.OrderReceivables:
    wanted = _of_stores(wanted, _owes.store_id, scope.narrow(asked.store_id))
    if scope.owners is not None:
        wanted = wanted.where(_order.consultant_id.in_(scope.owners))
    found = pages.page(connection, wanted, asked, by=by)
    items = [shaped(receivables.OrderReceivable, row._mapping) for row in found.rows]
    return receivables.OrderReceivables(items, asked.page, asked.size, found.total, found.next)


def list_receipts(connection: Connection, asked: payments.ListReceipts, *, scope: Scope) -> payments.Receipts:
    """A page of money that is for nothing, the oldest first. Raises StoreNotAllowed."""
    wanted: Select[Any] = select(*PAYMENT).where(_gone_or_unused > _payment.promised_fen)
    wanted = _of_stores(wanted, _payment.store_id, scope.narrow(asked.store_id))
    found = pages.page(connection, wanted, asked, by=UNAPPLIED)
    items = [shaped(payments.Payment, row._mapping) for row in found.rows]
    return payments.Receipts(items, asked.page, asked.size, found.total, found.next)


def list_refunds(connection: Connection, asked: finance.ListRefunds, *, scope: Scope) -> finance.OpenRefunds:
    """A page of refunds to agree to or to pay, the oldest first. Raises StoreNotAllowed."""
    joined = Refund.__table__.outerjoin(Order.__table__, _order.id == _refund.order_id)
    joined = joined.outerjoin(OrderParty.__table__, _party.id == _refund.payer_id)
    shown = (*_refund, _refund.id.label("refund_id"), _party.firm.label("payer_name"), *_WHOSE)
    wanted: Select[Any] = select(*shown).select_from(joined).where(_refund.state.in_(list(_WAITS.values())))
    if asked.waits is not None:
        wanted = wanted.where(_refund.state == _WAITS[asked.waits])
    wanted = _of_stores(wanted, _refund.store_id, scope.narrow(asked.store_id))
    found = pages.page(connection, wanted, asked, by=REFUNDS)
    items = [shaped(finance.OpenRefund, row._mapping) for row in found.rows]
    return finance.OpenRefunds(items, asked.page, asked.size, found.total, found.next)


def list_notices(connection: Connection, asked: finance.ListNotices, *, scope: Scope) -> finance.Contradictions:
    """A page of notices that nobody has looked into, the oldest first. Raises StoreNotAllowed."""
    named = Notice.__table__.join(Payment.__table__, _payment.id == _notice.payment_id)
    wanted: Select[Any] = select(
        *_notice,
        _notice.id.label("notice_id"),
        _payment.external_ref,
        _payment.order_id.label("known_order_id"),
        _order.number.label("known_number"),
        _payment.amount_fen.label("known_fen"),
        _payment.state.label("known_state"),
    ).select_from(named.outerjoin(Order.__table__, _order.id == _payment.order_id))
    wanted = wanted.where(and_(_notice.result.in_(OTHERWISE), _notice.closed_at.is_(None)))
    wanted = _of_stores(wanted, _notice.store_id, scope.narrow(asked.store_id))
    found = pages.page(connection, wanted, asked, by=NOTICES)
    items = [shaped(finance.Contradiction, row._mapping) for row in found.rows]
    return finance.Contradictions(items, asked.page, asked.size, found.total, found.next)


def _of_stores(wanted: Select[Any], column: ColumnElement[str], stores: Any) -> Select[Any]:
    return wanted if stores is None else wanted.where(column.in_(stores))

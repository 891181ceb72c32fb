"""The money of one order."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.sales import payments as operations
from contracts.sales import receivables
from services.sales.orders.queries import order_to_show
from services.sales.parties.models import OrderParty
from services.sales.payments.models import Payment
from services.sales.payments.queries.finance import OWED, PAYMENT
from services.sales.receivables.models import LoanLetter, Receivable
from services.sales.receivables.usecases import deposit, settlement

_payment, _letter, _owes = Payment.__table__.c, LoanLetter.__table__.c, Receivable.__table__.c
_PAYMENTS = select(*PAYMENT).order_by(_payment.registered_at, _payment.id)
_OWED = (
    select(*OWED)
    .select_from(Receivable.__table__.outerjoin(OrderParty.__table__, OrderParty.__table__.c.id == _owes.party_id))
    .order_by(_owes.payer, _owes.id)
)
_REFUNDS = text(
    "SELECT r.*, r.id AS refund_id FROM refund r WHERE r.order_id = :order_id ORDER BY r.requested_at, r.id"
)


def order_money(connection: Connection, asked: operations.OrderMoneyAsked, *, scope: Scope) -> operations.OrderMoney:
    """What came for an order of the caller's scope, and who owes what of it. Raises OrderNotFound."""
    order = order_to_show(connection, asked.order_id, scope=scope)
    rows = connection.execute(_PAYMENTS.where(_payment.order_id == order.id))
    payments = [shaped(operations.Payment, row._mapping) for row in rows]
    refunds = [shaped(operations.Refund, row._mapping) for row in connection.execute(_REFUNDS, {"order_id": order.id})]
    owed = connection.execute(_OWED.where(_owes.order_id == order.id))
    stands = select(LoanLetter.__table__).where(_letter.order_id == order.id, _letter.ended_at.is_(None))
    letter = connection.execute(stands).one_or_none()
    settled = settlement(connection, order)
    return picked(
        operations.OrderMoney,
        order,
        order_id=order.id,
        balance_fen=order.total_fen - order.paid_fen,
        unapplied_fen=sum(one.unapplied_fen for one in payments),
        deposit_fen=sum(deposit(connection, order).values()),
        forfeited_fen=settled.forfeited_fen,
        compensation_fen=settled.compensation_fen,
        payments=payments,
        refunds=refunds,
        receivables=[shaped(receivables.Receivable, row._mapping) for row in owed],
        letter=None if letter is None else shaped(receivables.LoanLetter, letter._mapping),
    )

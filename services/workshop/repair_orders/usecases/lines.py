"""The work on an open order: added, changed, declined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked
from contracts.workshop import events, operations
from contracts.workshop import lines as contract
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.shown import order_shown
from services.workshop.repair_orders.usecases.finding import order_to_change


def add_line(session: Session, asked: contract.AddLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """More work, or a discount. Raises LineAmount, SharesWrong, DiscountTooLarge."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    before_fen = work.discounted_beyond(order.lines)
    order.add_line(asked.line)
    return _changed(session, order, before_fen=before_fen, now=now)


def change_line(session: Session, asked: contract.ChangeLine, *, scope: Scope, now: datetime) -> operations.RepairOrder:
    """A line is another than it was. Raises LineNotFound, LineBegun, LineAmount, SharesWrong, DiscountTooLarge."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    before_fen = work.discounted_beyond(order.lines)
    order.change_line(asked)
    return _changed(session, order, before_fen=before_fen, now=now)


def decline_line(
    session: Session, asked: contract.DeclineLine, *, scope: Scope, now: datetime
) -> operations.RepairOrder:
    """The customer does not want work that was not begun. Raises LineNotFound, LineBegun, DiscountTooLarge."""
    order = order_to_change(session, asked.ro_id, asked.expected_version, scope=scope)
    before_fen = work.discounted_beyond(order.lines)
    session.add(order.decline_line(asked, by=scope.staff_id, now=now))
    return _changed(session, order, before_fen=before_fen, now=now)


def told_lines(order: RepairOrder, *, before_fen: int) -> events.RepairLinesChanged:
    """What is told of an order whose lines changed; before that its discounts were too large by so much."""
    beyond_fen = work.discounted_beyond(order.lines)
    return picked(
        events.RepairLinesChanged,
        order,
        ro_id=order.id,
        customer_id=order.written_for,
        customer_fen=work.customer_fen(order.lines),
        unanswered=len(work.unanswered(order.lines)),
        beyond_fen=beyond_fen if beyond_fen or before_fen else None,
    )


def _changed(session: Session, order: RepairOrder, *, before_fen: int, now: datetime) -> operations.RepairOrder:
    tell(session, order, told_lines(order, before_fen=before_fen), now=now)
    return order_shown(order)

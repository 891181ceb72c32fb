"""A price that stands is changed: at once within the limits, beyond them by somebody else's word (C4, R42)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked
from contracts.sales import amendments, events, operations
from contracts.sales.lines import LineAsked, LineKind, PriceLine
from contracts.sales.prices import AmendmentStatus
from services.sales.amending.errors import NoAmendment
from services.sales.amending.models import OrderAmendment
from services.sales.catalogue import usecases as catalogue
from services.sales.catalogue.rules import Car
from services.sales.orders import rules
from services.sales.orders.models import Order
from services.sales.orders.rules import Command
from services.sales.orders.shown import lines_shown, order_shown
from services.sales.orders.usecases import follow_steps, order_to_change
from services.sales.prices import usecases as prices
from services.sales.prices.rules import require_another


def amend_order(session: Session, asked: amendments.AmendOrder, *, scope: Scope, now: datetime) -> operations.Order:
    """Another price, with its reason. Raises AmendmentWaits, PaidMore, and what is refused of a price."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    wanted = _Asked(asked.total_fen, asked.lines or _listed(order))
    price = prices.agree(session, wanted, car=_car(session, order, now=now), now=now)
    beyond = prices.needs_approval(session, price.lines, store_id=order.store_id, now=now)
    known = select(func.count()).select_from(OrderAmendment).where(OrderAmendment.order_id == order.id)
    number = (session.scalar(known) or 0) + 1
    amendment = OrderAmendment.write(
        asked, price, order=order, number=number, beyond=beyond, by=scope.staff_id, now=now
    )
    order.amend(price, number=number, beyond=beyond, now=now)
    session.add(amendment)
    if not beyond:
        return _amended(session, order, amendment, now=now)
    requested = picked(
        events.OrderApprovalRequested,
        amendment,
        customer_id=order.written_for,
        consultant_id=order.consultant_id,
        created_by=scope.staff_id,
        edited_by=scope.staff_id,
    )
    tell(session, order, requested, now=now)
    return order_shown(order)


def approve_amendment(
    session: Session, asked: amendments.ApproveAmendment, *, scope: Scope, now: datetime
) -> operations.Order:
    """The price that waits is the order's. Raises NoAmendment, OwnPrice, PaidMore."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    amendment = _waiting(session, order, decides=scope.staff_id)
    _decide(order, amendment, stands=True, now=now)
    amendment.decide(AmendmentStatus.STANDS, by=scope.staff_id, now=now)
    approved = picked(
        events.OrderApproved, order, order_id=order.id, customer_id=order.written_for, approved_by=scope.staff_id
    )
    tell(session, order, approved, now=now)
    return _amended(session, order, amendment, now=now)


def reject_amendment(
    session: Session, asked: amendments.RejectAmendment, *, scope: Scope, now: datetime
) -> operations.Order:
    """The price stays as it was. Raises NoAmendment, OwnPrice."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    amendment = _waiting(session, order, decides=scope.staff_id)
    _decide(order, amendment, stands=False, now=now)
    amendment.decide(AmendmentStatus.REJECTED, by=scope.staff_id, now=now, reason=asked.reason)
    rejected = picked(
        events.OrderRejected, order, order_id=order.id, customer_id=order.written_for, rejected_by=scope.staff_id
    )
    tell(session, order, rejected, now=now)
    return order_shown(order)


class _Asked(NamedTuple):
    """A price for the car that was ordered."""

    total_fen: int
    lines: list[LineAsked]


def _listed(order: Order) -> list[LineAsked]:
    """What the order is for, at list prices."""
    return [LineAsked(line.kind, line.description, line.list_fen) for line in lines_shown(order)]


def _car(session: Session, order: Order, *, now: datetime) -> Car:
    """The car that was ordered; one of the catalogue, or called so, stays at the list price it was ordered at."""
    (list_fen,) = (line.list_fen for line in _listed(order) if line.kind is LineKind.CAR)
    called = catalogue.by_words(session, order.model, store_id=order.store_id, now=now)
    is_listed = order.definition_id is not None or called.list_fen is not None
    return Car(order.model, order.definition_id, order.colour, list_fen if is_listed else None)


def _waiting(session: Session, order: Order, *, decides: str) -> OrderAmendment:
    """The amendment that waits for a word which this person may give. Raises OrderState, NoAmendment, OwnPrice."""
    rules.require(Command.AMEND, status=order.status)
    pending = select(OrderAmendment).where(
        OrderAmendment.order_id == order.id, OrderAmendment.status == AmendmentStatus.PENDING
    )
    amendment = session.scalars(pending).one_or_none()
    if amendment is None:
        raise NoAmendment
    require_another(decides, barred=(amendment.written_by, order.consultant_id))
    return amendment


def _decide(order: Order, amendment: OrderAmendment, *, stands: bool, now: datetime) -> None:
    lines = [picked(PriceLine, line) for line in order.lines if line.amendment == amendment.number]
    price = picked(
        prices.Price, amendment, model=order.model, definition_id=order.definition_id, colour=order.colour, lines=lines
    )
    order.decide_amendment(price, number=amendment.number, stands=stands, now=now)


def _amended(session: Session, order: Order, amendment: OrderAmendment, *, now: datetime) -> operations.Order:
    told = picked(
        events.OrderAmended,
        amendment,
        customer_id=order.written_for,
        consultant_id=order.consultant_id,
        balance_fen=order.balance_fen,
    )
    follow_steps(session, order, by=amendment.decided_by or amendment.written_by, now=now)
    tell(session, order, told, now=now)
    return order_shown(order)

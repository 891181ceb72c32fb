"""An order is cancelled: what is released with it, in the same transaction (C4, R47)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.picked import picked
from contracts.sales import cancellations, events, operations
from contracts.sales.operations import OrderStatus
from services.sales import receivables, steps
from services.sales.orders.models import Order
from services.sales.orders.shown import order_shown
from services.sales.orders.usecases import order_to_change
from services.sales.stock.models import StockVehicle
from services.sales.stock.usecases import of_order


def request_cancel(
    session: Session, asked: cancellations.RequestCancel, *, scope: Scope, now: datetime
) -> operations.Order:
    """Ask for a signed order to be cancelled; what nobody signed is cancelled at once. Raises OrderState."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.request_cancel(fault=asked.fault, reason=asked.reason, by=scope.staff_id, now=now)
    if order.status is OrderStatus.CANCELLED:
        return _cancelled(session, order, now=now)
    requested = picked(
        events.OrderCancelRequested, order, order_id=order.id, customer_id=order.written_for, fault=asked.fault
    )
    tell(session, order, requested, now=now)
    return order_shown(order)


def confirm_cancel(
    session: Session, asked: cancellations.ConfirmCancel, *, scope: Scope, now: datetime
) -> operations.Order:
    """Cancel it; its car may be had by another order from the same moment on. Raises OrderState, StepsToReverse."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    vehicle = set_aside(session, order)
    steps.usecases.require_reversed(session, order.id)
    registered = steps.usecases.was_registered(session, order.id)
    order.confirm_cancel(fault=asked.fault, by=scope.staff_id, now=now)
    if vehicle is not None:
        _release(session, order, vehicle, registered=registered, now=now)
    steps.usecases.follow(session, order, by=scope.staff_id, now=now)
    receivables.usecases.follow(session, order, now=now)
    return _cancelled(session, order, now=now)


def withdraw_cancel(
    session: Session, asked: cancellations.WithdrawCancel, *, scope: Scope, now: datetime
) -> operations.Order:
    """Let it go on where it was. Raises OrderState."""
    order = order_to_change(session, asked.order_id, asked.expected_version, scope=scope)
    order.withdraw_cancel(now=now)
    withdrawn = picked(events.OrderCancelWithdrawn, order, order_id=order.id, customer_id=order.written_for)
    tell(session, order, withdrawn, now=now)
    return order_shown(order)


def set_aside(session: Session, order: Order) -> StockVehicle | None:
    """The car that a cancellation lets go, locked; None without one."""
    return of_order(session, order.id)


def _release(session: Session, order: Order, vehicle: StockVehicle, *, registered: bool, now: datetime) -> None:
    released = picked(events.VehicleReleased, order, order_id=order.id, customer_id=order.written_for)
    order.release(vehicle, registered=registered, now=now)
    tell(session, order, released, now=now)


def _cancelled(session: Session, order: Order, *, now: datetime) -> operations.Order:
    cancelled = picked(
        events.OrderCancelled, order, order_id=order.id, customer_id=order.written_for, fault=order.cancel_fault
    )
    tell(session, order, cancelled, now=now)
    return order_shown(order)

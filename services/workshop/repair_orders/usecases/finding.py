"""The order that is to be changed, locked, for whoever may change it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session, joinedload

from contracts.access import Scope
from services.workshop.repair_orders.errors import RepairOrderNotFound
from services.workshop.repair_orders.models import RepairOrder

_WITH_LINES = (joinedload(RepairOrder.lines),)


def order_to_change(session: Session, ro_id: UUID, expected_version: int | None = None, *, scope: Scope) -> RepairOrder:
    """The order, locked, if it lies in the caller's scope. Raises RepairOrderNotFound, StaleVersion."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def order_to_work_on(session: Session, ro_id: UUID, expected_version: int | None, *, scope: Scope) -> RepairOrder:
    """As `order_to_change`, for those who do the work: their store's orders are there, though not all are theirs."""
    order = _locked(session, ro_id)
    if order is None or not scope.admits(store_id=order.store_id, owner_id=scope.staff_id):
        raise RepairOrderNotFound
    order.require_version(expected_version)
    return order


def order_of_link(session: Session, ro_id: UUID) -> RepairOrder:
    """The order that a customer's link opens, locked: the link is the right to it. Raises RepairOrderNotFound."""
    order = _locked(session, ro_id)
    if order is None:
        raise RepairOrderNotFound
    return order


def _locked(session: Session, ro_id: UUID) -> RepairOrder | None:
    return session.get(RepairOrder, ro_id, options=_WITH_LINES, with_for_update={"of": RepairOrder})

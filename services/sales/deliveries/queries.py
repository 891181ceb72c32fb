"""What sales shows of deliveries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.picked import shaped
from contracts.sales import deliveries, operations
from contracts.sales.deliveries import DeliverySort
from services.sales.deliveries.shown import delivery_shown
from services.sales.orders.errors import OrderNotFound
from services.sales.orders.models import Order
from services.sales.steps import usecases as steps
from services.sales.steps.errors import StepsNone
from services.sales.steps.models import DeliveryPlan, DeliveryStep

_order = Order.__table__.c
_plan = DeliveryPlan.__table__.c
_step = DeliveryStep.__table__.c
SORTS = {
    DeliverySort.RISK: Sorting(_plan.days_left, _plan.order_id, index="delivery_plan_by_reserve"),
    DeliverySort.PROMISE: Sorting(_plan.promised_on, _plan.order_id, index="delivery_plan_by_promise"),
}
_SHOWN = (
    *(_plan.order_id, _plan.store_id, _plan.promised_on, _plan.ready_on, _plan.days_left, _plan.risk, _plan.holds),
    *(_plan.provisional, _order.number, _order.customer_id, _order.consultant_id, _order.model, _order.vin),
    _order.first_promise,
)


def delivery(
    connection: Connection, asked: operations.OrderById, *, scope: Scope, roles: Collection[str], now: datetime
) -> deliveries.Delivery:
    """An order of the caller's scope with its steps. Raises OrderNotFound, StepsNone."""
    with Session(connection) as session:
        order = session.get(Order, asked.order_id)
        if order is None or not scope.admits(store_id=order.store_id, owner_id=order.consultant_id):
            raise OrderNotFound
        return delivery_of(session, order, roles=roles, now=now)


def delivery_of(session: Session, order: Order, *, roles: Collection[str], now: datetime) -> deliveries.Delivery:
    """An order with its steps. Raises StepsNone."""
    plan = steps.plan_of(session, order.id)
    if plan is None:
        raise StepsNone
    items, checks = steps.checklist(session, order, now=now), steps.checked(session, order.id)
    promises = steps.promises(session, order.id)
    return delivery_shown(order, plan, items=items, checks=checks, promises=promises, roles=roles, now=now)


def list_deliveries(connection: Connection, asked: deliveries.ListDeliveries, *, scope: Scope) -> deliveries.Deliveries:
    """A page of the open deliveries the caller may see. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(*_SHOWN).join_from(DeliveryPlan.__table__, Order.__table__, _order.id == _plan.order_id)
    wanted = wanted.where(_plan.ended_at.is_(None))
    if stores is not None:
        wanted = wanted.where(_plan.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_order.consultant_id.in_(scope.owners))
    if asked.risk is not None:
        wanted = wanted.where(_plan.risk == asked.risk)
    if asked.step is not None:
        turn = select(_step.order_id).where(_step.code == asked.step, _step.its_turn)
        wanted = wanted.where(_plan.order_id.in_(turn))
    found = pages.page(connection, wanted, asked, by=SORTS[asked.sort])
    shown = [shaped(deliveries.OpenDelivery, row._mapping) for row in found.rows]
    return deliveries.Deliveries(shown, asked.page, asked.size, found.total, found.next)

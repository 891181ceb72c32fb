"""What the workshop shows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from chassis.customers import rekeying
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.fields import Done
from contracts.workshop import operations
from contracts.workshop.operations import RepairOrderSort, Stage
from services.workshop.repair_orders.errors import RepairOrderNotFound
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.shown import shown
from services.workshop.repair_orders.usecases import require_possible

_columns = RepairOrder.__table__.c
_lines = JobLine.__table__.c

SORTS = {
    RepairOrderSort.PROMISE: Sorting(_columns.promised_at, _columns.id, index="repair_order_board"),
    RepairOrderSort.LONGEST_HERE: Sorting(_columns.opened_at, _columns.id, index="repair_order_by_opening"),
    RepairOrderSort.NEWEST: Sorting(_columns.opened_at, _columns.id, descending=True, index="repair_order_by_opening"),
}
"""What is asked for by promise is open: of what was returned the page is sorted when it is found."""
_LAST_RETURNED_FIRST = Sorting(_columns.returned_at, _columns.id, descending=True, index="repair_order_by_store")


def get_repair_order(
    connection: Connection, asked: operations.RepairOrderById, *, scope: Scope
) -> operations.RepairOrder:
    """One repair order of the caller's scope. Raises RepairOrderNotFound."""
    row = connection.execute(select(RepairOrder.__table__).where(_columns.id == asked.ro_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.advisor_id):
        raise RepairOrderNotFound
    return shown(row, _lines_of(connection, [row.id])[row.id])


def check_repair_order(
    connection: Connection, asked: operations.CheckRepairOrder, *, scope: Scope, now: datetime
) -> Done:
    """Nothing stands in the way of such an order. Raises StoreNotAllowed, StoreClosed, LineAmount, DiscountTooLarge."""
    require_possible(connection, asked, scope=scope, now=now)
    return Done()


def list_repair_orders(
    connection: Connection, asked: operations.ListRepairOrders, *, scope: Scope
) -> operations.RepairOrders:
    """A page of the board, unless asked otherwise oldest promise first; of what was returned, or of a customer, newest.

    Raises StoreNotAllowed for a foreign store.
    """
    stores = scope.narrow(asked.store_id)
    returned = asked.stage is Stage.RETURNED
    history = asked.customer_id is not None and asked.stage is None
    wanted = select(RepairOrder.__table__)
    if not history:
        wanted = wanted.where(_columns.returned_at.is_not(None) if returned else _columns.returned_at.is_(None))
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_columns.advisor_id.in_(scope.owners))
    if asked.stage is not None and not returned:
        wanted = wanted.where(_columns.stage == asked.stage)
    if asked.vehicle_id is not None:
        wanted = wanted.where(_columns.vehicle_id == asked.vehicle_id)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    usual = RepairOrderSort.NEWEST if history else RepairOrderSort.PROMISE
    by = _LAST_RETURNED_FIRST if returned and asked.sort is None else SORTS[asked.sort or usual]
    found = pages.page(connection, wanted, asked, by=by)
    lines = _lines_of(connection, [row.id for row in found.rows])
    items = [shown(row, lines[row.id]) for row in found.rows]
    return operations.RepairOrders(items, asked.page, asked.size, found.total, found.next)


def _lines_of(connection: Connection, orders: list[UUID]) -> defaultdict[UUID, list[Any]]:
    """The job lines of several orders, in one statement."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    if orders:
        wanted = select(JobLine.__table__).where(_lines.order_id.in_(orders)).order_by(_lines.order_id, _lines.position)
        for row in connection.execute(wanted):
            found[row.order_id].append(row)
    return found

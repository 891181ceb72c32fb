"""What the workshop shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from contracts.access import Reach, Scope
from contracts.workshop import operations
from contracts.workshop.operations import Stage
from services.workshop.errors import RepairOrderNotFound
from services.workshop.models import JobLine, RepairOrder
from services.workshop.rules import totals

_columns = RepairOrder.__table__.c
_lines = JobLine.__table__.c

_OLDEST_PROMISE_FIRST = (_columns.promised_at.asc().nulls_last(), _columns.opened_at, _columns.id)
_NEWEST_RETURN_FIRST = (_columns.returned_at.desc(), _columns.id)


def get_repair_order(connection: Connection, *, ro_id: UUID, scope: Scope) -> operations.RepairOrder:
    """One repair order of the caller's scope. Raises RepairOrderNotFound."""
    row = connection.execute(select(RepairOrder.__table__).where(_columns.id == ro_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.advisor_id):
        raise RepairOrderNotFound
    return shown(row, _lines_of(connection, [row.id])[row.id])


def list_repair_orders(
    connection: Connection, asked: operations.ListRepairOrders, *, scope: Scope
) -> operations.RepairOrders:
    """A page of the board, oldest promise first, or of what was returned, newest first.

    Raises StoreNotAllowed for a foreign store.
    """
    stores = scope.narrow(asked.store_id)
    returned = asked.stage is Stage.RETURNED
    wanted = select(RepairOrder.__table__).where(
        _columns.returned_at.is_not(None) if returned else _columns.returned_at.is_(None)
    )
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.reach is Reach.OWN:
        wanted = wanted.where(_columns.advisor_id == scope.staff_id)
    if asked.stage is not None and not returned:
        wanted = wanted.where(_columns.stage == asked.stage)
    if asked.vehicle_id is not None:
        wanted = wanted.where(_columns.vehicle_id == asked.vehicle_id)
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = _NEWEST_RETURN_FIRST if returned else _OLDEST_PROMISE_FIRST
    page = wanted.order_by(*order).limit(asked.size).offset((asked.page - 1) * asked.size)
    rows = connection.execute(page).all()
    lines = _lines_of(connection, [row.id for row in rows])
    return operations.RepairOrders([shown(row, lines[row.id]) for row in rows], asked.page, asked.size, total)


def _lines_of(connection: Connection, orders: list[UUID]) -> defaultdict[UUID, list[Any]]:
    """The job lines of several orders, in one statement."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    if orders:
        wanted = select(JobLine.__table__).where(_lines.order_id.in_(orders)).order_by(_lines.order_id, _lines.position)
        for row in connection.execute(wanted):
            found[row.order_id].append(row)
    return found


def shown(row: Any, lines: Iterable[Any]) -> operations.RepairOrder:
    """A repair order (row or model) with its job lines as it is shown."""
    work = [
        operations.JobLine(line.description, line.amount_fen, line.hours, line.pay_type, line.kind) for line in lines
    ]
    return operations.RepairOrder(
        ro_id=row.id,
        number=row.number,
        store_id=row.store_id,
        vehicle_id=row.vehicle_id,
        customer_id=row.customer_id,
        advisor_id=row.advisor_id,
        stage=row.stage,
        km=row.km,
        complaint=row.complaint,
        lines=work,
        total_fen=sum(totals(work).values()),
        authorized_fen=row.authorized_fen,
        opened_at=row.opened_at,
        version=row.version,
        technician_id=row.technician_id,
        worked_by=row.worked_by,
        km_status=row.km_status,
        first_km=row.first_km,
        km_reason=row.km_reason,
        bay=row.bay,
        promised_at=row.promised_at,
        first_promise=row.first_promise,
        ready_at=row.ready_at,
        settled_at=row.settled_at,
        returned_at=row.returned_at,
    )

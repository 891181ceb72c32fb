"""What may have to be done again because of us, and what was judged of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from contracts.access import Scope
from contracts.picked import shaped
from contracts.workshop import comebacks as contract
from services.workshop.comebacks.models import Comeback
from services.workshop.repair_orders.models import JobLine, RepairOrder

_comebacks = Comeback.__table__.c
_orders = RepairOrder.__table__.alias("its")
_causes = RepairOrder.__table__.alias("first")
_lines = JobLine.__table__.alias("line")
_first_lines = JobLine.__table__.alias("first_line")

_SHOWN = (
    select(
        *(column for column in _comebacks if column.name not in ("id", "order_id", "pay_type", "shares")),
        _comebacks.id.label("comeback_id"),
        _comebacks.order_id.label("ro_id"),
        _comebacks.cause_order_id.label("cause_ro_id"),
        _orders.c.number.label("ro_number"),
        *(_orders.c[name] for name in ("vehicle_id", "customer_id")),
        _lines.c.description,
        _lines.c.job_class,
        _lines.c.state.label("line_state"),
        _causes.c.number.label("cause_number"),
        _causes.c.store_id.label("cause_store_id"),
        _causes.c.returned_at.label("cause_returned_at"),
        _first_lines.c.description.label("cause_description"),
        func.floor(func.extract("epoch", _orders.c.opened_at - _causes.c.returned_at) / 86400).label("days"),
    )
    .join(_orders, _orders.c.id == _comebacks.order_id)
    .join(_causes, _causes.c.id == _comebacks.cause_order_id)
    .join(_lines, (_lines.c.order_id == _comebacks.order_id) & (_lines.c.position == _comebacks.position))
    .join(
        _first_lines,
        (_first_lines.c.order_id == _comebacks.cause_order_id) & (_first_lines.c.position == _comebacks.cause_position),
    )
)


def list_comebacks(connection: Connection, asked: contract.ListComebacks, *, scope: Scope) -> contract.Comebacks:
    """A page of those of the caller's scope, the newest first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted: list[Any] = []
    if stores is not None:
        wanted.append(_comebacks.store_id.in_(stores))
    if asked.ro_id is not None:
        wanted.append(_comebacks.order_id == asked.ro_id)
    if asked.state is not None:
        wanted.append(_comebacks.state == asked.state)
    newest = (_comebacks.found_at.desc(), _comebacks.id.desc())
    page = _SHOWN.where(*wanted).order_by(*newest).limit(asked.size).offset((asked.page - 1) * asked.size)
    total = connection.scalar(select(func.count()).select_from(Comeback.__table__).where(*wanted)) or 0
    return contract.Comebacks(_shown(connection, page), asked.page, asked.size, total)


def comeback_shown(connection: Connection, comeback_id: UUID) -> contract.Comeback:
    """One that is there."""
    (one,) = _shown(connection, _SHOWN.where(_comebacks.id == comeback_id))
    return one


def _shown(connection: Connection, wanted: Select[Any]) -> list[contract.Comeback]:
    rows = connection.execute(wanted).mappings()
    return [shaped(contract.Comeback, {**row, "days": int(row["days"])}) for row in rows]

"""What follow-up shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from chassis.customers import rekeying
from contracts.access import Scope
from contracts.followup import operations
from contracts.followup.operations import VisitStatus
from services.followup.visits.errors import VisitNotFound
from services.followup.visits.models import OPEN, Visit
from services.followup.visits.occasions import consent_for
from services.followup.visits.rules import other_ways
from services.followup.visits.shown import visit_shown
from services.followup.visits.usecases import wishes

_columns = Visit.__table__.c
_other: Any = Visit.__table__.alias("other")
_STANDS_FOR = func.array(
    select(_other.c.purpose)
    .where(_other.c.customer_id == _columns.customer_id, _other.c.made_with == _columns.id)
    .order_by(_other.c.due_at, _other.c.id)
    .scalar_subquery()
).label("stands_for")
"""The purposes of the visits that one stands for."""


def get_visit(connection: Connection, asked: operations.VisitById, *, scope: Scope) -> operations.Visit:
    """One visit of the caller's scope. Raises VisitNotFound."""
    row = connection.execute(select(Visit.__table__, _STANDS_FOR).where(_columns.id == asked.visit_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id):
        raise VisitNotFound
    return _all_shown(connection, [row])[0]


def worklist(connection: Connection, asked: operations.Worklist, *, scope: Scope) -> operations.Visits:
    """A page of the visits the caller may see, earliest due first. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Visit.__table__).where(_columns.status.in_(OPEN if asked.status is None else (asked.status,)))
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    wanted = wanted.where(_columns.made_with.is_(None))
    if asked.channel is not None:
        wanted = wanted.where(_columns.channel == asked.channel)
    if asked.due_before is not None:
        wanted = wanted.where(_columns.due_at < asked.due_before)
    total = connection.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = connection.execute(
        wanted.add_columns(_STANDS_FOR)
        .order_by(_columns.due_at, _columns.id)
        .limit(asked.size)
        .offset((asked.page - 1) * asked.size)
    ).all()
    return operations.Visits(_all_shown(connection, rows), asked.page, asked.size, total)


def _all_shown(connection: Connection, rows: Sequence[Any]) -> list[operations.Visit]:
    """Visits with what else is asked in them, and the other ways to ask those who are not to be called."""
    suppressed = [row.customer_id for row in rows if row.status is VisitStatus.SUPPRESSED]
    wished = wishes.of_customers(connection, suppressed)
    return [
        visit_shown(row, other_ways=other_ways(wished[row.customer_id], purpose=consent_for(row.purpose)))
        if row.status is VisitStatus.SUPPRESSED
        else visit_shown(row, stands_for=row.stands_for)
        for row in rows
    ]

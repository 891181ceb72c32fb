"""What follow-up shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from chassis.customers import rekeying
from chassis.process.clock import LOCAL
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.followup import operations
from contracts.followup.operations import VisitsDue, VisitSort, VisitStatus
from contracts.picked import shaped
from services.followup.tasks.rules import end_of_day, late_before
from services.followup.visits.errors import VisitNotFound
from services.followup.visits.models import OPEN, Attempt, Visit
from services.followup.visits.occasions import consent_for
from services.followup.visits.rules import other_ways
from services.followup.visits.shown import visit_shown
from services.followup.visits.usecases import calling, wishes

_columns = Visit.__table__.c
_other: Any = Visit.__table__.alias("other")
_STANDS_FOR = func.array(
    select(_other.c.purpose)
    .where(_other.c.customer_id == _columns.customer_id, _other.c.made_with == _columns.id)
    .order_by(_other.c.due_at, _other.c.id)
    .scalar_subquery()
).label("stands_for")
"""The purposes of the visits that one stands for."""
SHOWN = 5
"""Attempts that are shown before a call (R39)."""

SORTS = {
    VisitSort.EARLIEST: Sorting(_columns.due_at, _columns.id, index="visit_by_store"),
    VisitSort.LATEST: Sorting(_columns.due_at, _columns.id, descending=True, index="visit_by_store"),
}


def get_visit(connection: Connection, asked: operations.VisitById, *, scope: Scope) -> operations.Visit:
    """One visit of the caller's scope. Raises VisitNotFound."""
    row = connection.execute(select(Visit.__table__, _STANDS_FOR).where(_columns.id == asked.visit_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id):
        raise VisitNotFound
    return _all_shown(connection, [row])[0]


def visit_context(
    connection: Connection, asked: operations.VisitById, *, scope: Scope, now: datetime
) -> operations.VisitContext:
    """What must be known before its customer is called: his last attempts, and whether the caller may begin it now.

    Raises VisitNotFound.
    """
    visit = connection.execute(select(Visit.__table__).where(_columns.id == asked.visit_id)).one_or_none()
    if visit is None or not scope.admits(store_id=visit.store_id):
        raise VisitNotFound
    hindered = calling.hindrance(connection, visit, staff_id=scope.staff_id, now=now)
    until = hindered.details.get("from_when") if hindered else None
    return operations.VisitContext(
        visit_id=visit.id,
        may_begin=hindered is None,
        refused=hindered.code if hindered else None,
        from_when=datetime.fromisoformat(str(until)) if until else None,
        failed=len(calling.failed_attempts(connection, visit.customer_id, now=now)),
        items=_last_attempts(connection, visit.customer_id),
    )


def _last_attempts(connection: Connection, customer_id: UUID) -> list[operations.Attempt]:
    """The last times a customer was tried to be reached, by whatever department, the newest first."""
    tried = (
        select(
            Attempt.visit_id,
            Visit.purpose,
            Visit.store_id,
            Attempt.at,
            Attempt.by_staff_id,
            Attempt.channel,
            Attempt.outcome,
        )
        .join(Visit, Visit.id == Attempt.visit_id)
        .where(Visit.customer_id == customer_id)
        .order_by(Attempt.at.desc(), Attempt.id.desc())
        .limit(SHOWN)
    )
    return [shaped(operations.Attempt, row) for row in connection.execute(tried).mappings()]


def worklist(connection: Connection, asked: operations.Worklist, *, scope: Scope, now: datetime) -> operations.Visits:
    """A page of the visits the caller may see. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Visit.__table__).where(_columns.status.in_(OPEN if asked.status is None else (asked.status,)))
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    wanted = wanted.where(_columns.made_with.is_(None))
    if asked.channel is not None:
        wanted = wanted.where(_columns.channel == asked.channel)
    if asked.due is not VisitsDue.ANY:
        until = late_before(now, LOCAL, all_day=True) if asked.due is VisitsDue.OVERDUE else end_of_day(now, LOCAL)
        wanted = wanted.where(_columns.due_at < until)
    if asked.due_before is not None:
        wanted = wanted.where(_columns.due_at < asked.due_before)
    found = pages.page(connection, wanted.add_columns(_STANDS_FOR), asked, by=SORTS[asked.sort])
    return operations.Visits(_all_shown(connection, found.rows), asked.page, asked.size, found.total, found.next)


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

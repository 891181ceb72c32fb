"""The list of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select
from sqlalchemy.orm import Session

from chassis.organisation import staff
from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.followup import tasks as operations
from services.followup.tasks import kinds
from services.followup.tasks.errors import ColleagueUnknown
from services.followup.tasks.models import HandOver, Task
from services.followup.tasks.rules import end_of_day, late_before
from services.followup.tasks.shown import task_shown

_columns = Task.__table__.c
_handed = HandOver.__table__.c


def tasks_today(
    connection: Connection, asked: operations.TasksToday, *, scope: Scope, roles: Sequence[str], now: datetime
) -> operations.Tasks:
    """A page of what somebody has to do until the end of today: his tasks, and those of his roles that nobody has.

    Earliest due first, so what is overdue comes before the rest. Raises StoreNotAllowed for a foreign store,
    ColleagueUnknown for somebody who works in none that the caller may look at.
    """
    stores = scope.narrow(asked.store_id)
    who = scope.staff_id
    if asked.of is not None and asked.of != who:
        colleague = _colleague(connection, asked.of, stores=stores, scope=scope)
        who, roles = colleague.staff_id, colleague.roles
        stores = tuple(one for one in colleague.stores if stores is None or one in stores)
    his = _of(who, roles, stores, until=end_of_day(now, LOCAL), kind=asked.kind)
    counts = _counts(connection, his, now=now)
    page = select(Task.__table__).where(his).order_by(_columns.due_at, _columns.id)
    rows = connection.execute(page.limit(asked.size).offset((asked.page - 1) * asked.size)).all()
    return operations.Tasks(
        _shown(connection, rows, now=now),
        asked.page,
        asked.size,
        total=sum(one.total for one in counts),
        overdue=sum(one.overdue for one in counts),
        counts=counts,
    )


def _colleague(connection: Connection, staff_id: str, *, stores: tuple[str, ...] | None, scope: Scope) -> staff.Member:
    """Who he is, if he works where the caller may look, and is one of those his reach covers."""
    member = staff.members(connection, [staff_id]).get(staff_id)
    reached = scope.owners is None or staff_id in scope.owners
    if (
        member is None
        or not reached
        or not member.active
        or (stores is not None and not set(stores) & set(member.stores))
    ):
        raise ColleagueUnknown(field="of", staff_id=staff_id)
    return member


def _of(
    staff_id: str, roles: Sequence[str], stores: Sequence[str] | None, *, until: datetime, kind: str | None
) -> ColumnElement[bool]:
    """The open tasks of a person and, of his roles, those that nobody has and that he may do."""
    of_role = and_(
        _columns.staff_id.is_(None),
        _columns.role.in_(roles),
        ~_columns.not_for.contains([staff_id]),
    )
    wanted = [
        _columns.open,
        _columns.due_at < until,
        _columns.kind.in_([one for one in kinds.codes() if kind in (None, one)]),
        or_(_columns.staff_id == staff_id, of_role),
    ]
    return and_(*wanted) if stores is None else and_(*wanted, _columns.store_id.in_(stores))


def _counts(connection: Connection, his: ColumnElement[bool], *, now: datetime) -> list[operations.KindCount]:
    last_midnight = late_before(now, LOCAL, all_day=True)
    with_the_day = [kind.code for kind in kinds.KINDS if kind.all_day]
    late = _columns.due_at < case((_columns.kind.in_(with_the_day), last_midnight), else_=now)
    overdue = func.count().filter(late).label("overdue")
    counted = select(_columns.kind, func.count().label("total"), overdue).where(his).group_by(_columns.kind)
    found = {row.kind: row for row in connection.execute(counted)}
    return [
        operations.KindCount(kind.code, kind.zh, kind.en, found[kind.code].total, found[kind.code].overdue)
        for kind in kinds.KINDS
        if kind.code in found
    ]


def _shown(connection: Connection, rows: Sequence[Any], *, now: datetime) -> list[operations.Task]:
    handed = hand_overs_of(connection, [row.id for row in rows])
    known = {kind.code: kind for kind in kinds.KINDS}
    return [task_shown(row, known[row.kind], handed[row.id], now=now) for row in rows]


def hand_overs_of(reader: Session | Connection, tasks: Sequence[UUID]) -> defaultdict[UUID, list[Any]]:
    """How each of these tasks changed hands, the oldest first."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    if tasks:
        wanted = select(HandOver.__table__).where(_handed.task_id.in_(tasks)).order_by(_handed.id)
        for row in reader.execute(wanted):
            found[row.task_id].append(row)
    return found

"""The access log: who saw whose personal data in full, when and why (R62)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from chassis.context import Call
from contracts.gateway import operations
from gateway.models import AccessEntry

_columns = AccessEntry.__table__.c


def write(
    session: Session, *, staff_id: str, operation: str, subject_id: str, reason: str, request_id: str, now: datetime
) -> None:
    """Add a reading; committed before the reader gets what he asked for."""
    session.add(
        AccessEntry.of(
            staff_id=staff_id,
            operation=operation,
            subject_id=subject_id,
            reason=reason,
            request_id=request_id,
            now=now,
        )
    )


def list_access(connection: Connection, asked: operations.ListAccess, call: Call) -> operations.AccessPage:
    """A page of the log, newest first."""
    del call
    total = connection.scalar(select(func.count()).select_from(AccessEntry)) or 0
    rows = connection.execute(
        select(AccessEntry.__table__)
        .order_by(_columns.at.desc(), _columns.id.desc())
        .limit(asked.size)
        .offset((asked.page - 1) * asked.size)
    )
    items = [
        operations.Access(row.id, row.at, row.staff_id, row.operation, row.subject_id, row.reason, row.request_id)
        for row in rows
    ]
    return operations.AccessPage(items, asked.page, asked.size, total)

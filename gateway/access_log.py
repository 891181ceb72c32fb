"""The access log: who saw whose personal data in full, when and why (R62; PIPL 51, 55).

An entry is committed before the reader gets what he asked for. Phone numbers are rationed:
so many per person and hour; what is refused shows nothing and stands in the process's log.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import uuid_utils.compat as uuids
from prometheus_client import Counter, Info
from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from chassis.process import clock, logs
from chassis.store.database import Database
from contracts.customer.events import ContactShown
from contracts.customer.senders import reveal_to_sender
from contracts.envelope import Received
from contracts.gateway import operations
from contracts.picked import picked
from gateway.chain import START
from gateway.errors import RevealLimit
from gateway.models import AccessEntry

log = logs.get("access")

WINDOW = timedelta(hours=1)
"""What the ration is for."""
NOBODY = "-"
"""The subject of an entry that names nobody, or several people as `customers`."""

ACCESSES = Counter("crm_access_total", "Accesses to personal data that were written down", ["operation"])
REFUSED = Counter("crm_reveals_refused_total", "Phone numbers not shown: the reader had seen his hour's worth")
HEAD = Info("crm_access_head", "The newest entry of the access log, an anchor for `crm access verify --expect`")

_table = AccessEntry.__table__
_columns = _table.c


@dataclass(frozen=True, slots=True)
class Access:
    """Who saw whose data by what operation, and why. `customers` are those whom a file held, or searches gave."""

    staff_id: str
    operation: str
    subject_id: str
    reason: str
    request_id: str
    customers: tuple[UUID, ...] = ()


class Link(NamedTuple):
    """An entry's place in the chain."""

    position: int
    hash: bytes


class Left(NamedTuple):
    """How many more of a ration may be had now, and from when on there is one more: an hour after each there is."""

    left: int
    more_at: datetime


def headers_of(left: Left, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """The same as HTTP tells it (draft-ietf-httpapi-ratelimit-headers-06); `RateLimit-Reset` is in seconds."""
    wait = max(1, math.ceil((left.more_at - now).total_seconds()))
    return (("RateLimit-Remaining", str(left.left)), ("RateLimit-Reset", str(wait)))


def write(session: Session, access: Access, *, now: datetime) -> Link:
    """Add an access."""
    values: dict[str, Any] = {
        "id": uuids.uuid7(),
        "at": now,
        "staff_id": access.staff_id,
        "operation": access.operation,
        "subject_id": access.subject_id,
        "reason": access.reason,
        "request_id": access.request_id,
        "customers": list(access.customers) or ([] if access.subject_id == NOBODY else None),
    }
    row = session.execute(insert(AccessEntry).values(values).returning(_columns.position, _columns.hash)).one()
    return Link(row.position, row.hash)


def require_left(session: Session, access: Access, *, now: datetime, most: int) -> Left:
    """What this access leaves of the `most` that this person may make by this operation in an hour.

    Raises RevealLimit; then the entry must not be kept. It is written first and counted after:
    the chain lets one writer in at a time, so that none is counted before those ahead of him are committed.
    """
    newest_first = session.scalars(
        select(_columns.at)
        .where(
            _columns.staff_id == access.staff_id,
            _columns.operation == access.operation,
            _columns.at > now - WINDOW,
        )
        .order_by(_columns.at.desc())
        .limit(most + 1)
    ).all()
    oldest = newest_first[-1]
    if len(newest_first) > most:
        raise RevealLimit(most=most, retry_after=max(1, math.ceil((oldest + WINDOW - now).total_seconds())))
    return Left(most - len(newest_first), oldest + WINDOW)


def head(connection: Connection) -> Link:
    """The newest entry; position 0 if there is none."""
    row = connection.execute(
        select(_columns.position, _columns.hash).order_by(_columns.position.desc()).limit(1)
    ).one_or_none()
    return Link(row.position, row.hash) if row else Link(0, START)


def tell(access: Access, written: Link) -> None:
    """Count an entry that was committed, and tell its hash: an anchor."""
    ACCESSES.labels(access.operation).inc()
    log.info("written down", **_said(access), position=written.position, hash=written.hash.hex())


def note_shown(session: Session, events: Sequence[Received[ContactShown]]) -> None:
    """What a service was given to reach customers with, as if a person had read it (R62), each with its moment."""
    written = []
    for event in events:
        shown = event.payload
        access = Access(
            staff_id=shown.sender,
            operation=reveal_to_sender.name,
            subject_id=str(shown.customer_id),
            reason=f"{shown.purpose}, {shown.channel}, {shown.document_type} {shown.document_id}",
            request_id=event.envelope.correlation_id,
        )
        written.append((access, write(session, access, now=event.occurred_at)))

    def tell_them(_session: Session) -> None:
        for access, link in written:
            tell(access, link)

    listen(session, "after_commit", tell_them, once=True)


def _said(access: Access) -> dict[str, str]:
    return {"operation": access.operation, "staff_id": access.staff_id, "correlation_id": access.request_id}


class AccessLog:
    """Writes accesses down, counts them and tells of them."""

    def __init__(self, database: Database, *, reveals_per_hour: int) -> None:
        self._database, self._most = database, reveals_per_hour
        self._told: date | None = None

    def write_down(self, access: Access, *, rationed: bool, now: datetime) -> Left | None:
        """One transaction; the log line bears the hash, which makes it an anchor.

        What is left of the reader's ration, if there is one. Raises RevealLimit.
        """

        def work(session: Session) -> tuple[Link, Left | None]:
            link = write(session, access, now=now)
            return link, require_left(session, access, now=now, most=self._most) if rationed else None

        try:
            written, left = self._database.run(work)
        except RevealLimit as refusal:
            REFUSED.inc()
            log.warning("not shown: more than one person sees in an hour", **_said(access), **refusal.details)
            raise
        tell(access, written)
        return left

    def tell_head(self, *, now: datetime) -> None:
        """The newest entry as a metric, and once a day as a log line: anchors that outlive the table."""
        newest = self._database.read(head)
        HEAD.info({"position": str(newest.position), "hash": newest.hash.hex()})
        today = now.astimezone(clock.LOCAL).date()
        if today != self._told:
            log.info("access log head", position=newest.position, hash=newest.hash.hex())
            self._told = today


def list_access(connection: Connection, asked: operations.ListAccess) -> operations.AccessPage:
    """A page of the log, newest first, of those entries that fit everything asked for."""
    wanted = _wanted(asked)
    total = connection.scalar(select(func.count()).select_from(_table).where(*wanted)) or 0
    rows = connection.execute(
        select(_table)
        .where(*wanted)
        .order_by(_columns.at.desc(), _columns.id.desc())
        .limit(asked.size)
        .offset((asked.page - 1) * asked.size)
    )
    items = [_shown(row) for row in rows]
    return operations.AccessPage(items, asked.page, asked.size, total)


def _shown(entry: Row[tuple[AccessEntry]]) -> operations.Access:
    one = entry.customers is None
    return picked(
        operations.Access,
        entry,
        customer_id=UUID(entry.subject_id) if one else None,
        customers=1 if one else len(entry.customers),
        hash=entry.hash.hex(),
    )


def _wanted(asked: operations.ListAccess) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.staff_id is not None:
        wanted.append(_columns.staff_id == asked.staff_id)
    if asked.subject_id is not None:
        in_a_file = _columns.customers.contains([asked.subject_id])
        wanted.append(or_(_columns.subject_id == str(asked.subject_id), in_a_file))
    if asked.operation is not None:
        wanted.append(_columns.operation == asked.operation)
    if asked.since is not None:
        wanted.append(_columns.at >= asked.since)
    if asked.until is not None:
        wanted.append(_columns.at < asked.until)
    return wanted

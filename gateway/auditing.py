"""The access log for auditors and after a breach: checked, written out, and whom it concerns (PIPL 54 to 57).

Reads one moment of the log, row by row in little memory, as the application's role, which cannot change it.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TextIO

import psycopg
from psycopg import sql

from chassis.process.clock import LOCAL
from chassis.process.settings import Environment, named
from contracts.spreadsheet_cells import marked
from gateway.chain import Entry, Walk, walk

BATCH = 5000
HEADINGS = ("序号", "时间", "员工", "操作", "对象", "文件内客户数", "理由", "请求编号", "哈希")

_ENTRY = sql.SQL(", ").join(map(sql.Identifier, Entry._fields))
_ALL = sql.SQL("SELECT {} FROM access_log ORDER BY position").format(_ENTRY)
_PERIOD = sql.SQL(
    "SELECT {} FROM access_log WHERE (%(since)s::timestamptz IS NULL OR at >= %(since)s)"
    " AND (%(until)s::timestamptz IS NULL OR at < %(until)s) ORDER BY position"
).format(_ENTRY)
_AFFECTED = sql.SQL(
    """
    SELECT customer, count(*), min(at), max(at)
      FROM access_log, unnest(coalesce(customers::text[], ARRAY[subject_id])) AS customer
     WHERE {} GROUP BY customer ORDER BY customer
    """
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which accesses are meant: those that fit everything given; `since` is included, `until` is not."""

    request_id: str | None = None
    staff_id: str | None = None
    operation: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Affected(NamedTuple):
    """A customer whose data was seen: how often, first and last when."""

    customer_id: str
    times: int
    first: datetime
    last: datetime


@contextmanager
def opened(environment: Environment) -> Iterator[psycopg.Connection[Any]]:
    """The gateway's database at one moment, for reading only; moments without a zone are the stores'."""
    url = environment.text(named("gateway", "DATABASE_URL"))
    with psycopg.connect(url, options="-c timezone=Asia/Shanghai") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def check(connection: psycopg.Connection[Any], *, anchors: Container[bytes] = ()) -> Walk:
    """Walk the whole chain."""
    return walk(map(Entry._make, _rows(connection, _ALL)), anchors=anchors)


def write(
    connection: psycopg.Connection[Any], stream: TextIO, *, since: datetime | None, until: datetime | None
) -> int:
    """The entries of a period as CSV that no spreadsheet program computes; returns how many."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    count = 0
    for entry in map(Entry._make, _rows(connection, _PERIOD, since=since, until=until)):
        texts = (entry.staff_id, entry.operation, entry.subject_id, entry.reason, entry.request_id)
        staff_id, operation, subject_id, reason, request_id = map(marked, texts)
        at = entry.at.astimezone(LOCAL).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
        held = len(entry.customers) if entry.customers else ""
        writer.writerow(
            (entry.position, at, staff_id, operation, subject_id, held, reason, request_id, entry.hash.hex())
        )
        count += 1
    return count


def affected(connection: psycopg.Connection[Any], scope: Scope) -> Iterator[Affected]:
    """Whose data was seen: the customer himself, or everybody in a file that was given out."""
    conditions = [
        sql.SQL(condition)
        for condition, value in (
            ("request_id = %(request_id)s", scope.request_id),
            ("staff_id = %(staff_id)s", scope.staff_id),
            ("operation = %(operation)s", scope.operation),
            ("at >= %(since)s", scope.since),
            ("at < %(until)s", scope.until),
        )
        if value is not None
    ]
    statement = _AFFECTED.format(sql.SQL(" AND ").join(conditions or [sql.SQL("true")]))
    values = {
        "request_id": scope.request_id,
        "staff_id": scope.staff_id,
        "operation": scope.operation,
        "since": scope.since,
        "until": scope.until,
    }
    return map(Affected._make, _rows(connection, statement, **values))


def _rows(connection: psycopg.Connection[Any], statement: sql.Composed, **values: object) -> Iterator[Any]:
    with connection.cursor("access_log") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(statement, values)

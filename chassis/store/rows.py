"""Many rows in one statement, whatever their number: they travel as one JSON value.

A text that never changes costs a fraction of a statement that is put together anew for each number of rows,
and one round trip is paid once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import CursorResult, Table, TextClause, text
from sqlalchemy.orm import Session

_LAST = "rows to be written last"


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as the value of a `jsonb` parameter: dates, UUIDs, enums and what is inside JSON columns included."""
    return orjson.dumps(rows).decode()


def as_bytea(value: bytes) -> str:
    """Bytes as a value in a row."""
    return "\\x" + value.hex()


def values_of(entity: Any) -> dict[str, Any]:
    """The columns of an entity that was just made, as a row."""
    return {column.key: getattr(entity, column.key) for column in entity.__table__.columns}


def insert_all(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    on_conflict: str = "",
    returning: str = "",
) -> CursorResult[Any]:
    """Insert the rows in their order. All have the same columns; a column that none names gets its default.

    `on_conflict` is what follows `ON CONFLICT`, where the table goes by the name `known`;
    `returning` what follows `RETURNING`.
    """
    statement = _insert(table, tuple(rows[0]), on_conflict, returning)
    result: Any = session.execute(statement, {"rows": as_json(rows)})
    return result  # type: ignore[no-any-return]  # a text that inserts gives a cursor's result


class Insert(NamedTuple):
    """Rows for a table, to be written together with others; see `insert_all`."""

    table: Table
    rows: Sequence[Mapping[str, Any]]
    on_conflict: str = ""


def insert_together(session: Session, inserts: Iterable[Insert]) -> None:
    """Insert into several tables by one statement; a round trip is paid once.

    PostgreSQL does them in no promised order, so none may need what another writes, save for foreign keys.
    """
    wanted = [one for one in inserts if one.rows]
    if wanted:
        shape = tuple((one.table, tuple(one.rows[0]), one.on_conflict) for one in wanted)
        session.execute(_together(shape), {f"rows_{place}": as_json(one.rows) for place, one in enumerate(wanted)})


def insert_last(session: Session, inserts: Iterable[Insert]) -> None:
    """As `insert_together`, but at the end of the transaction, together with all that is written then.

    For rows that nothing else in the transaction reads, and whose errors nobody waits for. Raises RuntimeError within
    a savepoint, whose rollback would not take them along.
    """
    if session.in_nested_transaction():
        raise RuntimeError("rows left to the end of the transaction outlive a savepoint's rollback")
    last: list[Insert] = session.info.setdefault(_LAST, [])
    last.extend(inserts)


def write_last(session: Session) -> None:
    """Insert what was left to the end; rows for one table in the order in which they were left."""
    each: dict[tuple[Table, tuple[str, ...], str], list[Mapping[str, Any]]] = {}
    for one in session.info.pop(_LAST, ()):
        if one.rows:
            each.setdefault((one.table, tuple(one.rows[0]), one.on_conflict), []).extend(one.rows)
    insert_together(session, [Insert(table, rows, on_conflict) for (table, _, on_conflict), rows in each.items()])


@cache
def _together(shape: tuple[tuple[Table, tuple[str, ...], str], ...]) -> TextClause:
    parts = [
        f"part_{place} AS ({_written(table, columns, f':rows_{place}', on_conflict)})"
        for place, (table, columns, on_conflict) in enumerate(shape)
    ]
    return text(f"WITH {', '.join(parts)} SELECT")


@cache
def _insert(table: Table, columns: tuple[str, ...], on_conflict: str, returning: str) -> TextClause:
    written = _written(table, columns, ":rows", on_conflict)
    return text(written + (f" RETURNING {returning}" if returning else ""))


def _written(table: Table, columns: tuple[str, ...], rows: str, on_conflict: str) -> str:
    unknown = set(columns) - set(table.columns.keys())
    if unknown:
        raise TypeError(f"{table.fullname} has no columns {sorted(unknown)}")
    names = ", ".join(columns)
    given = ", ".join(f"given.{name}" for name in columns)
    return (
        f"INSERT INTO {table.fullname} AS known ({names})"  # noqa: S608  # names of our own tables
        f" SELECT {given} FROM jsonb_populate_recordset(NULL::{table.fullname}, CAST({rows} AS jsonb))"
        " WITH ORDINALITY AS given ORDER BY given.ordinality" + (f" ON CONFLICT {on_conflict}" if on_conflict else "")
    )

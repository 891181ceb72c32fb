"""What reporting shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from contracts.access import Scope
from contracts.picked import picked
from contracts.reporting import operations
from services.reporting.kpis import FIGURES
from services.reporting.kpis.figure import Count, Figure
from services.reporting.rules import require_month

TOTAL = "*"
"""The store of the sum over all stores; sorts before every store's code."""


def month_figures(
    connection: Connection, asked: operations.MonthAsked, *, scope: Scope, figures: tuple[Figure, ...] = FIGURES
) -> operations.MonthFigures:
    """The month's figures of the stores the caller may see, and in sum; a store without facts only if it is asked for.

    A vehicle that was in two stores counts once in the sum.
    Raises MonthInvalid, and StoreNotAllowed for a foreign store.
    """
    month = require_month(asked.month)
    stores = scope.narrow(asked.store_id)
    wanted = {"month": month, "stores": None if stores is None else list(stores)}
    total, *rows = connection.execute(_counting(figures), wanted)
    shown = [_shown(row, figures) for row in rows]
    if asked.store_id is not None and not shown:
        shown = [replace(_shown(total, figures), store_id=asked.store_id)]
    return operations.MonthFigures(
        month=month,
        as_of=total.as_of,
        definitions=[_defined(figure) for figure in figures],
        stores=shown,
        total=_shown(total, figures),
    )


def _defined(figure: Figure) -> operations.Definition:
    return picked(operations.Definition, figure)


def _shown(row: Any, figures: Sequence[Figure]) -> operations.StoreMonth:
    columns = _columns(figures)
    made = {
        figure.code: figure.made(**{name: getattr(row, columns[count]) for name, count in figure.counts.items()})
        for figure in figures
    }
    return operations.StoreMonth(store_id=row.store_id, figures=made)


def _columns(figures: Sequence[Figure]) -> dict[Count, str]:
    """The name in the statement of everything that is counted."""
    counts = dict.fromkeys(count for figure in figures for count in figure.counts.values())
    return {count: f"counted_{place}" for place, count in enumerate(counts)}


@cache
def _counting(figures: tuple[Figure, ...]) -> TextClause:
    """A row for the sum, then one for each store with facts; in one statement, so that they fit each other.

    Each table of facts is read once, whatever number of figures is made of it.
    """
    columns = _columns(figures)
    tables = list(dict.fromkeys(count.facts for count in columns))
    parts = ", ".join(
        _over(table, {count: columns[count] for count in columns if count.facts == table}) for table in tables
    )
    first, *others = (f"of_{table}" for table in tables)
    joined = " ".join([first, *(f"FULL JOIN {other} USING (store_id)" for other in others)])
    counted = ", ".join(f"coalesce({column}, 0) AS {column}" for column in columns.values())
    as_of = ", ".join(f"{table}_until" for table in tables)
    return text(
        f"WITH {parts} SELECT store_id, greatest({as_of}) AS as_of, {counted} FROM {joined} ORDER BY store_id"  # noqa: S608  # written in `kpis`
    )


def _over(table: str, columns: dict[Count, str]) -> str:
    """What is counted over one table of facts; a fact that no figure looks at is as if it were not there."""
    counted = ", ".join(
        f"CAST({count.aggregate} FILTER (WHERE {count.where}) AS bigint) AS {column}"
        for count, column in columns.items()
    )
    looked_at = " OR ".join(dict.fromkeys(f"({count.where})" for count in columns))
    return f"""
        of_{table} AS (
            SELECT coalesce(store_id, '{TOTAL}') AS store_id, max(occurred_at) AS {table}_until, {counted}
              FROM {table}
             WHERE month = :month AND ({looked_at})
               AND (CAST(:stores AS text[]) IS NULL OR store_id = ANY (CAST(:stores AS text[])))
             GROUP BY GROUPING SETS ((store_id), ()))
    """  # noqa: S608  # written in `kpis`

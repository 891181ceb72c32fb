"""Where something still stands in a database: every column of every table is looked through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
     ORDER BY c.table_name, c.ordinal_position
"""
_BYTES = "bytea"


def standing(read: Callable[[str], Iterable[tuple[Any, ...]]], marks: Iterable[str]) -> set[tuple[str, str]]:
    """(table.column, mark) wherever one of these marks stands; `read` gives the rows of a SELECT."""
    marks = list(marks)
    assert all(mark and "'" not in mark for mark in marks)
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in read(_COLUMNS):
        tables.setdefault(table, []).append((column, kind))
    found = set()
    for table, columns in tables.items():
        asked = [(column, kind, mark) for column, kind in columns for mark in marks]
        said = ", ".join(f"bool_or({_stands(*one)})" for one in asked)
        ((answer,),) = read(f'SELECT ARRAY[{said}] FROM "{table}"')
        found |= {(f"{table}.{column}", mark) for (column, _, mark), yes in zip(asked, answer, strict=True) if yes}
    return found


def _stands(column: str, kind: str, mark: str) -> str:
    if kind == _BYTES:
        return f"position(convert_to('{mark}', 'UTF8') IN \"{column}\") > 0"
    return f"position('{mark}' IN \"{column}\"::text) > 0"

"""ID numbers and the numbers of documents are sealed; those that are there already too."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from alembic import op

from services.customer.record.sealing import NUMBER, SEALED, Masters, SubjectKey, masters

revision = "0008"
down_revision = "0007"

AT_ONCE = 1000

Keys = dict[UUID, SubjectKey]

BEARERS = """
    SELECT id FROM customer WHERE id_number IS NOT NULL OR id18 IS NOT NULL
    UNION SELECT coalesce(origin_customer_id, customer_id) FROM document WHERE number <> ''
    UNION SELECT customer_id FROM change WHERE field IN ('id_number', 'id18')
    UNION SELECT CAST(kept->>'id' AS uuid)
      FROM merge m CROSS JOIN LATERAL jsonb_array_elements(
           m.snapshot->'before' || coalesce(m.snapshot->'after', '[]') || coalesce(m.snapshot->'new', '[]')) kept
     WHERE kept->>'id_number' IS NOT NULL OR kept->>'id18' IS NOT NULL
"""


def upgrade() -> None:
    """The keys come from the settings (`CRM_CUSTOMER_SEALING_KEYS`); without numbers they are not needed."""
    op.create_table(
        "subject_key",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("sealed_key", sa.String, nullable=False),
    )
    connection = op.get_bind()
    bearers = connection.scalars(sa.text(BEARERS)).all()
    for start in range(0, len(bearers), AT_ONCE):
        _seal(connection, bearers[start : start + AT_ONCE], masters())


def _seal(connection: sa.Connection, bearers: Sequence[UUID], system: Masters) -> None:
    """Everything of these customers."""
    keys = {one: system.new_key(one) for one in bearers}
    _write(
        connection, "INSERT INTO subject_key VALUES (:id, :kept)", [{"id": i, "kept": k} for i, (_, k) in keys.items()]
    )
    of = {one: key for one, (key, _) in keys.items()}
    _customers(connection, of)
    _search_keys(connection, of, system)
    _documents(connection, of)
    _changes(connection, of)
    _snapshots(connection, of)


def _customers(connection: sa.Connection, of: Keys) -> None:
    rows = _rows(connection, "SELECT id, id_number, id18 FROM customer WHERE id = ANY(:ids)", of)
    told = [{"id": row.id} | {name: _sealed(of[row.id], name, getattr(row, name)) for name in SEALED} for row in rows]
    _write(connection, "UPDATE customer SET id_number = :id_number, id18 = :id18 WHERE id = :id", told)


def _search_keys(connection: sa.Connection, of: Keys, system: Masters) -> None:
    rows = _rows(
        connection, "SELECT customer_id, key FROM search_key WHERE kind = 'id18' AND customer_id = ANY(:ids)", of
    )
    told = [{"id": row.customer_id, "old": row.key, "new": system.hash_of(row.key)} for row in rows]
    statement = "UPDATE search_key SET key = :new WHERE kind = 'id18' AND key = :old AND customer_id = :id"
    _write(connection, statement, told)


def _documents(connection: sa.Connection, of: Keys) -> None:
    query = """
        SELECT id, coalesce(origin_customer_id, customer_id) AS whose, number FROM document
         WHERE coalesce(origin_customer_id, customer_id) = ANY(:ids)
    """
    rows = _rows(connection, query, of)
    told = [{"id": row.id, "number": of[row.whose].seal(NUMBER, row.number)} for row in rows]
    _write(connection, "UPDATE document SET number = :number WHERE id = :id", told)


def _changes(connection: sa.Connection, of: Keys) -> None:
    query = """
        SELECT id, customer_id, field, old, new FROM change
         WHERE field IN ('id_number', 'id18') AND customer_id = ANY(:ids)
    """
    told = [
        {"id": row.id}
        | {side: _json(_sealed(of[row.customer_id], row.field, getattr(row, side))) for side in ("old", "new")}
        for row in _rows(connection, query, of)
    ]
    _write(connection, "UPDATE change SET old = CAST(:old AS jsonb), new = CAST(:new AS jsonb) WHERE id = :id", told)


def _snapshots(connection: sa.Connection, of: Keys) -> None:
    """A merge is met once with each of its customers; of the others nothing changes."""
    query = """
        SELECT id, snapshot FROM merge
         WHERE EXISTS (SELECT FROM jsonb_array_elements(snapshot->'before' || coalesce(snapshot->'new', '[]')) kept
                        WHERE CAST(kept->>'id' AS uuid) = ANY(:ids))
    """
    known = {str(one): key for one, key in of.items()}
    told = []
    for row in _rows(connection, query, of):
        snapshot = dict(row.snapshot)
        snapshot["before"] = [_row(one, known) for one in snapshot["before"]]
        snapshot |= {part: _row(snapshot[part], known) for part in ("after", "new") if part in snapshot}
        told.append({"id": row.id, "snapshot": _json(snapshot)})
    _write(connection, "UPDATE merge SET snapshot = CAST(:snapshot AS jsonb) WHERE id = :id", told)


def _row(row: dict[str, Any], known: dict[str, SubjectKey]) -> dict[str, Any]:
    key = known.get(row["id"])
    return row if key is None else row | {name: _sealed(key, name, row[name]) for name in SEALED}


def _sealed(key: SubjectKey, field: str, value: str | None) -> str | None:
    return None if value is None else key.seal(field, value)


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _rows(connection: sa.Connection, query: str, of: Keys) -> Sequence[Any]:
    return connection.execute(sa.text(query), {"ids": list(of)}).all()


def _write(connection: sa.Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.text(statement), rows)

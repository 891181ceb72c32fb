"""Keys of customers: made with the first number of theirs that is written, sealed anew when the master key changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process import logs, metrics
from chassis.store.rows import Insert, as_json
from services.customer.record import sealing
from services.customer.record.models import SubjectKey
from services.customer.record.rules.record import Record
from services.customer.record.sealing import SEALED, masters

log = logs.get("sealing")

AT_ONCE = 1000
"""Keys sealed anew in one transaction."""

_subject_keys: Any = SubjectKey.__table__

_FOUND_OR_MADE = text(
    """
    WITH offered AS (SELECT * FROM jsonb_populate_recordset(NULL::subject_key, CAST(:rows AS jsonb))),
    made AS (INSERT INTO subject_key (customer_id, sealed_key)
             SELECT customer_id, sealed_key FROM offered ORDER BY customer_id
             ON CONFLICT (customer_id) DO NOTHING RETURNING customer_id, sealed_key)
    SELECT customer_id, sealed_key FROM made
    UNION ALL
    SELECT k.customer_id, k.sealed_key FROM subject_key k JOIN offered USING (customer_id)
    """
)
_SEALED_BEFORE = "split_part(sealed_key, ':', 1) <> :current"
_BEHIND = text(f"SELECT count(*) FROM subject_key WHERE {_SEALED_BEFORE}")  # noqa: S608  # a constant above
_NEXT = text(
    f"""
    SELECT customer_id, sealed_key FROM subject_key WHERE {_SEALED_BEFORE} LIMIT :most FOR UPDATE SKIP LOCKED
    """  # noqa: S608  # a constant above
)
_ANEW = text(
    """
    UPDATE subject_key known SET sealed_key = told.sealed_key
      FROM jsonb_populate_recordset(NULL::subject_key, CAST(:rows AS jsonb)) told
     WHERE known.customer_id = told.customer_id
    """
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of some customers."""

    _of: Mapping[UUID, sealing.SubjectKey]

    def row(self, record: Record) -> dict[str, Any]:
        """The record as it is kept."""
        row = record.row()
        return row | {name: self.value(record.id, name, row[name]) for name in SEALED}

    def value(self, customer_id: UUID, field: str, value: Any) -> Any:
        """A field's value as it is kept; all but numbers stay as they are."""
        return self._of[customer_id].seal(field, value) if field in SEALED and value is not None else value


def new_keys(records: Iterable[Record]) -> tuple[Keys, Insert]:
    """Keys for new records that bear numbers, and what has to be written of them."""
    made = {record.id: masters().new_key(record.id) for record in records if sealing.bears(record)}
    rows = [{"customer_id": customer_id, "sealed_key": kept} for customer_id, (_, kept) in made.items()]
    return Keys({customer_id: key for customer_id, (key, _) in made.items()}), Insert(_subject_keys, rows)


def keys_of(session: Session, records: Iterable[Record]) -> Keys:
    """The keys of those of the records that bear numbers; who has none gets one."""
    return Keys(_found_or_made(session, {one.id for one in records if sealing.bears(one)}))


def key_of(session: Session, customer_id: UUID) -> sealing.SubjectKey:
    """The key of this customer, made if he has none."""
    return _found_or_made(session, {customer_id})[customer_id]


def _found_or_made(session: Session, customer_ids: set[UUID]) -> dict[UUID, sealing.SubjectKey]:
    if not customer_ids:
        return {}
    offered = {one: masters().new_key(one) for one in customer_ids}
    rows = as_json([{"customer_id": one, "sealed_key": kept} for one, (_, kept) in offered.items()])
    found = {
        row.customer_id: offered[row.customer_id][0]
        if row.sealed_key == offered[row.customer_id][1]
        else masters().key_of(row.customer_id, row.sealed_key)
        for row in session.execute(_FOUND_OR_MADE, {"rows": rows})
    }
    # one that somebody else made meanwhile is seen by the next statement
    return found | _found_or_made(session, customer_ids - found.keys())


def seal_anew(session: Session) -> int:
    """Seal keys that are still under another master key under the current one; how many. The numbers stay as they are.

    Raises Unopenable if the settings lack the key that one of them is under.
    """
    asked = {"current": masters().current}
    metrics.SUBJECT_KEYS_BEHIND.set(session.scalar(_BEHIND, asked) or 0)
    rows = session.execute(_NEXT, {**asked, "most": AT_ONCE}).all()
    if rows:
        told = [{"customer_id": one, "sealed_key": masters().anew(one, kept)} for one, kept in rows]
        session.execute(_ANEW, {"rows": as_json(told)})
        log.info("subject keys sealed anew", count=len(rows), master=asked["current"])
    return len(rows)

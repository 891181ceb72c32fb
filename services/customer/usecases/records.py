"""Writing records: new ones with what they are found by, changed ones with what was changed (R20)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.outbox import Fact
from chassis.rows import Insert, as_json, insert_all
from contracts.customer import events
from services.customer.models import Change, Customer, SearchKey
from services.customer.rules.record import COLUMNS, Changed, Record
from services.customer.usecases.pairs import reopen

MERGING = "merge"
"""The origin of changes that records bring to each other when they are merged, and take again."""

_CARDS = frozenset({"id18", "uscc", "organisation_code"})
_customers: Any = Customer.__table__
_keys: Any = SearchKey.__table__
_changes: Any = Change.__table__

_UPDATE = text(
    "UPDATE customer known SET "  # noqa: S608  # names of our own columns
    + ", ".join(f"{name} = told.{name}" for name in COLUMNS if name != "id")
    + " FROM jsonb_populate_recordset(NULL::customer, CAST(:rows AS jsonb)) AS told"
    " WHERE known.id = told.id AND known.version = told.version - 1 RETURNING known.id"
)
_FORGET_KEYS = text(
    """
    DELETE FROM search_key known USING jsonb_populate_recordset(NULL::search_key, CAST(:rows AS jsonb)) AS gone
     WHERE known.customer_id = gone.customer_id AND known.kind = gone.kind AND known.key = gone.key
    """
)


class Overtaken(RuntimeError):
    """A record was changed by somebody else since it was read; the transaction must be done again from the start."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A record before and after, what changed in it, and where that comes from."""

    before: Record
    after: Record
    changes: Sequence[Changed]
    origin: str
    store_id: str


def inserts_of(records: Sequence[Record]) -> list[Insert]:
    """The rows of new records and of what they are found by."""
    keys = [_key_row(record, key) for record in records for key in record.search_keys()]
    return [Insert(_customers, [record.row() for record in records]), Insert(_keys, keys)]


def update_records(session: Session, edits: Sequence[Edit], *, origin_staff_id: str, department: str) -> list[Fact]:
    """Write changed records, their keys and their history; the facts to record of it. Raises Overtaken."""
    if not edits:
        return []
    written = session.execute(_UPDATE, {"rows": as_json([edit.after.row() for edit in edits])}).all()
    if len(written) < len(edits):
        raise Overtaken
    gone, new = [], []
    for edit in edits:
        before, after = edit.before.search_keys(), edit.after.search_keys()
        gone += [_key_row(edit.before, key) for key in before - after]
        new += [_key_row(edit.after, key) for key in after]
    if gone:
        session.execute(_FORGET_KEYS, {"rows": as_json(gone)})
    _insert_keys(session, new)
    insert_all(session, _changes, [row for edit in edits for row in _history(edit, origin_staff_id, department)])
    new_cards = [
        edit.after.id for edit in edits if edit.origin != MERGING and _CARDS & {one.field for one in edit.changes}
    ]
    if new_cards:
        reopen(session, new_cards)
    wishes = [edit for edit in edits if any(change.field == "preferences" for change in edit.changes)]
    return [_updated(edit) for edit in edits] + [_wishes_changed(edit) for edit in wishes]


def _insert_keys(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        insert_all(session, _keys, rows, on_conflict="(kind, key, customer_id) DO NOTHING")


def _key_row(record: Record, key: tuple[str, str]) -> dict[str, Any]:
    return {"kind": key[0], "key": key[1], "customer_id": record.id}


def _history(edit: Edit, staff_id: str, department: str) -> list[dict[str, Any]]:
    return [
        {
            "id": uuids.uuid7(),
            "customer_id": edit.after.id,
            "version": edit.after.version,
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "at": edit.after.updated_at,
            "staff_id": staff_id,
            "department": department,
            "origin": edit.origin,
        }
        for change in edit.changes
    ]


def _updated(edit: Edit) -> Fact:
    changed = [
        events.FieldChanged(field=change.field, old_hash=_hash(edit, change.old), new_hash=_hash(edit, change.new))
        for change in edit.changes
    ]
    return Fact(
        event=events.CustomerUpdated(customer_id=edit.after.id, version=edit.after.version, changed=changed),
        subject_id=edit.after.id,
        subject_version=edit.after.version,
        store_id=edit.store_id,
        occurred_at=edit.after.updated_at,
    )


def _wishes_changed(edit: Edit) -> Fact:
    wishes = edit.after.preferences
    changed = events.CustomerPreferencesChanged(
        customer_id=edit.after.id,
        version=edit.after.version,
        do_not_call=bool(wishes.get("do_not_call")),
        channel=wishes.get("channel"),
        from_hour=wishes.get("from_hour"),
        to_hour=wishes.get("to_hour"),
    )
    return Fact(
        event=changed,
        subject_id=edit.after.id,
        subject_version=edit.after.version,
        store_id=edit.store_id,
        occurred_at=edit.after.updated_at,
    )


def _hash(edit: Edit, value: Any) -> str:
    """Tells a value from another of the same record without telling it: personal data stays in this service."""
    return hashlib.sha256(edit.after.id.bytes + orjson.dumps(value)).hexdigest()[:16]

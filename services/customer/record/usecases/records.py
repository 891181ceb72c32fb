"""Writing records: new ones with what they are found by, changed ones with what was changed (R20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact
from chassis.store.rows import Insert, as_json, insert_all
from contracts.customer import events
from services.customer.record.models import Change, Customer, SearchKey
from services.customer.record.rules.record import COLUMNS, Changed, Record
from services.customer.record.sealing import SEALED, kept, masters
from services.customer.record.usecases import profiles
from services.customer.record.usecases.pairs import reopen
from services.customer.record.usecases.subject_keys import Keys, keys_of, new_keys

MERGING = "merge"
"""The origin of changes that records bring to each other when they are merged, and take again."""

_CARDS = frozenset({"id18", "uscc", "organisation_code"})
_customers: Any = Customer.__table__
_keys: Any = SearchKey.__table__
_changes: Any = Change.__table__

_UPDATE = text(
    "UPDATE customer known SET "  # noqa: S608  # names of our own columns
    + ", ".join(
        f"{name} = nullif(coalesce(told.{name}, known.{name}), '')" if name in SEALED else f"{name} = told.{name}"
        for name in COLUMNS
        if name != "id"
    )
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

    @property
    def sealed(self) -> frozenset[str]:
        """The sealed fields that have another value."""
        return frozenset(name for name in SEALED if getattr(self.before, name) != getattr(self.after, name))


def inserts_of(records: Sequence[Record]) -> list[Insert]:
    """The rows of new records, of their keys, and of what they are found by."""
    found_by = [_key_row(record, key) for record in records for key in record.search_keys()]
    keys, made = new_keys(records)
    return [Insert(_customers, [keys.row(record) for record in records]), made, Insert(_keys, found_by)]


def update_records(session: Session, edits: Sequence[Edit], *, origin_staff_id: str, department: str) -> list[Fact]:
    """Write changed records, their keys and their history; the facts to record of it. Raises Overtaken."""
    if not edits:
        return []
    keys = keys_of(session, (record for edit in edits if edit.sealed for record in (edit.before, edit.after)))
    written = session.execute(_UPDATE, {"rows": as_json([_row(edit, keys) for edit in edits])}).all()
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
    insert_all(session, _changes, [row for edit in edits for row in _history(edit, keys, origin_staff_id, department)])
    new_cards = [
        edit.after.id for edit in edits if edit.origin != MERGING and _CARDS & {one.field for one in edit.changes}
    ]
    reopened = reopen(session, new_cards, at=edits[0].after.updated_at) if new_cards else []
    wishes = [edit for edit in edits if any(change.field == "preferences" for change in edit.changes)]
    told = [_updated(edit) for edit in edits] + [_wishes_changed(edit) for edit in wishes] + reopened
    return told + profiles.changed(session, ((edit.before, edit.after) for edit in edits))


def _row(edit: Edit, keys: Keys) -> dict[str, Any]:
    """What is written of the record: of what is sealed only what changed, an empty text where nothing is left."""
    row, told = edit.after.row(), edit.sealed
    return row | {name: keys.value(edit.after.id, name, row[name]) or "" if name in told else None for name in SEALED}


def _insert_keys(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        insert_all(session, _keys, rows, on_conflict="(kind, key, customer_id) DO NOTHING")


def _key_row(record: Record, key: tuple[str, str]) -> dict[str, Any]:
    kind, value = kept(key)
    return {"kind": kind, "key": value, "customer_id": record.id}


def _history(edit: Edit, keys: Keys, staff_id: str, department: str) -> list[dict[str, Any]]:
    return [
        {
            "id": uuids.uuid7(),
            "customer_id": edit.after.id,
            "version": edit.after.version,
            "field": change.field,
            "old": keys.value(edit.after.id, change.field, change.old),
            "new": keys.value(edit.after.id, change.field, change.new),
            "at": edit.after.updated_at,
            "staff_id": staff_id,
            "department": department,
            "origin": edit.origin,
        }
        for change in edit.changes
    ]


def _updated(edit: Edit) -> Fact:
    told = partial(masters().told, edit.after.id)
    changed = [
        events.FieldChanged(field=change.field, old_hash=told(change.old), new_hash=told(change.new))
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

"""Undoing a merge: every record is what it was, and what was written for it is its own again (E8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.customers import rekeying
from chassis.process import metrics
from chassis.store.outbox import Fact, record_all
from chassis.store.rows import as_json
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.events import DocumentMoved, LivesOn
from contracts.customer.merges import UndoMerge, Unmerged
from contracts.vehicle_identity import vehicle_id
from services.customer.folder.rules.consents import in_force
from services.customer.folder.usecases.consents import decisions
from services.customer.merging.errors import DocumentNotHis, MergeNotFound, MergeUndone, UndoOutOfOrder
from services.customer.merging.rules import restored
from services.customer.merging.usecases.joining import HOLDINGS, By, as_fact, fold, parts_of, told_of
from services.customer.record.errors import CustomerErased, PossibleDuplicate
from services.customer.record.rules.record import Record
from services.customer.record.sealing import kept, key_beside, record_of
from services.customer.record.usecases import pairs
from services.customer.record.usecases.identifying import lock
from services.customer.record.usecases.records import MERGING, Edit, update_records
from services.customer.vehicles.models import PARTY
from services.customer.view.usecases import timeline

_MERGE = text("SELECT * FROM merge WHERE id = :merge_id AND kind = 'merge' FOR UPDATE")
_LATER = text(
    """
    SELECT id FROM merge
     WHERE position > :position AND kind = 'merge' AND undone_at IS NULL
       AND (survivor_id = :survivor_id OR loser_ids @> CAST(:as_loser AS jsonb))
     ORDER BY position DESC LIMIT 1
    """
)
_TYPED = text(
    f"SELECT c.*, {key_beside('c.id')} FROM jsonb_populate_recordset(NULL::customer, CAST(:rows AS jsonb)) c"  # noqa: S608
)
_HOLD = text("SELECT id FROM customer WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_NOW = text(f"SELECT c.*, {key_beside('c.id')} FROM customer c WHERE c.id = ANY(CAST(:ids AS uuid[]))")  # noqa: S608
_BEARERS = text(
    """
    SELECT customer_id FROM search_key JOIN jsonb_to_recordset(CAST(:keys AS jsonb)) AS asked(kind text, key text)
     USING (kind, key)
     WHERE customer_id <> ALL(CAST(:ids AS uuid[]))
    """
)
_DOCUMENTS = text(
    """
    SELECT source_type, source_id, max(summary->>'vin') AS vin FROM timeline_entry
     WHERE customer_id = ANY(CAST(:ids AS uuid[])) AND source_id = ANY(CAST(:documents AS text[]))
     GROUP BY source_type, source_id
    """
)
_VERSIONS = text(
    """
    SELECT document_type, document_id, version FROM document_owner WHERE document_id = ANY(CAST(:documents AS text[]))
    """
)
_UNDONE = text(
    """
    UPDATE merge SET undone_at = :at, undone_by = :by, undone_because = :reason, undo_parts = :parts
     WHERE id = :merge_id
    """
)
_WITHDRAWN = text(
    """
    DELETE FROM consent WHERE customer_id = :customer_id AND evidence = :evidence RETURNING purpose, channel
    """
)
_UNIQUE = ("id18", "organisation")


def undo(session: Session, request: UndoMerge, *, scope: Scope, now: datetime) -> Unmerged:
    """Undo it by the word of a human. Raises what `undo_merge` raises."""
    documents = [(one.document_type, str(one.document_id), one.customer_id) for one in request.documents]
    by = By(scope.staff_id, scope.role, scope.stores[0] if scope.stores else "", now)
    row = undo_merge(session, request.merge_id, documents=documents, reason=request.reason, by=by)
    return Unmerged(request.merge_id, row["survivor_id"], [UUID(one) for one in row["loser_ids"]])


def undo_merge(
    session: Session, merge_id: UUID, *, documents: Sequence[tuple[str, str, UUID]], reason: str, by: By
) -> Mapping[str, Any]:
    """Undo it; the row of the merge. `documents` are those written since that go to one of the restored.

    Raises MergeNotFound; MergeUndone; CustomerErased, for nothing is left to put back; UndoOutOfOrder with the later
    merge; DocumentNotHis; PossibleDuplicate if a card that comes back is somebody else's by now.
    """
    found = session.execute(_MERGE, {"merge_id": merge_id}).mappings().one_or_none()
    if found is None:
        raise MergeNotFound
    row = dict(found)
    if row["undone_at"] is not None:
        raise MergeUndone
    if row["snapshot"].get("erased"):
        raise CustomerErased(customer_id=str(row["survivor_id"]))
    survivor_id, loser_ids = row["survivor_id"], [UUID(one) for one in row["loser_ids"]]
    before = {one.id: one for one in _typed(session, row["snapshot"]["before"])}
    lock(session, [one.facts() for one in before.values()])
    session.execute(_HOLD, {"ids": list(before)})
    now = {one["id"]: record_of(dict(one)) for one in session.execute(_NOW, {"ids": list(before)}).mappings()}
    asked = {"position": row["position"], "survivor_id": survivor_id, "as_loser": f'["{survivor_id}"]'}
    later = session.scalar(_LATER, asked)
    if later is not None:
        raise UndoOutOfOrder(merge_id=str(later))
    moved = moves(session, documents, whose=[survivor_id, *loser_ids], to=loser_ids)
    store = by.store_id or row["store_id"]
    edits = _edits(survivor_id, before, _typed(session, [row["snapshot"]["after"]])[0], now, by=by, store=store)
    _require_cards_free(session, [one.after for one in edits], list(before))
    facts = told_of(survivor_id, update_records(session, edits, origin_staff_id=by.staff_id, department=by.department))
    lives_on = [
        LivesOn(one.after.id, one.after.merged_into or one.after.id, one.after.version)
        for one in edits
        if one.after.id != survivor_id
    ]
    rekeying.apply(session, rekeying.Change(lives_on, moved), HOLDINGS)
    facts += _allowed_again(session, row, by=by, store=store)
    timeline.move(session, [one for one in moved if one.document_type != PARTY], whose=survivor_id)
    fold(session, [survivor_id, *loser_ids])
    pairs.part(
        session,
        row["snapshot"]["pairs"],
        survivor_id,
        loser_ids,
        by=by.staff_id,
        store_id=store,
        at=by.at,
        reason=reason,
    )
    told = parts_of(
        lives_on,
        moved,
        lambda lives_on, documents, part, parts: events.CustomerUnmerged(
            change_id=merge_id,
            survivor_id=survivor_id,
            restored_ids=[one.customer_id for one in lives_on if one.customer_id == one.survivor_id],
            lives_on=lives_on,
            documents=documents,
            part=part,
            parts=parts,
        ),
    )
    record_all(session, facts + [as_fact(one, merge_id, store=store, at=by.at) for one in told])
    undone = {"merge_id": merge_id, "at": by.at, "by": by.staff_id, "reason": reason, "parts": len(told)}
    session.execute(_UNDONE, undone)
    metrics.UNDONE_MERGES.inc()
    return row


def moves(
    session: Session, documents: Sequence[tuple[str, str, UUID]], *, whose: Sequence[UUID], to: Sequence[UUID]
) -> list[DocumentMoved]:
    """The documents, with the owner's role of a car delivered by one of them. Raises DocumentNotHis."""
    if not documents:
        return []
    asked = {"ids": list(whose), "documents": [document_id for _, document_id, _ in documents]}
    known = {(row.source_type, row.source_id): row.vin for row in session.execute(_DOCUMENTS, asked)}
    wanted: dict[tuple[str, str], UUID] = {}
    for document_type, document_id, customer_id in documents:
        if (document_type, document_id) not in known or document_type == "visit" or customer_id not in to:
            raise DocumentNotHis(document_id=document_id)
        wanted[document_type, document_id] = customer_id
        if (vin := known[document_type, document_id]) is not None and document_type == "order":
            wanted |= {(PARTY, f"{vehicle_id(vin)}:{one}"): customer_id for one in whose}
    return versioned(session, wanted)


def versioned(session: Session, wanted: Mapping[tuple[str, str], UUID]) -> list[DocumentMoved]:
    """The documents with the version that goes before every earlier word on them."""
    asked = {"documents": [document_id for _, document_id in wanted]}
    known = {(row.document_type, row.document_id): row.version for row in session.execute(_VERSIONS, asked)}
    return [DocumentMoved(*one, customer_id, known.get(one, 0) + 1) for one, customer_id in sorted(wanted.items())]


def _typed(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Record]:
    return [record_of(dict(row)) for row in session.execute(_TYPED, {"rows": orjson.dumps(rows).decode()}).mappings()]


def _edits(
    survivor_id: UUID, before: Mapping[UUID, Record], after: Record, now: Mapping[UUID, Record], *, by: By, store: str
) -> list[Edit]:
    """The survivor without what the merge brought him, the others as they were; each one version on."""
    survivor = now[survivor_id]
    back, changes = survivor.changed(restored(before[survivor_id], after, survivor), at=by.at)
    was = before[survivor_id]
    if changes and replace(back, version=was.version, updated_at=was.updated_at) == was:
        back = replace(back, updated_at=was.updated_at)
    edits = [Edit(survivor, back, changes, MERGING, store)] if changes else []
    for one in before.values():
        if one.id != survivor_id:
            known = now[one.id]
            values = {name: getattr(one, name) for name in ("status", "merged_into")}
            edits.append(
                Edit(known, replace(one, version=known.version + 1), known.changed(values, at=by.at)[1], MERGING, store)
            )
    return edits


def _allowed_again(session: Session, row: Mapping[str, Any], *, by: By, store: str) -> list[Fact]:
    """What the merge itself withdrew is not withdrawn; of what holds instead the others are told as of now."""
    asked = {"customer_id": row["survivor_id"], "evidence": f"merge {row['id']}"}
    gone = {(one.purpose, one.channel) for one in session.execute(_WITHDRAWN, asked)}
    held = in_force(decisions(session, row["survivor_id"])) if gone else []
    return [
        Fact(
            event=events.CustomerConsentChanged(
                consent_id=one.id,
                customer_id=one.customer_id,
                purpose=one.purpose,
                channel=one.channel,
                allowed=one.allowed,
                basis=one.basis,
                at=by.at,
            ),
            subject_id=one.id,
            subject_version=row["position"] + 1,
            store_id=store,
            occurred_at=by.at,
        )
        for one in held
        if (one.purpose, one.channel) in gone
    ]


def _require_cards_free(session: Session, records: Sequence[Record], ids: Sequence[UUID]) -> None:
    borne = [kept(key) for one in records for key in one.search_keys() if key[0] in _UNIQUE]
    keys = [{"kind": kind, "key": key} for kind, key in borne]
    found = session.scalars(_BEARERS, {"keys": as_json(keys), "ids": list(ids)}).all() if keys else []
    if found:
        raise PossibleDuplicate(candidates=[{"customer_id": str(one)} for one in found])

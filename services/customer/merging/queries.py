"""The review queue and the scans that fill it; what a merge would do, and how far one has come (R22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from chassis.customers import rekeying
from contracts.access import Scope
from contracts.customer.duplicates import DuplicatePair, DuplicatePairs, ListDuplicates, Scan, Scans
from contracts.customer.merges import (
    ExpectedVersion,
    MergeById,
    MergePreview,
    MergeShown,
    PreviewMerge,
    ServiceCount,
    ServiceStep,
)
from contracts.fields import Nothing
from contracts.picked import shaped
from services.customer.merging.errors import MergeNotFound
from services.customer.merging.usecases.joining import Asked, group_of

_DOCUMENTS = text(
    """
    SELECT source AS service, source_type AS type, count(DISTINCT source_id) AS found FROM timeline_entry
     WHERE customer_id = ANY(CAST(:ids AS uuid[]))
        OR customer_id IN (SELECT id FROM customer WHERE merged_into = ANY(CAST(:ids AS uuid[])))
     GROUP BY source, source_type ORDER BY source, source_type
    """
)
_VEHICLES = text(
    """
    SELECT count(*) AS rows, count(DISTINCT (vehicle_id, role)) AS roles, count(DISTINCT vehicle_id) AS vehicles
      FROM vehicle_party WHERE customer_id = ANY(CAST(:ids AS uuid[]))
    """
)
_MERGE = text("SELECT * FROM merge WHERE id = :merge_id")
_STEPS = text(
    """
    SELECT service, kind, count(*) AS parts, sum(rows) AS rows, max(at) AS at FROM merge_step
     WHERE merge_id = :merge_id GROUP BY service, kind ORDER BY max(at), service
    """
)


def preview_merge(connection: Connection, request: PreviewMerge) -> MergePreview:
    """What a merge would do, from what customer itself knows. Raises what the merge would."""
    choices = {one.field: one.customer_id for one in request.field_choices}
    group = group_of(
        connection,
        Asked(loser_ids=request.loser_ids, survivor_id=request.survivor_id, choices=choices, reason="preview"),
    )
    parties = connection.execute(_VEHICLES, {"ids": group.ids}).one()
    documents = connection.execute(_DOCUMENTS, {"ids": group.ids})
    before = group.survivor.row()
    return MergePreview(
        survivor_id=group.survivor.id,
        loser_ids=[one.id for one in group.losers],
        changed=sorted(name for name, value in group.values.items() if before[name] != value),
        phones=_in_use(group.values["phones"]),
        addresses=_in_use(group.values["addresses"]),
        vehicles=parties.vehicles,
        collapsed=len(group.collapsed) + parties.rows - parties.roles,
        documents=[ServiceCount(row.service, row.type, row.found) for row in documents],
        versions=[ExpectedVersion(one.id, one.version) for one in (group.survivor, *group.losers)],
    )


def _in_use(entries: Sequence[Mapping[str, Any]]) -> int:
    """Numbers or addresses that are his now; those of before are kept, and are no news to whoever merges."""
    return sum(one["until"] is None for one in entries)


def merge_state(connection: Connection, asked: MergeById) -> MergeShown:
    """A merge or split, its undoing, and which services did their part. Raises MergeNotFound."""
    row = connection.execute(_MERGE, {"merge_id": asked.merge_id}).one_or_none()
    if row is None:
        raise MergeNotFound
    steps = connection.execute(_STEPS, {"merge_id": asked.merge_id}).all()
    kind = "split" if row.kind == "split" else "merged" if row.undone_at is None else "unmerged"
    parts = row.undo_parts if kind == "unmerged" else row.parts
    done = {step.service for step in steps if step.kind == kind and step.parts >= parts}
    waiting = sorted(rekeying.acknowledging() - done)
    return shaped(
        MergeShown,
        row._mapping,
        merge_id=row.id,
        status=_status(kind, done=bool(done), waiting=bool(waiting)),
        services=[ServiceStep(step.service, step.kind, int(step.rows), step.at) for step in steps],
        waiting_for=waiting,
        collapsed=[one["kind"] for one in row.snapshot["collapsed"]],
    )


def _status(kind: str, *, done: bool, waiting: bool) -> str:
    if kind == "unmerged":
        return "undoing" if waiting else "undone"
    if not waiting:
        return "complete"
    return "applied" if done else "requested"


NEWEST = 20
"""Searches that are shown."""

_SIDE = """jsonb_build_object('customer_id', {0}.id, 'kind', {0}.kind, 'name', {0}.name, 'title', {0}.title,
                              'mobile', {0}.mobile, 'store_id', {0}.store_id, 'registered_at', {0}.registered_at,
                              'version', {0}.version)"""
_PAGE = f"""
    SELECT p.status, p.points, p.evidence, p.vetoes, p.relation, p.attach_contact, p.store_id, p.found_by, p.found_at,
           p.decided_at, p.decided_by, p.reason, {_SIDE.format("one")} AS a, {_SIDE.format("other")} AS b,
           count(*) OVER () AS total
      FROM pair p JOIN customer one ON one.id = p.a JOIN customer other ON other.id = p.b
     WHERE p.status = :status {{more}} AND (:everywhere OR p.store_id = ANY(CAST(:stores AS text[])))
     ORDER BY p.points DESC, p.a, p.b LIMIT :size OFFSET :skipped
    """  # noqa: S608  # constants of this file
_OF_A_CUSTOMER = text(_PAGE.format(more="AND (p.a = :customer_id OR p.b = :customer_id)"))
_OF_ALL = text(_PAGE.format(more=""))
_SCANS = text("SELECT * FROM duplicate_scan ORDER BY started_at DESC, id DESC LIMIT :most")


def list_duplicates(connection: Connection, asked: ListDuplicates, *, scope: Scope) -> DuplicatePairs:
    """A page of the pairs of the caller's stores. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = {
        "status": asked.status.value,
        "everywhere": stores is None,
        "stores": list(stores or ()),
        "size": asked.size,
        "skipped": (asked.page - 1) * asked.size,
    }
    of_one = {} if asked.customer_id is None else {"customer_id": asked.customer_id}
    rows = connection.execute(_OF_A_CUSTOMER if of_one else _OF_ALL, wanted | of_one).mappings().all()
    total = rows[0]["total"] if rows else 0
    return DuplicatePairs([shaped(DuplicatePair, row) for row in rows], asked.page, asked.size, total)


def list_scans(connection: Connection, _asked: Nothing) -> Scans:
    """The newest searches."""
    rows = connection.execute(_SCANS, {"most": NEWEST}).mappings()
    return Scans([shaped(Scan, row, scan_id=row["id"]) for row in rows])

"""What a merge would do, and how far one has come (R22, E8)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

from chassis.bus.topology import HEARS
from contracts.customer.events import CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.customer.merges import (
    ExpectedVersion,
    MergeById,
    MergePreview,
    MergeShown,
    PreviewMerge,
    ServiceCount,
    ServiceStep,
)
from services.customer.errors.merges import MergeNotFound
from services.customer.usecases.merging import Asked, group_of

_EVENT = {"merged": CustomerMerged, "unmerged": CustomerUnmerged, "split": CustomerSplit}
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
        phones=len(group.values["phones"]),
        addresses=len(group.values["addresses"]),
        vehicles=parties.vehicles,
        collapsed=len(group.collapsed) + parties.rows - parties.roles,
        documents=[ServiceCount(row.service, row.type, row.found) for row in documents],
        versions=[ExpectedVersion(one.id, one.version) for one in (group.survivor, *group.losers)],
    )


def merge_state(connection: Connection, asked: MergeById) -> MergeShown:
    """A merge or split, its undoing, and which services did their part. Raises MergeNotFound."""
    row = connection.execute(_MERGE, {"merge_id": asked.merge_id}).one_or_none()
    if row is None:
        raise MergeNotFound
    steps = connection.execute(_STEPS, {"merge_id": asked.merge_id}).all()
    kind = "split" if row.kind == "split" else "merged" if row.undone_at is None else "unmerged"
    parts = row.undo_parts if kind == "unmerged" else row.parts
    done = {step.service for step in steps if step.kind == kind and step.parts >= parts}
    waiting = sorted(_concerned(kind) - done)
    return MergeShown(
        merge_id=row.id,
        kind=row.kind,
        status=_status(kind, done=bool(done), waiting=bool(waiting)),
        survivor_id=row.survivor_id,
        loser_ids=[UUID(one) for one in row.loser_ids],
        rule=row.rule,
        score=row.score,
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        services=[ServiceStep(step.service, step.kind, int(step.rows), step.at) for step in steps],
        waiting_for=waiting,
        collapsed=[one["kind"] for one in row.snapshot["collapsed"]],
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_because=row.undone_because,
    )


def _concerned(kind: str) -> set[str]:
    """The services that hear of it, and so have something to move."""
    return {service for service, heard in HEARS.items() if service != "customer" and _EVENT[kind] in heard}


def _status(kind: str, *, done: bool, waiting: bool) -> str:
    if kind == "unmerged":
        return "undoing" if waiting else "undone"
    if not waiting:
        return "complete"
    return "applied" if done else "requested"

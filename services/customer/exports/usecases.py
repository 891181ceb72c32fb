"""Exports: a segment's members are asked for as a file, and many need a second person's word (R18, R62).

What is decided on is who was a member at that moment: the file holds nobody else (`queries/exports.py`).
How many they are is judged over a person's day: a list in slices is one list.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import policies, turns
from contracts.access import Scope
from contracts.customer import exports
from contracts.customer.exports import AskExport, ExportById, ExportStatus, RefuseExport
from contracts.customer.policies import EXPORT_APPROVAL
from services.customer.exports.errors import ExportDecided, ExportExpired, ExportNotFound, ExportOwn
from services.customer.exports.models import Export
from services.customer.exports.shown import export_shown
from services.customer.segments import rules
from services.customer.segments.errors import SegmentNotFound, SegmentTooLarge

MOST_EXPORTED = 20_000
"""Members in one file."""

LASTS = timedelta(days=7)
"""From the asking on; after it there is neither a decision nor a file."""

_MEMBERS = text(
    """
    SELECT s.predicate, (SELECT count(*) FROM segment_member m
             WHERE m.segment_id = s.id AND m.left_at IS NULL AND m.entered_at <= :now) AS members
      FROM segment s WHERE s.id = :segment_id
    """
)
_TAKEN = text(
    """
    SELECT count(DISTINCT m.customer_id)
      FROM (SELECT CAST(:segment_id AS uuid) AS segment_id, CAST(:now AS timestamptz) AS at
             UNION ALL
            SELECT segment_id, requested_at FROM export
             WHERE requested_by = :staff_id AND requested_at >= :midnight AND requested_at <= :now
               AND status = 'ready' AND decided_by IS NULL) asked
      JOIN segment_member m ON m.segment_id = asked.segment_id AND m.entered_at <= asked.at
       AND (m.left_at IS NULL OR m.left_at > asked.at)
    """
)
"""Whom this person has today without anybody's word, together with those of the segment."""


def ask_export(session: Session, request: AskExport, *, scope: Scope, now: datetime) -> exports.Export:
    """The export, ready at once or awaiting approval.

    Raises SegmentNotFound, FactNotAllowed, SegmentTooLarge.
    """
    segment = session.execute(_MEMBERS, {"segment_id": request.segment_id, "now": now}).one_or_none()
    if segment is None:
        raise SegmentNotFound
    rules.require_sight(rules.read(segment.predicate), roles=(scope.role,))
    members: int = segment.members
    if members > MOST_EXPORTED:
        raise SegmentTooLarge(members=members, most=MOST_EXPORTED)
    turns.take(session, "exports of a day", [scope.staff_id])
    midnight = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = {"segment_id": request.segment_id, "staff_id": scope.staff_id, "midnight": midnight, "now": now}
    taken: int = session.scalar(_TAKEN, asked) or 0
    many = taken > policies.resolve(session, EXPORT_APPROVAL, store_id=policies.GROUP, at=now).above
    export = Export(
        id=uuids.uuid7(),
        segment_id=request.segment_id,
        format=request.format.value,
        rows=members,
        status=(ExportStatus.AWAITING_APPROVAL if many else ExportStatus.READY).value,
        reason=request.reason,
        requested_by=scope.staff_id,
        requested_at=now,
        expires_at=now + LASTS,
    )
    session.add(export)
    session.flush()
    return export_shown(export)


def approve(session: Session, request: ExportById, *, scope: Scope, now: datetime) -> exports.Export:
    """The export, ready now. Raises ExportNotFound, ExportOwn, ExportDecided, ExportExpired."""
    return _decide(session, request.export_id, ExportStatus.READY, why=None, scope=scope, now=now)


def refuse(session: Session, request: RefuseExport, *, scope: Scope, now: datetime) -> exports.Export:
    """The export, refused. Raises ExportNotFound, ExportOwn, ExportDecided, ExportExpired."""
    return _decide(session, request.export_id, ExportStatus.REFUSED, why=request.reason, scope=scope, now=now)


def _decide(
    session: Session, export_id: UUID, status: ExportStatus, *, why: str | None, scope: Scope, now: datetime
) -> exports.Export:
    export = session.get(Export, export_id, with_for_update=True)
    if export is None:
        raise ExportNotFound
    if export.requested_by == scope.staff_id:
        raise ExportOwn
    if export.status != ExportStatus.AWAITING_APPROVAL:
        raise ExportDecided
    if export.expires_at <= now:
        raise ExportExpired
    export.status, export.decision_reason = status.value, why
    export.decided_by, export.decided_at = scope.staff_id, now
    return export_shown(export)

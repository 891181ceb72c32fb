"""What is known of segments: their sizes and their members (R18)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from contracts.access import matrix
from services.customer.errors.segments import FactNotAllowed, SegmentNotFound
from services.customer.rules import predicates

_SEGMENTS = text(
    """
    SELECT s.id AS segment_id, s.name, s.predicate, s.created_by, s.created_at, s.complete_at,
           (SELECT count(*) FROM segment_member m WHERE m.segment_id = s.id AND m.left_at IS NULL) AS members
      FROM segment s WHERE CAST(:segment_id AS uuid) IS NULL OR s.id = :segment_id ORDER BY s.name
    """
)
_MEMBERS = text(
    """
    SELECT c.id AS customer_id, c.kind, c.name, c.mobile, c.store_id, m.entered_at
      FROM segment_member m JOIN customer c ON c.id = m.customer_id
     WHERE m.segment_id = :segment_id AND m.left_at IS NULL
       AND (CAST(:after AS uuid) IS NULL OR m.customer_id > :after)
     ORDER BY m.customer_id LIMIT :most
    """
)


def list_segments(connection: Connection) -> dict[str, Any]:
    """`segments.Segments`."""
    return {"items": [dict(row) for row in connection.execute(_SEGMENTS, {"segment_id": None}).mappings()]}


def get_segment(connection: Connection, *, segment_id: UUID) -> dict[str, Any]:
    """`segments.Segment`. Raises SegmentNotFound."""
    row = connection.execute(_SEGMENTS, {"segment_id": segment_id}).mappings().one_or_none()
    if row is None:
        raise SegmentNotFound
    return dict(row)


def segment_members(
    connection: Connection, *, segment_id: UUID, after: UUID | None, limit: int, roles: tuple[str, ...]
) -> dict[str, Any]:
    """`segments.Members`. Raises SegmentNotFound, FactNotAllowed."""
    segment = get_segment(connection, segment_id=segment_id)
    require_sight(predicates.read(segment["predicate"]), roles=roles)
    rows = connection.execute(_MEMBERS, {"segment_id": segment_id, "after": after, "most": limit}).mappings()
    return {"items": [dict(row) for row in rows], "total": segment["members"]}


def require_sight(predicate: predicates.Predicate, *, roles: tuple[str, ...]) -> None:
    """Raise FactNotAllowed unless these roles see what being in such a segment tells of its members."""
    hidden = {fact for fact, kind in predicates.masked_facts(predicate).items() if not matrix().sees(kind, roles)}
    if hidden:
        raise FactNotAllowed(facts=sorted(hidden))

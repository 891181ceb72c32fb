"""What is known of segments: their sizes and their members (R18)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from contracts.customer.segments import ListSegments, MembersAsked, SegmentById
from services.customer.errors.segments import SegmentNotFound
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


def list_segments(connection: Connection, _asked: ListSegments) -> Any:
    """`segments.Segments`."""
    return {"items": [dict(row) for row in connection.execute(_SEGMENTS, {"segment_id": None}).mappings()]}


def get_segment(connection: Connection, asked: SegmentById) -> Any:
    """`segments.Segment`. Raises SegmentNotFound."""
    return _segment(connection, asked.segment_id)


def segment_members(connection: Connection, asked: MembersAsked, *, roles: tuple[str, ...]) -> Any:
    """`segments.Members`. Raises SegmentNotFound, FactNotAllowed."""
    segment = _segment(connection, asked.segment_id)
    predicates.require_sight(predicates.read(segment["predicate"]), roles=roles)
    wanted = {"segment_id": asked.segment_id, "after": asked.after, "most": asked.limit}
    rows = connection.execute(_MEMBERS, wanted).mappings()
    return {"items": [dict(row) for row in rows], "total": segment["members"]}


def _segment(connection: Connection, segment_id: UUID) -> dict[str, Any]:
    row = connection.execute(_SEGMENTS, {"segment_id": segment_id}).mappings().one_or_none()
    if row is None:
        raise SegmentNotFound
    return dict(row)

"""What is known of segments: their sizes, their members, and the members as a file (R18)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.clock import LOCAL
from contracts.access import matrix
from services.customer.errors.segments import SegmentNotFound, SegmentTooLarge
from services.customer.spreadsheets.writing import Cell, write_csv

MOST_EXPORTED = 20_000
"""Members in one file."""

HEADINGS = (
    "customer_id", "姓名", "电话", "类型", "登记门店", "车型", "车牌", "销售日期", "销售门店", "最近服务", "进站次数",
    "地址", "进入分组",
)  # fmt: skip

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
_EXPORT = text(
    """
    SELECT c.id, c.kind, c.name, c.title, c.mobile, c.store_id, m.entered_at, g.sold_at, g.sold_store_id,
           g.last_service_at, coalesce(g.service_visits, 0) AS service_visits, owned.models, owned.plates,
           (SELECT a->>'text' FROM jsonb_array_elements(c.addresses) a WHERE a->>'until' IS NULL LIMIT 1) AS address
      FROM segment_member m JOIN customer c ON c.id = m.customer_id
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT string_agg(v.model, ' ' ORDER BY v.id) AS models, string_agg(n.plate, ' ' ORDER BY v.id) AS plates
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
            WHERE p.customer_id = c.id AND p.until IS NULL) owned ON true
     WHERE m.segment_id = :segment_id AND m.left_at IS NULL ORDER BY m.customer_id LIMIT :most
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


def segment_members(connection: Connection, *, segment_id: UUID, after: UUID | None, limit: int) -> dict[str, Any]:
    """`segments.Members`. Raises SegmentNotFound."""
    total = get_segment(connection, segment_id=segment_id)["members"]
    rows = connection.execute(_MEMBERS, {"segment_id": segment_id, "after": after, "most": limit}).mappings()
    return {"items": [dict(row) for row in rows], "total": total}


def export_segment(connection: Connection, *, segment_id: UUID, roles: tuple[str, ...]) -> dict[str, Any]:
    """`segments.Exported`, with what these roles may see of it. Raises SegmentNotFound, SegmentTooLarge."""
    segment = get_segment(connection, segment_id=segment_id)
    if segment["members"] > MOST_EXPORTED:
        raise SegmentTooLarge(members=segment["members"], most=MOST_EXPORTED)
    rows = connection.execute(_EXPORT, {"segment_id": segment_id, "most": MOST_EXPORTED}).all()
    file = io.BytesIO()
    write_csv(_lines(rows, roles=roles), file)
    return {
        "file_name": f"segment-{segment_id}.csv",
        "rows": len(rows),
        "customer_ids": [row.id for row in rows],
        "content": file.getvalue().decode(),
    }


def _lines(rows: Any, *, roles: tuple[str, ...]) -> Iterator[list[Cell]]:
    numbers, houses = matrix().sees("mobile", roles), matrix().sees("address", roles)
    yield list(HEADINGS)
    for row in rows:
        yield [
            str(row.id),
            f"{row.name}{row.title}",
            row.mobile if numbers else f"****{row.mobile[-4:]}",
            row.kind,
            row.store_id,
            row.models or "",
            row.plates or "",
            row.sold_at.astimezone(LOCAL).date() if row.sold_at else None,
            row.sold_store_id or "",
            row.last_service_at.astimezone(LOCAL).date() if row.last_service_at else None,
            row.service_visits,
            (row.address or "") if houses else "",
            row.entered_at.astimezone(LOCAL),
        ]

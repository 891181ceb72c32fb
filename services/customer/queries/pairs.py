"""The review queue as it is shown, and the searches that fill it (R22)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.customer.duplicates import ListDuplicates, Scan, Scans
from contracts.fields import Nothing

NEWEST = 20
"""Searches that are shown."""

_SIDE = """jsonb_build_object('customer_id', {0}.id, 'kind', {0}.kind, 'name', {0}.name, 'title', {0}.title,
                              'mobile', {0}.mobile, 'store_id', {0}.store_id, 'registered_at', {0}.registered_at,
                              'version', {0}.version)"""
_PAGE = text(
    f"""
    SELECT p.status, p.points, p.evidence, p.vetoes, p.relation, p.attach_contact, p.store_id, p.found_by, p.found_at,
           p.decided_at, p.decided_by, p.reason, {_SIDE.format("one")} AS a, {_SIDE.format("other")} AS b,
           count(*) OVER () AS total
      FROM pair p JOIN customer one ON one.id = p.a JOIN customer other ON other.id = p.b
     WHERE p.status = :status AND (CAST(:stores AS text[]) IS NULL OR p.store_id = ANY(CAST(:stores AS text[])))
     ORDER BY p.points DESC, p.a, p.b LIMIT :size OFFSET :skipped
    """  # noqa: S608  # constants of this file
)
_SCANS = text("SELECT * FROM duplicate_scan ORDER BY started_at DESC, id DESC LIMIT :most")


def list_duplicates(connection: Connection, asked: ListDuplicates, *, scope: Scope) -> Any:
    """`duplicates.DuplicatePairs`: a page of the pairs of the caller's stores. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = {
        "status": asked.status.value,
        "stores": None if stores is None else list(stores),
        "size": asked.size,
        "skipped": (asked.page - 1) * asked.size,
    }
    rows = [dict(row) for row in connection.execute(_PAGE, wanted).mappings()]
    total = rows[0]["total"] if rows else 0
    items = [{name: value for name, value in row.items() if name != "total"} for row in rows]
    return {"items": items, "page": asked.page, "size": asked.size, "total": total}


def list_scans(connection: Connection, _asked: Nothing) -> Scans:
    """The newest searches."""
    return Scans(
        [
            Scan(
                row.id,
                row.status,
                row.scanned,
                row.queued,
                row.merged,
                row.started_by,
                row.started_at,
                row.reason,
                row.finished_at,
            )
            for row in connection.execute(_SCANS, {"most": NEWEST})
        ]
    )

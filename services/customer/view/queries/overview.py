"""Everything we know of a customer (R20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from chassis.process.clock import LOCAL
from contracts.customer.views import CustomerView, RecordStatus, TimelineEntry, ViewAsked
from contracts.declared import fields_of
from contracts.picked import shaped
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from services.customer.record.errors import CustomerNotFound
from services.customer.record.models import Customer
from services.customer.record.sealing import key_beside, opened
from services.customer.view.shown import GLANCE, JOINED, alerts, glance

_START = UUID(int=0)
_CURSOR = "~"
"""Between the moment and the event of a place in a timeline."""

_PROFILE = [name for name in fields_of(CustomerView) if name in Customer.__table__.c]
"""What the view shows of the record as it stands there."""

ONE = text(
    f"""
    SELECT c.id, {", ".join(f"c.{name}" for name in _PROFILE)}, owned.vehicles, told.timeline, {GLANCE},
           {key_beside("c.id")}
      FROM customer asked JOIN customer c ON c.id = coalesce(asked.merged_into, asked.id)
      {JOINED}
      LEFT JOIN LATERAL (
           SELECT json_agg(line) AS timeline FROM (
                SELECT DISTINCT ON (occurred_at, event_id)
                       event_id, event_type AS type, occurred_at, store_id, source, source_id, summary
                  FROM timeline_entry t
                 WHERE t.customer_id = ANY(ARRAY(
                       SELECT c.id UNION ALL SELECT m.id FROM customer m WHERE m.merged_into = c.id))
                   AND ((SELECT CAST(:types AS text[])) IS NULL
                        OR t.event_type = ANY((SELECT CAST(:types AS text[]))::text[]))
                   AND ((SELECT CAST(:store AS text)) IS NULL OR t.store_id = (SELECT CAST(:store AS text)))
                   AND ((SELECT CAST(:at AS timestamptz)) IS NULL
                        OR (t.occurred_at, t.event_id) < ((SELECT CAST(:at AS timestamptz)), CAST(:event AS uuid)))
                 ORDER BY occurred_at DESC, event_id DESC LIMIT (SELECT CAST(:most AS bigint))) line) told ON true
     WHERE asked.id = :customer_id
    """  # noqa: S608  # constants of this package
)
"""One statement, so that the timeline and the facts at a glance are of the same moment.

What narrows the timeline is out of the planner's sight, or it would plan anew for each view.
"""


def customer_view(connection: Connection, asked: ViewAsked, *, now: datetime) -> CustomerView:
    """Profile and timeline; of a record that was merged, its survivor's; of an erased one, that it was.

    Raises CustomerNotFound; InvalidRequest for a `before` that is neither a moment nor a place in a timeline.
    """
    customer_id, limit = asked.customer_id, asked.limit
    at, event = _place(asked.before)
    wanted = {"customer_id": customer_id, "types": _wanted(asked.types), "store": asked.store, "at": at, "event": event}
    row = connection.execute(ONE, {**wanted, "most": limit + 1}).mappings().one_or_none()
    if row is None:
        raise CustomerNotFound
    survivor, timeline, known = row["id"], row["timeline"] or [], glance(row)
    view = shaped(
        CustomerView,
        row,
        customer_id=survivor,
        redirected_from=customer_id if survivor != customer_id else None,
        id_number=opened(survivor, row["sealed_key"], "id_number", row["id_number"]),
        glance=known,
        alerts=alerts(row, known, today=now.astimezone(LOCAL).date()),
        timeline=[_line(one) for one in timeline[:limit]],
        older=_place_of(timeline[limit - 1]) if len(timeline) > limit else None,
    )
    return replace(view, vehicles=[], alerts=[]) if view.status is RecordStatus.ERASED else view


def _line(told: dict[str, Any]) -> TimelineEntry:
    """A line of the JSON that the statement makes; by hand, because a page holds fifty (docs/decisions/0010)."""
    return TimelineEntry(
        UUID(told["event_id"]),
        told["type"],
        datetime.fromisoformat(told["occurred_at"]),
        told["store_id"],
        told["source"],
        told["source_id"],
        told["summary"],
    )


def _wanted(types: str | None) -> list[str] | None:
    return [one.strip() for one in types.split(",") if one.strip()] if types else None


def _place(before: str | None) -> tuple[datetime | None, UUID]:
    """A moment and the event that stands there; without one, everything of that moment is after it."""
    if before is None:
        return None, _START
    moment, _, event = before.partition(_CURSOR)
    try:
        at = datetime.fromisoformat(moment)
        return at if at.tzinfo else at.replace(tzinfo=LOCAL), UUID(event) if event else _START
    except (ValueError, OverflowError):
        raise InvalidRequest(errors={"before": [Saying.NO_OLDER()]}) from None


def _place_of(line: dict[str, Any]) -> str:
    """In UTC, so that nothing in it has to be escaped in a query string."""
    at = datetime.fromisoformat(line["occurred_at"]).astimezone(UTC).replace(tzinfo=None)
    return f"{at.isoformat()}Z{_CURSOR}{line['event_id']}"

"""Segments and their members; who fits a predicate, as a condition of SQL (R18).

The condition is of a customer `c` with the glance `g`, at the moment `:now`.
"""

# ruff: noqa: S608  # conditions are put together from texts of this file; what they compare with are values

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from contracts.customer.segments import ListSegments, Member, Members, MembersAsked, Segment, SegmentById, Segments
from contracts.picked import shaped
from services.customer.segments import rules
from services.customer.segments.errors import SegmentNotFound
from services.customer.segments.rules import Check, Consented, Every, HasVehicle, Predicate, Some, Without

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


def list_segments(connection: Connection, _asked: ListSegments) -> Segments:
    """All segments with their sizes."""
    return Segments([shaped(Segment, row) for row in connection.execute(_SEGMENTS, {"segment_id": None}).mappings()])


def get_segment(connection: Connection, asked: SegmentById) -> Segment:
    """A segment with its size. Raises SegmentNotFound."""
    row = connection.execute(_SEGMENTS, {"segment_id": asked.segment_id}).mappings().one_or_none()
    if row is None:
        raise SegmentNotFound
    return shaped(Segment, row)


def segment_members(connection: Connection, asked: MembersAsked, *, roles: tuple[str, ...]) -> Members:
    """A page of those who are in a segment. Raises SegmentNotFound, FactNotAllowed."""
    segment = get_segment(connection, SegmentById(asked.segment_id))
    rules.require_sight(rules.read(segment.predicate), roles=roles)
    wanted = {"segment_id": asked.segment_id, "after": asked.after, "most": asked.limit}
    rows = connection.execute(_MEMBERS, wanted).mappings()
    return Members([shaped(Member, row) for row in rows], segment.members)


STANDS: dict[str, str] = {
    "kind": "c.kind",
    "gender": "c.gender",
    "age": "extract(year FROM age(CAST(:now AS timestamptz), c.birth_date))",
    "birth_month": "extract(month FROM c.birth_date)",
    "district": "(SELECT string_agg(a->>'text', ' ') FROM jsonb_array_elements(c.addresses) a"
    " WHERE a->>'until' IS NULL)",
    "occupation": "c.occupation",
    "tags": "c.tags",
    "source": "c.source",
    "store": "c.store_id",
    "registered": "c.registered_at",
    "channel": "c.preferences->>'channel'",
    "do_not_call": "coalesce((c.preferences->>'do_not_call')::boolean, false)",
    "formal": "EXISTS (SELECT FROM vehicle_party p JOIN vehicle_dealing d ON d.vehicle_id = p.vehicle_id"
    " WHERE p.customer_id = c.id AND p.role = 'owner' AND p.until IS NULL)",
    "sold_by_us": "g.sold_at IS NOT NULL",
    "sold": "g.sold_at",
    "sold_store": "g.sold_store_id",
    "consultant": "g.consultant_id",
    "last_service": "g.last_service_at",
    "last_service_store": "g.last_service_store_id",
    "last_contact": "g.last_contact_at",
    "last_km": "g.last_km",
    "last_score": "g.last_score",
    "service_visits": "coalesce(g.service_visits, 0)",
    "open_visits": "coalesce(g.open_visits, 0)",
    "open_orders": "coalesce(g.open_orders, 0)",
    "open_repair_orders": "coalesce(jsonb_array_length(g.open_repair_orders), 0)",
    "spent_fen": "coalesce(g.spent_fen, 0)",
}
"""Where each fact of `predicates.FACTS` stands."""

_DEMANDED: dict[str, str] = {
    "at_least": "({fact}) >= :{value}",
    "at_most": "({fact}) <= :{value}",
    "equals": "({fact}) = :{value}",
    "in": "({fact}) = ANY(:{value})",
    "within_days": "({fact}) >= CAST(:now AS timestamptz) - :{value} * interval '1 day'",
    "more_days_ago": "({fact}) < CAST(:now AS timestamptz) - :{value} * interval '1 day'",
    "since": "({fact}) >= CAST(:{value} AS date)",
    "before": "({fact}) < CAST(:{value} AS date)",
    "ever": "(({fact}) IS NOT NULL) = :{value}",
    "has": "({fact}) @> jsonb_build_array(CAST(:{value} AS text))",
    "has_any": "({fact}) ?| CAST(:{value} AS text[])",
}
_CONTAINED = {
    "equals": "position(CAST(:{value} AS text) IN ({fact})) > 0",
    "in": "EXISTS (SELECT FROM unnest(CAST(:{value} AS text[])) one WHERE position(one IN ({fact})) > 0)",
}
_INSIDE = frozenset({"district"})
"""Facts that are found inside of a longer text."""

_AGE = """extract(year FROM age(CAST(:now AS timestamptz),
                 (SELECT min(first.since) FROM vehicle_party first WHERE first.vehicle_id = v.id)))"""


class Condition(NamedTuple):
    """The condition, and the values it names."""

    sql: str
    values: dict[str, Any]


def condition(predicate: Predicate) -> Condition:
    """The predicate as SQL. What is not known fits nothing, so its negation does."""
    values: dict[str, Any] = {}
    return Condition(_said(predicate, values), values)


def _said(predicate: Predicate, values: dict[str, Any]) -> str:
    match predicate:
        case Every(parts):
            return f"({' AND '.join(_said(one, values) for one in parts)})"
        case Some(parts):
            return f"({' OR '.join(_said(one, values) for one in parts)})"
        case Without(inner):
            return f"(NOT coalesce({_said(inner, values)}, false))"
        case HasVehicle():
            return _vehicle(predicate, values)
        case Consented():
            return _consent(predicate, values)
        case Check(fact, demands):
            forms = _CONTAINED if fact in _INSIDE else _DEMANDED
            checks = [forms[name].format(fact=STANDS[fact], value=_named(value, values)) for name, value in demands]
            return f"({' AND '.join(checks)})"


def _vehicle(part: HasVehicle, values: dict[str, Any]) -> str:
    wanted = ["p.customer_id = c.id", "p.until IS NULL", "p.role IN ('owner', 'user')"]
    if part.models:
        wanted.append(f"lower(v.model) = ANY(:{_named([one.lower() for one in part.models], values)})")
    if part.at_least is not None:
        wanted.append(f"{_AGE} >= :{_named(part.at_least, values)}")
    if part.at_most is not None:
        wanted.append(f"{_AGE} <= :{_named(part.at_most, values)}")
    return f"EXISTS (SELECT FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id WHERE {' AND '.join(wanted)})"


def _consent(part: Consented, values: dict[str, Any]) -> str:
    """His last word; of two of one moment the one that forbids."""
    purpose, channel = _named(part.purpose, values), _named(part.channel, values)
    return (
        "coalesce((SELECT k.allowed FROM consent k WHERE k.customer_id = c.id"
        f" AND k.purpose = :{purpose} AND k.channel IN ('any', :{channel})"
        " ORDER BY k.at DESC, k.allowed LIMIT 1), false)"
    )


def _named(value: Any, values: dict[str, Any]) -> str:
    """Keep a value, and the name by which the condition speaks of it."""
    name = f"p{len(values)}"
    values[name] = list(value) if isinstance(value, tuple) else value
    return name

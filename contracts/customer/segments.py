"""What the customer service can be asked about segments: saved predicates over customers' facts (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from contracts.customer.operations import CustomerKind
from contracts.fields import MobileShown, StaffId, StoreId
from contracts.operation import command, query
from contracts.shapes import Between, Text


@dataclass(frozen=True, slots=True)
class CreateSegment:
    """A name and a predicate, such as `{"all": [{"vehicle": {"model": ["GL8"], "age": {"at_least": 3}}}, …]}`.

    `all`, `any` and `not` join; `fact`, `vehicle` and `consent` judge (docs/glossary.md, segment).
    """

    name: Annotated[str, Text(1, 80)]
    predicate: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SegmentById:
    """One segment."""

    segment_id: UUID


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as shown. Until `complete_at` is there not everybody has been judged yet."""

    segment_id: UUID
    name: str
    predicate: dict[str, Any]
    members: int
    created_by: StaffId
    created_at: datetime
    complete_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListSegments:
    """All segments."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments by name."""

    items: list[Segment]


@dataclass(frozen=True, slots=True)
class MembersAsked:
    """Members by identifier; `after` is the last one of the page before."""

    segment_id: UUID
    after: UUID | None = None
    limit: Annotated[int, Between(1, 200)] = 50


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who fits the segment, since when."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    mobile: MobileShown
    store_id: StoreId
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Members:
    """A page of members, and how many there are in all."""

    items: list[Member]
    total: int


SEGMENT_NOT_FOUND, FACT_NOT_ALLOWED = "SEGMENT_NOT_FOUND", "FACT_NOT_ALLOWED"

create_segment = command(
    "customer.create_segment",
    CreateSegment,
    Segment,
    refuses=(FACT_NOT_ALLOWED, "SEGMENT_EXISTS"),
    summary="Save a predicate over customers' facts; its members follow the events from then on",
)
list_segments = query("customer.list_segments", ListSegments, Segments, summary="All segments with their sizes")
get_segment = query(
    "customer.get_segment", SegmentById, Segment, refuses=(SEGMENT_NOT_FOUND,), summary="A segment with its size"
)
segment_members = query(
    "customer.segment_members",
    MembersAsked,
    Members,
    refuses=(SEGMENT_NOT_FOUND, FACT_NOT_ALLOWED),
    summary="Who is in a segment",
)

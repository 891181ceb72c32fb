"""Segments: saved predicates over the facts of customers, and who fits them (R18)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class Segment(Base):
    """A saved predicate.

    `moves_with_time` says that members come and go without anything happening to them.
    A sweep judges everybody in the order of identifiers: at or after `sweep_at` one begins, `swept_until` is how far
    it has come, `complete_at` when the last one ended.
    """

    __tablename__ = "segment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    predicate: Mapped[dict[str, Any]]
    moves_with_time: Mapped[bool]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    swept_until: Mapped[UUID | None]
    sweep_at: Mapped[datetime | None]
    complete_at: Mapped[datetime | None]


class SegmentMember(Base):
    """Somebody who is, or was, in a segment; `version` grows each time he enters or leaves."""

    __tablename__ = "segment_member"
    __table_args__ = (Index("segment_member_by_customer", "customer_id"),)

    segment_id: Mapped[UUID] = mapped_column(ForeignKey("segment.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class SegmentDue(Base):
    """Somebody of whom something changed since he was last judged."""

    __tablename__ = "segment_due"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)

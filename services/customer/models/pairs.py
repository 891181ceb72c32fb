"""Pairs of records that may be one customer: the review queue, and what humans decided about them (E7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.models.declared import Base


class Pair(Base):
    """Two records, `a` before `b`. `status` is open, merged, not_same or related; what speaks for them is kept.

    `relation` is what may be suspected, or what a human decided; then it is said of the one in `related_from`.
    """

    __tablename__ = "pair"
    __table_args__ = (
        Index("pair_by_other", "b"),
        Index("pair_open", "points", "a", "b", postgresql_where=text("status = 'open'")),
    )

    a: Mapped[UUID] = mapped_column(primary_key=True)
    b: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    points: Mapped[int]
    evidence: Mapped[list[Any]]
    vetoes: Mapped[list[Any]]
    relation: Mapped[str | None]
    related_from: Mapped[UUID | None]
    attach_contact: Mapped[bool]
    store_id: Mapped[str]
    found_by: Mapped[str]
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]

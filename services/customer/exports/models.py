"""Exports: who asked for a segment's members as a file, why, and who allowed it (R18, R62). No file is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class Export(Base):
    """An export (`contracts.customer.exports.Export`); `rows` is how many members there were when it was asked for."""

    __tablename__ = "export"
    __table_args__ = (
        Index("export_by_asker", "requested_by", "requested_at"),
        Index("export_by_moment", "requested_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(ForeignKey("segment.id"))
    format: Mapped[str]
    rows: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    expires_at: Mapped[datetime]

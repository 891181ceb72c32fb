"""What customers ask about their data, and what the retention did (PIPL 19, 45 to 47, 50)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class PrivacyRequest(Base):
    """What a customer asked about his data, or the retention proposes (`kind` expired), and what became of it.

    `how` is how he asked, in the words of the desk; `reason` why it was refused. `origin_customer_id` is whose the row
    was before records were merged (E8).
    """

    __tablename__ = "privacy_request"
    __table_args__ = (
        Index("privacy_request_by_customer", "customer_id"),
        Index("privacy_request_by_origin", "origin_customer_id"),
        Index("privacy_request_open", "due_at", "id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    origin_customer_id: Mapped[UUID | None]
    kind: Mapped[str]
    how: Mapped[str]
    status: Mapped[str]
    store_id: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    recorded_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    reason: Mapped[str | None]


class RetentionRun(Base):
    """What the retention did on one local day; without `finished_at` it goes on."""

    __tablename__ = "retention_run"

    day: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]]
    finished_at: Mapped[datetime | None]

"""What the reporting service keeps: facts out of events, one row per document; all of it can be rebuilt.

A row holds what the newest event of its document said (`source_version`), whatever order the events came in.
`month` is the local month the fact counts in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.reporting.declared import Base


class Delivery(Base):
    """A car that was handed over."""

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_by_month", "month", "store_id"), {"info": {"projection": True}})

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[str]
    vehicle_id: Mapped[UUID]
    model: Mapped[str]
    consultant_id: Mapped[str]
    delivered_at: Mapped[datetime]
    month: Mapped[str]
    total_fen: Mapped[int]
    occurred_at: Mapped[datetime]
    source_version: Mapped[int]


class Promise(Base):
    """What was first promised for a document, and whether it was kept: of an order, the day of the keys (R48).

    A fact of its own beside the delivery: who asks for promises takes no part of what was sold, and what a promise is
    judged by are other events than what a delivery is counted by (C5, C18).
    """

    __tablename__ = "promise"
    __table_args__ = (Index("promise_by_month", "month", "store_id"), {"info": {"projection": True}})

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_type: Mapped[str]
    store_id: Mapped[str]
    in_time: Mapped[bool]
    month: Mapped[str]
    occurred_at: Mapped[datetime]
    source_version: Mapped[int]


class WorkshopVisit(Base):
    """A repair order that was settled. `internal_fen` is the part of the total that we pay ourselves."""

    __tablename__ = "workshop_visit"
    __table_args__ = (Index("workshop_visit_by_month", "month", "store_id"), {"info": {"projection": True}})

    ro_id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[str]
    vehicle_id: Mapped[UUID]
    settled_at: Mapped[datetime]
    month: Mapped[str]
    total_fen: Mapped[int]
    internal_fen: Mapped[int]
    occurred_at: Mapped[datetime]
    source_version: Mapped[int]


class Answer(Base):
    """What a customer answered when he was visited."""

    __tablename__ = "answer"
    __table_args__ = (Index("answer_by_month", "month", "purpose", "store_id"), {"info": {"projection": True}})

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    store_id: Mapped[str]
    score: Mapped[int]
    completed_at: Mapped[datetime]
    month: Mapped[str]
    occurred_at: Mapped[datetime]
    source_version: Mapped[int]

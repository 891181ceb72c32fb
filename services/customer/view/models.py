"""The customer view: a projection of every service's events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class TimelineEntry(Base):
    """Something that happened to a customer, told by an event of any service.

    It stays with the record the event names; of a merged record the survivor's view shows it.
    """

    __tablename__ = "timeline_entry"
    __table_args__ = (
        UniqueConstraint(
            "source_type", "source_id", "event_type", "source_version", "customer_id", name="timeline_one_fact_once"
        ),
        Index("timeline_by_customer", "customer_id", "occurred_at"),
        Index(
            "timeline_by_trigger",
            text("(summary ->> 'trigger_id')"),
            postgresql_where=text("(summary ->> 'trigger_id') IS NOT NULL"),
        ),
        {"info": {"projection": True}},
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    source: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[str]
    source_version: Mapped[int]
    store_id: Mapped[str]
    occurred_at: Mapped[datetime]
    summary: Mapped[dict[str, Any]]


class Glance(Base):
    """The facts at a glance, folded from a customer's whole timeline each time it grows.

    `spent_fen` is what he paid for delivered cars and settled repair orders, in fen.
    """

    __tablename__ = "glance"
    __table_args__ = ({"info": {"projection": True}},)

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sold_at: Mapped[datetime | None]
    sold_store_id: Mapped[str | None]
    consultant_id: Mapped[str | None]
    last_service_at: Mapped[datetime | None]
    last_service_store_id: Mapped[str | None]
    last_contact_at: Mapped[datetime | None]
    last_km: Mapped[int | None]
    service_visits: Mapped[int]
    open_visits: Mapped[int]
    next_visit_at: Mapped[datetime | None]
    next_visit_purpose: Mapped[str | None]
    last_score: Mapped[int | None]
    open_orders: Mapped[int] = mapped_column(server_default=text("0"))
    open_repair_orders: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    spent_fen: Mapped[int] = mapped_column(server_default=text("0"))

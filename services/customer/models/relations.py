"""Who belongs to whom (E7)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.models.declared import Base


class Relation(Base):
    """`customer_id` is `kind` `other_id`; of two spouses the first is the one with the lower identifier.

    Both ends stay with the records they were told of; of a merged record the survivor is meant (E8).
    """

    __tablename__ = "relation"
    __table_args__ = (
        Index("relation_by_other", "other_id"),
        Index(
            "relation_once",
            "customer_id",
            "other_id",
            "kind",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    other_id: Mapped[UUID]
    kind: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    ended_by: Mapped[str | None]

"""What is kept beside a record: consents, documents, relations."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class Consent(Base):
    """One decision of a customer about one purpose (PIPL 13 to 17). Never changed: a withdrawal is another row.

    `origin_customer_id` is whose the row was before records were merged (E8), here and below.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("consent_by_customer", "customer_id", "purpose", "channel", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    purpose: Mapped[str]
    channel: Mapped[str]
    allowed: Mapped[bool]
    basis: Mapped[str]
    text_version: Mapped[str]
    evidence: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    staff_id: Mapped[str]
    department: Mapped[str]
    origin_customer_id: Mapped[UUID | None]


class Document(Base):
    """A paper of a customer's bag: what it is, and where the bag stands (R24). One that was removed is kept."""

    __tablename__ = "document"
    __table_args__ = (Index("document_by_customer", "customer_id", "added_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    type: Mapped[str]
    number: Mapped[str]
    store_id: Mapped[str]
    shelf: Mapped[str]
    issued_on: Mapped[date | None]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    removed_because: Mapped[str]
    origin_customer_id: Mapped[UUID | None]


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

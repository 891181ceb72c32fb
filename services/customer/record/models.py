"""Records: who a customer is, what was changed in them, what finds them, their keys, and pairs that may be one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class Customer(Base):
    """A person or company, shared by all stores (R8). `record/rules/record.py` says what the columns mean.

    What there may be several of (phones, addresses) is kept in the row: a record is read, written, merged
    and restored as a whole, under its version (docs/decisions/0010).
    """

    __tablename__ = "customer"
    __table_args__ = (
        Index("customer_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("customer_erased", "updated_at", postgresql_where=text("status = 'erased'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    title: Mapped[str]
    gender: Mapped[str | None]
    birth_date: Mapped[date | None]
    id_number: Mapped[str | None]
    id18: Mapped[str | None]
    uscc: Mapped[str | None]
    organisation_code: Mapped[str | None]
    mobile: Mapped[str]
    phones: Mapped[list[Any]]
    email: Mapped[str | None]
    addresses: Mapped[list[Any]]
    employer: Mapped[str | None]
    occupation: Mapped[str | None]
    preferences: Mapped[dict[str, Any]]
    tags: Mapped[list[Any]]
    source: Mapped[str]
    store_id: Mapped[str]
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    forced_reason: Mapped[str | None]
    status: Mapped[str]
    merged_into: Mapped[UUID | None]


class SearchKey(Base):
    """What an active record can be found by: a kind of key and its value, as the rules derive them from the record.

    Serves the desk's look-up and the search for records that may be the same person alike.
    """

    __tablename__ = "search_key"
    __table_args__ = (
        Index("search_key_by_customer", "customer_id"),
        Index(
            "search_key_one_bearer",
            "kind",
            "key",
            unique=True,
            postgresql_where=text("kind IN ('id18', 'organisation')"),
        ),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)


class Change(Base):
    """One field of a record that was changed: old and new value, by whom, for which department (R20)."""

    __tablename__ = "change"
    __table_args__ = (Index("change_by_customer", "customer_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    version: Mapped[int]
    field: Mapped[str]
    old: Mapped[Any | None] = mapped_column(JSONB)
    new: Mapped[Any | None] = mapped_column(JSONB)
    at: Mapped[datetime]
    staff_id: Mapped[str]
    department: Mapped[str]
    origin: Mapped[str]


class SubjectKey(Base):
    """The key of a customer, sealed under the master key that is named before the colon.

    Made with the first number that is kept of him. Where it is gone, his numbers are gone: also those that other rows
    or an older dump still hold. A record that was merged keeps its own.
    """

    __tablename__ = "subject_key"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed_key: Mapped[str]


class ProfileTold(Base):
    """What was told last of a person's derived facts (`rules/profile.py`), by which version of them; nothing of nobody.

    `older_on` is the day on which his age band becomes another by itself. Of version 0 nothing was told yet: it is due.
    """

    __tablename__ = "profile_told"
    __table_args__ = (Index("profile_told_older_on", "older_on"),)

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    gender: Mapped[str | None]
    age_band: Mapped[str | None]
    district: Mapped[str | None]
    birth_month: Mapped[int | None]
    birth_day: Mapped[int | None]
    occupation: Mapped[str | None]
    older_on: Mapped[date | None]
    version: Mapped[int]


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

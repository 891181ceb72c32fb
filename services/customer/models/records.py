"""Customers: the one record of a person or company, what it can be found by, and what was changed in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.models.declared import Base


class Customer(Base):
    """A person or company, shared by all stores (R8). `services/customer/rules/record.py` says what the columns mean.

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

"""Merges of records, splits, and how far they have come; scans for duplicates; who lives on in whom (E7, E8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from services.customer.declared import Base


class Merge(Base):
    """Records that were made one (`kind` merge), or one that was made two (`kind` split, the new one in `loser_ids`).

    `snapshot` holds what every row concerned was before and became, so that an undoing puts it back; `position`
    is the order in which changes were made. `parts` are the events a merge was told in, `undo_parts` its undoing.
    """

    __tablename__ = "merge"
    __table_args__ = (
        Index("merge_by_survivor", "survivor_id", "position"),
        Index("merge_by_loser", "loser_ids", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Identity(), unique=True)
    kind: Mapped[str]
    survivor_id: Mapped[UUID]
    loser_ids: Mapped[list[Any]]
    rule: Mapped[str]
    score: Mapped[int | None]
    field_choices: Mapped[dict[str, Any]]
    reason: Mapped[str]
    store_id: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    parts: Mapped[int]
    snapshot: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    undone_because: Mapped[str | None]
    undo_parts: Mapped[int]


class MergeStep(Base):
    """A service did its part of a merge, an undoing or a split: so many of its rows moved."""

    __tablename__ = "merge_step"

    merge_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[int]
    at: Mapped[datetime]


class DuplicateScan(Base):
    """A search for duplicates through all records, in the order of their identifiers.

    `checkpoint` is the last record that was compared.
    """

    __tablename__ = "duplicate_scan"
    __table_args__ = (
        Index("duplicate_scan_running", "status", unique=True, postgresql_where=text("status = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    checkpoint: Mapped[UUID | None]
    scanned: Mapped[int]
    queued: Mapped[int]
    merged: Mapped[int]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    reason: Mapped[str]
    finished_at: Mapped[datetime | None]


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""

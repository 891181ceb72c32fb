"""Imports: a department's file as it was uploaded, its rows, and what became of each (R25)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.customer.declared import Base


class ImportFile(Base):
    """An import (`contracts.customer.imports.Import`).

    `sheet` is the worksheet that is read; `mapping` holds, per column that is taken, its number, field and unit;
    `staged` is the number of the last row that was read from the file, `done` how many rows were worked on, `last_row`
    the number of the last of them.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        Index("import_file_waiting", "started_at", postgresql_where=text("status IN ('staging', 'matching')")),
        Index("import_file_by_store", "store_id", "created_at"),
        Index("import_file_undoing", "undo_asked_at", postgresql_where=text("status = 'undoing'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    department: Mapped[str]
    filename: Mapped[str]
    sheet: Mapped[str | None]
    size: Mapped[int]
    sha256: Mapped[str]
    store_id: Mapped[str]
    status: Mapped[str]
    mapping: Mapped[list[Any] | None]
    staged: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    last_row: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]]
    failure: Mapped[dict[str, Any] | None]
    created_by: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undo_by: Mapped[str | None]
    undo_role: Mapped[str | None]
    undo_asked_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo_counts: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(server_default="1")


class ImportPart(Base):
    """A part of a file; the parts go when the file was read into rows, or the import was cancelled."""

    __tablename__ = "import_part"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import_file.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ImportRow(Base):
    """A row of a file under its number there, and what became of it (`contracts.customer.imports.RowReport`).

    `fingerprint` tells the same row of the same department again, whatever file it comes in. `worked_at` is the moment
    of everything that was written because of it; `undone` what became of it when the import was undone.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("import_row_again", "fingerprint", postgresql_where=text("customer_id IS NOT NULL")),
        Index("import_row_by_outcome", "import_id", "outcome", "number"),
        Index("import_row_by_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")),
    )

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import_file.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[list[Any]]
    notes: Mapped[list[Any]]
    fingerprint: Mapped[str | None]
    outcome: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    field: Mapped[str | None]
    code: Mapped[str | None]
    zh: Mapped[str | None]
    en: Mapped[str | None]
    warnings: Mapped[list[Any]]
    worked_at: Mapped[datetime | None]
    undone: Mapped[str | None]

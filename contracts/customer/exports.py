"""What the customer service can be asked about exports: a segment's members taken home as a file (R18, R62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Page, Reason, Size, StaffId
from contracts.operation import command, query
from contracts.shapes import Between, Many, Text


class FileFormat(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportStatus(StrEnum):
    """How far an export has come. One that is ready gives its file until it expires."""

    READY = "ready"
    AWAITING_APPROVAL = "awaiting_approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AskExport:
    """The members of a segment as a file, and what for.

    Few are ready at once. If more customers than the policy `EXPORT_APPROVAL` allows would be taken by this person
    today, those he has already included, it awaits a second person's word.
    """

    segment_id: UUID
    format: FileFormat
    reason: Reason


@dataclass(frozen=True, slots=True)
class ExportById:
    """One export."""

    export_id: UUID


@dataclass(frozen=True, slots=True)
class RefuseExport:
    """The customers stay here, and why."""

    export_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Export:
    """What was asked for: `rows` members at `requested_at`. It is over at `expires_at`, decided or not.

    Nobody decided on an export that was ready at once. `decision_reason` says why it was refused.
    """

    export_id: UUID
    segment_id: UUID
    format: FileFormat
    rows: Annotated[int, Between(0, 1_000_000)]
    status: ExportStatus
    requested_by: StaffId
    requested_at: datetime
    reason: str
    decided_by: StaffId | None
    decided_at: datetime | None
    decision_reason: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ListExports:
    """Exports, newest first: everybody's for those who decide, one's own for others."""

    status: ExportStatus | None = None
    page: Page = 1
    size: Size = 20


@dataclass(frozen=True, slots=True)
class Exports:
    """A page of exports, and how many there are in all."""

    items: list[Export]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The file, made for whoever asked: `content` is its bytes in base64.

    It holds those who were members when it was asked for and still are: `rows` of them, `customer_ids` says which
    (PIPL 57). `reason` is what it was asked for.
    """

    file_name: str
    format: FileFormat
    rows: int
    customer_ids: Annotated[list[UUID], Many(20_000)]
    reason: str
    content: Annotated[str, Text(0, 14_000_000)]


EXPORT_NOT_FOUND, EXPORT_EXPIRED = "EXPORT_NOT_FOUND", "EXPORT_EXPIRED"
UNDECIDABLE = (EXPORT_NOT_FOUND, "EXPORT_OWN", "EXPORT_DECIDED", EXPORT_EXPIRED)
"""Why nobody, or this one not, can decide on an export."""

ask_export = command(
    "customer.ask_export",
    AskExport,
    Export,
    refuses=("SEGMENT_NOT_FOUND", "SEGMENT_TOO_LARGE", "FACT_NOT_ALLOWED"),
    summary="Ask for a segment's members as a file, with a reason; many need a second person's word",
)
list_exports = query("customer.list_exports", ListExports, Exports, summary="Exports that were asked for, newest first")
get_export = query(
    "customer.get_export", ExportById, Export, refuses=(EXPORT_NOT_FOUND,), summary="How far an export has come"
)
approve_export = command(
    "customer.approve_export",
    ExportById,
    Export,
    refuses=UNDECIDABLE,
    summary="Let somebody else's export go out",
)
refuse_export = command(
    "customer.refuse_export",
    RefuseExport,
    Export,
    refuses=UNDECIDABLE,
    summary="Do not let somebody else's export go out, with a reason",
)
download_export = query(
    "customer.download_export",
    ExportById,
    ExportFile,
    refuses=(EXPORT_NOT_FOUND, "EXPORT_NOT_READY", EXPORT_EXPIRED, "EXPORT_TOO_LARGE"),
    summary="The file of an export for whoever asked for it, into the access log",
)

"""Importing departments' customer lists: upload in parts, preview, start, watch, read the report row by row (R25)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import StaffId, StoreId
from contracts.operation import command, query
from contracts.shapes import Between, Text

LARGEST_PART = 512 * 1024
"""Bytes of one part of a file."""

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a whole file (S19)."""

FILE_CODES = (
    "FILE_TYPE", "FILE_ENCODING", "FILE_EMPTY", "FILE_TOO_LARGE", "FILE_FORMULA", "FILE_ENCRYPTED", "FILE_ACTIVE",
    "FILE_BROKEN", "FILE_SHEET",
)  # fmt: skip
"""Why a whole file cannot be read (S22)."""

MAPPING_CODES = ("COLUMN_UNKNOWN", "COLUMN_TWICE", "FIELD_TWICE", "KEY_MISSING")
"""Why columns cannot be imported as chosen."""


class Department(StrEnum):
    """Who kept the list; it decides what a row's person is to its vehicle where the file does not say."""

    SALES = "sales"
    SALES_SUPPORT = "sales_support"
    FINANCE = "finance"
    SERVICE = "service"
    PARTS = "parts"
    SURVEY = "survey"


class ImportStatus(StrEnum):
    """`uploading` until it is started; `staging` reads the file, `matching` its rows; then three ends.

    What ended and was to be undone is `undoing`, and then `undone`.
    """

    UPLOADING = "uploading"
    STAGING = "staging"
    MATCHING = "matching"
    FINISHED = "finished"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What became of a row; each row has one.

    `created` a new record; `queued` a new record, and somebody known may be the same; `matched` a known record that
    says it all; `enriched` a known record that said less; `attached` a surname that a known number answers to;
    `rejected` nothing, and the row says why.
    """

    CREATED = "created"
    QUEUED = "queued"
    MATCHED = "matched"
    ENRICHED = "enriched"
    ATTACHED = "attached"
    REJECTED = "rejected"


class Undone(StrEnum):
    """What became of a row when its import was undone: `taken_back`, or why the record it stands in stays.

    `was_there` before the import; `gone` already; `merged` with another record, or was once; `changed` since;
    `elsewhere`: another import has him too; `happened`: an order, a repair, a visit, or whatever his timeline tells;
    `filed`: a consent, paper, relation or request of his is kept; `decided`: somebody said of him and another whether
    they are one; `vehicle`: he has a car, or has one no more, by another word than this import's.
    """

    TAKEN_BACK = "taken_back"
    WAS_THERE = "was_there"
    GONE = "gone"
    MERGED = "merged"
    CHANGED = "changed"
    ELSEWHERE = "elsewhere"
    HAPPENED = "happened"
    FILED = "filed"
    DECIDED = "decided"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class CreateImport:
    """Announce a file: its name with its ending, its bytes and their SHA-256 in hexadecimal."""

    department: Department
    filename: Annotated[str, Text(1, 200)]
    size: Annotated[int, Between(1, LARGEST_FILE)]
    sha256: Annotated[str, Text(64, 64)]
    store_id: StoreId


@dataclass(frozen=True, slots=True)
class PutPart:
    """A part of the file, counted from 1; every part but the last may be up to 512 KiB. `content` is base64."""

    import_id: UUID
    no: Annotated[int, Between(1, 1000)]
    content: Annotated[str, Text(1, 4 * ((LARGEST_PART + 2) // 3))]


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """Which import."""

    import_id: UUID


@dataclass(frozen=True, slots=True)
class PreviewImport:
    """Which import, and of several worksheets which one; without `sheet` the likeliest."""

    import_id: UUID
    sheet: Annotated[str, Text(1, 200)] | None = None


@dataclass(frozen=True, slots=True)
class ColumnChosen:
    """A column, from 0, and the field it holds (one of those that the preview proposes)."""

    column: Annotated[int, Between(0, 199)]
    field: Annotated[str, Text(1, 40)]


@dataclass(frozen=True, slots=True)
class StartImport:
    """Begin; without `mapping` the columns are taken as the preview proposes, without `sheet` the likeliest is read."""

    import_id: UUID
    mapping: list[ColumnChosen] | None = None
    sheet: Annotated[str, Text(1, 200)] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by outcome."""

    created: int = 0
    queued: int = 0
    matched: int = 0
    enriched: int = 0
    attached: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class UndoCounts:
    """Rows by what became of them (`Undone`)."""

    taken_back: int = 0
    was_there: int = 0
    gone: int = 0
    merged: int = 0
    changed: int = 0
    elsewhere: int = 0
    happened: int = 0
    filed: int = 0
    decided: int = 0
    vehicle: int = 0


@dataclass(frozen=True, slots=True)
class Undoing:
    """Who had an import undone, and how far that is: over, once `undone_at` is there."""

    undo_by: StaffId
    undo_asked_at: datetime
    undone_at: datetime | None
    counts: UndoCounts


@dataclass(frozen=True, slots=True)
class Import:
    """An import as it stands: `received` bytes of `size`, `done` rows of `total`, which is known once the file is read.

    `code`, `zh` and `en` say why a file was refused.
    """

    import_id: UUID
    department: Department
    filename: str
    size: int
    received: int
    store_id: StoreId
    status: ImportStatus
    total: int | None
    done: int
    counts: Counts
    created_by: StaffId
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    undo: Undoing | None = None


@dataclass(frozen=True, slots=True)
class ListImports:
    """Imports of the caller's stores, newest first."""

    store_id: StoreId | None = None
    status: ImportStatus | None = None
    limit: Annotated[int, Between(1, 100)] = 20


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports, newest first."""

    items: list[Import]


@dataclass(frozen=True, slots=True)
class ColumnProposed:
    """What a column is taken for, how surely (0 to 100), and why; a `field` of null is left out."""

    column: int
    heading: str
    field: str | None
    confidence: int
    why: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row with its number as a spreadsheet program shows it; long numbers are shown in part."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the file was found to be, its first rows, and a proposal of what its columns hold.

    `sheets` are the worksheets with data, of which `sheet` is shown; `heading_row` is 0 where there are no headings.
    """

    import_id: UUID
    kind: str
    encoding: str
    separator: str
    sheet: str
    sheets: list[str]
    heading_row: int
    formulas: int
    columns: list[ColumnProposed]
    rows: list[RowShown]
    fields: list[str]


@dataclass(frozen=True, slots=True)
class ListRows:
    """The report, in the order of the file: rows after this number, of one outcome or of all.

    `undone` narrows it to rows of which that became, `stays` to those whose record stays (or not) after an undoing.
    """

    import_id: UUID
    outcome: Outcome | None = None
    undone: Undone | None = None
    stays: bool | None = None
    after: Annotated[int, Between(0, 2**31)] = 0
    limit: Annotated[int, Between(1, 500)] = 100


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of a row. Of a rejected one `field` and `code` say why, `zh` and `en` in words.

    `customer_id` is the record it stands in today; `warnings` are codes of what was taken with a doubt or left out.
    `undone` is there once the import was undone, but of a rejected row.
    """

    number: int
    outcome: Outcome
    customer_id: UUID | None
    field: str | None = None
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    undone: Undone | None = None
    warnings: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowReports:
    """Rows of the report; `next_after` asks for those that follow, null at the end."""

    items: list[RowReport]
    next_after: int | None


create_import = command(
    "customer.create_import", CreateImport, Import, summary="Announce a department's customer list to import"
)
put_import_part = command(
    "customer.put_import_part",
    PutPart,
    Import,
    refuses=("IMPORT_NOT_FOUND", "IMPORT_STARTED", "PART_INVALID"),
    summary="Upload a part of the file; the same part again replaces it",
)
preview_import = query(
    "customer.preview_import",
    PreviewImport,
    Preview,
    refuses=("IMPORT_NOT_FOUND", "IMPORT_STARTED", "IMPORT_INCOMPLETE", "IMPORT_ALTERED", *FILE_CODES),
    summary="What the file holds, and what its columns are taken for",
)
start_import = command(
    "customer.start_import",
    StartImport,
    Import,
    refuses=(
        "IMPORT_NOT_FOUND",
        "IMPORT_STARTED",
        "IMPORT_INCOMPLETE",
        "IMPORT_ALTERED",
        *FILE_CODES,
        *MAPPING_CODES,
    ),
    summary="Start importing; status and report tell how far it is",
)
cancel_import = command(
    "customer.cancel_import",
    ImportAsked,
    Import,
    refuses=("IMPORT_NOT_FOUND", "IMPORT_ENDED"),
    summary="Stop an import; what it has written stays",
)
undo_import = command(
    "customer.undo_import",
    ImportAsked,
    Import,
    refuses=("IMPORT_NOT_FOUND", "IMPORT_RUNNING", "IMPORT_NOTHING_LEFT"),
    summary="Undo an import: records it created and nobody has touched since go; the report says what stays, and why",
)
get_import = query(
    "customer.get_import", ImportAsked, Import, refuses=("IMPORT_NOT_FOUND",), summary="How far an import is"
)
list_imports = query("customer.list_imports", ListImports, Imports, summary="The imports of my stores")
list_import_rows = query(
    "customer.list_import_rows",
    ListRows,
    RowReports,
    refuses=("IMPORT_NOT_FOUND",),
    summary="What became of each row of an import",
)

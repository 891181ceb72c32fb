"""Duplicates: the review queue, what humans decide, and the scans that fill it (R22, E7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.customer.merges import REFUSES_MERGE
from contracts.customer.operations import CustomerKind
from contracts.customer.relations import RelationKind
from contracts.fields import MobileShown, Nothing, Page, Reason, Size, StaffId, StoreId
from contracts.operation import command, query


class PairStatus(StrEnum):
    """What became of two records that may be one customer."""

    OPEN = "open"
    MERGED = "merged"
    NOT_SAME = "not_same"
    RELATED = "related"


class Decision(StrEnum):
    """What a human says of a pair: one customer, two, or two that belong together."""

    SAME = "same"
    NOT_SAME = "not_same"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class ListDuplicates:
    """Pairs of the caller's stores, or those of them that a customer is in, the surest first; of no status the open."""

    store_id: StoreId | None = None
    customer_id: UUID | None = None
    status: PairStatus = PairStatus.OPEN
    page: Page = 1
    size: Size = 20


@dataclass(frozen=True, slots=True)
class Points:
    """Something two records agree in, and its worth."""

    kind: str
    points: int


@dataclass(frozen=True, slots=True)
class RecordShown:
    """One record of a pair."""

    customer_id: UUID
    kind: CustomerKind
    name: str
    title: str
    mobile: MobileShown
    store_id: StoreId
    registered_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two records that may be one customer, what speaks for it and what against."""

    a: RecordShown
    b: RecordShown
    status: PairStatus
    points: int
    evidence: list[Points]
    vetoes: list[str]
    store_id: StoreId
    found_by: str
    found_at: datetime
    relation: str | None = None
    attach_contact: bool = False
    decided_at: datetime | None = None
    decided_by: StaffId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DuplicatePairs:
    """A page of pairs."""

    items: list[DuplicatePair]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class DecidePair:
    """Decide a pair. `relation` says what the one in `related_from` (else `a`) is to the other."""

    a: UUID
    b: UUID
    decision: Decision
    reason: Reason
    relation: RelationKind | None = None
    related_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class PairDecided:
    """What became of the pair; the merge if it was one."""

    status: PairStatus
    merge_id: UUID | None = None
    survivor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StartScan:
    """Search everything, and say why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan for duplicates: how far it is, and what it found."""

    scan_id: UUID
    status: str
    scanned: int
    queued: int
    merged: int
    started_by: StaffId
    started_at: datetime
    reason: str
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scans:
    """The newest scans, the newest first."""

    items: list[Scan]


list_duplicates = query(
    "customer.list_duplicates", ListDuplicates, DuplicatePairs, summary="Records that may be one customer, to decide"
)
decide_pair = command(
    "customer.decide_pair",
    DecidePair,
    PairDecided,
    refuses=("PAIR_NOT_FOUND", "PAIR_DECIDED", "RELATION_REQUIRED", *REFUSES_MERGE),
    summary="Decide whether two records are one customer; the same are merged",
)
start_scan = command(
    "customer.start_scan", StartScan, Scan, summary="Search all records for duplicates; a search that runs goes on"
)
list_scans = query("customer.list_scans", Nothing, Scans, summary="The newest searches for duplicates")

"""Merges, their undoing, and splits (R22, E8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.fields import Address, Mobile, Reason, StaffId, Version
from contracts.operation import command, query
from contracts.shapes import Text


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """The version of a record the caller looked at."""

    customer_id: UUID
    version: Version


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Of which record a field is taken."""

    field: Annotated[str, Text(1, 40)]
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class PreviewMerge:
    """What a merge would do; nothing is changed."""

    loser_ids: list[UUID]
    survivor_id: UUID | None = None
    field_choices: list[FieldChoice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """How many documents of a kind the timelines tell of, by the service they are in."""

    service: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class MergePreview:
    """The survivor as he would be: which fields change, and how much comes together.

    Of phones and addresses those in use are counted.
    """

    survivor_id: UUID
    loser_ids: list[UUID]
    changed: list[str]
    phones: int
    addresses: int
    vehicles: int
    collapsed: int
    documents: list[ServiceCount]
    versions: list[ExpectedVersion]


@dataclass(frozen=True, slots=True)
class MergeCustomers:
    """Make records one (E8). Without a survivor the rule chooses; `expected_versions` are what the caller looked at."""

    loser_ids: list[UUID]
    reason: Reason
    survivor_id: UUID | None = None
    field_choices: list[FieldChoice] = field(default_factory=list)
    expected_versions: list[ExpectedVersion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge, and the one in whom the records live on, in his new version."""

    merge_id: UUID
    survivor_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class MergeById:
    """One merge or split."""

    merge_id: UUID


@dataclass(frozen=True, slots=True)
class ServiceStep:
    """A service did its part: `kind` is merged, unmerged or split."""

    service: str
    kind: str
    rows: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MergeShown:
    """A merge or split: who, why, by what rule, and how far it has come.

    `status` is requested until every service that holds something of customers did its part, applied while some have,
    then complete; undoing and undone for its undoing.
    """

    merge_id: UUID
    kind: str
    status: str
    survivor_id: UUID
    loser_ids: list[UUID]
    rule: str
    reason: str
    requested_by: StaffId
    requested_at: datetime
    services: list[ServiceStep]
    waiting_for: list[str]
    score: int | None = None
    collapsed: list[str] = field(default_factory=list)
    undone_at: datetime | None = None
    undone_by: StaffId | None = None
    undone_because: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentTo:
    """A document written after the merge that goes to one of the restored."""

    document_type: Annotated[str, Text(1, 40)]
    document_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class UndoMerge:
    """Make the records what they were. What was written since stays with the survivor unless it is listed."""

    merge_id: UUID
    reason: Reason
    documents: list[DocumentTo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unmerged:
    """The records that are there again."""

    merge_id: UUID
    survivor_id: UUID
    restored_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class DocumentGiven:
    """A document of the timeline: an order or repair order; visits made because of it follow it."""

    document_type: Annotated[str, Text(1, 40)]
    document_id: UUID


@dataclass(frozen=True, slots=True)
class SplitCustomer:
    """One record holds two customers (E8): the new one gets the name and what is listed.

    `shared_phones` stay with both and are marked as shared.
    """

    customer_id: UUID
    name: Annotated[str, Text(1, 100)]
    reason: Reason
    expected_version: Version | None = None
    phones: list[Mobile] = field(default_factory=list)
    shared_phones: list[Mobile] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    card: bool = False
    vehicle_ids: list[UUID] = field(default_factory=list)
    documents: list[DocumentGiven] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Split:
    """The new customer; how far the other services are is told like a merge's."""

    split_id: UUID
    customer_id: UUID
    new_id: UUID


REFUSES_MERGE = (
    "CUSTOMER_NOT_FOUND",
    "CUSTOMER_MERGED",
    "CUSTOMER_ERASED",
    "MERGE_CYCLE",
    "FIELD_CHOICE_INVALID",
    "NOTHING_TO_MERGE",
)
"""How a merge can be refused, whoever asks for it."""

preview_merge = query(
    "customer.preview_merge", PreviewMerge, MergePreview, refuses=REFUSES_MERGE, summary="What a merge would do"
)
merge_customers = command(
    "customer.merge_customers",
    MergeCustomers,
    Merged,
    refuses=REFUSES_MERGE,
    summary="Make records of one customer one; the others live on in the survivor",
)
merge_state = query(
    "customer.merge_state", MergeById, MergeShown, refuses=("MERGE_NOT_FOUND",), summary="How far a merge has come"
)
undo_merge = command(
    "customer.undo_merge",
    UndoMerge,
    Unmerged,
    refuses=(
        "MERGE_NOT_FOUND",
        "MERGE_UNDONE",
        "UNDO_OUT_OF_ORDER",
        "POSSIBLE_DUPLICATE",
        "DOCUMENT_NOT_HIS",
        "CUSTOMER_ERASED",
    ),
    summary="Undo a merge: every record is what it was, and what belongs to it goes back",
)
split_customer = command(
    "customer.split_customer",
    SplitCustomer,
    Split,
    refuses=(
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_MERGED",
        "CUSTOMER_ERASED",
        "FACT_NOT_HIS",
        "DOCUMENT_NOT_HIS",
        "NAME_INVALID",
    ),
    summary="One record holds two customers: a new one with what is listed",
)

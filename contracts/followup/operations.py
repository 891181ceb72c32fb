"""What the follow-up service can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.customer.operations import Channel
from contracts.fields import After, Page, Remark, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Between


class VisitStatus(StrEnum):
    """Where a visit stands (C12; the states of this slice). A suppressed one is not to be called for (R12)."""

    PLANNED = "planned"
    DUE = "due"
    SUPPRESSED = "suppressed"
    COMPLETED = "completed"


class SuppressedBecause(StrEnum):
    """Why a customer is not asked (R12); there is nobody to ask who was forgotten (PIPL 47)."""

    DO_NOT_CALL = "do_not_call"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CUSTOMER_ERASED = "customer_erased"


class VisitSort(StrEnum):
    """By due time: the earliest first, or the latest, as one looks back on those that were made."""

    EARLIEST = "due_at"
    LATEST = "-due_at"


class VisitsDue(StrEnum):
    """Which visits by their due time: whatever it is, those until the end of today, or those whose day is over."""

    ANY = "any"
    TODAY = "today"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Worklist:
    """Visits of the caller's scope by due time; without a status those to be made, by whatever channel.

    `due` goes by the day on which it is asked, so that a saved view stays true; `due_before` is a moment.
    """

    store_id: StoreId | None = None
    status: VisitStatus | None = None
    channel: Channel | None = None
    customer_id: UUID | None = None
    due: VisitsDue = VisitsDue.ANY
    due_before: datetime | None = None
    sort: VisitSort = VisitSort.EARLIEST
    page: Page = 1
    size: Size = 20
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit as shown: `channel` is how the customer is to be asked, of a completed one how he was.

    A suppressed one says why, and by what other ways he may be asked (R12).
    `made_with` is the visit that stands for this one too, because both are made in one call: since records were merged
    (E8), or because their purposes may be asked together (C12). `purposes` are all that are asked in it, its own first.
    """

    visit_id: UUID
    purpose: str
    status: VisitStatus
    store_id: StoreId
    customer_id: UUID
    due_at: datetime
    trigger_type: str
    trigger_id: UUID
    version: int
    channel: Channel = Channel.CALL
    score: int | None = None
    remark: str = ""
    completed_at: datetime | None = None
    completed_by: StaffId | None = None
    suppressed_because: SuppressedBecause | None = None
    other_ways: list[Channel] = field(default_factory=list)
    made_with: UUID | None = None
    purposes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Visits:
    """A page of visits."""

    items: list[Visit]
    page: int
    size: int
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class CompleteVisit:
    """What the customer answered: satisfaction 1 to 10 and his words.

    `channel` is how he was asked; without it, as the visit says.
    """

    visit_id: UUID
    score: Annotated[int, Between(1, 10)]
    remark: Remark = ""
    channel: Channel | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class VisitById:
    """One visit."""

    visit_id: UUID


worklist = query("followup.worklist", Worklist, Visits, summary="Visits to make")
get_visit = query("followup.get_visit", VisitById, Visit, refuses=("VISIT_NOT_FOUND",), summary="One visit")
complete_visit = command(
    "followup.complete_visit",
    CompleteVisit,
    Visit,
    refuses=(
        "VISIT_MADE_WITH",
        "VISIT_NOT_FOUND",
        "VISIT_CLOSED",
        "VISIT_SUPPRESSED",
        "CHANNEL_FORBIDDEN",
        "CUSTOMER_ERASED",
        "JUDGED_PERSON_ASKS",
    ),
    summary="Record what the customer answered",
)

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
    """Where a visit stands (C12). A suppressed one is not to be called for (R12).

    In progress is one that somebody is making now, for as long as he has it to himself. Nobody was reached for one that
    ended unreachable, and he did not want to answer one that ended refused.
    """

    PLANNED = "planned"
    DUE = "due"
    IN_PROGRESS = "in_progress"
    SUPPRESSED = "suppressed"
    COMPLETED = "completed"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class SuppressedBecause(StrEnum):
    """Why a customer is not asked (R12); there is nobody to ask who was forgotten (PIPL 47)."""

    DO_NOT_CALL = "do_not_call"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CUSTOMER_ERASED = "customer_erased"


class Unanswered(StrEnum):
    """What became of an attempt that got no answer: nobody there, not his number, or he did not want to."""

    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What became of an attempt: as `Unanswered`, or he answered."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


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
    `locked_by` is who makes it now, and has it to himself until `locked_until`.
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
    locked_by: StaffId | None = None
    locked_until: datetime | None = None


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


@dataclass(frozen=True, slots=True)
class BeginVisit:
    """I make this visit now: for twenty minutes nobody else does."""

    visit_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class RecordUnanswered:
    """The caller began it, and got no answer."""

    visit_id: UUID
    outcome: Unanswered


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tried to reach the customer for a visit, of whatever department and store, and what became of it."""

    visit_id: UUID
    purpose: str
    store_id: StoreId
    at: datetime
    by_staff_id: StaffId
    channel: Channel
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class VisitContext:
    """What must be known before the customer of a visit is called: the last attempts at him, the newest first (R39).

    `refused` is the code of why the caller may not begin it now, `from_when` the moment from which that is over, if it
    is one of time. `failed` are the attempts since he last answered, for whatever; the fifth is the last.
    """

    visit_id: UUID
    may_begin: bool
    refused: str | None
    from_when: datetime | None
    failed: int
    items: list[Attempt]


worklist = query("followup.worklist", Worklist, Visits, summary="Visits to make")
get_visit = query("followup.get_visit", VisitById, Visit, refuses=("VISIT_NOT_FOUND",), summary="One visit")
visit_context = query(
    "followup.visit_context",
    VisitById,
    VisitContext,
    refuses=("VISIT_NOT_FOUND",),
    summary="What must be known before calling",
)
begin_visit = command(
    "followup.begin_visit",
    BeginVisit,
    Visit,
    refuses=(
        "VISIT_NOT_FOUND",
        "VISIT_MADE_WITH",
        "VISIT_CLOSED",
        "VISIT_SUPPRESSED",
        "VISIT_NOT_DUE",
        "VISIT_LOCKED",
        "VISIT_TOO_SOON",
        "VISIT_CAPPED",
        "VISIT_OUT_OF_HOURS",
        "JUDGED_PERSON_ASKS",
    ),
    summary="Begin a visit, which nobody else makes meanwhile",
)
record_unanswered = command(
    "followup.record_unanswered",
    RecordUnanswered,
    Visit,
    refuses=("VISIT_NOT_FOUND", "VISIT_CLOSED", "VISIT_NOT_BEGUN", "VISIT_LOCKED"),
    summary="Record that a visit got no answer",
)
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
        "VISIT_LOCKED",
    ),
    summary="Record what the customer answered",
)

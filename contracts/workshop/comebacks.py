"""Comebacks (返修): work of ours that has to be done again, suspected within its guarantee, judged by a person.

C9: the same part of the same vehicle, within the guarantee of the work that was done on it, or thirty days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.fields import Page, Reason, Size, StaffId, StoreId
from contracts.operation import command, query
from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.operations import LineState


class ComebackState(StrEnum):
    """What is known of it: nobody judged it yet, it is one, it is none, or the work is not done again after all."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class DecideComeback:
    """Whether it is one, and why; said otherwise later, while the order's invoice is not made.

    A comeback is at the cost of the house: its line is then borne by `INTERNAL`, and as it was before where it is none.
    """

    comeback_id: UUID
    confirmed: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class ListComebacks:
    """Of a store or all within reach, the newest first; of one order, or at one state, where that is said."""

    store_id: StoreId | None = None
    ro_id: UUID | None = None
    state: ComebackState | None = None
    page: Page = 1
    size: Size = 50


@dataclass(frozen=True, slots=True)
class Comeback:
    """Line `position` of an order is about what was done before: line `cause_position` of the order `cause_ro_id`.

    The cause is the first repair of that fault, not one of its comebacks; this is its `times`th. The vehicle was
    returned `days` days before it came again. `technicians` did the first repair; none of `judged`, who did or
    inspected it, decides.
    """

    comeback_id: UUID
    store_id: StoreId
    state: ComebackState
    ro_id: UUID
    ro_number: str
    position: int
    description: str
    line_state: LineState
    job_class: JobClass | None
    fault_group: FaultGroup
    vehicle_id: UUID
    customer_id: UUID
    found_at: datetime
    cause_ro_id: UUID
    cause_number: str
    cause_store_id: StoreId
    cause_position: int
    cause_description: str
    cause_returned_at: datetime
    days: int
    times: int
    technicians: list[StaffId]
    judged: list[StaffId]
    decided_by: StaffId | None
    decided_at: datetime | None
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Comebacks:
    """A page of them."""

    items: list[Comeback]
    page: int
    size: int
    total: int


decide_comeback = command(
    "workshop.decide_comeback",
    DecideComeback,
    Comeback,
    refuses=("COMEBACK_NOT_FOUND", "COMEBACK_WITHDRAWN", "OWN_WORK_JUDGED", "STAGE_NOT_ALLOWED", "DISCOUNT_TOO_LARGE"),
    summary="Say whether work has to be done again because of us; then the house pays it",
)
list_comebacks = query(
    "workshop.list_comebacks",
    ListComebacks,
    Comebacks,
    summary="Work that may have to be done again because of us, and what was judged of it",
)

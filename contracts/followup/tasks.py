"""Tasks: what somebody must do for a customer, of whatever department, and who is to do it (R13, R31)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Page, Reason, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Text


class Handing(StrEnum):
    """How a task came to whoever has it: he took it, was given it, it was given back, or who had it does it no more."""

    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    GIVEN_BACK = "given_back"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class TasksToday:
    """What the caller has to do until the end of today; `of` is a colleague whose list is wanted."""

    of: StaffId | None = None
    kind: Annotated[str, Text(1, 40)] | None = None
    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 20


@dataclass(frozen=True, slots=True)
class HandOver:
    """A task changed hands. Without `to_staff_id` it went back to its role, without `by_staff_id` by itself."""

    at: datetime
    how: Handing
    reason: str = ""
    by_staff_id: StaffId | None = None
    from_staff_id: StaffId | None = None
    to_staff_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task: why, for which customer, until when, whose. Without `staff_id` it is anybody's of the role in the store.

    `zh` and `en` are the reason. `console` is where in the console it is done, `api` what is read for it.
    `hand_overs` are all of them, the oldest first.
    """

    task_id: UUID
    kind: str
    zh: str
    en: str
    store_id: StoreId
    role: str
    customer_id: UUID
    subject_id: str
    due_at: datetime
    overdue: bool
    open: bool
    console: str
    api: str
    version: int
    staff_id: StaffId | None = None
    hand_overs: list[HandOver] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many tasks of a kind there are today, and how many of them are overdue."""

    kind: str
    zh: str
    en: str
    total: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """A page of today's tasks, overdue ones first; `total`, `overdue` and `counts` are of all pages."""

    items: list[Task]
    page: int
    size: int
    total: int
    overdue: int
    counts: list[KindCount]


@dataclass(frozen=True, slots=True)
class TakeTask:
    """I do what was nobody's yet."""

    task_id: UUID


@dataclass(frozen=True, slots=True)
class HandOverTask:
    """Somebody else of the store does it, and why; without `to` it goes back to its role."""

    task_id: UUID
    reason: Reason
    to: StaffId | None = None
    expected_version: Version | None = None


tasks_today = query(
    "followup.tasks_today", TasksToday, Tasks, refuses=("COLLEAGUE_UNKNOWN",), summary="What I have to do today"
)
take_task = command(
    "followup.take_task",
    TakeTask,
    Task,
    refuses=("TASK_NOT_FOUND", "TASK_CLOSED", "TASK_TAKEN", "TASK_NOT_FOR_COLLEAGUE"),
    summary="Take a task that is nobody's yet",
)
hand_over_task = command(
    "followup.hand_over_task",
    HandOverTask,
    Task,
    refuses=("TASK_NOT_FOUND", "TASK_CLOSED", "COLLEAGUE_UNKNOWN", "TASK_NOT_FOR_COLLEAGUE"),
    summary="Hand a task over to a colleague, or back to its role",
)

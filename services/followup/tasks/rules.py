"""What a task is made of, and who may be given one; pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from contracts.access import matrix
from contracts.operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """There is something to do about the subject: for whom, by whom, until when, and the reason in both languages.

    Without `staff_id` it is anybody's who has the role in the store, without `due_at` it is due as the kind's policy
    says; `not_for` are those it is about, who may not do it (C12). Whose the customer's `document` is, his the task is;
    `origin_customer_id` is as in `rekeying.Owner`.
    """

    subject_id: str
    store_id: str
    role: str
    customer_id: UUID
    zh: str
    en: str
    due_at: datetime | None = None
    staff_id: str | None = None
    not_for: tuple[str, ...] = ()
    document: tuple[str, str] | None = None
    origin_customer_id: UUID | None = None


class Move(NamedTuple):
    """What is to be done about the subject is now this person's, or without one his role's."""

    subject_id: str
    staff_id: str | None


def may_do(operation: Operation[Any, Any], roles: Collection[str]) -> bool:
    """True if one of the roles may do what closes the task; how far it reaches, the operation itself asks."""
    return not matrix().operations.get(operation.name, {}).keys().isdisjoint(roles)


def late_before(now: datetime, zone: tzinfo, *, all_day: bool) -> datetime:
    """What is open and was due before this moment is overdue: now, or of what has the whole day, last midnight."""
    return datetime.combine(now.astimezone(zone).date(), time.min, zone) if all_day else now


def end_of_day(now: datetime, zone: tzinfo) -> datetime:
    """Midnight after this moment, local."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)

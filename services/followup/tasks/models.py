"""What followup owns of tasks: one row for a kind and its subject, and how they changed hands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from chassis.organisation import staff
from contracts.followup.tasks import Handing
from contracts.refusals import StaleVersion
from services.followup.declared import Base
from services.followup.tasks.errors import TaskClosed
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Move, Opening


class Task(Base):
    """What somebody must do about a subject: `open` while he must. Opened again it is the same row.

    Events come in any order, so the row keeps the newest moment of each word: `opened_at`, `closed_at`, and `said_at`
    with the person it named (`said_staff_id`). `staff_id` is who has it, whoever was named: people hand tasks over.
    A row that was only closed, or moved, yet has no customer and no due time.
    `document_type` and `document_id` are what decides whose it is, `origin_customer_id` whose it was (E8).
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", name="task_once_per_subject"),
        CheckConstraint("NOT open OR (customer_id IS NOT NULL AND due_at IS NOT NULL)", name="task_open_is_whole"),
        Index("task_of_staff", "staff_id", "due_at", "id", postgresql_where=text("open")),
        Index("task_of_role", "role", "store_id", "due_at", "id", postgresql_where=text("open AND staff_id IS NULL")),
        Index("task_by_customer", "customer_id"),
        Index("task_by_origin", "origin_customer_id"),
        Index("task_by_document", "document_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str]
    open: Mapped[bool]
    store_id: Mapped[str]
    role: Mapped[str]
    staff_id: Mapped[str | None]
    not_for: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    customer_id: Mapped[UUID | None]
    origin_customer_id: Mapped[UUID | None]
    document_type: Mapped[str | None]
    document_id: Mapped[str | None]
    due_at: Mapped[datetime | None]
    zh: Mapped[str]
    en: Mapped[str]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    said_at: Mapped[datetime | None]
    said_staff_id: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def of(cls, kind: Kind, subject_id: str) -> Task:
        """A row of which nothing was heard yet."""
        return cls(
            id=uuids.uuid7(),
            kind=kind.code,
            subject_id=subject_id,
            open=False,
            store_id="",
            role="",
            staff_id=None,
            not_for=[],
            customer_id=None,
            origin_customer_id=None,
            document_type=None,
            document_id=None,
            due_at=None,
            zh="",
            en="",
            opened_at=None,
            closed_at=None,
            said_at=None,
            said_staff_id=None,
            version=1,
        )

    def hear_opening(self, opening: Opening, *, at: datetime) -> None:
        """It must be done, by the word of this moment; an older word, or one before its closing, opens nothing."""
        if self.opened_at is not None and at <= self.opened_at:
            return
        self._describe(opening, at=at)
        self.open = self.closed_at is None or at > self.closed_at
        self.hear_move(Move(opening.subject_id, opening.staff_id), at=at)

    def hear_move(self, move: Move, *, at: datetime) -> None:
        """It is this person's, by the word of this moment. Named again, he does not get back what he handed over."""
        if self.said_at is None or at > self.said_at:
            self._name(move.staff_id, at=at)

    def hear_closing(self, *, at: datetime) -> None:
        """It is done, by the word of this moment; of one moment the closing holds."""
        if self.closed_at is not None and at <= self.closed_at:
            return
        self.closed_at = at
        if self.open and self.opened_at is not None and at >= self.opened_at:
            self.open = False
            self.version += 1

    def stand(self, opening: Opening, *, at: datetime) -> None:
        """It must be done, whatever was before: by the word of an idea of this service that holds the subject locked.

        One that is open already stays as it is, but for whom it is about.
        """
        if self.open:
            self.not_for = list(opening.not_for)
        else:
            self._describe(opening, at=at)
            self.open, self.closed_at = True, None
            self._name(opening.staff_id, at=at)

    def fall(self, *, at: datetime) -> None:
        """The same: it need not be done any more."""
        if self.open:
            self.open, self.closed_at = False, at
            self.version += 1

    def _name(self, staff_id: str | None, *, at: datetime) -> None:
        if self.said_at is None or staff_id != self.said_staff_id:
            self.staff_id = staff_id
            self.version += 1
        self.said_at, self.said_staff_id = at, staff_id

    def _describe(self, opening: Opening, *, at: datetime) -> None:
        self.opened_at = at
        self.store_id, self.role, self.not_for = opening.store_id, opening.role, list(opening.not_for)
        self.customer_id, self.origin_customer_id = opening.customer_id, opening.origin_customer_id
        self.document_type, self.document_id = opening.document or (None, None)
        self.due_at, self.zh, self.en = opening.due_at, opening.zh, opening.en
        self.version += 1

    def require_open(self) -> None:
        """Raise TaskClosed if it is done."""
        if not self.open:
            raise TaskClosed

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older task."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def hand(self, how: Handing, *, to: str | None, at: datetime, by: str | None = None, reason: str = "") -> HandOver:
        """It is somebody else's now, or its role's again; what there is to write down of it."""
        handed = HandOver(
            id=uuids.uuid7(),
            task_id=self.id,
            at=at,
            how=how,
            by_staff_id=by,
            from_staff_id=self.staff_id,
            to_staff_id=to,
            reason=reason,
        )
        self.staff_id = to
        self.version += 1
        return handed


class HandOver(Base):
    """A task changed hands: by whom, or by itself, because who had it does it no more. In the order of their `id`."""

    __tablename__ = "task_hand_over"
    __table_args__ = (Index("task_hand_over_by_task", "task_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    at: Mapped[datetime]
    how: Mapped[Handing]
    by_staff_id: Mapped[str | None]
    from_staff_id: Mapped[str | None]
    to_staff_id: Mapped[str | None]
    reason: Mapped[str]


class StaffMember(staff.StaffMember, Base):
    """Who works where, as what."""


TASKS = rekeying.Holding(
    table="task",
    key=("id",),
    document_type="t.document_type",
    document_id="t.document_id",
    found_by="t.document_id = l.document_id AND t.document_type = l.document_type",
    hanging=(rekeying.Hanging("task_hand_over", "task_id", ("reason",)),),
)
"""Tasks follow their customers, and the documents that decide whose they are."""

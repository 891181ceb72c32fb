"""What the follow-up service owns: the visits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from chassis.organisation import stores
from contracts.customer.operations import Channel
from contracts.followup.operations import Outcome, SuppressedBecause, VisitStatus
from contracts.refusals import StaleVersion
from services.followup.declared import Base
from services.followup.visits.errors import (
    ChannelForbidden,
    CustomerErased,
    JudgedPersonAsks,
    VisitClosed,
    VisitLocked,
    VisitNotBegun,
    VisitSuppressed,
)
from services.followup.visits.rules import LOCKED_FOR, Trigger

_VISITS = UUID("b0f6a8de-5f0a-5c3e-8a3c-6f1f0f6f7d52")


NEXT = {
    VisitStatus.PLANNED: (VisitStatus.DUE, VisitStatus.SUPPRESSED, VisitStatus.COMPLETED),
    VisitStatus.DUE: (VisitStatus.IN_PROGRESS, VisitStatus.PLANNED, VisitStatus.SUPPRESSED, VisitStatus.COMPLETED),
    VisitStatus.IN_PROGRESS: (
        VisitStatus.DUE,
        VisitStatus.PLANNED,
        VisitStatus.SUPPRESSED,
        VisitStatus.COMPLETED,
        VisitStatus.UNREACHABLE,
        VisitStatus.REFUSED,
    ),
    VisitStatus.SUPPRESSED: (VisitStatus.PLANNED, VisitStatus.COMPLETED),
    VisitStatus.COMPLETED: (),
    VisitStatus.UNREACHABLE: (),
    VisitStatus.REFUSED: (),
}
"""The allowed transitions (C12, R12). A released visit, and one that nobody answered or for which he was reached too
often, is planned again, and falls due at its time or at once; one that was begun and left is due again."""

OPEN = (VisitStatus.PLANNED, VisitStatus.DUE, VisitStatus.IN_PROGRESS)
"""Where there is somebody to ask."""

MOVABLE = (VisitStatus.PLANNED, VisitStatus.SUPPRESSED)
"""Where the due time still follows the policies and the customer's hours."""


class Visit(Base):
    """A visit (回访): one purpose, because of one document, which it follows. `judged_staff_id` is who may not make it.

    `asking_staff_id` is who should, if it is not anybody's of a role.
    `channel` is how the customer is to be asked, of a completed visit how he was.
    `origin_customer_id` is whose it was planned for, while his record lives on in another; `made_with` is the visit
    that stands for this one too, because both are made in one call (E8, C12).
    `locked_by` makes it now, and has it to himself until `locked_until`; before `not_before` nobody tries again (C12).
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("trigger_type", "trigger_id", "purpose", name="visit_once_per_occasion"),
        Index("visit_by_status", "status", "due_at", "id"),
        Index("visit_by_store", "store_id", "status", "due_at", "id"),
        Index("visit_by_customer", "customer_id", "due_at", "id"),
        Index("visit_by_origin", "origin_customer_id"),
        Index("visit_by_trigger", "trigger_id"),
        CheckConstraint(
            "(status = 'in_progress') = (locked_by IS NOT NULL) AND (locked_by IS NULL) = (locked_until IS NULL)",
            name="visit_in_progress_is_somebodys",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    status: Mapped[VisitStatus]
    store_id: Mapped[str]
    customer_id: Mapped[UUID]
    trigger_type: Mapped[str]
    trigger_id: Mapped[UUID]
    triggered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(server_default=Channel.CALL)
    judged_staff_id: Mapped[str | None]
    asking_staff_id: Mapped[str | None]
    version: Mapped[int]
    score: Mapped[int | None]
    remark: Mapped[str]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    suppressed_because: Mapped[str | None]
    origin_customer_id: Mapped[UUID | None]
    made_with: Mapped[UUID | None]
    locked_by: Mapped[str | None]
    locked_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]

    @classmethod
    def plan(
        cls,
        trigger: Trigger,
        *,
        purpose: str,
        store_id: str,
        owner: rekeying.Owner,
        due_at: datetime,
        channel: Channel = Channel.CALL,
    ) -> Visit:
        """A visit to make. Its identifier follows from its document and purpose: planned again, it is the same.

        `owner` is in whom its customer lives on (E8).
        """
        of_type, document_id = trigger.document
        return cls(
            id=uuid5(_VISITS, f"{of_type}/{document_id}/{purpose}"),
            purpose=purpose,
            status=VisitStatus.PLANNED,
            store_id=store_id,
            customer_id=owner.customer_id,
            trigger_type=of_type,
            trigger_id=UUID(document_id),
            triggered_at=trigger.at,
            due_at=due_at,
            channel=channel,
            judged_staff_id=trigger.judges,
            asking_staff_id=trigger.asks,
            version=1,
            score=None,
            remark="",
            completed_at=None,
            completed_by=None,
            suppressed_because=None,
            origin_customer_id=owner.origin_id,
            made_with=None,
            locked_by=None,
            locked_until=None,
            not_before=None,
        )

    @property
    def planned_for(self) -> UUID:
        """Whom the visit was planned for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older visit."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _require(self, to: VisitStatus) -> None:
        if to not in NEXT[self.status]:
            raise VisitClosed(status=self.status)

    def _move(self, to: VisitStatus) -> None:
        self._require(to)
        self.status, self.locked_by, self.locked_until = to, None, None
        self.version += 1

    def make_with(self, other: UUID | None) -> bool:
        """Let that visit stand for this one too, or none; True if that is new."""
        if other == self.made_with:
            return False
        self.made_with = other
        self.version += 1
        return True

    def fall_due(self) -> None:
        """Its time has come."""
        self._move(VisitStatus.DUE)

    def reschedule(self, *, due_at: datetime, channel: Channel) -> bool:
        """Another due time, unless the visit has fallen due, or another channel; True if either is new."""
        if not NEXT[self.status] or (self.status not in MOVABLE and due_at != self.due_at):
            raise VisitClosed(status=self.status)
        if (due_at, channel) == (self.due_at, self.channel):
            return False
        self.due_at, self.channel = due_at, channel
        self.version += 1
        return True

    def begin(self, *, by: str, now: datetime) -> None:
        """Somebody makes it now; begun again by himself, or after another let his time pass, it is his for as long."""
        self.require_free(by=by, now=now)
        if self.status is VisitStatus.IN_PROGRESS:
            self.version += 1
        else:
            self._move(VisitStatus.IN_PROGRESS)
        self.locked_by, self.locked_until = by, now + LOCKED_FOR

    def require_free(self, *, by: str, now: datetime) -> None:
        """Raise VisitLocked while somebody else makes it."""
        if self.locked_by not in (None, by) and self.locked_until is not None and now < self.locked_until:
            raise VisitLocked(staff_id=self.locked_by, from_when=self.locked_until.isoformat())

    def require_begun(self, *, by: str) -> None:
        """Raise VisitNotBegun, or VisitLocked if it is somebody else who makes it."""
        if not NEXT[self.status]:
            raise VisitClosed(status=self.status)
        if self.locked_by is None or self.locked_until is None:
            raise VisitNotBegun
        if self.locked_by != by:
            raise VisitLocked(staff_id=self.locked_by, from_when=self.locked_until.isoformat())

    def lapse(self) -> None:
        """Who began it let his time pass: it is due again."""
        self._move(VisitStatus.DUE)

    def put_off(self, *, not_before: datetime) -> None:
        """Nobody answered, or he was reached often enough: it is planned again, for when he may be called."""
        self._move(VisitStatus.PLANNED)
        self.not_before = not_before

    def give_up(self) -> None:
        """Nobody is reached for it."""
        self._move(VisitStatus.UNREACHABLE)

    def refuse(self) -> None:
        """He does not want to answer."""
        self._move(VisitStatus.REFUSED)

    def suppress(self, *, because: SuppressedBecause, due_at: datetime) -> None:
        """The customer is not to be called for this, and wishes no other way (R12)."""
        self._move(VisitStatus.SUPPRESSED)
        self.suppressed_because, self.due_at, self.channel = because, due_at, Channel.CALL

    def release(self, *, due_at: datetime, channel: Channel) -> None:
        """The customer may be asked again, then and this way."""
        self._move(VisitStatus.PLANNED)
        self.suppressed_because, self.due_at, self.channel = None, due_at, channel

    def complete(
        self,
        *,
        score: int,
        remark: str,
        by: str,
        now: datetime,
        channel: Channel = Channel.CALL,
        forbidden: SuppressedBecause | None = None,
        judged: Collection[str | None] = (),
    ) -> None:
        """The customer answered, asked by this channel; `forbidden` is why he may not be asked so (R12).

        `judged` are those about whom the visits ask that this one stands for.

        Raises VisitLocked while a colleague makes it, CustomerErased where there is nobody to ask, VisitSuppressed,
        ChannelForbidden for an open visit; JudgedPersonAsks for who may not ask him (C12).
        """
        self._require(VisitStatus.COMPLETED)
        self.require_free(by=by, now=now)
        if self.suppressed_because == SuppressedBecause.CUSTOMER_ERASED:
            raise CustomerErased
        if self.status is VisitStatus.SUPPRESSED and (forbidden is not None or channel is self.channel):
            raise VisitSuppressed(because=self.suppressed_because)
        if forbidden is not None:
            raise ChannelForbidden(channel=channel, because=forbidden)
        if by in (self.judged_staff_id, *judged):
            raise JudgedPersonAsks
        self._move(VisitStatus.COMPLETED)
        self.suppressed_because, self.channel = None, channel
        self.score, self.remark, self.completed_at, self.completed_by = score, remark, now, by


class Attempt(Base):
    """Somebody tried to reach the customer of a visit, and what became of it (C12); written when it is over."""

    __tablename__ = "visit_attempt"
    __table_args__ = (Index("visit_attempt_by_visit", "visit_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"))
    at: Mapped[datetime]
    by_staff_id: Mapped[str]
    channel: Mapped[Channel]
    outcome: Mapped[Outcome]

    @classmethod
    def of(cls, visit: Visit, *, outcome: Outcome, by: str, at: datetime) -> Attempt:
        """An attempt at a visit, by the channel it is made by."""
        return cls(id=uuids.uuid7(), visit_id=visit.id, at=at, by_staff_id=by, channel=visit.channel, outcome=outcome)


class Wish(Base):
    """What a customer wishes of one thing: to be called at all, or to be asked for one purpose by one channel (R12).

    Follows from customer's events alone. `about` is `do_not_call`, the purpose of a consent, or the mark of one who was
    erased; for the first `version` is that of the customer's record, and `preferred`, `from_hour` and `to_hour` say how
    and when he likes to be asked. The newer one holds: by version, by `at`, and of one moment the one that
    forbids. It stays with the record it was told of; of a merged record it holds for the survivor.
    """

    __tablename__ = "wish"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[bool]
    at: Mapped[datetime]
    version: Mapped[int]
    preferred: Mapped[Channel | None]
    from_hour: Mapped[int | None]
    to_hour: Mapped[int | None]


class Store(stores.Store, Base):
    """When the stores are open."""


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""


VISITS = rekeying.Holding(
    table="visit",
    key=("id",),
    document_type="t.trigger_type",
    document_id="t.trigger_id::text",
    found_by="t.trigger_id = CAST(l.document_id AS uuid) AND t.trigger_type = l.document_type",
    types=("order", "repair_order"),
    words=("remark",),
)
"""Visits follow the document they are made because of."""

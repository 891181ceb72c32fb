"""What the follow-up service owns: the visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, Enum, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from contracts.followup.operations import VisitStatus
from contracts.refusals import StaleVersion
from services.followup.errors import JudgedPersonAsks, VisitClosed

_VISITS = UUID("b0f6a8de-5f0a-5c3e-8a3c-6f1f0f6f7d52")


class Base(DeclarativeBase):
    """All tables of followup."""

    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        VisitStatus: Enum(VisitStatus, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]),
    }


NEXT = {
    VisitStatus.PLANNED: (VisitStatus.DUE, VisitStatus.COMPLETED),
    VisitStatus.DUE: (VisitStatus.COMPLETED,),
    VisitStatus.COMPLETED: (),
}
"""The allowed transitions (C12)."""

OPEN = tuple(status for status, following in NEXT.items() if following)
"""Where there is still something to do."""


class Visit(Base):
    """A visit (回访): one purpose, because of one document. `judged_staff_id` is who may not make it."""

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("trigger_type", "trigger_id", "purpose", name="visit_once_per_occasion"),
        Index("visit_by_status", "status", "due_at", "id"),
        Index("visit_by_store", "store_id", "status", "due_at", "id"),
        Index("visit_by_customer", "customer_id", "due_at", "id"),
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
    judged_staff_id: Mapped[str | None]
    version: Mapped[int]
    score: Mapped[int | None]
    remark: Mapped[str]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]

    @classmethod
    def plan(
        cls,
        *,
        purpose: str,
        store_id: str,
        customer_id: UUID,
        trigger_type: str,
        trigger_id: UUID,
        triggered_at: datetime,
        due_at: datetime,
        judged_staff_id: str | None,
    ) -> Visit:
        """A visit to make. Its identifier follows from its occasion: planned again, it is the same visit."""
        return cls(
            id=uuid5(_VISITS, f"{trigger_type}/{trigger_id}/{purpose}"),
            purpose=purpose,
            status=VisitStatus.PLANNED,
            store_id=store_id,
            customer_id=customer_id,
            trigger_type=trigger_type,
            trigger_id=trigger_id,
            triggered_at=triggered_at,
            due_at=due_at,
            judged_staff_id=judged_staff_id,
            version=1,
            score=None,
            remark="",
            completed_at=None,
            completed_by=None,
        )

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older visit."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _require(self, to: VisitStatus) -> None:
        if to not in NEXT[self.status]:
            raise VisitClosed(status=self.status)

    def _move(self, to: VisitStatus) -> None:
        self._require(to)
        self.status = to
        self.version += 1

    def fall_due(self) -> None:
        """Its time has come."""
        self._move(VisitStatus.DUE)

    def shift(self, *, due_at: datetime) -> None:
        """Another due time, as long as the visit has not fallen due."""
        self._require(VisitStatus.DUE)
        self.due_at = due_at
        self.version += 1

    def complete(self, *, score: int, remark: str, by: str, now: datetime) -> None:
        """The customer answered. The person being judged may not have asked him (C12)."""
        self._require(VisitStatus.COMPLETED)
        if by == self.judged_staff_id:
            raise JudgedPersonAsks
        self._move(VisitStatus.COMPLETED)
        self.score, self.remark, self.completed_at, self.completed_by = score, remark, now, by

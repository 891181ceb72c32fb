"""What the workshop keeps of the guarantees of cars."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.workshop.guarantees import Count, Counter, CounterLevel
from contracts.workshop.jobs import FaultGroup
from services.workshop.declared import Base


class VehicleGuarantee(Base):
    """From which day on a car's guarantee runs, as its delivery told; handed over twice it runs from the first."""

    __tablename__ = "vehicle_guarantee"

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    runs_from: Mapped[date]


class GuaranteeWatch(Base):
    """A counter of a car that was told of, by `key`: which counter of which car, part, or order; each level once.

    `order_id` is the order that brought it there; what was arranged is `answer`.
    """

    __tablename__ = "guarantee_watch"
    __table_args__ = (
        Index("guarantee_watch_open", "store_id", "told_at", postgresql_where=text("answered_at IS NULL")),
        Index("guarantee_watch_by_vehicle", "vehicle_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    store_id: Mapped[str]
    vehicle_id: Mapped[UUID]
    counter: Mapped[Counter]
    fault_group: Mapped[FaultGroup | None]
    rule: Mapped[str]
    level: Mapped[CounterLevel]
    count: Mapped[int]
    limit: Mapped[int] = mapped_column("most")
    told_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str]
    version: Mapped[int]

    @classmethod
    def of(cls, key: str, *, vehicle_id: UUID, count: Count) -> GuaranteeWatch:
        """A counter that nobody was told of yet."""
        return cls(
            id=uuids.uuid7(),
            key=key,
            vehicle_id=vehicle_id,
            counter=count.counter,
            fault_group=count.fault_group,
            level=CounterLevel.NONE,
            answered_by=None,
            answered_at=None,
            answer="",
            version=0,
        )

    def tell(self, count: Count, *, order_id: UUID, store_id: str, rule: str, now: datetime) -> None:
        """It came to this level by this order; whatever was arranged for the one before, this one waits for a word."""
        self.level, self.count, self.limit, self.rule = count.level, count.count, count.limit, rule
        self.order_id, self.store_id, self.told_at = order_id, store_id, now
        self.answered_by, self.answered_at, self.answer = None, None, ""
        self.version += 1

    def respond(self, answer: str, *, by: str, now: datetime) -> None:
        """What was arranged."""
        self.answer, self.answered_by, self.answered_at = answer, by, now
        self.version += 1

"""The log of what stages a repair order came to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.workshop.operations import Stage
from services.workshop.declared import Base
from services.workshop.repair_orders.models.orders import RepairOrder


class StageEntry(Base):
    """A repair order came to a stage, by whom (nobody: by the clock): the log of its transitions, by its versions."""

    __tablename__ = "stage_entry"
    __table_args__ = (Index("stage_entry_waits", "at", postgresql_where=text("stage LIKE 'waiting%'")),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[Stage]
    at: Mapped[datetime]
    staff_id: Mapped[str | None]
    expected_at: Mapped[datetime | None]

    @classmethod
    def of(cls, order: RepairOrder, *, by: str | None, now: datetime) -> StageEntry:
        """Where the order has just come to."""
        return cls(
            order_id=order.id,
            version=order.version,
            stage=order.stage,
            at=now,
            staff_id=by,
            expected_at=order.expected_at,
        )

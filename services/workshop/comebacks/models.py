"""What the workshop keeps of comebacks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from contracts.workshop.comebacks import ComebackState
from contracts.workshop.jobs import FaultGroup
from contracts.workshop.operations import PayType, Share
from services.workshop.comebacks.errors import ComebackWithdrawn, OwnWorkJudged
from services.workshop.declared import Base
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.models.lines import Shares


class Comeback(Base):
    """A line of an order that may be work of ours done again; `cause` is the first repair of that fault.

    `technicians` did that, `judged` did or inspected it. `pay_type` and `shares` are who bore the line before the house
    did, while it does.
    """

    __tablename__ = "comeback"
    __table_args__ = (
        UniqueConstraint("order_id", "position", name="comeback_of_line_once"),
        ForeignKeyConstraint(
            ["order_id", "position"], ["job_line.order_id", "job_line.position"], name="comeback_line_exists"
        ),
        Index("comeback_by_store", "store_id", "found_at"),
        Index("comeback_of_cause", "cause_order_id", "cause_position"),
        Index("comeback_suspected", "order_id", postgresql_where=text("state = 'suspected'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    position: Mapped[int]
    store_id: Mapped[str]
    fault_group: Mapped[FaultGroup]
    cause_order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    cause_position: Mapped[int]
    times: Mapped[int]
    technicians: Mapped[list[str]] = mapped_column(ARRAY(Text))
    judged: Mapped[list[str]] = mapped_column(ARRAY(Text))
    found_at: Mapped[datetime]
    state: Mapped[ComebackState]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]
    pay_type: Mapped[PayType | None]
    shares: Mapped[list[Share]] = mapped_column(Shares)
    version: Mapped[int]

    @classmethod
    def of(cls, order: RepairOrder, line: JobLine) -> Comeback:
        """A line that nobody suspected yet; what of is said next."""
        return cls(
            id=uuids.uuid7(),
            order_id=order.id,
            position=line.position,
            store_id=order.store_id,
            decided_by=None,
            decided_at=None,
            reason="",
            pay_type=None,
            shares=[],
            version=0,
        )

    @property
    def cause(self) -> tuple[Any, ...]:
        """Which line it is a comeback of, about what."""
        return (self.cause_order_id, self.cause_position, self.fault_group)

    def suspect(
        self,
        cause: tuple[UUID, int, FaultGroup],
        *,
        times: int,
        technicians: Collection[str],
        inspector_id: str | None,
        now: datetime,
    ) -> None:
        """It may be work of this cause done again, for the `times`th time."""
        self.cause_order_id, self.cause_position, self.fault_group = cause
        self.times, self.technicians = times, sorted(technicians)
        self.judged = sorted({*technicians, *filter(None, [inspector_id])})
        self.state, self.found_at = ComebackState.SUSPECTED, now
        self.version += 1

    def withdraw(self) -> None:
        """The work is not done, or is about something else."""
        self.state = ComebackState.WITHDRAWN
        self.version += 1

    def require_judge(self, staff_id: str) -> None:
        """Raise ComebackWithdrawn where nothing is to be judged, OwnWorkJudged for who did or inspected the first."""
        if self.state is ComebackState.WITHDRAWN:
            raise ComebackWithdrawn
        if staff_id in self.judged:
            raise OwnWorkJudged(judged=self.judged)

    def decide(self, state: ComebackState, *, reason: str, by: str, now: datetime) -> None:
        """A person said what it is."""
        self.state, self.reason, self.decided_by, self.decided_at = state, reason, by, now
        self.version += 1

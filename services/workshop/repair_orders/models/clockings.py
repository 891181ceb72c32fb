"""Who worked on which line from when to when."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.workshop.declared import Base
from services.workshop.repair_orders.errors import ClockingEndWrong, ClockingNotForgotten
from services.workshop.repair_orders.rules.clocking import Hours, worked

_HOUR = timedelta(hours=1)


class Clocking(Base):
    """A technician works on a line, or on an order as a whole; he has one clock that runs, in all stores together.

    `worked_hours` is its time without the store's breaks, once it has stopped. A `forgotten` one was stopped by the
    clock and counts once it was confirmed; `first_ended_at` is when it was stopped, where that was corrected.
    """

    __tablename__ = "clocking"
    __table_args__ = (
        Index("clocking_runs", "technician_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("clocking_by_order", "order_id", "position"),
        Index("clocking_by_technician", "technician_id", "ended_at"),
        Index("clocking_to_confirm", "store_id", postgresql_where=text("forgotten AND confirmed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    position: Mapped[int | None]
    store_id: Mapped[str]
    technician_id: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    worked_hours: Mapped[Decimal]
    forgotten: Mapped[bool]
    first_ended_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    reason: Mapped[str]
    version: Mapped[int]

    @classmethod
    def begin(
        cls, order_id: UUID, position: int | None, *, store_id: str, technician_id: str, now: datetime
    ) -> Clocking:
        """He begins now."""
        return cls(
            id=uuids.uuid7(),
            order_id=order_id,
            position=position,
            store_id=store_id,
            technician_id=technician_id,
            began_at=now,
            ended_at=None,
            worked_hours=Decimal(0),
            forgotten=False,
            first_ended_at=None,
            confirmed_at=None,
            confirmed_by=None,
            reason="",
            version=1,
        )

    @property
    def worked_minutes(self) -> int:
        """The same in whole minutes, as it is told."""
        return round(self.worked_hours * 60)

    def end(self, at: datetime, *, hours: Hours | None, forgotten: bool = False) -> None:
        """He stopped; or he forgot to, and the store closed."""
        self.ended_at, self.forgotten = max(at, self.began_at), forgotten
        self._reckon(hours)

    def confirm(self, ended_at: datetime | None, *, by: str, reason: str, hours: Hours | None, now: datetime) -> None:
        """When it really stopped; what was corrected first is kept. Raises ClockingNotForgotten, ClockingEndWrong."""
        if not self.forgotten or self.ended_at is None:
            raise ClockingNotForgotten
        really = ended_at or self.ended_at
        if not self.began_at <= really <= now:
            raise ClockingEndWrong(field="ended_at", began_at=self.began_at)
        if really != self.ended_at:
            self.first_ended_at = self.first_ended_at or self.ended_at
            self.ended_at = really
        self.confirmed_at, self.confirmed_by, self.reason = now, by, reason
        self._reckon(hours)

    def _reckon(self, hours: Hours | None) -> None:
        if self.ended_at is not None:
            took = worked(hours, self.began_at, self.ended_at) / _HOUR
            self.worked_hours = Decimal(took).quantize(Decimal("0.0001"))
        self.version += 1

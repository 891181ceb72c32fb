"""What is watched of promises."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.workshop.progress import Risk
from services.workshop.declared import Base


class PromiseWatch(Base):
    """What an order's advisor was told of its promise, and as of which version and moment it was last looked at.

    `version` counts what was told.
    """

    __tablename__ = "promise_watch"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    store_id: Mapped[str]
    order_version: Mapped[int]
    promised_at: Mapped[datetime | None]
    told: Mapped[Risk]
    looked_at: Mapped[datetime | None]
    version: Mapped[int]

    @classmethod
    def begin(cls, order_id: UUID, *, store_id: str) -> PromiseWatch:
        """Of an order that nobody looked at yet."""
        return cls(
            order_id=order_id,
            store_id=store_id,
            order_version=0,
            promised_at=None,
            told=Risk.NONE,
            looked_at=None,
            version=0,
        )

    @property
    def id(self) -> UUID:
        """The promise is known by its order."""
        return self.order_id

    def look(self, *, version: int, promised_at: datetime, now: datetime) -> None:
        """It is looked at now; of another promise nobody was told anything yet."""
        if promised_at != self.promised_at:
            self.promised_at, self.told = promised_at, Risk.NONE
        self.order_version, self.looked_at = version, now

    def tell(self, risk: Risk) -> None:
        """The advisor is told of this level."""
        self.told = risk
        self.version += 1

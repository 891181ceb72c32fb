"""What sales keeps of vehicles that are kept for who has waited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.sales.allocation import OfferEnd
from services.sales.declared import Base

_OPEN = text("ended_at IS NULL")


class VehicleOffer(Base):
    """A vehicle was offered to an order, and is kept for it `until` then; of each at most one is open."""

    __tablename__ = "vehicle_offer"
    __table_args__ = (
        Index("vehicle_offer_of_vehicle", "stock_id", unique=True, postgresql_where=_OPEN),
        Index("vehicle_offer_of_order", "order_id", unique=True, postgresql_where=_OPEN),
        Index("vehicle_offer_had", "stock_id", "order_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stock_id: Mapped[UUID] = mapped_column(ForeignKey("stock_vehicle.id"))
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    offered_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    how: Mapped[OfferEnd | None]

    @classmethod
    def make(cls, *, stock_id: UUID, order_id: UUID, until: datetime, now: datetime) -> VehicleOffer:
        """Kept from now on."""
        return cls(
            id=uuids.uuid7(), stock_id=stock_id, order_id=order_id, offered_at=now, until=until, ended_at=None, how=None
        )

    def end(self, how: OfferEnd, *, now: datetime) -> None:
        """Not kept any more."""
        self.ended_at, self.how = now, how

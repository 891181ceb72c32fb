"""What sales keeps of amendments; their lines are the order's, by the amendment's number."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.sales.amendments import AmendOrder
from contracts.sales.prices import AmendmentStatus
from services.sales.declared import Base
from services.sales.orders.models import Order
from services.sales.prices.usecases import Price


class OrderAmendment(Base):
    """A change of a price that stood; `decided_at` is also when one within the limits came to stand."""

    __tablename__ = "order_amendment"
    __table_args__ = (
        Index("order_amendment_one_waits", "order_id", unique=True, postgresql_where=text("status = 'pending'")),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[AmendmentStatus]
    before_fen: Mapped[int]
    total_fen: Mapped[int]
    discount_fen: Mapped[int]
    gift_fen: Mapped[int]
    reason: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]

    @classmethod
    def write(
        cls, asked: AmendOrder, price: Price, *, order: Order, number: int, beyond: bool, by: str, now: datetime
    ) -> OrderAmendment:
        """Another price for an order; within the limits it stands at once."""
        return cls(
            order_id=order.id,
            number=number,
            status=AmendmentStatus.PENDING if beyond else AmendmentStatus.STANDS,
            before_fen=order.total_fen,
            total_fen=price.total_fen,
            discount_fen=price.discount_fen,
            gift_fen=price.gift_fen,
            reason=asked.reason,
            written_by=by,
            written_at=now,
            decided_at=None if beyond else now,
        )

    def decide(self, status: AmendmentStatus, *, by: str, now: datetime, reason: str | None = None) -> None:
        """Somebody said that it stands, or that it does not and why."""
        self.status, self.decided_by, self.decided_at, self.reject_reason = status, by, now, reason

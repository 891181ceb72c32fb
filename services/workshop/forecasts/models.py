"""What the workshop keeps of its own predictions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.workshop.jobs import JobClass
from services.workshop.declared import Base


class Forecast(Base):
    """When an order was expected to be ready, as it looked once somebody had its work; kept once, and never changed.

    `standard_eta` is what its standard hours alone would have said. Once it is ready it is judged: by how many minutes
    of opening hours either was off, above 0 where the order was ready later, and of what kind its main work was.
    """

    __tablename__ = "forecast"
    __table_args__ = (
        Index("forecast_by_moment", "foreseen_at", "store_id"),
        Index("forecast_to_judge", "order_id", postgresql_where=text("judged_at IS NULL")),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    store_id: Mapped[str]
    foreseen_at: Mapped[datetime]
    eta: Mapped[datetime]
    standard_eta: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    job_class: Mapped[JobClass | None]
    off_minutes: Mapped[int | None]
    standard_off_minutes: Mapped[int | None]

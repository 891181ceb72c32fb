"""What sales keeps of the vehicles in the yards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.sales.operations import StockStatus
from contracts.vehicle_identity import vehicle_id
from services.sales.declared import Base
from services.sales.stock.errors import VehicleTaken


class StockVehicle(Base):
    """A vehicle in the yard. `order_id` is the order it is set aside for."""

    __tablename__ = "stock_vehicle"

    vin: Mapped[str] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID] = mapped_column(index=True)
    model: Mapped[str]
    store_id: Mapped[str]
    order_id: Mapped[UUID | None] = mapped_column(unique=True)
    received_at: Mapped[datetime]

    @property
    def status(self) -> StockStatus:
        """Whether an order may still have it."""
        return StockStatus.AVAILABLE if self.order_id is None else StockStatus.ALLOCATED

    @classmethod
    def receive(cls, *, vin: str, model: str, store_id: str, now: datetime) -> StockVehicle:
        """A vehicle that arrived; its identifier follows from its VIN."""
        return cls(vin=vin, vehicle_id=vehicle_id(vin), model=model, store_id=store_id, order_id=None, received_at=now)

    def take(self, order_id: UUID) -> None:
        """Set it aside. Raises VehicleTaken if another order has it (R47)."""
        if self.order_id is not None:
            raise VehicleTaken(vin=self.vin)
        self.order_id = order_id

    def release(self) -> None:
        """Another order may have it again."""
        self.order_id = None

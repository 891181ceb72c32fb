"""What sales keeps of the vehicles in its stock."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.sales.stock import Certificate, Condition, ExpectStock, StockStatus
from contracts.vehicle_identity import vehicle_id
from services.sales.declared import Base
from services.sales.stock.errors import (
    CertificateState,
    SetAsideAs,
    VehicleHere,
    VehicleNotHere,
    VehicleTaken,
    VinDiffers,
)
from services.sales.stock.rules import CERTIFICATES, standing


class StockVehicle(Base):
    """A vehicle from when it was announced, or came, until it left. One that comes back is a record of its own.

    `order_id` is the order it is set aside for, or left with; without one it is free since `free_since`.
    Of one VIN at most one record has not left.
    """

    __tablename__ = "stock_vehicle"
    __table_args__ = (
        Index("stock_vehicle_once", "vin", unique=True, postgresql_where=text("gone_at IS NULL")),
        Index("stock_vehicle_by_vin", "vin"),
        Index("stock_vehicle_by_store", "store_id", "model", postgresql_where=text("gone_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vin: Mapped[str | None]
    vehicle_id: Mapped[UUID | None] = mapped_column(index=True)
    model: Mapped[str]
    store_id: Mapped[str]
    condition: Mapped[Condition]
    certificate: Mapped[Certificate]
    certificate_by: Mapped[str | None]
    certificate_at: Mapped[datetime | None]
    eta: Mapped[date | None]
    order_id: Mapped[UUID | None] = mapped_column(unique=True)
    received_at: Mapped[datetime | None]
    free_since: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    version: Mapped[int]
    definition_id: Mapped[UUID | None]
    colour: Mapped[str] = mapped_column(server_default="")

    @classmethod
    def expect(cls, asked: ExpectStock, *, vin: str | None, colour: str = "") -> StockVehicle:
        """A vehicle on its way; its identifier follows from its VIN, once that is known."""
        return cls(
            **attributes(asked, but=("vin",)),
            id=uuids.uuid7(),
            vin=vin,
            colour=colour,
            vehicle_id=None if vin is None else vehicle_id(vin),
            certificate=Certificate.WITH_US,
            certificate_by=None,
            certificate_at=None,
            order_id=None,
            received_at=None,
            free_since=None,
            gone_at=None,
            version=1,
        )

    @property
    def status(self) -> StockStatus:
        """Where it stands."""
        return standing(received_at=self.received_at, order_id=self.order_id, gone_at=self.gone_at)

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older record."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def require_expected(self) -> None:
        """Raise VehicleHere if it is not on its way any more."""
        if self.received_at is not None:
            raise VehicleHere

    def identify(self, vin: str) -> None:
        """Which vehicle it is. Raises VinDiffers if that is known already, and another."""
        if self.vin not in (None, vin):
            raise VinDiffers(known=self.vin, vin=vin, field="vin")
        self.vin, self.vehicle_id = vin, vehicle_id(vin)

    def come_on(self, eta: date | None) -> None:
        """It comes on this day, or nobody knows when."""
        self.eta = eta

    def arrive(
        self, *, vin: str, model: str, now: datetime, definition_id: UUID | None = None, colour: str = ""
    ) -> None:
        """It is here. Raises VehicleHere, VinDiffers; SetAsideAs if an order has it as another model.

        Which car of the catalogue it was announced as, it stays, unless it is another model or said to be another.
        """
        self.require_expected()
        self.identify(vin)
        is_another = model.lower() != self.model.lower()
        if self.order_id is not None and is_another:
            raise SetAsideAs(expected=self.model, model=model, field="model")
        if definition_id is not None or is_another:
            self.definition_id, self.colour = definition_id, colour
        self.model = model
        self.received_at = self.free_since = now

    def take(self, order_id: UUID) -> None:
        """Set it aside. Raises VehicleTaken if another order has it (R47)."""
        if self.order_id is not None:
            raise VehicleTaken(vin=self.vin, named="")
        self.order_id = order_id
        self.version += 1

    def release(self, *, registered: bool, now: datetime) -> None:
        """Nobody's order has it any more; one that was `registered` for the road is not new any more."""
        self.order_id, self.free_since = None, now
        self.condition = Condition.USED if registered else self.condition
        self.version += 1

    def leave(self, *, now: datetime) -> None:
        """The customer of its order has it. Raises VehicleNotHere."""
        if self.received_at is None:
            raise VehicleNotHere(vin=self.vin or "")
        self.gone_at = now
        self.version += 1

    def move_certificate(self, to: Certificate, *, by: str, now: datetime) -> None:
        """Its certificate went there. Raises CertificateState."""
        if to not in CERTIFICATES[self.certificate]:
            raise CertificateState(certificate=self.certificate, wanted=to)
        self.certificate, self.certificate_by, self.certificate_at = to, by, now
        self.version += 1

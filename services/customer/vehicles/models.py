"""Vehicles: what they are, their plates over time, who has what to do with them, how far they were driven."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vehicle_identity import vehicle_id
from services.customer.declared import Base

PARTY = "vehicle_party"
"""The type under which a role towards a vehicle can be given to somebody else (`chassis.customers.rekeying`)."""


class Vehicle(Base):
    """A vehicle, whoever sold it."""

    __tablename__ = "vehicle"
    __table_args__ = (Index("vehicle_vin_tail", func.reverse("vin")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vin: Mapped[str] = mapped_column(unique=True)
    model: Mapped[str]
    colour: Mapped[str]
    registered_at: Mapped[datetime]

    @classmethod
    def register(cls, *, vin: str, model: str, now: datetime, colour: str = "") -> Vehicle:
        """A vehicle seen for the first time; its identifier follows from its VIN."""
        return cls(id=vehicle_id(vin), vin=vin, model=model, colour=colour, registered_at=now)


class VehiclePlate(Base):
    """A plate belongs to a vehicle for a period: temporary first, then its own, and an owner may take it along (E5)."""

    __tablename__ = "vehicle_plate"
    __table_args__ = (
        Index("vehicle_plate_by_number", "plate"),
        Index("vehicle_plate_tail", func.reverse("plate")),
        Index("vehicle_plate_current", "vehicle_id", unique=True, postgresql_where=text("until IS NULL")),
    )

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    plate: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]


class VehicleParty(Base):
    """Who has what to do with a vehicle, and from when to when (owner, user, bringer, payer, buyer, insured).

    `origin_customer_id` is whose the row was before records were merged, `first_customer_id` the same or, if they were
    not, whose it is: two records that live on in one keep a row each, and part with it again (E8).
    `version` counts what was told of the row.
    """

    __tablename__ = "vehicle_party"
    __table_args__ = (
        Index("vehicle_party_by_customer", "customer_id"),
        Index("vehicle_party_by_origin", "origin_customer_id"),
    )

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    first_customer_id: Mapped[UUID] = mapped_column(
        Computed("COALESCE(origin_customer_id, customer_id)", persisted=True), primary_key=True
    )
    role: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    origin_customer_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(server_default="1")


class Odometer(Base):
    """A reading of a vehicle's odometer; whether it fits those before it is judged when it is read."""

    __tablename__ = "odometer"

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    km: Mapped[int]


class Dealing(Base):
    """What we had to do with a vehicle, whoever owned it then: when we first sold it, and first gave it back (R25)."""

    __tablename__ = "vehicle_dealing"
    __table_args__ = ({"info": {"projection": True}},)

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    sold_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None]

"""What the customer service owns: customers, vehicles, who has which; and its projection, the customer view."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import BigInteger, Enum, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from contracts.customer.operations import CustomerKind
from contracts.vehicle_identity import vehicle_id
from services.customer.rules import names


class Base(DeclarativeBase):
    """All tables of customer."""

    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        dict[str, Any]: JSONB,
        CustomerKind: Enum(CustomerKind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]),
    }


class Customer(Base):
    """A person or company, shared by all stores (R8). The searchable forms are kept beside the name."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("customer_mobile", "mobile"),
        Index("customer_mobile_tail", func.reverse("mobile")),
        Index("customer_name", "name"),
        Index("customer_pinyin", "pinyin"),
        Index("customer_initials", "initials"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[CustomerKind]
    name: Mapped[str]
    pinyin: Mapped[str]
    initials: Mapped[str]
    mobile: Mapped[str]
    source: Mapped[str]
    store_id: Mapped[str]
    registered_at: Mapped[datetime]
    version: Mapped[int]
    forced_reason: Mapped[str | None]

    @classmethod
    def register(
        cls,
        *,
        kind: CustomerKind,
        name: str,
        mobile: str,
        source: str,
        store_id: str,
        forced_reason: str | None,
        now: datetime,
    ) -> Customer:
        """A new customer; `name` and `mobile` are normalised already."""
        full, initials = names.pinyin(name)
        return cls(
            id=uuids.uuid7(),
            kind=kind,
            name=name,
            pinyin=full,
            initials=initials,
            mobile=mobile,
            source=source,
            store_id=store_id,
            registered_at=now,
            version=1,
            forced_reason=forced_reason,
        )


class Vehicle(Base):
    """A vehicle, whoever sold it."""

    __tablename__ = "vehicle"
    __table_args__ = (Index("vehicle_vin_tail", func.reverse("vin")), Index("vehicle_plate", "plate"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vin: Mapped[str] = mapped_column(unique=True)
    model: Mapped[str]
    plate: Mapped[str | None]
    registered_at: Mapped[datetime]

    @classmethod
    def register(cls, *, vin: str, model: str, plate: str | None, now: datetime) -> Vehicle:
        """A vehicle seen for the first time; its identifier follows from its VIN."""
        return cls(id=vehicle_id(vin), vin=vin, model=model, plate=plate, registered_at=now)


class VehicleParty(Base):
    """Who has what to do with a vehicle, and since when (owner, user, bringer, …)."""

    __tablename__ = "vehicle_party"
    __table_args__ = (Index("vehicle_party_by_customer", "customer_id"),)

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class TimelineEntry(Base):
    """Something that happened to a customer, told by an event of any service."""

    __tablename__ = "timeline_entry"
    __table_args__ = (
        UniqueConstraint("source_type", "source_id", "event_type", "source_version", name="timeline_one_fact_once"),
        Index("timeline_by_customer", "customer_id", "occurred_at"),
        {"info": {"projection": True}},
    )

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    event_type: Mapped[str]
    source: Mapped[str]
    source_type: Mapped[str]
    source_id: Mapped[str]
    source_version: Mapped[int]
    store_id: Mapped[str]
    occurred_at: Mapped[datetime]
    summary: Mapped[dict[str, Any]]


class Glance(Base):
    """The facts at a glance, folded from a customer's whole timeline each time it grows."""

    __tablename__ = "glance"
    __table_args__ = ({"info": {"projection": True}},)

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sold_at: Mapped[datetime | None]
    sold_store_id: Mapped[str | None]
    consultant_id: Mapped[str | None]
    last_service_at: Mapped[datetime | None]
    last_km: Mapped[int | None]
    service_visits: Mapped[int]
    open_visits: Mapped[int]
    last_score: Mapped[int | None]

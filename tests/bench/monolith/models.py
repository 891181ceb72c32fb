"""The monolith's tables, as ordinary SQLAlchemy 2 typed classes."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class Staff(Base):
    """Somebody who works here: `roles` and `stores` say what he may do and where."""

    __tablename__ = "staff"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str]
    roles: Mapped[list[str]]
    stores: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)


class StaffSession(Base):
    """A login; the token itself is nowhere, only its SHA-256."""

    __tablename__ = "staff_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()


class Customer(Base):
    __tablename__ = "customer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str]
    name: Mapped[str]
    mobile: Mapped[str] = mapped_column(unique=True)
    last_service_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    parties: Mapped[list["Party"]] = relationship(back_populates="customer")


class Vehicle(Base):
    """A car; the `sold_…` fields and the consultant are empty unless this group sold it."""

    __tablename__ = "vehicle"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    vin: Mapped[str] = mapped_column(unique=True)
    plate: Mapped[str | None] = mapped_column(index=True)
    model: Mapped[str]
    sold_by_us: Mapped[bool] = mapped_column(default=False)
    sold_at: Mapped[datetime | None]
    sold_store: Mapped[str | None]
    consultant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("staff.id"))

    consultant: Mapped[Staff | None] = relationship()
    parties: Mapped[list["Party"]] = relationship(back_populates="vehicle")


class Party(Base):
    """A customer's role towards a vehicle."""

    __tablename__ = "party"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    vehicle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vehicle.id"), index=True)
    role: Mapped[str]
    since: Mapped[datetime]

    customer: Mapped[Customer] = relationship(back_populates="parties")
    vehicle: Mapped[Vehicle] = relationship(back_populates="parties")


class RepairOrder(Base):
    __tablename__ = "repair_order"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    store: Mapped[str]
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    vehicle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vehicle.id"), index=True)
    advisor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[str]
    request: Mapped[str]
    odometer_km: Mapped[int]
    amount_fen: Mapped[int | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    vehicle: Mapped[Vehicle] = relationship()


class TimelineRow(Base):
    """One thing that happened to a customer, as the history shows it."""

    __tablename__ = "timeline_row"
    __table_args__ = (Index("ix_timeline_row_newest", "customer_id", "occurred_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    occurred_at: Mapped[datetime]
    kind: Mapped[str]
    store: Mapped[str]
    source_id: Mapped[uuid.UUID]
    summary: Mapped[dict[str, Any]]

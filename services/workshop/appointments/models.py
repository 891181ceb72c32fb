"""Who will come to which bay."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.workshop import appointments as contract
from contracts.workshop.appointments import AppointmentState
from services.workshop.appointments.rules import moving
from services.workshop.appointments.rules.capacity import Span
from services.workshop.appointments.rules.moving import Step
from services.workshop.bays.models import Bay
from services.workshop.declared import Base


class Appointment(Base):
    """A customer who will come, to a bay that is kept for him from `starts_at`, before `ends_at`.

    The database keeps a bay for one at a time (`appointment_has_its_bay`), as long as `bay_kept`: until he cancels or
    is missed, or his repair order does not need the bay any more.
    `origin_customer_id` is whom it was written for, while his record lives on in another (E8).
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("appointment_by_day", "store_id", "starts_at"),
        Index("appointment_to_come", "starts_at", postgresql_where=text("state IN ('booked', 'confirmed')")),
        Index("appointment_by_order", "ro_id", unique=True),
        Index("appointment_by_vehicle", "vehicle_id", "starts_at"),
        Index("appointment_by_customer", "customer_id", "starts_at"),
        Index("appointment_by_origin", "origin_customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[str]
    customer_id: Mapped[UUID]
    origin_customer_id: Mapped[UUID | None]
    vehicle_id: Mapped[UUID | None]
    bay_id: Mapped[int] = mapped_column(ForeignKey("bay.id"))
    bay: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    work: Mapped[str]
    state: Mapped[AppointmentState]
    bay_kept: Mapped[bool]
    booked_by: Mapped[str]
    booked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    ro_id: Mapped[UUID | None] = mapped_column(ForeignKey("repair_order.id"))
    reason: Mapped[str]
    version: Mapped[int]

    @classmethod
    def book(cls, asked: contract.BookAppointment, *, bay: Bay, span: Span, by: str, now: datetime) -> Appointment:
        """A bay is kept for him."""
        return cls(
            **attributes(asked, but=("starts_at", "minutes", "kind", "bay")),
            **span._asdict(),
            id=uuids.uuid7(),
            bay_id=bay.id,
            bay=bay.code,
            state=AppointmentState.BOOKED,
            bay_kept=True,
            booked_by=by,
            booked_at=now,
            reason="",
            version=1,
        )

    @property
    def written_for(self) -> UUID:
        """Whom it was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older one."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _move(self, step: Step) -> None:
        self.state = moving.moved(step, state=self.state)
        self.version += 1

    def confirm(self, *, now: datetime) -> None:
        """He said that he will come."""
        self._move(Step.CONFIRM)
        self.confirmed_at = now

    def move(self, *, bay: Bay, span: Span) -> None:
        """He comes at another time, or to another bay; whether he will, he is asked again."""
        self._move(Step.MOVE)
        self.bay_id, self.bay, self.bay_kept, self.confirmed_at = bay.id, bay.code, True, None
        self.starts_at, self.ends_at = span

    def arrive(self, *, now: datetime) -> None:
        """He is here, and waits."""
        self._move(Step.ARRIVE)
        self.arrived_at = now

    def convert(self, ro_id: UUID, *, came_at: datetime) -> None:
        """His vehicle was taken in; its order has the bay as long as it was kept for him."""
        self._move(Step.CONVERT)
        self.ro_id, self.arrived_at = ro_id, self.arrived_at or came_at

    def miss(self) -> None:
        """Nobody came."""
        self._move(Step.MISS)
        self.bay_kept = False

    def excuse(self, *, reason: str) -> None:
        """He was here, at the time he had: a busy desk had not said so. His bay may be somebody else's by now."""
        self._move(Step.EXCUSE)
        self.reason, self.arrived_at = reason, self.starts_at

    def cancel(self, *, reason: str) -> None:
        """He will not come; his bay is free."""
        self._move(Step.CANCEL)
        self.reason, self.bay_kept = reason, False


APPOINTMENTS = rekeying.Holding(
    table="appointment",
    key=("id",),
    document_type="'appointment'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("appointment",),
    words=("work", "reason"),
)
"""Appointments follow their customers."""

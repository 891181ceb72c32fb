"""Events of appointments (C6)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="workshop", name="appointment_booked", version=1, subject="appointment")
class AppointmentBooked:
    """A customer will come, and a bay is kept for him from `starts_at`, before `ends_at`."""

    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID | None
    bay: str
    starts_at: datetime
    ends_at: datetime


@event(producer="workshop", name="appointment_confirmed", version=1, subject="appointment")
class AppointmentConfirmed:
    """He said again that he comes."""

    appointment_id: UUID
    customer_id: UUID
    starts_at: datetime


@event(producer="workshop", name="appointment_rescheduled", version=1, subject="appointment")
class AppointmentRescheduled:
    """He comes at another time than `told_before`, or to another bay; he has not confirmed it yet."""

    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID | None
    bay: str
    starts_at: datetime
    ends_at: datetime
    told_before: datetime


@event(producer="workshop", name="vehicle_arrived", version=1, subject="appointment")
class VehicleArrived:
    """Somebody who had an appointment is here, and waits to be taken in; told late if he was taken for a no-show."""

    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID | None
    arrived_at: datetime


@event(producer="workshop", name="appointment_converted", version=1, subject="appointment")
class AppointmentConverted:
    """The vehicle was taken in: its repair order is `ro_id`. He came at `arrived_at`."""

    appointment_id: UUID
    customer_id: UUID
    ro_id: UUID
    starts_at: datetime
    arrived_at: datetime


@event(producer="workshop", name="appointment_no_show", version=1, subject="appointment")
class AppointmentNoShow:
    """The store has closed, and he came nowhere that day; it may be taken back (`vehicle_arrived`)."""

    appointment_id: UUID
    customer_id: UUID
    vehicle_id: UUID | None
    starts_at: datetime


@event(producer="workshop", name="appointment_cancelled", version=1, subject="appointment")
class AppointmentCancelled:
    """He will not come, or left before his vehicle was taken in; its bay is free."""

    appointment_id: UUID
    customer_id: UUID
    starts_at: datetime

"""Appointments of the workshop: who comes when, to which bay, and whether he came (C6, R49)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from contracts.fields import Reason, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import Between, Text
from contracts.workshop.bays import Bay, BayCode, BayKind


class AppointmentState(StrEnum):
    """Where an appointment stands (C6); one that was moved to another time is booked anew."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CONVERTED = "converted"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


Minutes = Annotated[int, Between(15, 600)]
"""How much of the store's working time a vehicle needs its bay."""


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """A customer comes at `starts_at`, for `minutes` of a bay: of `bay`, or of any of its `kind` that is free."""

    store_id: StoreId
    customer_id: UUID
    starts_at: datetime
    work: Annotated[str, Text(1, 300)]
    minutes: Minutes = 60
    kind: BayKind = BayKind.GENERAL
    bay: BayCode | None = None
    vehicle_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MoveAppointment:
    """Another time, or another bay; the one he had is his until he has the new one."""

    appointment_id: UUID
    starts_at: datetime
    minutes: Minutes | None = None
    bay: BayCode | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class AppointmentById:
    """An appointment as it was looked at."""

    appointment_id: UUID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class EndAppointment:
    """Why it is cancelled, or why he did come after all."""

    appointment_id: UUID
    reason: Reason
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment: `bay` is kept for him from `starts_at`, before `ends_at`, as long as `bay_kept`.

    `arrived_at` is when he came, `ro_id` the repair order that it became, `reason` why it was cancelled or taken back.
    """

    appointment_id: UUID
    store_id: StoreId
    customer_id: UUID
    vehicle_id: UUID | None
    bay: str
    starts_at: datetime
    ends_at: datetime
    work: str
    state: AppointmentState
    bay_kept: bool
    booked_by: StaffId
    booked_at: datetime
    confirmed_at: datetime | None
    arrived_at: datetime | None
    ro_id: UUID | None
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class AppointmentsOfDay:
    """Which day of which store."""

    store_id: StoreId
    day: date


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """The store is open from `opens_at`, before `closes_at`."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentDay:
    """A day of the workshop: when it is open, its bays, and every appointment that touches it, by time and bay."""

    store_id: StoreId
    day: date
    opens: list[OpenSpan]
    bays: list[Bay]
    items: list[Appointment]


@dataclass(frozen=True, slots=True)
class FindFreeTimes:
    """When a bay of the kind could be had for so long, on this day or after it."""

    store_id: StoreId
    day: date
    minutes: Minutes = 60
    kind: BayKind = BayKind.GENERAL


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time that could be booked, and the bay that would be kept."""

    starts_at: datetime
    bay: str


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """The next of them, the soonest first; none if none is free within two weeks."""

    items: list[FreeTime]


_FOUND = ("APPOINTMENT_NOT_FOUND", "APPOINTMENT_STATE")
_TIME = ("TIME_TAKEN", "TIME_PAST", "STORE_NOT_OPEN", "BAY_UNKNOWN")

book_appointment = command(
    "workshop.book_appointment",
    BookAppointment,
    Appointment,
    refuses=("STORE_CLOSED", *_TIME),
    summary="Keep a bay for a customer who will come; of two who want the last place one gets it",
)
confirm_appointment = command(
    "workshop.confirm_appointment", AppointmentById, Appointment, refuses=_FOUND, summary="He said that he will come"
)
move_appointment = command(
    "workshop.move_appointment",
    MoveAppointment,
    Appointment,
    refuses=(*_FOUND, *_TIME),
    summary="Move an appointment to another time or bay; it keeps the old one until it has the new one",
)
arrive_appointment = command(
    "workshop.arrive_appointment", AppointmentById, Appointment, refuses=_FOUND, summary="He is here, and waits"
)
cancel_appointment = command(
    "workshop.cancel_appointment", EndAppointment, Appointment, refuses=_FOUND, summary="He will not come"
)
excuse_appointment = command(
    "workshop.excuse_appointment",
    EndAppointment,
    Appointment,
    refuses=_FOUND,
    summary="Take a no-show back: he was here",
)
list_appointments = query(
    "workshop.list_appointments", AppointmentsOfDay, AppointmentDay, summary="A day of the workshop, by bay"
)
find_free_times = query(
    "workshop.find_free_times", FindFreeTimes, FreeTimes, summary="The next times at which a bay is free"
)

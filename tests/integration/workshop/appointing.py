"""What tests of appointments do at the desk, and see of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from chassis.process.clock import LOCAL
from chassis.store import tables
from contracts.gateway.calendars import OpeningHours, Span
from contracts.workshop import appointments as contract
from contracts.workshop import bays, operations
from services.workshop.appointments import queries
from services.workshop.appointments.usecases import joining
from tests.integration.workshop.people import NOW, OIL, Workshop

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=LOCAL)
HOUR = timedelta(hours=1)
DAY = [Span("08:30", "12:00"), Span("13:00", "17:30")]
HOURS = OpeningHours(DAY, DAY, DAY, DAY, DAY, DAY, [])
EVENING = TUESDAY.replace(hour=17, minute=30)


def put_bay(shop: Workshop, code: str, **asked: Any) -> bays.Bay:
    made: bays.Bay = shop.do("put_bay", "service_manager", store_id=shop.store, code=code, **asked)
    return made


def book(shop: Workshop, starts_at: datetime = TUESDAY, **asked: Any) -> contract.Appointment:
    wanted = {"customer_id": uuid4(), "vehicle_id": uuid4(), "work": "保养", **asked}
    made: contract.Appointment = shop.do(
        "book_appointment", "receptionist", store_id=shop.store, starts_at=starts_at, **wanted
    )
    return made


def do(shop: Workshop, what: str, one: contract.Appointment, **asked: Any) -> contract.Appointment:
    done: contract.Appointment = shop.do(
        f"{what}_appointment", "receptionist", appointment_id=one.appointment_id, **asked
    )
    return done


def day(shop: Workshop, moment: datetime = TUESDAY) -> contract.AppointmentDay:
    asked, scope = contract.AppointmentsOfDay(shop.store, moment.date()), shop.scope("list_appointments", "advisor")
    return shop.database.read(lambda reading: queries.list_appointments(reading, asked, scope=scope))


def shown(shop: Workshop, one: contract.Appointment) -> contract.Appointment:
    (found,) = [each for each in day(shop, one.starts_at).items if each.appointment_id == one.appointment_id]
    return found


def free(shop: Workshop, moment: datetime = TUESDAY, *, now: datetime = NOW, **asked: Any) -> list[tuple[str, str]]:
    wanted = contract.FindFreeTimes(shop.store, moment.date(), **asked)
    scope = shop.scope("find_free_times", "receptionist")
    found = shop.database.read(lambda reading: queries.find_free_times(reading, wanted, scope=scope, now=now))
    return [(f"{one.starts_at:%d %H:%M}", one.bay) for one in found.items]


def told(shop: Workshop, one: contract.Appointment) -> list[tuple[str, int]]:
    """The events of an appointment."""
    log = tables.outbox.c
    wanted = select(log.event_type, log.subject_version).where(
        log.subject_type == "appointment", log.subject_id == str(one.appointment_id)
    )
    return [tuple(row) for row in shop.database.read(lambda reading: reading.execute(wanted.order_by(log.position)))]


def in_the_evening(shop: Workshop, *, now: datetime) -> None:
    """What the clock does until nothing is left; other tests' appointments are judged with these."""
    while shop.database.run(lambda session: joining.mark_missed(session, now=now)):
        pass


def free_bays(shop: Workshop, *, now: datetime) -> None:
    """The same of bays that orders do not need any more."""
    while shop.database.run(lambda session: joining.free_bays(session, now=now)):
        pass


def take_in(shop: Workshop, *, now: datetime = TUESDAY, **asked: Any) -> operations.RepairOrder:
    wanted = {"customer_id": uuid4(), "vehicle_id": uuid4(), "km": 9_000, "complaint": "保养", "lines": [OIL], **asked}
    order: operations.RepairOrder = shop.do("open_repair_order", "advisor", store_id=shop.store, now=now, **wanted)
    return order

"""The clock of a test system: the moment that all business is judged at (A0, point 22 of the chassis).

It stands in each service's database, so that every replica, and whoever starts later, goes by it.
What is no business keeps the real time: sessions, tokens, leases, brakes, the age of technical rows, `recorded_at`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.process import clock
from contracts.gateway.operations import SetClock, set_clock
from contracts.operation import Kind, Operation

_SET = text(
    "INSERT INTO test_clock (id, moment) VALUES (1, :moment) ON CONFLICT (id) DO UPDATE SET moment = excluded.moment"
)
_READ = text("SELECT moment FROM test_clock")


def follow_clock(service: str) -> Operation[SetClock, SetClock]:
    """What the gateway asks of each service when the clock was set; nobody else may, and it is on no route."""
    name = f"{service}.follow_clock"
    return Operation(name, Kind.COMMAND, SetClock, SetClock, set_clock.refuses, "Go by the clock of a test system")


def keep(session: Session, asked: SetClock) -> SetClock:
    """Go by this moment from now on, or by the real clock again."""
    session.execute(_SET, {"moment": asked.now})
    return asked


def read(reader: Session | Connection) -> datetime | None:
    """The moment it was set to; None is the real clock."""
    moment: datetime | None = reader.scalar(_READ)
    return moment.astimezone(clock.LOCAL) if moment else None


def business_now(reader: Session | Connection, *, test_mode: bool) -> datetime:
    """The time that business is judged at: the clock's, in a test system what it was set to."""
    return (read(reader) if test_mode else None) or clock.now()

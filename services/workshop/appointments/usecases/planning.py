"""What is known of a store's bays from a day on: what is kept of them, and when the store is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from chassis.store import policies
from contracts.workshop import appointments as contract
from contracts.workshop.bays import BayKind
from contracts.workshop.policies import BOOKED_SHARE
from services.workshop.appointments.errors import StoreNotOpen
from services.workshop.appointments.rules import capacity
from services.workshop.appointments.rules.capacity import Kept, Place, Span

NEXT = 5
"""Free times that are told at once."""

_DAY = timedelta(days=1)
_BAYS = text("SELECT code FROM bay WHERE store_id = :store_id AND kind = :kind AND active ORDER BY code")
_KEPT = text(
    """
    SELECT bay, starts_at, ends_at FROM appointment
     WHERE store_id = :store_id AND bay_kept AND starts_at < :until AND ends_at > :since AND id IS DISTINCT FROM :but
    """
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The bays of one kind from a day on, and the store's calendar (None: nobody told of the store)."""

    place: Place
    openings: list[Span]
    calendar: Calendar | None
    today: date

    def span(self, starts_at: datetime, minutes: int) -> Span:
        """So much of the store's working time from then on. Raises StoreNotOpen."""
        work = timedelta(minutes=minutes)
        ends_at = self.calendar.add(starts_at, work) if self.calendar else starts_at + work
        if ends_at is None or (self.calendar is not None and not self.calendar.is_open(starts_at)):
            raise StoreNotOpen(field="starts_at", starts_at=starts_at)
        return Span(starts_at, ends_at)

    def bay_for(self, span: Span, *, only: str | None = None) -> str | None:
        """A bay that could be kept then."""
        return self.place.bay_for(span, only=only, today=local_day(span.starts_at) <= self.today)

    def free_times(self, minutes: int, *, after: datetime) -> list[contract.FreeTime]:
        """The next times at which a bay could be kept for so long."""
        spans = (self.span(at, minutes) for at in capacity.times(self.openings, after=after))
        found = (contract.FreeTime(span.starts_at, bay) for span in spans if (bay := self.bay_for(span)) is not None)
        return list(islice(found, NEXT))


def plan_of(
    reader: Session | Connection,
    store_id: str,
    *,
    kind: BayKind,
    day: date,
    now: datetime,
    but: UUID | None = None,
) -> Plan:
    """The bays of a store from this day on, as if the appointment `but` were not there."""
    since = midnight(day)
    calendar = stores.calendars(reader, [store_id]).get(store_id)
    days = [day + _DAY * number for number in range(capacity.AHEAD.days)]
    openings = [one for each in days for one in openings_of(calendar, each)]
    kept = reader.execute(
        _KEPT, {"store_id": store_id, "since": since, "until": since + capacity.AHEAD + _DAY, "but": but}
    )
    share = policies.resolve(reader, BOOKED_SHARE, store_id=store_id, at=now)
    place = Place(
        bays=list(reader.scalars(_BAYS, {"store_id": store_id, "kind": kind})),
        kept=[Kept(row.bay, Span(row.starts_at, row.ends_at)) for row in kept],
        slots=capacity.slots(openings, longest=timedelta(minutes=share.slot_minutes)),
        percent=share.percent,
    )
    return Plan(place, openings, calendar, local_day(now))


def openings_of(calendar: Calendar | None, day: date) -> list[Span]:
    """When a store is open on a day; one that nobody told of, all day."""
    if calendar is None:
        return [Span(midnight(day), midnight(day) + _DAY)]
    return [Span(*one) for one in calendar.openings(day)]


def local_day(moment: datetime) -> date:
    """The stores' day that a moment is in."""
    return moment.astimezone(LOCAL).date()


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time.min, LOCAL)

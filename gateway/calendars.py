"""When a store is open: what it said of it, and the days that follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.organisation import law_days
from chassis.organisation.calendar import Calendar, SpansWrong, spans
from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.gateway import calendars
from contracts.gateway.calendars import CalendarDay, OpeningHours, OwnDay, Span
from contracts.picked import attributes, shaped
from gateway.errors import DaysInvalid, HoursInvalid, OwnDayTwice, StoreNotFound
from gateway.models import Store
from gateway.organisation import store_to_change, tell_store

SHOWN, MOST = 35, 400
"""Days a calendar shows: unless another number is asked for, and at most."""

_store: Any = Store.__table__


def store_calendar(connection: Connection, asked: calendars.ShowCalendar, *, now: datetime) -> calendars.StoreCalendar:
    """A store's days. Raises StoreNotFound, DaysInvalid."""
    since = asked.since or now.astimezone(LOCAL).date()
    until = asked.until or since + timedelta(days=SHOWN)
    if not 1 <= (until - since).days <= MOST:
        raise DaysInvalid(most=MOST, field="until")
    row = connection.execute(select(_store).where(_store.c.code == asked.code)).one_or_none()
    if row is None:
        raise StoreNotFound
    return _shown(row, since=since, until=until)


def change_calendar(
    session: Session, asked: calendars.ChangeCalendar, *, scope: Scope, now: datetime
) -> calendars.StoreCalendar:
    """Other hours, or other days of its own, from now on; shown are the next weeks.

    Raises StoreNotAllowed, StoreNotFound, StaleVersion, HoursInvalid, OwnDayTwice.
    """
    scope.require_store(asked.code)
    _require_hours(asked)
    store = store_to_change(session, asked.code, asked.expected_version)
    store.open_at(hours=asked.hours, own_days=asked.own_days)
    tell_store(session, store, now=now)
    today = now.astimezone(LOCAL).date()
    return _shown(store, since=today, until=today + timedelta(days=SHOWN))


def _require_hours(asked: calendars.ChangeCalendar) -> None:
    week = {} if asked.hours is None else attributes(asked.hours)
    said = {f"hours.{name}": hours for name, hours in week.items() if hours is not None}
    own_days = asked.own_days or []
    said |= {f"own_days.{place}.hours": one.hours for place, one in enumerate(own_days)}
    for field, hours in said.items():
        try:
            spans(hours)
        except SpansWrong:
            raise HoursInvalid(field=field) from None
    seen: set[date] = set()
    for place, one in enumerate(own_days):
        if one.day in seen:
            raise OwnDayTwice(day=one.day.isoformat(), field=f"own_days.{place}.day")
        seen.add(one.day)


def _shown(store: Any, *, since: date, until: date) -> calendars.StoreCalendar:
    hours = shaped(OpeningHours, store.hours)
    own_days = sorted((shaped(OwnDay, one) for one in store.own_days), key=lambda one: one.day)
    calendar = Calendar.of(hours, own_days=own_days, closes_on=store.closes_on)
    why = {one.day: one.why for one in own_days}
    days = (since + timedelta(days=number) for number in range((until - since).days))
    return calendars.StoreCalendar(
        store_id=store.code,
        hours=hours,
        own_days=own_days,
        closes_on=store.closes_on,
        version=store.version,
        days=[
            CalendarDay(
                day=day,
                kind=calendar.kind(day),
                hours=_told(calendar.openings(day)),
                holiday=law_days.holiday(day),
                why=why.get(day, ""),
                provisional=not law_days.is_announced(day.year),
            )
            for day in days
        ],
    )


def _told(openings: Iterable[tuple[datetime, datetime]]) -> list[Span]:
    """Times of a day, of which a midnight at the end is 24:00."""
    return [
        Span(f"{opens:%H:%M}", f"{closes:%H:%M}" if closes.date() == opens.date() else "24:00")
        for opens, closes in openings
    ]

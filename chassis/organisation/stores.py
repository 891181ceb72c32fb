"""Stores as a service keeps them out of `store_changed`: when they are open, and from which day on they are closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.organisation.calendar import Calendar
from chassis.process.clock import LOCAL
from chassis.store.rows import as_json
from contracts.envelope import Received
from contracts.gateway.calendars import OpeningHours, OwnDay
from contracts.gateway.events import StoreChanged
from contracts.picked import shaped
from contracts.refusals import RuleRefused

_KEEP = text(
    """
    INSERT INTO store AS known (store_id, hours, own_days, closes_on, version)
    SELECT told.store_id, told.hours, told.own_days, told.closes_on, told.version
      FROM jsonb_populate_recordset(NULL::store, CAST(:rows AS jsonb)) AS told
    ON CONFLICT (store_id) DO UPDATE
       SET hours = excluded.hours, own_days = excluded.own_days, closes_on = excluded.closes_on,
           version = excluded.version
     WHERE known.version < excluded.version
    """
)
_OPEN = text("SELECT store_id, hours, own_days, closes_on FROM store WHERE store_id = ANY(:store_ids)")
_CLOSES = text("SELECT closes_on FROM store WHERE store_id = :store_id")


class StoreClosed(RuleRefused):
    """The store is closed for good: what is open there is finished, and nothing new begins."""

    code = "STORE_CLOSED"
    zh = "门店{store_id}自{closes_on}起停业,不再受理新业务"
    en = "Store {store_id} is closed since {closes_on} and takes nothing new"


class Store:
    """Mixed into a table `store`: when it is open, as the newest event said."""

    __tablename__ = "store"

    store_id: Mapped[str] = mapped_column(primary_key=True)
    hours: Mapped[dict[str, Any]] = mapped_column(JSONB)
    own_days: Mapped[list[Any]] = mapped_column(JSONB)
    closes_on: Mapped[date | None]
    version: Mapped[int]


def keep(session: Session, event: Received[StoreChanged]) -> None:
    """A store was opened or changed; what is older than what is known changes nothing."""
    told = event.payload
    kept = {"hours": told.hours, "own_days": told.own_days, "closes_on": told.closes_on}
    session.execute(_KEEP, {"rows": as_json([{"store_id": told.code, **kept, "version": event.subject.version}])})


def calendars(reader: Session | Connection, store_ids: Collection[str]) -> dict[str, Calendar]:
    """When these stores are open; a store that nobody told of is not in it."""
    rows = reader.execute(_OPEN, {"store_ids": sorted(store_ids)})
    return {
        row.store_id: Calendar.of(
            shaped(OpeningHours, row.hours),
            own_days=[shaped(OwnDay, one) for one in row.own_days],
            closes_on=row.closes_on,
        )
        for row in rows
    }


def require_open(reader: Session | Connection, store_id: str, *, now: datetime) -> None:
    """Raise StoreClosed if the store has closed for good by now; one that nobody told of has not."""
    closes_on = reader.scalar(_CLOSES, {"store_id": store_id})
    if closes_on is not None and now.astimezone(LOCAL).date() >= closes_on:
        raise StoreClosed(store_id=store_id, closes_on=closes_on.isoformat())

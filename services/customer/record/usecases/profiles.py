"""Profiles: what must be known of a person to act is told when it changes, and only then (C12, R26).

What was told last is kept, so that the same is not told again, and a band of ages is told anew on its day. Whoever
writes here holds the customer's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.outbox import Fact, record_all
from chassis.store.rows import Insert, insert_together
from contracts.customer.events import CustomerProfiled
from contracts.picked import picked
from services.customer.record.models import ProfileTold
from services.customer.record.rules.profile import NOBODY, Profile, older_on, profile_of
from services.customer.record.rules.record import Record

AT_ONCE = 500
"""Customers told of in one transaction."""
LATELY = timedelta(days=2)
"""How long an older version may run beside this one."""

_table: Any = ProfileTold.__table__
_ANEW = ", ".join(f"{name} = excluded.{name}" for name in (*Profile._fields, "older_on", "version"))
_TOLD = text("SELECT * FROM profile_told WHERE customer_id = ANY(:ids)")
_DUE = text(
    """
    SELECT c.id, c.store_id, c.status, c.kind, c.gender, c.birth_date, c.addresses, c.occupation
      FROM profile_told p JOIN customer c ON c.id = p.customer_id
     WHERE p.older_on <= :today ORDER BY p.older_on LIMIT :most FOR UPDATE OF c SKIP LOCKED
    """
)
_NOTE_UNTOLD = text(
    """
    INSERT INTO profile_told (customer_id, older_on, version)
    SELECT id, '1900-01-01', 0 FROM customer c
     WHERE id >= :since AND status = 'active' AND NOT EXISTS (SELECT FROM profile_told p WHERE p.customer_id = c.id)
    ON CONFLICT DO NOTHING
    """
)
"""Due at once: as the migration did for those who were there before."""
_EMPTY = text("SELECT empty_profiles(:ids)")


class Standing(NamedTuple):
    """What is so of a customer now, and until when it is by itself."""

    customer_id: UUID
    store_id: str
    profile: Profile
    older_on: date | None = None

    @classmethod
    def of(cls, record: Any, *, at: datetime) -> Standing:
        """Of a record or its row, at a moment."""
        on = at.astimezone(LOCAL).date()
        return cls(record.id, record.store_id, profile_of(record, on=on), older_on(record, on=on))


def begun(records: Iterable[Record]) -> tuple[Insert, list[Fact]]:
    """What is to be written and told of new records."""
    standing = [(Standing.of(one, at=one.registered_at), one.registered_at) for one in records]
    return Insert(_table, [_row(one, version=1) for one, _ in standing]), [
        _fact(one, version=1, at=at) for one, at in standing
    ]


def changed(session: Session, pairs: Iterable[tuple[Record, Record]]) -> list[Fact]:
    """What is to be told of records that were changed, each given before and after."""
    facts = []
    for before, after in pairs:
        at = max(before.updated_at, after.updated_at)
        now = Standing.of(after, at=at)
        if now != Standing.of(before, at=at):
            facts += keep(session, [now], at=at)
    return facts


def keep(session: Session, standing: Sequence[Standing], *, at: datetime) -> list[Fact]:
    """Keep what is so now; the facts to record, of those of whom something else was told, or never anything."""
    known = {row.customer_id: row for row in session.execute(_TOLD, {"ids": [one.customer_id for one in standing]})}
    rows, facts = [], []
    for one in standing:
        before = known.get(one.customer_id)
        was = Profile(*(getattr(before, name) for name in Profile._fields)) if before else NOBODY
        news = was != one.profile
        if not news and (before is None or before.older_on == one.older_on):
            continue
        version = (before.version if before else 0) + news
        rows.append(_row(one, version=version))
        if news:
            facts.append(_fact(one, version=version, at=at))
    if rows:
        insert_together(session, [Insert(_table, rows, f"(customer_id) DO UPDATE SET {_ANEW}")])
    return facts


def forgotten(session: Session, stores: Mapping[UUID, str], *, at: datetime) -> list[Fact]:
    """Nothing is known of these any more, each told of by a store, nor by what was told before (PIPL 47).

    That is emptied in the log.
    """
    facts = keep(session, [Standing(one, store_id, NOBODY) for one, store_id in stores.items()], at=at)
    session.execute(_EMPTY, {"ids": [str(one) for one in stores]})
    return facts


def tell_profiles(session: Session, *, now: datetime) -> int:
    """Whose age band is another one today, and of whom nothing was told yet; how many, at most so many at once."""
    rows = session.execute(_DUE, {"most": AT_ONCE, "today": now.astimezone(LOCAL).date()}).all()
    record_all(session, keep(session, [Standing.of(row, at=now) for row in rows], at=now))
    return len(rows)


def note_untold(session: Session, *, real_now: datetime) -> int:
    """Let be told of whom nothing was written here: who was registered while an older version still ran beside us.

    An identifier begins with the moment it was made (UUIDv7), so that it is not all customers who are looked at.
    """
    since = int((real_now - LATELY).timestamp() * 1000)
    noted: Any = session.execute(_NOTE_UNTOLD, {"since": UUID(int=since << 80)})
    return int(noted.rowcount)


def _row(one: Standing, *, version: int) -> dict[str, Any]:
    return {"customer_id": one.customer_id, **one.profile._asdict(), "older_on": one.older_on, "version": version}


def _fact(one: Standing, *, version: int, at: datetime) -> Fact:
    return Fact(
        event=picked(CustomerProfiled, one.profile, customer_id=one.customer_id),
        subject_id=one.customer_id,
        subject_version=version,
        store_id=one.store_id,
        occurred_at=at,
    )

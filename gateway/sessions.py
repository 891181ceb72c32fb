"""Sessions: a random token of 256 bits stands for a member of staff; only its hash is stored.

What the database says of a session is remembered for at most a second,
so a busy session costs one look a second, and an end of it, or of an employment, is felt within that second.
Sessions live by the real clock, also where a test has set another one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis.process import clock, logs
from chassis.process.actors import Signer
from chassis.store.database import Database, is_outage
from contracts.access import Actor
from contracts.fields import Done, Nothing
from contracts.gateway.sessions import EndSession, OwnSession, OwnSessions
from contracts.picked import picked
from gateway.errors import SessionNotFound, SessionRequired
from gateway.household import network_of
from gateway.models import StaffSession

log = logs.get("sessions")

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
AT_HOME = timedelta(days=30)
"""How long an address counts as the place of work of whoever logged in from it (`gateway/throttle.py`)."""
TOUCHED_EVERY = timedelta(minutes=1)
REMEMBERED = 1.0
"""Seconds the database's word for a session is good for."""
SIGNED_FOR = 30.0
"""Seconds a signed actor is used for; it is valid for a minute (`chassis.process.actors`)."""
MOST_SHOWN = 100
"""Of his own sessions to a person: he has a few, a program in his name that never logs out may have more."""
_MOST_REMEMBERED = 10_000

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{20,100})")
_FIND = text(
    """
    SELECT s.token_hash, s.seen_at, s.ends_at, f.code, f.roles, f.stores, f.active,
           a.initial_until IS NOT NULL AS must_change,
           ARRAY(SELECT every.code FROM store every
                  WHERE every.dealer_code IN (SELECT his.dealer_code FROM store his WHERE his.code = ANY(f.stores))
                  ORDER BY every.code) AS dealer_stores,
           ARRAY(SELECT mate.code FROM staff mate WHERE mate.team = f.team AND mate.code <> f.code
                  ORDER BY mate.code) AS teammates
      FROM staff_session s JOIN staff f ON f.code = s.staff_code JOIN account a ON a.staff_code = f.code
     WHERE s.token_hash = ANY(:token_hashes)
    """
)
_TOUCH = text("UPDATE staff_session SET seen_at = :now WHERE token_hash = :token_hash AND seen_at < :now")
_SWEEP = text("DELETE FROM staff_session WHERE ends_at < :now OR seen_at < :idle")
_FORGET_FAILURES = text("DELETE FROM login_failure WHERE since < :yesterday")
_FORGET_ADDRESSES = text(
    """
    DELETE FROM login_from
     WHERE coalesce(failed_at < :yesterday, true) AND coalesce(succeeded_at < :lately, true)
    """
)


@dataclass(slots=True)
class Live:
    """A session as this process knows it."""

    token_hash: bytes
    actor: Actor
    must_change_password: bool
    checked: float
    seen_at: datetime
    token: str = ""
    signed: float = 0.0


class Sessions:
    """Finds who a request comes from."""

    def __init__(self, database: Database, signer: Signer) -> None:
        self._database, self._signer = database, signer
        self._live: dict[bytes, Live] = {}

    def find(self, authorization: str | None, *, background: bool = False) -> Live:
        """The session of an `Authorization` header; it is in use, unless a page asks by itself (`background`).

        Raises SessionRequired.
        """
        found = _BEARER.fullmatch(authorization) if authorization else None
        if found is None:
            raise SessionRequired
        token_hash = hash_of(found[1])
        live = self._live.get(token_hash)
        if live is None or time.monotonic() - live.checked > REMEMBERED:
            live = self._look(token_hash, live)
        if not background:
            self._touch(live, now=clock.now())
        return live

    def _touch(self, live: Live, *, now: datetime) -> None:
        """Also of a session that was looked up a moment ago: that may have been for a page that asked by itself."""
        if now < live.seen_at + TOUCHED_EVERY:
            return
        live.seen_at = now
        try:
            self._database.run(lambda session: session.execute(_TOUCH, {"token_hash": live.token_hash, "now": now}))
        except SQLAlchemyError as error:
            if not is_outage(error):
                raise
            # a full or read-only database still says everything; half an hour of that ends his session, no sooner
            log.warning("not noted that a session is in use", staff_id=live.actor.staff_id, error=logs.describe(error))

    def _look(self, token_hash: bytes, before: Live | None) -> Live:
        checked, now = time.monotonic(), clock.now()
        row = self._database.read(
            lambda connection: connection.execute(_FIND, {"token_hashes": [token_hash]}).one_or_none()
        )
        if row is None or not _holds(row, now):
            self._live.pop(token_hash, None)
            raise SessionRequired
        actor = _actor(row)
        live = Live(token_hash, actor, row.must_change, checked, row.seen_at)
        if before is not None and before.actor == live.actor:
            live.token, live.signed = before.token, before.signed
        if len(self._live) >= _MOST_REMEMBERED:
            self._live.clear()
        self._live[token_hash] = live
        return live

    def standing(self, token_hashes: Collection[bytes]) -> dict[bytes, Actor]:
        """Who of these sessions still is whom, by the database's word; to be asked so prolongs none of them.

        What was remembered otherwise is forgotten, so that who comes again meets the same word.
        """
        now = clock.now()
        rows = self._database.read(
            lambda connection: connection.execute(_FIND, {"token_hashes": list(token_hashes)}).all()
        )
        found = {row.token_hash: _actor(row) for row in rows if _holds(row, now) and not row.must_change}
        for token_hash in token_hashes:
            live = self._live.get(token_hash)
            if live is not None and live.actor != found.get(token_hash):
                del self._live[token_hash]
        return found

    def signed(self, live: Live) -> str:
        """The actor as services believe it."""
        if time.monotonic() - live.signed > SIGNED_FOR or not live.token:
            live.token, live.signed = self._signer.sign(live.actor, now=clock.now()), time.monotonic()
        return live.token

    def forget(self) -> None:
        """Ask the database again for every session: something was changed that must be felt at once."""
        self._live.clear()

    def sweep(self, session: Session, now: datetime) -> int:
        """Delete what has ended; scheduled. Returns 0: one turn is enough."""
        session.execute(_SWEEP, {"now": now, "idle": now - IDLE})
        yesterday = now - timedelta(days=1)
        session.execute(_FORGET_FAILURES, {"yesterday": yesterday})
        session.execute(_FORGET_ADDRESSES, {"yesterday": yesterday, "lately": now - AT_HOME})
        return 0


def _holds(row: Any, now: datetime) -> bool:
    return bool(row.active and now < row.ends_at and now < row.seen_at + IDLE)


def _actor(row: Any) -> Actor:
    return Actor(row.code, tuple(row.roles), tuple(row.stores), tuple(row.dealer_stores), tuple(row.teammates))


def begin(session: Session, *, staff_code: str, address: str, now: datetime) -> tuple[str, datetime]:
    """A new session: the token, shown this once, and when it ends at the latest."""
    token = secrets.token_urlsafe(32)
    ends_at = now + ABSOLUTE
    session.add(
        StaffSession(
            token_hash=hash_of(token),
            staff_code=staff_code,
            network=network_of(address),
            began_at=now,
            seen_at=now,
            ends_at=ends_at,
        )
    )
    return token, ends_at


def own_sessions(
    connection: Connection, asked: Nothing, *, actor: Actor, token_hash: bytes, arrived: datetime
) -> OwnSessions:
    """Those that still open something."""
    del asked
    columns = StaffSession.__table__.c
    rows = connection.execute(
        select(*columns)
        .where(columns.staff_code == actor.staff_id, columns.ends_at > arrived, columns.seen_at > arrived - IDLE)
        .order_by(columns.seen_at.desc(), columns.id)
        .limit(MOST_SHOWN)
    )
    return OwnSessions([_shown(row, asking=token_hash) for row in rows])


def _shown(row: Row[tuple[StaffSession]], *, asking: bytes) -> OwnSession:
    return picked(OwnSession, row, session_id=row.id, current=row.token_hash == asking)


def end_own(session: Session, asked: EndSession, *, actor: Actor) -> Done:
    """One of his own. Raises SessionNotFound, of somebody else's too."""
    ended = session.execute(
        delete(StaffSession)
        .where(StaffSession.id == asked.session_id, StaffSession.staff_code == actor.staff_id)
        .returning(StaffSession.id)
    )
    if ended.one_or_none() is None:
        raise SessionNotFound
    return Done()


def end(session: Session, token_hash: bytes) -> None:
    """Log out."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def end_all(session: Session, *, staff_code: str, but: bytes | None = None) -> None:
    """End every session of a person, except the one that asks for it."""
    ended = delete(StaffSession).where(StaffSession.staff_code == staff_code)
    session.execute(ended if but is None else ended.where(StaffSession.token_hash != but))


def hash_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()

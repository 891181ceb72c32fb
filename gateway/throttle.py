"""Brakes on guessing passwords, kept in the database so that all replicas brake together.

An account waits after its fifth failure, twice as long after each further one, at most a quarter of an hour.
While it waits, the right password is refused too, with the same words, so a guesser learns nothing
and an owner is never locked out for good.

An address waits when within a minute thirty accounts failed there, unknown ones among them: that is guessing.
A shop of two hundred behind one address is not: who has a live session, or logged in from here lately, is not one
of the thirty (but one of two hundred), and the latter are let in while the address waits. Who logs in counts no more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from eventlet.semaphore import Semaphore
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.database import Database
from gateway.errors import TooManyAttempts
from gateway.sessions import AT_HOME, IDLE

FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)
STRANGERS, ACCOUNTS = 30, 200
"""Accounts that may fail at an address within the window: those that nobody works with there, and all."""
WINDOW = timedelta(minutes=1)
WAITING_AT_MOST = 16
"""Attempts on one account that may wait for their turn."""

_BLOCKED = text("SELECT blocked_until FROM login_failure WHERE subject = :subject AND blocked_until > :now")
_FAILED = text(
    """
    INSERT INTO login_failure AS known (subject, failures, since) VALUES (:subject, 1, :now)
    ON CONFLICT (subject) DO UPDATE SET failures = known.failures + 1, since = :now,
        blocked_until = CASE WHEN known.failures >= :free THEN
            :now + least(interval '1 s' * power(2, least(known.failures - :free, 20)), :longest) END
    """
)
_HERE = text(
    """
    SELECT count(*) AS accounts, count(*) FILTER (WHERE NOT at_work) AS strangers, min(failed_at) AS first,
           EXISTS (SELECT FROM login_from
                    WHERE address = :address AND account = :account AND succeeded_at > :lately) AS at_home
      FROM login_from WHERE address = :address AND failed_at > :window
    """
)
_FAILED_HERE = text(
    """
    INSERT INTO login_from AS known (address, account, failed_at, at_work)
    VALUES (:address, :account, :now,
            EXISTS (SELECT FROM staff_session s JOIN account a ON a.staff_code = s.staff_code
                     WHERE a.login = CAST(:account AS varchar) AND s.ends_at > :now AND s.seen_at > :idle))
    ON CONFLICT (address, account) DO UPDATE SET
        failed_at = :now, at_work = excluded.at_work OR coalesce(known.succeeded_at > :lately, false)
    """
)
_SUCCEEDED_HERE = text(
    """
    INSERT INTO login_from (address, account, at_work, succeeded_at) VALUES (:address, :account, false, :now)
    ON CONFLICT (address, account) DO UPDATE SET failed_at = NULL, at_work = false, succeeded_at = :now
    """
)
_FORGET = text("DELETE FROM login_failure WHERE subject = :subject")


class Throttle:
    """Counts failures. One attempt at a time per account in this process, so that none slips past the count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns: dict[str, Semaphore] = {}
        self._waiting: Counter[str] = Counter()

    def admit(self, account: str, *, address: str, now: datetime) -> None:
        """Raise TooManyAttempts if the account may not be tried from this address now."""
        values = {"address": address, "account": account, "window": now - WINDOW, "lately": now - AT_HOME}
        here = self._database.read(lambda connection: connection.execute(_HERE, values).one())
        if (here.strangers >= STRANGERS or here.accounts >= ACCOUNTS) and not here.at_home:
            raise TooManyAttempts(retry_after=_seconds(here.first + WINDOW - now))

    @contextmanager
    def turn(self, account: str, *, now: datetime) -> Iterator[None]:
        """This greenlet alone tries the account. Raises TooManyAttempts while the account waits."""
        if self._waiting[account] >= WAITING_AT_MOST:
            raise TooManyAttempts(retry_after=1)
        self._waiting[account] += 1
        try:
            with self._turns.setdefault(account, Semaphore(1)):
                self._require_free(account, now=now)
                yield
        finally:
            self._waiting[account] -= 1
            if not self._waiting[account]:
                del self._waiting[account], self._turns[account]

    def _require_free(self, account: str, *, now: datetime) -> None:
        values = {"subject": _account(account), "now": now}
        until: datetime | None = self._database.read(lambda connection: connection.scalar(_BLOCKED, values))
        if until is not None:
            raise TooManyAttempts(retry_after=_seconds(until - now))

    def failed(self, account: str, *, address: str | None = None, now: datetime) -> None:
        """The password was wrong: the next attempt, or the next account at this address, may have to wait."""
        values = {"subject": _account(account), "now": now, "free": FREE_FAILURES, "longest": LONGEST_WAIT}
        here = {"address": address, "account": account, "now": now, "idle": now - IDLE, "lately": now - AT_HOME}

        def count(session: Session) -> None:
            session.execute(_FAILED, values)
            if address is not None:
                session.execute(_FAILED_HERE, here)

        self._database.run(count)

    @staticmethod
    def succeeded(session: Session, account: str, *, address: str | None = None, now: datetime) -> None:
        """The password was right: its account begins anew, and belongs to this address."""
        session.execute(_FORGET, {"subject": _account(account)})
        if address is not None:
            session.execute(_SUCCEEDED_HERE, {"address": address, "account": account, "now": now})


def _account(name: str) -> str:
    return f"account:{name}"


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))

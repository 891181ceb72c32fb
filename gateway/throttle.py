"""Brakes on guessing passwords, kept in the database so that all replicas brake together.

An account waits after its fifth failure, twice as long after each further one, at most a quarter of an hour;
an address has thirty failures a minute. While an account waits, the right password is refused too,
with the same words, so a guesser learns nothing and an owner is never locked out for good.
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

from chassis.database import Database
from gateway.errors import TooManyAttempts

FREE_FAILURES = 4
LONGEST_WAIT = timedelta(minutes=15)
PER_ADDRESS = 30
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
_FROM_ADDRESS = text(
    """
    INSERT INTO login_failure AS known (subject, failures, since) VALUES (:subject, 1, :now)
    ON CONFLICT (subject) DO UPDATE SET
        failures = CASE WHEN known.since > :window THEN known.failures + 1 ELSE 1 END,
        since = CASE WHEN known.since > :window THEN known.since ELSE :now END
    RETURNING failures, since
    """
)
_FORGIVE = text("UPDATE login_failure SET failures = failures - 1 WHERE subject = :subject AND failures > 0")
_FORGET = text("DELETE FROM login_failure WHERE subject = :subject")


class Throttle:
    """Counts failures. One attempt at a time per account in this process, so that none slips past the count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns: dict[str, Semaphore] = {}
        self._waiting: Counter[str] = Counter()

    def come_from(self, address: str, *, now: datetime) -> None:
        """Count an attempt against its address until it turns out right. Raises TooManyAttempts."""
        values = {"subject": _address(address), "now": now, "window": now - WINDOW}
        counted = self._database.run(lambda session: session.execute(_FROM_ADDRESS, values).one())
        if counted.failures > PER_ADDRESS:
            raise TooManyAttempts(retry_after=_seconds(counted.since + WINDOW - now))

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

    def failed(self, account: str, *, now: datetime) -> None:
        """The password was wrong: the next attempt may have to wait."""
        values = {"subject": _account(account), "now": now, "free": FREE_FAILURES, "longest": LONGEST_WAIT}
        self._database.run(lambda session: session.execute(_FAILED, values))

    @staticmethod
    def succeeded(session: Session, account: str, *, address: str | None = None) -> None:
        """The password was right: its account begins anew and its address gets the attempt back."""
        session.execute(_FORGET, {"subject": _account(account)})
        if address is not None:
            session.execute(_FORGIVE, {"subject": _address(address)})


def _account(name: str) -> str:
    return f"account:{name}"


def _address(address: str) -> str:
    return f"address:{address}"


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))

"""Passwords: argon2id, hashed outside of the event loop, as many at a time as leave half of the cores to the rest.

One hash takes 46 MiB, one pass, one lane (OWASP's first choice), some 0.05 s of a core: in the loop it would stop
every other request, and without a limit the log-ins of a morning would take the machine away from everybody.
One lane, for several only help who logs in alone: two hundred at once are done sooner without.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventlet import tpool
from eventlet.semaphore import Semaphore

from chassis.process.aside import THREADS
from gateway import faults
from gateway.errors import PasswordTooWeak
from gateway.faults import HttpFault

SHORTEST, LONGEST = 8, 128
DIFFERENT = 4
"""Different characters a password has at least: `aaaaaaaa` is no password."""
AT_ONCE = THREADS - 1
WAITING_AT_MOST = 100
"""Log-ins that may wait for their turn: more would not be done before their deadline."""

_HASHER = PasswordHasher(memory_cost=46 * 1024, time_cost=1, parallelism=1)
_DUMMY = "$argon2id$v=19$m=47104,t=1,p=1$gt7CQqbmadnsPdOpET0OiA$BLf4lB4i5fB25hG8VlS0szAq1WF/0bgr4F2vwY/3TSY"
"""Checked when there is no such account, so that the answer takes as long as for one that is there."""


@cache
def common() -> frozenset[str]:
    """Passwords that everybody tries first."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip())


def require_strong(password: str, *, account: str) -> None:
    """Raise PasswordTooWeak. No rules of composition (ASVS 6.2): length counts, and not being the first guess.

    The account's name does not count towards the length.
    """
    lower = password.lower()
    own = lower.replace(account.lower(), "")
    if len(own) < SHORTEST or len(password) > LONGEST or lower in common() or len(set(lower)) < DIFFERENT:
        raise PasswordTooWeak


def make_hash(password: str) -> str:
    """The hash to store, worked out right here: for tools, not for the event loop."""
    return _HASHER.hash(password)


class Hashing:
    """Hashes for many greenlets, in threads of the operating system."""

    def __init__(self) -> None:
        self._turns = Semaphore(AT_ONCE)
        self._waiting = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For `fits`, with whatever must be known before the next password is tried. Raises HttpFault: OVERLOADED."""
        if self._waiting >= WAITING_AT_MOST:
            raise HttpFault(faults.OVERLOADED)
        self._waiting += 1
        try:
            self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    def make(self, password: str) -> str:
        """The hash to store. Raises HttpFault: OVERLOADED."""
        with self.turn():
            made: str = tpool.execute(_HASHER.hash, password)
            return made

    @staticmethod
    def fits(stored: str | None, password: str) -> bool:
        """True if it is the password; takes as long when nothing is stored. Within a `turn`."""
        right: bool = tpool.execute(_verify, stored or _DUMMY, password)
        return right and stored is not None

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """True if the hash was made with other settings than today's."""
        return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

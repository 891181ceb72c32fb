"""Passwords: argon2id, hashed outside of the event loop, at most two at a time.

One hash takes 64 MiB and some 0.1 s of two cores: in the loop it would stop every other request,
and without a limit ten log-ins at once would take the machine away from everybody.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventlet import tpool
from eventlet.semaphore import Semaphore

from gateway.errors import PasswordTooWeak

SHORTEST, LONGEST = 8, 128
DIFFERENT = 4
"""Different characters a password has at least: `aaaaaaaa` is no password."""
AT_ONCE = 2

_HASHER = PasswordHasher()
_DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$kWCiBI5tkB1C51gI+s7gpw$MzxKhpsFwRaVHFAqhcvuKtTR4DyBTYNgDl5afUFlrSk"
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

    def make(self, password: str) -> str:
        """The hash to store."""
        with self._turns:
            made: str = tpool.execute(_HASHER.hash, password)
            return made

    def fits(self, stored: str | None, password: str) -> bool:
        """True if it is the password; takes as long when nothing is stored."""
        with self._turns:
            right: bool = tpool.execute(_verify, stored or _DUMMY, password)
            return right and stored is not None

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """True if the hash was made with weaker settings than today's."""
        return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

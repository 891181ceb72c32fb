"""Turns: who works on the same thing waits for who does already, until the transaction of that one ends.

For what a row's lock cannot guard, because there is no row yet, or there are many: two desks that name one phone
at once, events of one customer in two processes. A kind of thing has a name of its own (`about`).
Two keys that share a lock by chance wait for each other without need, and do no harm otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

MOST = 2**31
"""Locks there may be of a kind of thing."""

_ALONE = text("SELECT pg_advisory_xact_lock(:about, lock) FROM unnest(CAST(:locks AS int[])) AS lock")
_TOGETHER = text("SELECT pg_advisory_xact_lock_shared(:about, lock) FROM unnest(CAST(:locks AS int[])) AS lock")


def take(session: Session, about: str, keys: Iterable[object], *, among: int = MOST) -> None:
    """Have these things alone: nobody else has them, or shares them, meanwhile.

    Who may name thousands of things in one transaction lets them share a smaller number of locks (`among`), the same
    in every place: PostgreSQL's table of locks has room for some thousands in all.
    """
    _lock(session, _ALONE, about, keys, among)


def share(session: Session, about: str, keys: Iterable[object]) -> None:
    """Have these things together with others who share them: nobody has them alone meanwhile."""
    _lock(session, _TOGETHER, about, keys, MOST)


def _lock(session: Session, how: TextClause, about: str, keys: Iterable[object], among: int) -> None:
    # in one order, so that no two wait for each other
    locks = sorted({crc32(str(key).encode()) % among for key in keys})
    if locks:
        session.execute(how, {"about": crc32(about.encode()) % MOST, "locks": locks})

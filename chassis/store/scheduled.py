"""Work by the clock in one replica: while another one is at it, nothing is done, or it is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.database import Database

T = TypeVar("T")

_HOLD = {
    False: text("SELECT pg_try_advisory_xact_lock(hashtext('scheduled'), hashtext(:name))"),
    True: text("SELECT true FROM pg_advisory_xact_lock(hashtext('scheduled'), hashtext(:name))"),
}
_HOLD_LONGER = {
    False: text("SELECT pg_try_advisory_lock(hashtext('scheduled'), hashtext(:name))"),
    True: text("SELECT true FROM pg_advisory_lock(hashtext('scheduled'), hashtext(:name))"),
}
_LET_GO = text("SELECT pg_advisory_unlock(hashtext('scheduled'), hashtext(:name))")


def run_scheduled(db: Database, name: str, work: Callable[[Session], int], *, waits: bool = False) -> int:
    """Do one batch of scheduled work; returns how many things were done."""

    def turn(session: Session) -> int:
        return work(session) if session.scalar(_HOLD[waits], {"name": name}) else 0

    return db.run(turn)


def run_after(
    db: Database, name: str, first: Callable[[], T], work: Callable[[Session, T], int], *, waits: bool = False
) -> int:
    """The same, with what is found out `first`, outside of any transaction; also that is done in one replica."""
    with _holding(db, name, waits=waits) as held:
        if not held:
            return 0
        known = first()
        return db.run(lambda session: work(session, known))


@contextmanager
def _holding(db: Database, name: str, *, waits: bool) -> Iterator[bool]:
    """Hold the place with a connection of its own, whose session ends if it cannot be let go."""
    with db.reading() as connection:
        held = bool(connection.scalar(_HOLD_LONGER[waits], {"name": name}))
        let_go = False
        try:
            yield held
            let_go = not held or bool(connection.scalar(_LET_GO, {"name": name}))
        finally:
            if not let_go:
                with suppress(Exception):
                    connection.invalidate()

"""Work by the clock: in one replica, and what it asks others is asked outside of any transaction."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.database import Database
from chassis.store.scheduled import run_after, run_scheduled
from tests.integration.chassis.conftest import count, effect
from tests.support.databases import Databases
from tests.support.polling import eventually

OPEN = text(
    """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
       AND state <> 'idle'
    """
)
LOCKS = text(
    """
    SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
     WHERE locktype = 'advisory' AND datname = current_database()
    """
)


@pytest.fixture
def replica(databases: Databases) -> Iterator[Database]:
    """Another process of the service."""
    made = Database(databases.url("sales"))
    yield made
    made.close()


def work(session: Session, known: str) -> int:
    effect(session, known)
    return 3


def test_what_was_found_out_first_is_given_to_the_work_and_no_transaction_is_open_meanwhile(db: Database) -> None:
    seen: list[int] = []

    def first() -> str:
        seen.append(db.read(lambda connection: connection.scalar(OPEN)) or 0)
        return "what others said"

    assert run_after(db, "asking", first, work) == 3
    assert (seen, count(db, "what others said")) == ([0], 1)


@pytest.mark.parametrize("waits", [False, True])
def test_only_one_replica_asks_and_works_at_a_time(db: Database, replica: Database, waits: bool) -> None:
    asking, answered = Event(), Event()

    def slow() -> str:
        asking.set()
        assert answered.wait(5)
        return "one"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run_after, db, "asking", slow, work)
        assert asking.wait(5)
        assert run_after(replica, "something else", lambda: "beside", work) == 3
        other = pool.submit(run_after, replica, "asking", lambda: "other", work, waits=waits)
        if not waits:
            assert other.result(5) == 0
        answered.set()
        assert one.result(5) == 3
        assert other.result(5) == (3 if waits else 0)
    assert count(db, "other") == (1 if waits else 0)


@pytest.mark.parametrize("failing", ["first", "work"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_whoever_fails_lets_others_have_the_place(
    db: Database, replica: Database, failing: str, error: type[BaseException]
) -> None:
    def first() -> str:
        if failing == "first":
            raise error
        return "never"

    def broken(_session: Session, _known: str) -> int:
        raise error

    with pytest.raises(error):
        run_after(db, "asking", first, broken)
    eventually(
        lambda: run_after(replica, "asking", lambda: "after", work) == 3, what="the broken session's place to be free"
    )
    assert db.read(lambda connection: connection.scalar(LOCKS)) == 0


def test_the_place_is_the_same_with_and_without_a_question(db: Database, replica: Database) -> None:
    def first() -> str:
        assert run_scheduled(replica, "asking", lambda session: work(session, "twice")) == 0
        return "once"

    assert run_after(db, "asking", first, work) == 3
    assert (count(db, "once"), count(db, "twice")) == (1, 0)

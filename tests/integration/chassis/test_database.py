"""One transaction per command: committed as a whole, repeated as a whole, never half."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from chassis.store import database as chassis_database
from chassis.store.database import CONTENTION_TRIES, Database, is_contention, is_lock_timeout, is_outage
from tests.integration.chassis.conftest import SERVICE, count, effect
from tests.support.databases import Databases


class Killed(BaseException):
    """A deadline that strikes in the middle."""


def test_a_transaction_is_committed_when_its_block_ends(db):
    with db.transaction() as session:
        effect(session, "a")
    assert count(db) == 1


@pytest.mark.parametrize("error", [ValueError, Killed])
def test_a_transaction_leaves_nothing_behind_when_its_block_raises(db, error):
    with pytest.raises(error), db.transaction() as session:
        effect(session, "a")
        raise error
    assert count(db) == 0


def test_the_connection_of_a_transaction_that_was_struck_is_not_used_again(db):
    def pid(session: Session) -> int:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)

    seen = []
    with pytest.raises(Killed), db.transaction() as session:
        seen.append(pid(session))
        raise Killed
    with db.transaction() as session:
        assert pid(session) not in seen


def test_work_is_repeated_as_a_whole_after_a_deadlock(db):
    with db.transaction() as session:
        session.execute(text("INSERT INTO planted.account VALUES ('a', 0), ('b', 0)"))
    both_hold_one = threading.Barrier(2, timeout=10)
    tries: list[str] = []

    def transfer(first: str, second: str) -> None:
        def work(session: Session) -> None:
            tries.append(first)
            session.execute(text("UPDATE planted.account SET balance = balance + 1 WHERE name = :n"), {"n": first})
            if len(tries) <= 2:
                both_hold_one.wait()
            session.execute(text("UPDATE planted.account SET balance = balance + 1 WHERE name = :n"), {"n": second})

        db.run(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(transfer, "a", "b"), pool.submit(transfer, "b", "a")]:
            done.result()
    assert len(tries) >= 3, "one of the two was the victim and ran again"
    with db.reading() as connection:
        assert connection.execute(text("SELECT balance FROM planted.account ORDER BY name")).scalars().all() == [2, 2]


def test_work_is_repeated_as_a_whole_after_its_connection_was_cut(db, databases: Databases):
    tries = 0

    def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        effect(session, "a")
        if tries == 1:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with databases.admin(SERVICE) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        effect(session, "b")

    db.run(work)
    assert tries == 2
    assert (count(db, "a"), count(db, "b")) == (1, 1)


def test_a_read_is_repeated_after_its_connection_was_cut(db, databases: Databases):
    with db.reading() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    with databases.admin(SERVICE) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    assert db.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1


def test_every_connection_may_be_cut_between_two_uses(db, databases: Databases):
    def nap(_: int) -> int:
        return int(db.run(lambda session: session.scalar(text("SELECT 1"))) or 0)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(nap, range(8))) == [1] * 8
        databases.cut(SERVICE, role="app")
        assert list(pool.map(nap, range(8))) == [1] * 8


def test_a_defect_is_not_repeated(db):
    tries = 0

    def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        session.execute(text("INSERT INTO planted.account VALUES ('a', 0), ('a', 0)"))

    with pytest.raises(IntegrityError):
        db.run(work)
    assert tries == 1


def test_contention_without_end_is_given_up(db, monkeypatch):
    monkeypatch.setattr(chassis_database, "CONTENTION_TRIES", 3)
    tries = 0

    def work(session: Session) -> None:
        nonlocal tries
        tries += 1
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(DBAPIError) as caught:
        db.run(work)
    assert is_contention(caught.value)
    assert tries == 3
    assert CONTENTION_TRIES >= 3


def test_a_row_that_somebody_holds_is_waited_for_and_then_named(db):
    with db.transaction() as session:
        session.execute(text("INSERT INTO planted.account VALUES ('a', 0)"))
    with db.transaction() as holder:
        holder.execute(text("SELECT 1 FROM planted.account WHERE name = 'a' FOR UPDATE"))
        with pytest.raises(DBAPIError) as caught, db.transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = '100ms'"))
            other.execute(text("SELECT 1 FROM planted.account WHERE name = 'a' FOR UPDATE"))
    assert is_lock_timeout(caught.value)
    assert is_contention(caught.value)
    assert not is_outage(caught.value)


def test_connections_made_while_the_database_took_no_writes_are_not_kept_when_it_takes_them_again(
    db, databases: Databases
):
    uses = (db.probe, lambda: db.run(lambda session: effect(session, "a")))
    db.close()
    with databases.admin(SERVICE) as admin:
        default = f"ALTER DATABASE {databases.name(SERVICE)} %s default_transaction_read_only"
        admin.execute(default % "SET" + " = on")
        try:
            for use in uses:
                with pytest.raises(DBAPIError) as refused:
                    use()
                assert is_outage(refused.value)
        finally:
            admin.execute(default % "RESET")
    for use in uses:
        use()
    assert count(db) == 1


def error_of(db: Database, statement: str) -> DBAPIError:
    with pytest.raises(DBAPIError) as caught, db.transaction() as session:
        session.execute(text(statement))
    return caught.value


@pytest.mark.parametrize("state", ["08006", "57P01", "57P03", "53300"])
def test_a_server_that_ends_or_is_full_is_an_outage(db, state):
    assert is_outage(error_of(db, f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize("state", ["23505", "22001", "42P01", "40001", "57014"])
def test_a_defect_or_a_conflict_is_no_outage(db, state):
    assert not is_outage(error_of(db, f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))


def test_a_server_that_is_not_there_is_an_outage():
    nowhere = Database("postgresql://nobody:x@127.0.0.1:9/none")
    with pytest.raises(sqlalchemy.exc.OperationalError) as caught:
        nowhere.probe()
    assert is_outage(caught.value)
    nowhere.close()


def test_a_pool_that_is_used_up_is_an_outage_and_not_a_defect(databases: Databases, monkeypatch):
    databases(SERVICE)
    small = Database(databases.url(SERVICE), pool_size=1)
    monkeypatch.setattr(small._readers.pool, "_timeout", 0.1)  # three seconds in production
    try:
        with small.reading(), pytest.raises(sqlalchemy.exc.TimeoutError) as caught, small.reading():
            pass
        assert is_outage(caught.value)
    finally:
        small.close()


def test_no_statement_runs_for_ever(db):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")
    limits = {name: db.read(lambda connection, name=name: connection.scalar(text(f"SHOW {name}"))) for name in names}
    assert limits == {
        "statement_timeout": "8s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "15s",
        "timezone": "Asia/Shanghai",
    }


def test_a_read_is_one_round_trip_without_a_transaction(db):
    db.read(lambda connection: connection.scalar(text("SELECT 1")))
    with db.reading() as connection:
        one = connection.scalar(text("SELECT pg_current_xact_id_if_assigned()"))
        first = connection.scalar(text("SELECT transaction_timestamp()"))
        second = connection.scalar(text("SELECT transaction_timestamp()"))
    assert one is None
    assert first != second

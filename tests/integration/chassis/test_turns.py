"""Who works on the same thing waits; who works on another does not."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from chassis.store import turns
from chassis.store.database import Database
from tests.support.databases import Databases

HELD = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")


@pytest.fixture
def db(databases: Databases) -> Database:
    return databases("sales")


def waits(db: Database, how: Any, about: str, *keys: object) -> bool:
    """Whether another transaction would have to wait for its turn now."""
    try:
        with db.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            how(session, about, keys)
    except OperationalError as error:
        assert isinstance(error.orig, LockNotAvailable)  # noqa: PT017  # any other is a failure
        return True
    return False


def test_the_second_waits_for_the_first_until_its_transaction_ends(db):
    with db.transaction() as session:
        turns.take(session, "vin", ["A", "B"])
        assert waits(db, turns.take, "vin", "C", "B")
        assert waits(db, turns.share, "vin", "A")
    assert not waits(db, turns.take, "vin", "A", "B")


def test_another_thing_and_another_kind_of_thing_are_free(db):
    with db.transaction() as session:
        turns.take(session, "vin", ["A"])
        assert not waits(db, turns.take, "vin", "B")
        assert not waits(db, turns.take, "plate", "A")


def test_those_who_share_wait_only_for_who_wants_it_alone(db):
    with db.transaction() as session:
        turns.share(session, "owners", ["A"])
        assert not waits(db, turns.share, "owners", "A")
        assert waits(db, turns.take, "owners", "A")


def test_two_that_name_the_same_things_in_another_order_do_not_wait_in_a_circle(db):
    """Each of twenty rounds would end in a deadlock if both took their first thing before the other's."""
    names = [f"vin {n}" for n in range(200)]
    done = []

    def work(order: list[str]) -> None:
        for _ in range(20):
            with db.transaction() as session:
                turns.take(session, "vin", order)
        done.append(order)

    both = [threading.Thread(target=work, args=(order,)) for order in (names, names[::-1])]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(done) == 2


def test_thousands_of_keys_hold_no_more_locks_than_there_are_to_share(db):
    with db.transaction() as session:
        turns.take(session, "identity", range(5_000), among=64)
        held = session.scalar(HELD)
    assert held == 64


def test_nothing_to_wait_for_asks_nothing(db):
    with db.transaction() as session:
        turns.take(session, "vin", [])
        held = session.scalar(HELD)
    assert held == 0

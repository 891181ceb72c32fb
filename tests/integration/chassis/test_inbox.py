"""The inbox: an event has its effect once, however often and however badly it is delivered."""

from __future__ import annotations

import random
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text

from chassis.store import inbox
from chassis.store.database import Database
from tests.integration.chassis.conftest import count, effect
from tests.support.polling import eventually

HANDLER = "vehicle_delivered.v1"


class Killed(BaseException):
    """The process dies here, as by `kill -9`: nothing after this runs."""


def ids(number: int) -> list[UUID]:
    return [uuids.uuid7() for _ in range(number)]


def duplicates(db: Database, event_id: UUID) -> int:
    with db.reading() as connection:
        return int(connection.scalar(text("SELECT duplicates FROM inbox WHERE event_id = :id"), {"id": event_id}) or 0)


def test_what_is_new_is_claimed_and_what_is_known_is_not(db):
    one, two, three = ids(3)
    with db.transaction() as session:
        assert inbox.claim(session, dict.fromkeys([one, two], HANDLER)) == {one, two}
    with db.transaction() as session:
        assert inbox.claim(session, dict.fromkeys([two, three], HANDLER)) == {three}
    assert (duplicates(db, one), duplicates(db, two), duplicates(db, three)) == (0, 1, 0)


def test_each_handler_claims_for_itself(db):
    (one,) = ids(1)
    with db.transaction() as session:
        assert inbox.claim(session, {one: "a.v1"}) == {one}
        assert inbox.claim(session, {one: "b.v1"}) == {one}


def test_events_of_several_handlers_are_claimed_together_and_counted_apart(db):
    one, two, three = ids(3)
    with db.transaction() as session:
        assert inbox.claim(session, {one: "a.v1", two: "b.v1"}) == {one, two}
    with db.transaction() as session:
        assert inbox.claim(session, {one: "b.v1", two: "b.v1", three: "a.v1"}) == {one, three}
    with db.reading() as connection:
        asked = text("SELECT handler, event_id, duplicates FROM inbox WHERE event_id = ANY(:ids)")
        kept = {tuple(row) for row in connection.execute(asked, {"ids": [one, two, three]})}
    assert kept == {("a.v1", one, 0), ("b.v1", one, 0), ("b.v1", two, 1), ("a.v1", three, 0)}


def test_nothing_is_claimed_by_a_transaction_that_fails(db):
    (one,) = ids(1)
    try:
        with db.transaction() as session:
            inbox.claim(session, {one: HANDLER})
            raise Killed
    except Killed:
        pass
    with db.transaction() as session:
        assert inbox.claim(session, {one: HANDLER}) == {one}


def test_of_many_deliveries_at_once_exactly_one_has_the_effect(db):
    (one,) = ids(1)
    together = threading.Barrier(8, timeout=10)

    def deliver(_: int) -> bool:
        together.wait()
        with db.transaction() as session:
            fresh = inbox.claim(session, {one: HANDLER})
            if fresh:
                effect(session, "a")
            return bool(fresh)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(deliver, range(8))) == [False] * 7 + [True]
    assert count(db) == 1
    assert duplicates(db, one) == 7


def test_a_duplicate_waits_for_the_first_and_takes_over_when_it_fails(db):
    (one,) = ids(1)
    first_claimed, first_may_fail = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with db.transaction() as session:
                inbox.claim(session, {one: HANDLER})
                first_claimed.set()
                assert first_may_fail.wait(10)
                raise Killed
        except Killed:
            pass

    def second() -> set[UUID]:
        assert first_claimed.wait(10)
        with db.transaction() as session:
            return inbox.claim(session, {one: HANDLER})

    with ThreadPoolExecutor(2) as pool:
        dying, waiting = pool.submit(first), pool.submit(second)
        eventually(lambda: _waits_for_a_lock(db), what="the duplicate waits")
        assert not waiting.done()
        first_may_fail.set()
        dying.result()
        assert waiting.result() == {one}


def _waits_for_a_lock(db: Database) -> bool:
    waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO inbox%'
    """
    with db.reading() as connection:
        return bool(connection.scalar(text(waiting)))


def test_five_hundred_events_three_times_with_crashes_have_five_hundred_effects(db):
    """Three deliveries of each to eight workers; one in five dies before its commit and comes again."""
    chance, guard = random.Random(11), threading.Lock()
    events = ids(500)
    queue = deque(events * 3)
    chance.shuffle(queue)
    crashes = 0

    def worker() -> None:
        nonlocal crashes
        while True:
            with guard:
                if not queue:
                    return
                event_id, dies = queue.popleft(), chance.random() < 0.2
            try:
                with db.transaction() as session:
                    if inbox.claim(session, {event_id: HANDLER}):
                        effect(session, str(event_id))
                    if dies:
                        raise Killed
            except Killed:
                with guard:
                    crashes += 1
                    queue.append(event_id)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(worker) for _ in range(8)]:
            done.result()
    assert crashes > 200
    assert count(db) == 500
    with db.reading() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT name) FROM planted.effect")) == 500


def test_batches_that_overlap_claim_each_event_once_and_do_not_deadlock(db):
    """Twenty times over: of those that come too late several count the same duplicates at once, each in its order."""
    together = threading.Barrier(4, timeout=10)

    def deliver(number: int, events: list[UUID]) -> int:
        mine = events[:]
        random.Random(number).shuffle(mine)
        together.wait()
        with db.transaction() as session:
            fresh = inbox.claim(session, dict.fromkeys(mine, HANDLER))
            for event_id in fresh:
                effect(session, str(event_id))
            return len(fresh)

    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            events = ids(60)
            assert sum(pool.map(deliver, range(4), [events] * 4)) == 60
            assert [duplicates(db, event_id) for event_id in events] == [3] * 60
    assert count(db) == 20 * 60


def test_starts_of_a_suspect_are_counted_until_it_finishes(db):
    message = str(uuids.uuid7())
    for expected in (1, 2, 3):
        assert db.run(lambda session: inbox.note_start(session, message_id=message)) == expected
    db.run(lambda session: inbox.clear(session, message_id=message))
    assert db.run(lambda session: inbox.note_start(session, message_id=message)) == 1

"""A command with a key has its effect once, and its second answer is its first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.database import Database
from chassis.store.idempotency import REMEMBERED, Asked, claim, fingerprint, forget, forget_old, once
from contracts.refusals import KeyReused, StillRunning
from tests.integration.chassis.conftest import count, effect

OPERATION = "sales.pay_order"


def pay(session: Session, key: str, *, body: bytes = b"{}", staff: str = "s-1", answer: bytes = b'{"paid":1}') -> bytes:
    """A command as the entrypoint runs it."""

    def work() -> bytes:
        effect(session, key)
        return answer

    return once(session, Asked(staff, key, OPERATION, fingerprint(OPERATION, body)), work)


@pytest.fixture
def key() -> str:
    return str(uuids.uuid7())


def run(db: Database, key: str, **how) -> bytes:
    return db.run(lambda session: pay(session, key, **how))


def test_the_same_request_again_gets_the_first_answer_and_has_no_effect(db, key):
    assert run(db, key) == b'{"paid":1}'
    assert run(db, key, answer=b'{"paid":2}') == b'{"paid":1}'
    assert count(db, key) == 1


def test_another_request_with_the_key_is_refused(db, key):
    run(db, key)
    with pytest.raises(KeyReused):
        run(db, key, body=b'{"amount":2}')
    assert count(db, key) == 1


def test_the_same_key_for_another_operation_is_another_request():
    assert fingerprint("sales.sign_order", b"{}") != fingerprint("sales.pay_order", b"{}")


def test_what_stood_in_a_request_is_not_found_out_by_trying_without_the_service_s_secret():
    mine = fingerprint(OPERATION, b"{}", secret=b"mine")
    assert mine == fingerprint(OPERATION, b"{}", secret=b"mine")
    assert mine not in (fingerprint(OPERATION, b"{}"), fingerprint(OPERATION, b"{}", secret=b"another"))


def test_the_same_key_of_somebody_else_is_another_key(db, key):
    run(db, key)
    assert run(db, key, staff="s-2", answer=b"other") == b"other"


def test_a_command_that_failed_is_judged_anew(db, key):
    with pytest.raises(ZeroDivisionError), db.transaction() as session:
        pay(session, key)
        _ = 1 / 0
    assert run(db, key) == b'{"paid":1}'
    assert count(db, key) == 1


def test_of_many_at_once_one_has_the_effect_and_all_have_its_answer(db, key):
    together = threading.Barrier(8, timeout=10)

    def call(number: int) -> bytes:
        together.wait()
        return run(db, key, answer=str(number).encode())

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(call, range(8)))
    assert len(answers) == 1
    assert count(db, key) == 1


def test_of_many_at_once_with_different_bodies_one_is_done_and_the_others_are_refused(db, key):
    together = threading.Barrier(6, timeout=10)

    def call(number: int) -> str:
        together.wait()
        try:
            return run(db, key, body=str(number).encode()).decode()
        except KeyReused:
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(call, range(6))).count("refused") == 5
    assert count(db, key) == 1


def test_a_second_call_while_the_first_is_running_waits_for_it_and_then_says_so(db, key):
    with db.transaction() as first:
        pay(first, key)
        first.flush()
        with pytest.raises(StillRunning), db.transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            pay(second, key)
    assert run(db, key) == b'{"paid":1}'


def test_a_key_that_was_claimed_without_an_answer_is_still_running(db, key):
    with db.transaction() as session:
        claim(session, Asked("s-1", key, OPERATION, fingerprint(OPERATION, b"{}")))
    with pytest.raises(StillRunning):
        run(db, key)


def test_an_answer_is_kept_to_the_byte(db, key):
    answer = '{"name":"张伟","n":1.50}'.encode()
    run(db, key, answer=answer)
    assert run(db, key) == answer


def test_answers_that_name_somebody_are_forgotten_and_others_are_not(db):
    named, other = (str(uuids.uuid7()) for _ in range(2))
    run(db, named, answer=f'{{"customer_id":"{named}"}}'.encode())
    run(db, other, answer=b"{}")
    assert db.run(lambda session: forget(session, naming=[named])) == 1
    assert run(db, named, answer=b'{"again":1}') == b'{"again":1}'
    assert run(db, other, answer=b'{"again":1}') == b"{}"


def test_commands_nobody_sends_again_are_forgotten_by_the_clock(db, key):
    run(db, key)
    written = db.read(
        lambda reading: reading.scalar(text("SELECT created_at FROM command_log WHERE key = :key"), {"key": key})
    )
    db.run(lambda session: forget_old(session, real_now=written + REMEMBERED))
    assert run(db, key, answer=b"{}") == b'{"paid":1}'
    db.run(lambda session: forget_old(session, real_now=written + REMEMBERED + timedelta(seconds=1)))
    assert run(db, key, answer=b"{}") == b"{}"

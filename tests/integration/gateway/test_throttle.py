"""Guessing passwords: how often, how long one waits, and that the owner is not locked out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.integration.gateway.running import PASSWORD, Gateway, Person, an_address
from tests.support.randoms import code


def wait_of(gateway: Gateway, account: str) -> float:
    """Seconds the account still has to wait."""
    ((seconds,),) = gateway.rows(
        "SELECT extract(epoch FROM blocked_until - since) FROM login_failure WHERE subject = %s",
        f"account:{account.lower()}",
    )
    return float(seconds)


def let_time_pass(gateway: Gateway, account: str) -> None:
    gateway.rows(
        "UPDATE login_failure SET blocked_until = now() - interval '1 ms' WHERE subject = %s AND blocked_until > now()",
        f"account:{account.lower()}",
    )


@pytest.mark.parametrize("exists", [True, False], ids=["of an account", "of no account"])
def test_from_the_fifth_failure_on_one_waits_even_with_the_right_password(gateway: Gateway, exists: bool) -> None:
    account = gateway.person("consultant").code if exists else code("NOBODY")
    assert [gateway.log_in(account, "wrong").code for _ in range(5)] == ["LOGIN_FAILED"] * 5
    # four more, so that the wait of one second is one of sixteen, which a busy machine does not outlast
    gateway.rows("UPDATE login_failure SET failures = failures + 4 WHERE subject = %s", f"account:{account}")
    for password in ("wrong", PASSWORD):
        refused = gateway.log_in(account, password)
        assert (refused.status, refused.code) == (429, "TOO_MANY_ATTEMPTS")
        assert 1 <= int(refused.headers["Retry-After"]) <= 16


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_never_becomes_for_ever(gateway: Gateway) -> None:
    account = gateway.person("consultant").code
    for _ in range(4):
        gateway.log_in(account, "wrong")
    waits = []
    for _ in range(12):
        let_time_pass(gateway, account)
        assert gateway.log_in(account, "wrong").status == 401
        waits.append(wait_of(gateway, account))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    let_time_pass(gateway, account)
    assert gateway.log_in(account, PASSWORD).status == 201
    assert gateway.rows("SELECT * FROM login_failure WHERE subject = %s", f"account:{account.lower()}") == []


def test_ten_minutes_of_guessing_are_fewer_than_twenty_guesses() -> None:
    waits = [min(2**failure, 900) for failure in range(30)]
    elapsed, guesses = timedelta(), 4
    for wait in waits:
        guesses += 1
        elapsed += timedelta(seconds=wait)
        if elapsed > timedelta(minutes=10):
            break
    assert guesses <= 20


def test_guesses_that_come_at_once_are_counted_one_by_one(gateway: Gateway) -> None:
    account = gateway.person("consultant").code
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: gateway.log_in(account, "wrong").status, range(12)))
    assert sorted(answers) == [401] * 5 + [429] * 7


def test_people_who_log_in_at_once_do_not_hinder_each_other(gateway: Gateway) -> None:
    account = gateway.person("consultant").code
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: gateway.log_in(account, PASSWORD).status, range(8))) == [201] * 8


def test_an_address_has_thirty_failures_a_minute_over_all_accounts(gateway: Gateway) -> None:
    address = an_address()
    guess = code("SPRAY")
    gateway.rows("INSERT INTO login_failure (subject, failures, since) VALUES (%s, 28, now())", f"address:{address}")
    spraying = [gateway.log_in(f"{guess}{number}", "wrong", address=address) for number in range(3)]
    assert [answer.status for answer in spraying] == [401, 401, 429]
    assert 1 <= int(spraying[-1].headers["Retry-After"]) <= 60
    person = gateway.person("consultant")
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 429
    assert gateway.log_in(person.code, PASSWORD).status == 201, "from elsewhere"
    gateway.rows("UPDATE login_failure SET since = now() - interval '61 s' WHERE subject = %s", f"address:{address}")
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 201


def test_those_who_know_their_password_do_not_use_up_their_address(gateway: Gateway) -> None:
    address, person = an_address(), gateway.person("consultant")
    gateway.rows("INSERT INTO login_failure (subject, failures, since) VALUES (%s, 29, now())", f"address:{address}")
    assert [gateway.log_in(person.code, PASSWORD, address=address).status for _ in range(3)] == [201] * 3


def test_the_address_is_the_one_the_trusted_proxy_saw_and_not_what_the_client_says(gateway: Gateway) -> None:
    address = an_address()
    gateway.log_in(code("NOBODY"), "wrong", address=address)
    assert gateway.rows("SELECT failures FROM login_failure WHERE subject = %s", f"address:{address}") == [(1,)]
    assert gateway.rows("SELECT 1 FROM login_failure WHERE subject = 'address:10.9.9.9'") == []


def test_the_old_password_cannot_be_guessed_from_a_session(gateway: Gateway) -> None:
    person: Person = gateway.person("consultant")
    change = {"old_password": "wrong", "new_password": "another of one's own"}
    answers = [person.post("/me/password", change) for _ in range(6)]
    assert [answer.status for answer in answers] == [401] * 5 + [429]
    assert person.get("/me").status == 200

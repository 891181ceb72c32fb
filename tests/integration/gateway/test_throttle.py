"""Guessing passwords: how often, how long one waits, and that the owner is not locked out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gateway.passwords import AT_ONCE
from gateway.throttle import ACCOUNTS, STRANGERS
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
    assert wait_of(gateway, account) == 1
    longer = "UPDATE login_failure SET blocked_until = now() + interval '10 minutes' WHERE subject = %s RETURNING 1"
    assert gateway.rows(longer, f"account:{account.lower()}") == [(1,)]  # a busy machine outlasts one second
    for password in ("wrong", PASSWORD):
        refused = gateway.log_in(account, password)
        assert (refused.status, refused.code) == (429, "TOO_MANY_ATTEMPTS")
        assert 1 <= int(refused.headers["Retry-After"]) <= 600


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


@pytest.mark.parametrize("typed", ["{}", " {}", "{}\u200b", "\u3000{}", "{}\u2060\u2060"], ids=ascii)
def test_another_way_of_writing_an_account_is_not_another_account(gateway: Gateway, typed: str) -> None:
    account = gateway.person("consultant").code
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in account)
    ways = (account, account.lower(), wide, typed.format(account), typed.format(wide.lower()))
    assert [gateway.log_in(way, "wrong").status for way in ways] == [401] * 5
    assert wait_of(gateway, account) == 1


def test_people_who_log_in_at_once_do_not_hinder_each_other(gateway: Gateway) -> None:
    account = gateway.person("consultant").code
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: gateway.log_in(account, PASSWORD).status, range(8))) == [201] * 8


def failed_at(gateway: Gateway, address: str, accounts: int, *, at_work: bool = False, ago: str = "0 s") -> None:
    gateway.rows(
        "INSERT INTO login_from (address, account, failed_at, at_work)"
        " SELECT %s, 'somebody' || n, now() - %s::interval, %s FROM generate_series(1, %s) n",
        address,
        ago,
        at_work,
        accounts,
    )


def guess(gateway: Gateway, address: str, accounts: list[str]) -> list[int]:
    return [gateway.log_in(account, "wrong", address=address).status for account in accounts]


def test_thirty_accounts_a_minute_may_fail_at_an_address_and_it_waits(gateway: Gateway) -> None:
    address, spray = an_address(), code("SPRAY")
    failed_at(gateway, address, STRANGERS - 2)
    assert guess(gateway, address, [f"{spray}{number}" for number in range(3)]) == [401, 401, 429]
    person = gateway.person("consultant")
    waiting = gateway.log_in(person.code, PASSWORD, address=address)
    assert (waiting.status, waiting.code) == (429, "TOO_MANY_ATTEMPTS")
    assert 1 <= int(waiting.headers["Retry-After"]) <= 60
    assert gateway.log_in(person.code, PASSWORD).status == 201, "from elsewhere"
    gateway.rows("UPDATE login_from SET failed_at = now() - interval '61 s' WHERE address = %s", address)
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 201


def test_one_account_is_one_however_often_it_fails(gateway: Gateway) -> None:
    """Guesses on one account are braked by the account: they are no reason for its neighbours to wait."""
    address, one = an_address(), code("ONE")
    failed_at(gateway, address, STRANGERS - 2)
    assert guess(gateway, address, [one] * 4) == [401] * 4
    assert guess(gateway, address, [code("NEXT"), code("LAST")]) == [401, 429]


def test_guesses_on_many_accounts_that_come_at_once_are_braked_too(gateway: Gateway) -> None:
    address, spray = an_address(), code("SPRAY")
    failed_at(gateway, address, STRANGERS - 3)
    with ThreadPoolExecutor(12) as pool:
        every = [pool.submit(guess, gateway, address, [f"{spray}{number}"]) for number in range(12)]
        answers = [status for each in every for status in each.result()]
    assert set(answers) == {401, 429}
    assert 3 <= answers.count(401) < 3 + AT_ONCE


def test_a_right_password_is_never_counted(gateway: Gateway) -> None:
    address, spray = an_address(), code("SPRAY")
    failed_at(gateway, address, STRANGERS - 1)
    people = [gateway.person("consultant") for _ in range(3)]
    assert [gateway.log_in(one.code, PASSWORD, address=address).status for one in people] == [201] * 3
    assert guess(gateway, address, [f"{spray}0", f"{spray}1"]) == [401, 429]


def test_a_failure_before_the_right_password_is_taken_back_and_nobody_elses(gateway: Gateway) -> None:
    address, person = an_address(), gateway.person("consultant")
    gateway.rows("DELETE FROM staff_session WHERE staff_code = %s", person.code)
    failed_at(gateway, address, STRANGERS - 2)
    assert guess(gateway, address, [person.code]) == [401]
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 201
    assert guess(gateway, address, [code("A"), code("B"), code("C")]) == [401, 401, 429]


def test_who_is_at_work_is_not_one_of_the_thirty_but_one_of_two_hundred(gateway: Gateway) -> None:
    address = an_address()
    failed_at(gateway, address, STRANGERS - 1)
    working = [gateway.person("consultant").code for _ in range(3)]
    assert guess(gateway, address, working) == [401] * 3, "they have sessions"
    other = an_address()
    failed_at(gateway, other, ACCOUNTS - 1, at_work=True)
    assert guess(gateway, other, [*working[:1], working[1]]) == [401, 429]


def test_a_shop_behind_one_address_works_on_while_somebody_guesses_there(gateway: Gateway) -> None:
    address, spray = an_address(), code("SPRAY")
    shop = [gateway.person("consultant").code for _ in range(3)]
    assert [gateway.log_in(one, PASSWORD, address=address).status for one in shop] == [201] * 3
    gateway.rows("DELETE FROM staff_session WHERE staff_code = ANY(%s)", shop)
    failed_at(gateway, address, STRANGERS)
    assert guess(gateway, address, [spray]) == [429]
    assert guess(gateway, address, shop[:1]) == [401], "he has worked here: his own mistakes are his account's"
    assert [gateway.log_in(one, PASSWORD, address=address).status for one in shop] == [201] * 3
    stranger = gateway.person("consultant")
    assert gateway.log_in(stranger.code, PASSWORD, address=address).status == 429


def test_an_address_is_ones_place_of_work_for_a_month(gateway: Gateway) -> None:
    address, person = an_address(), gateway.person("consultant")
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 201
    gateway.rows("UPDATE login_from SET succeeded_at = now() - interval '31 days' WHERE address = %s", address)
    failed_at(gateway, address, STRANGERS)
    assert gateway.log_in(person.code, PASSWORD, address=address).status == 429


def test_what_nobody_needs_of_addresses_any_more_is_swept_away(gateway: Gateway) -> None:
    from chassis.process import clock
    from chassis.process.actors import GATEWAY, Signer, new_key
    from gateway.sessions import Sessions

    old, young, home = an_address(), an_address(), an_address()
    failed_at(gateway, old, 2, ago="25 hours")
    failed_at(gateway, young, 2, ago="2 minutes")
    for address, days in ((home, 29), (old, 31)):
        gateway.rows(
            "INSERT INTO login_from VALUES (%s, 'x', NULL, false, now() - make_interval(days => %s))", address, days
        )
    database = gateway.databases("gateway")
    sessions = Sessions(database, Signer(GATEWAY, new_key()))
    database.run(lambda session: sessions.sweep(session, clock.now()))
    left = dict(
        gateway.rows("SELECT address, count(*) FROM login_from WHERE address = ANY(%s) GROUP BY 1", [old, young, home])
    )
    assert left == {young: 2, home: 1}


@pytest.mark.parametrize(
    "body", [{}, {"account": 7}, {"account": "a" * 41, "password": "x"}, {f"f{number}": 0 for number in range(100)}]
)
def test_who_has_to_wait_is_told_nothing_else(gateway: Gateway, body: dict[str, object]) -> None:
    address = an_address()
    assert gateway.ask("POST", "/sessions", body, address=address).status == 422
    failed_at(gateway, address, STRANGERS)
    refused = gateway.ask("POST", "/sessions", body, address=address)
    assert (refused.status, refused.code) == (429, "TOO_MANY_ATTEMPTS")


def test_log_ins_under_way_do_not_count_against_their_address(gateway: Gateway) -> None:
    """A shop opens: whoever comes before the first is through is not held for a guesser."""
    address = an_address()
    failed_at(gateway, address, STRANGERS - 1)
    people = [gateway.person("consultant") for _ in range(12)]
    gateway.rows("DELETE FROM staff_session WHERE staff_code = ANY(%s)", [one.code for one in people])
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda one: gateway.log_in(one.code, PASSWORD, address=address).status, people))
    assert answers == [201] * 12


def test_the_address_is_the_one_the_trusted_proxy_saw_and_not_what_the_client_says(gateway: Gateway) -> None:
    address = an_address()
    gateway.log_in(code("NOBODY"), "wrong", address=address)
    assert gateway.rows("SELECT at_work FROM login_from WHERE address = %s", address) == [(False,)]
    assert gateway.rows("SELECT 1 FROM login_from WHERE address = '10.9.9.9'") == []


def test_the_old_password_cannot_be_guessed_from_a_session(gateway: Gateway) -> None:
    person: Person = gateway.person("consultant")
    change = {"old_password": "wrong", "new_password": "another of one's own"}
    answers = [person.post("/me/password", change) for _ in range(6)]
    assert [answer.status for answer in answers] == [401] * 5 + [429]
    assert person.get("/me").status == 200

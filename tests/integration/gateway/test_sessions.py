"""Logging in and out, and how long a session holds."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.gateway.running import PASSWORD, Gateway, Person, an_address
from tests.support.polling import eventually
from tests.support.randoms import code

HALF_AN_HOUR = 30 * 60


def ended(person: Person) -> bool:
    return person.get("/me").status == 401


def test_a_session_stands_for_its_person_until_he_logs_out(gateway: Gateway) -> None:
    person = gateway.person("consultant", stores=("HN",))
    begun = gateway.log_in(person.code, PASSWORD)
    assert (begun.status, begun.body["staff_id"], begun.body["must_change_password"]) == (201, person.code, False)
    token = begun.body["token"]
    me = gateway.ask("GET", "/me", token=token)
    assert me.body["roles"] == ["consultant"]
    assert me.body["stores"] == ["HN"]
    assert me.body["name"] == f"员工{person.code}"
    assert gateway.ask("DELETE", "/sessions/current", token=token).body == {"done": True}
    assert gateway.ask("GET", "/me", token=token).status == 401
    assert person.get("/me").status == 200, "his other session goes on"


def test_capitals_of_the_account_do_not_matter(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    assert gateway.log_in(person.code.lower(), PASSWORD).body["staff_id"] == person.code


@pytest.mark.parametrize("written", [" {} ", "{}\u200b", "\ufeff{}", "\u3000{}\t", "\u202a{}\u202c"], ids=ascii)
@pytest.mark.parametrize("wide", [False, True], ids=["half", "full width"])
def test_an_account_is_known_however_an_input_method_writes_it(gateway: Gateway, written: str, wide: bool) -> None:
    person = gateway.person("consultant")
    name = "".join(chr(ord(sign) + 0xFEE0) for sign in person.code) if wide else person.code
    for typed in (written.format(name), written.format(name).lower()):
        begun = gateway.log_in(typed, PASSWORD)
        assert (begun.status, begun.body.get("staff_id")) == (201, person.code)


def test_nobody_learns_why_a_login_failed(gateway: Gateway) -> None:
    gone, there, late = (gateway.person("consultant") for _ in range(3))
    gateway.rows("UPDATE staff SET active = false WHERE code = %s", gone.code)
    gateway.rows("UPDATE account SET initial_until = now() WHERE staff_code = %s", late.code)
    answers = [
        gateway.log_in(there.code, "wrong"),
        gateway.log_in(code("NOBODY"), PASSWORD),
        gateway.log_in(gone.code, PASSWORD),
        gateway.log_in(late.code, PASSWORD),
    ]
    for answer in answers:
        assert (answer.status, answer.code) == (401, "LOGIN_FAILED")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert len({(answer.body["title"], str(answer.body["details"])) for answer in answers}) == 1


def test_only_the_hash_of_a_token_is_stored(gateway: Gateway) -> None:
    token = gateway.log_in(gateway.person("consultant").code, PASSWORD).body["token"]
    assert len(token) >= 43, "256 bits"
    stored = gateway.rows("SELECT token_hash FROM staff_session")
    assert (hashlib.sha256(token.encode()).digest(),) in stored
    everything = "\n".join(
        line
        for (table,) in gateway.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (line,) in gateway.rows(f'SELECT t::text FROM "{table}" t')
    )
    assert token not in everything
    assert PASSWORD not in everything
    assert token not in gateway.process.log.read_text("utf-8")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer short", "Basic YWRtaW46YWRtaW4=", "Bearer " + "x" * 43, "Bearer a b"]
)
def test_without_a_session_there_is_nothing(gateway: Gateway, header: str | None) -> None:
    headers: dict[str, Any] = {} if header is None else {"Authorization": header}
    answer = gateway.ask("GET", "/me", **headers)
    assert (answer.status, answer.code) == (401, "SESSION_REQUIRED")
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE staff_session SET seen_at = now() - interval '30 minutes' WHERE staff_code = %s",
        "UPDATE staff_session SET ends_at = now() WHERE staff_code = %s",
        "DELETE FROM staff_session WHERE staff_code = %s",
        "UPDATE staff SET active = false WHERE code = %s",
    ],
    ids=["idle for 30 minutes", "8 hours old", "revoked", "no longer employed"],
)
def test_the_end_of_a_session_is_felt_within_a_second(gateway: Gateway, ending: str) -> None:
    person = gateway.person("consultant")
    assert not ended(person)
    gateway.rows(ending, person.code)
    eventually(lambda: ended(person), within=1.2)


def test_a_session_lasts_eight_hours_and_moves_its_idle_time_with_use(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    gateway.rows("UPDATE staff_session SET seen_at = now() - interval '29 minutes' WHERE staff_code = %s", person.code)
    assert person.get("/me").status == 200
    ((since, until),) = gateway.rows(
        "SELECT extract(epoch FROM now() - seen_at), extract(epoch FROM ends_at - began_at) FROM staff_session"
        " WHERE staff_code = %s",
        person.code,
    )
    assert since < 30
    assert until == 8 * 3600


def idle_for(gateway: Gateway, person: Person, seconds: float) -> None:
    """His sessions were last used that long ago."""
    last = "UPDATE staff_session SET seen_at = now() - make_interval(secs => %s) WHERE staff_code = %s"
    gateway.rows(last, seconds, person.code)


def idle_time(gateway: Gateway, person: Person) -> float:
    """Seconds since his session was last used, as it is kept."""
    last = "SELECT extract(epoch FROM now() - max(seen_at)) FROM staff_session WHERE staff_code = %s"
    ((seconds,),) = gateway.rows(last, person.code)
    return float(seconds)


def test_what_a_page_asks_by_itself_does_not_prolong_the_half_hour(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    idle_for(gateway, person, HALF_AN_HOUR - 2)
    since = time.monotonic()
    eventually(lambda: person.get("/me", X_Background="1").status == 401, within=5, what="the end of the half hour")
    assert time.monotonic() - since > 1, "and not before it"


def test_who_does_something_right_after_his_page_asked_is_there(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    idle_for(gateway, person, HALF_AN_HOUR - 60)
    assert person.get("/me", X_Background="1").status == 200
    assert idle_time(gateway, person) > HALF_AN_HOUR - 61
    assert person.get("/me").status == 200, "within the second that the session is remembered for"
    assert idle_time(gateway, person) < 30


def test_who_changes_something_is_there_whatever_the_page_says(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    idle_for(gateway, person, HALF_AN_HOUR - 60)
    wrong = person.post("/me/password", {"old_password": "x", "new_password": "x"}, X_Background="1")
    assert wrong.code == "LOGIN_FAILED"
    assert idle_time(gateway, person) < 30


@pytest.mark.parametrize("odd", ["", "0", "true", "1,1"])
def test_an_odd_word_of_the_background_is_refused(gateway: Gateway, odd: str) -> None:
    answer = gateway.person("consultant").get("/me", X_Background=odd)
    assert (answer.status, list(answer.body["errors"])) == (422, ["X-Background"])


def test_somebody_sees_where_he_is_logged_in(gateway: Gateway) -> None:
    person = gateway.person("technician")
    gateway.person("technician")
    begun = gateway.log_in(person.code, PASSWORD, address="2001:db8:7:8:9::1").body
    idle_for(gateway, person, 600)
    here, there = gateway.ask("GET", "/me/sessions", token=begun["token"]).body["items"]
    assert (here["current"], here["network"], there["current"], there["network"]) == (
        *(True, "2001:db8:7::/48"),
        *(False, None),
    )
    assert datetime.fromisoformat(here["seen_at"]) - datetime.fromisoformat(there["seen_at"]) > timedelta(minutes=9)
    assert here["ends_at"] == begun["expires_at"]
    assert datetime.fromisoformat(here["ends_at"]) - datetime.fromisoformat(here["began_at"]) == timedelta(hours=8)
    hashes = [bytes(token_hash) for (token_hash,) in gateway.rows("SELECT token_hash FROM staff_session")]
    told = str([here, there])
    assert begun["token"] not in told
    assert not [one for one in hashes if one.hex() in told or one.hex()[:32] in told.replace("-", "")]


@pytest.mark.parametrize("ending", ["seen_at = now() - interval '30 minutes'", "ends_at = now()"])
def test_a_session_that_opens_nothing_any_more_is_not_shown(gateway: Gateway, ending: str) -> None:
    person = gateway.person("consultant")
    gateway.rows(f"UPDATE staff_session SET {ending} WHERE staff_code = %s", person.code)
    token = gateway.log_in(person.code, PASSWORD).body["token"]
    (only,) = gateway.ask("GET", "/me/sessions", token=token).body["items"]
    assert only["current"]


def test_somebody_ends_a_session_of_his_and_the_others_go_on(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    other = Person(gateway, person.code, gateway.log_in(person.code, PASSWORD).body["token"])
    assert other.get("/me").status == 200
    (his,) = (one["session_id"] for one in person.get("/me/sessions").body["items"] if not one["current"])
    done = [person.delete(f"/me/sessions/{his}", Idempotency_Key=f"end-{his}") for _ in range(2)]
    assert [(answer.status, answer.body) for answer in done] == [(200, {"done": True})] * 2, "a retry is the same"
    assert ended(other)
    assert person.get("/me").status == 200
    again = person.delete(f"/me/sessions/{his}")
    assert (again.status, again.code) == (404, "SESSION_NOT_FOUND")


def test_nobody_ends_a_session_of_somebody_else(gateway: Gateway, boss: Person) -> None:
    person = gateway.person("consultant")
    (his,) = (one["session_id"] for one in person.get("/me/sessions").body["items"])
    answer = boss.delete(f"/me/sessions/{his}")
    assert (answer.status, answer.code) == (404, "SESSION_NOT_FOUND")
    assert boss.delete("/me/sessions/mine").status == 422
    assert person.get("/me").status == 200


def test_who_ends_the_session_he_asks_with_is_logged_out(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    (his,) = (one["session_id"] for one in person.get("/me/sessions").body["items"])
    assert person.delete(f"/me/sessions/{his}").status == 200
    assert ended(person)


def test_another_role_is_felt_within_a_second(gateway: Gateway, boss: Person) -> None:
    person = gateway.person("consultant")
    assert person.get("/staff").status == 403
    assert boss.patch(f"/staff/{person.code}", {"roles": ["leader"]}).status == 200
    assert person.get("/staff").status == 200, "in this process at once"
    gateway.rows("UPDATE staff SET roles = '{consultant}' WHERE code = %s", person.code)
    eventually(lambda: person.get("/staff").status == 403, within=1.2)


def test_somebody_who_leaves_loses_his_sessions_for_good(gateway: Gateway, boss: Person) -> None:
    person = gateway.person("consultant")
    assert boss.patch(f"/staff/{person.code}", {"active": False}).status == 200
    assert ended(person)
    assert boss.patch(f"/staff/{person.code}", {"active": True}).status == 200
    assert ended(person)
    assert gateway.log_in(person.code, PASSWORD).status == 201


def test_a_test_that_moves_the_clock_stays_logged_in(gateway: Gateway, boss: Person) -> None:
    person = gateway.person("consultant")
    assert boss.post("/admin/clock", {"now": "2031-01-01T08:00:00+08:00"}).status == 200
    try:
        assert person.get("/me").status == 200
        assert boss.post("/dealers", {"code": code("D"), "name": "未来"}).status == 201
        ((year,),) = gateway.rows("SELECT max(extract(year FROM created_at)) FROM dealer")
        assert year == 2031
    finally:
        assert boss.post("/admin/clock", {}).status == 200
    assert boss.post("/dealers", {"code": code("D"), "name": "现在"}).status == 201


def test_only_administrators_set_the_clock(gateway: Gateway) -> None:
    answer = gateway.person("leader").post("/admin/clock", {"now": "2031-01-01T08:00:00+08:00"})
    assert (answer.status, answer.code) == (403, "OPERATION_NOT_ALLOWED")


def test_an_initial_password_opens_only_the_way_to_ones_own(gateway: Gateway, boss: Person) -> None:
    new, initial = code("N"), "chosen by the boss"
    created = boss.post(
        "/staff", {"code": new, "name": "新人", "roles": ["consultant"], "stores": [], "initial_password": initial}
    )
    assert created.status == 201
    begun = gateway.log_in(new, initial)
    assert begun.body["must_change_password"] is True
    person = Person(gateway, new, begun.body["token"])
    refused = person.get("/stores")
    assert (refused.status, refused.code) == (403, "PASSWORD_CHANGE_REQUIRED")
    assert person.post("/me/password", {"old_password": initial, "new_password": "short"}).code == "PASSWORD_TOO_WEAK"
    assert person.post("/me/password", {"old_password": "x", "new_password": PASSWORD}).code == "LOGIN_FAILED"
    assert person.post("/me/password", {"old_password": initial, "new_password": PASSWORD}).status == 200
    assert person.get("/stores").status == 200, "this session goes on"
    assert gateway.log_in(new, initial).status == 401
    assert gateway.log_in(new, PASSWORD).body["must_change_password"] is False


def test_a_new_password_ends_every_other_session(gateway: Gateway) -> None:
    person = gateway.person("consultant")
    other = Person(gateway, person.code, gateway.log_in(person.code, PASSWORD).body["token"])
    assert other.get("/me").status == 200
    changed = person.post("/me/password", {"old_password": PASSWORD, "new_password": "another of one's own"})
    assert changed.status == 200
    assert ended(other)
    assert person.get("/me").status == 200


@pytest.mark.parametrize("memory", [1024, 65536], ids=["weaker", "of before"])
def test_a_hash_made_with_other_settings_is_made_anew_at_the_next_login(gateway: Gateway, memory: int) -> None:
    from argon2 import PasswordHasher

    person = gateway.person("consultant")
    other = PasswordHasher(memory_cost=memory, time_cost=1).hash(PASSWORD)
    gateway.rows("UPDATE account SET password_hash = %s WHERE staff_code = %s", other, person.code)
    assert gateway.log_in(person.code, PASSWORD, address=an_address()).status == 201
    ((stored,),) = gateway.rows("SELECT password_hash FROM account WHERE staff_code = %s", person.code)
    assert "m=47104,t=1,p=1" in stored

"""Dealers, stores and staff: who may change them, what is refused, and which events tell of it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import shapes
from contracts.gateway.calendars import USUAL_HOURS
from tests.integration.gateway.running import Gateway, Person
from tests.support.randoms import code


def dealer(boss: Person) -> str:
    made = boss.post("/dealers", {"code": code("D"), "name": "红彤"})
    assert (made.status, made.body["version"]) == (201, 1)
    return str(made.body["code"])


def store(boss: Person) -> str:
    made = boss.post("/stores", {"code": code("S"), "name": "华南店", "dealer_code": dealer(boss), "grade": "A"})
    assert made.status == 201
    return str(made.body["code"])


def staff(boss: Person, **fields: Any) -> Any:
    person = {
        "code": code("E"),
        "name": "李娜",
        "roles": ["consultant"],
        "stores": [],
        "initial_password": "for the start",
    }
    made = boss.post("/staff", {**person, **fields})
    assert made.status == 201, made.body
    return made.body


def events(gateway: Gateway, subject: str) -> list[tuple[Any, ...]]:
    return gateway.rows(
        "SELECT event_type, store_id, subject_version, envelope->'payload', envelope->'actor' FROM outbox"
        " WHERE subject_id = %s ORDER BY position",
        subject,
    )


def test_a_store_is_opened_and_told_of(gateway: Gateway, boss: Person) -> None:
    group = dealer(boss)
    opened = boss.post(
        "/stores", {"code": code("S"), "name": "福田店", "dealer_code": group, "headquarters": True}
    ).body
    assert opened == {
        "code": opened["code"],
        "name": "福田店",
        "dealer_code": group,
        "brand": "",
        "region": "",
        "grade": "",
        "headquarters": True,
        "closes_on": None,
        "version": 1,
    }
    place = {"dealer_id": group, "brand": "", "region": "", "grade": "", "headquarters": True}
    opening = {"hours": shapes.plain(USUAL_HOURS), "own_days": [], "closes_on": None}
    payload = {"code": opened["code"], "name": "福田店", **place, **opening}
    actor = {"staff_id": boss.code, "role": "admin"}
    assert events(gateway, opened["code"]) == [("store_changed", opened["code"], 1, payload, actor)]
    assert opened in boss.get("/stores").body["items"]


@pytest.mark.parametrize(
    ("path", "body", "status", "refused"),
    [
        ("/dealers", {"code": "a b", "name": "x"}, 422, "CODE_INVALID"),
        ("/dealers", {"code": "TESTS", "name": "x"}, 409, "CODE_TAKEN"),
        ("/dealers", {"code": "x"}, 422, "INVALID_REQUEST"),
        ("/stores", {"code": "hn", "name": "x", "dealer_code": "TESTS"}, 422, "CODE_INVALID"),
        ("/stores", {"code": "A.B", "name": "x", "dealer_code": "TESTS"}, 422, "CODE_INVALID"),
        ("/stores", {"code": "A" * 13, "name": "x", "dealer_code": "TESTS"}, 422, "CODE_INVALID"),
        ("/stores", {"code": "TAKEN", "name": "x", "dealer_code": "TESTS"}, 409, "CODE_TAKEN"),
        ("/stores", {"code": "NEW1", "name": "x", "dealer_code": "NIX"}, 404, "DEALER_NOT_FOUND"),
        ("/staff", {"roles": ["king"]}, 422, "ROLE_UNKNOWN"),
        ("/staff", {"stores": ["NIX"]}, 422, "STORE_UNKNOWN"),
        ("/staff", {"code": "a b"}, 422, "CODE_INVALID"),
        ("/staff", {"initial_password": "12345678"}, 422, "PASSWORD_TOO_WEAK"),
        ("/staff", {"initial_password": "x" * 129}, 422, "INVALID_REQUEST"),
        ("/staff", {"is_admin": True}, 422, "INVALID_REQUEST"),
        ("/staff", {"roles": []}, 422, "ROLE_MISSING"),
    ],
)
def test_what_does_not_fit_is_refused(
    gateway: Gateway, boss: Person, path: str, body: dict[str, Any], status: int, refused: str
) -> None:
    gateway.person("consultant", stores=("TAKEN",))
    if path == "/staff":
        body = {
            "code": code("E"),
            "name": "x",
            "roles": ["advisor"],
            "stores": [],
            "initial_password": "for the start",
            **body,
        }
    answer = boss.post(path, body)
    assert (answer.status, answer.code) == (status, refused)


def test_who_would_have_no_role_left_keeps_his(boss: Person) -> None:
    known = staff(boss)
    refused = boss.patch(f"/staff/{known['code']}", {"roles": []})
    assert (refused.status, refused.code, refused.body["details"]["field"]) == (422, "ROLE_MISSING", "roles")
    assert boss.patch(f"/staff/{known['code']}", {"active": True}).body["roles"] == known["roles"]


def test_two_accounts_that_differ_in_capitals_only_are_one(gateway: Gateway, boss: Person) -> None:
    known = staff(boss)["code"]
    again = {
        "code": known.lower(),
        "name": "x",
        "roles": ["advisor"],
        "stores": [],
        "initial_password": "for the start",
    }
    assert boss.post("/staff", again).code == "CODE_TAKEN"


def test_a_member_of_staff_is_hired_moved_and_leaves_and_each_is_told(gateway: Gateway, boss: Person) -> None:
    here, there = store(boss), store(boss)
    hired = staff(boss, stores=[here], roles=["finance", "consultant"])
    assert "initial_password" not in hired
    moved = boss.patch(f"/staff/{hired['code']}", {"stores": [there]})
    assert (moved.body["stores"], moved.body["roles"]) == ([there], ["consultant", "finance"])
    assert moved.headers["ETag"] == '"2"'
    boss.patch(f"/staff/{hired['code']}", {"active": False})
    told = [
        (event, version, payload["stores"], payload["active"])
        for event, _, version, payload, _ in events(gateway, hired["code"])
    ]
    assert told == [
        ("staff_changed", 1, [here], True),
        ("staff_changed", 2, [there], True),
        ("staff_changed", 3, [there], False),
    ]


def test_a_change_meant_for_an_older_state_is_refused(boss: Person) -> None:
    person = staff(boss)["code"]
    assert boss.patch(f"/staff/{person}", {"roles": ["leader"]}, If_Match='"1"').status == 200
    stale = boss.patch(f"/staff/{person}", {"roles": ["finance"]}, If_Match='"1"')
    assert (stale.status, stale.code) == (412, "STALE_VERSION")
    assert boss.patch(f"/staff/{person}", {"roles": ["finance"], "expected_version": 2}).status == 200


def test_nobody_is_changed_who_is_not_there(boss: Person) -> None:
    answer = boss.patch(f"/staff/{code('NOBODY')}", {"active": False})
    assert (answer.status, answer.code) == (404, "STAFF_NOT_FOUND")


def test_the_last_administrator_stays(gateway: Gateway, boss: Person) -> None:
    others = gateway.rows("SELECT code FROM staff WHERE active AND 'admin' = ANY(roles) AND code <> %s", boss.code)
    gateway.rows("UPDATE staff SET active = false WHERE code = ANY(%s)", [other for (other,) in others])
    try:
        for change in ({"active": False}, {"roles": ["leader"]}):
            answer = boss.patch(f"/staff/{boss.code}", change)
            assert (answer.status, answer.code) == (409, "LAST_ADMIN")
        assert boss.get("/staff").status == 200
    finally:
        gateway.rows("UPDATE staff SET active = true WHERE code = ANY(%s)", [other for (other,) in others])


def test_a_command_repeated_with_its_key_is_done_once(gateway: Gateway, boss: Person) -> None:
    group, key = {"code": code("D"), "name": "红彤"}, code("key-")
    first = boss.post("/dealers", group, Idempotency_Key=key)
    again = boss.post("/dealers", dict(reversed(group.items())), Idempotency_Key=key)
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    other = boss.post("/dealers", {**group, "name": "其他"}, Idempotency_Key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert boss.post("/dealers", group).code == "CODE_TAKEN", "without a key it is another command"
    somebody = gateway.person("admin")
    assert somebody.post("/dealers", {"code": code("D"), "name": "x"}, Idempotency_Key=key).status == 201


def test_a_password_leaves_no_trace_beside_its_hash(gateway: Gateway, boss: Person) -> None:
    key, password = code("key-"), "a password that nobody stores"
    hired = staff(boss, initial_password=password)["code"]
    again = {"code": hired, "name": "x", "roles": ["advisor"], "stores": [], "initial_password": password}
    assert boss.post("/staff", again, Idempotency_Key=key).code == "CODE_TAKEN"
    for table in ("command_log", "outbox", "staff", "account", "login_failure"):
        assert [row for (row,) in gateway.rows(f"SELECT t::text FROM {table} t") if password in row] == []
    assert password not in gateway.process.log.read_text("utf-8")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schl\u00fcssel"])
def test_a_key_is_printable_and_not_too_long(boss: Person, key: str) -> None:
    answer = boss.post("/dealers", {"code": code("D"), "name": "x"}, Idempotency_Key=key)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "Idempotency-Key" in answer.body["errors"]


def test_lists_come_in_pages(gateway: Gateway, boss: Person) -> None:
    for _ in range(3):
        gateway.person("technician")
    pages = [boss.get(f"/staff?page={page}&size=2").body for page in (1, 2)]
    assert [len(page["items"]) for page in pages] == [2, 2]
    codes = [each["code"] for page in pages for each in page["items"]]
    assert codes == sorted(codes)
    assert len(set(codes)) == 4
    assert pages[0]["total"] >= 4
    assert boss.get("/staff?size=101").status == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/dealers"), ("POST", "/stores"), ("POST", "/staff"), ("PATCH", "/staff/admin"), ("GET", "/access-log")],
)
def test_the_organisation_is_the_administrators(gateway: Gateway, method: str, path: str) -> None:
    person = gateway.person("consultant", "sales_manager", "finance", "cr_agent")
    answer = gateway.ask(method, path, None if method == "GET" else {}, token=person.token)
    assert (answer.status, answer.code) == (403, "OPERATION_NOT_ALLOWED")


def test_the_access_log_can_only_grow(gateway: Gateway) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    for statement in ("DELETE FROM access_log", "UPDATE access_log SET reason = ''"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            gateway.databases("gateway").transaction() as session,
        ):
            session.execute(text(statement))


def test_everybody_finds_who_works_in_his_store_and_no_other_s(gateway: Gateway, boss: Person) -> None:
    here, there = store(boss), store(boss)
    people = {
        role: staff(boss, roles=[role], stores=[where])["code"]
        for role, where in (("technician", here), ("inspector", here), ("advisor", there))
    }
    gone = staff(boss, roles=["technician"], stores=[here])
    assert boss.patch(f"/staff/{gone['code']}", {"active": False}).status == 200
    advisor = gateway.person("advisor", stores=(here,))

    def found(asked: str = "") -> set[str]:
        return {one["code"] for one in advisor.get(f"/colleagues?{asked}").body["items"]}

    assert found() == {people["technician"], people["inspector"], advisor.code}
    assert found(f"role=technician&store_id={here}") == {people["technician"]}
    assert advisor.get(f"/colleagues?store_id={there}").status == 403
    assert advisor.get("/colleagues?role=emperor").body["code"] == "ROLE_UNKNOWN"

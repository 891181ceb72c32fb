"""Stores are changed and closed, have a calendar of their own, and teams; and each change is told of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.process import clock
from tests.integration.gateway.running import Gateway, Person
from tests.support.randoms import code

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "17:30"}]
SPRING = "since=2026-02-13&until=2026-02-25"


@pytest.fixture
def store(boss: Person) -> str:
    """A store of a dealer of its own."""
    group = {"code": code("D"), "name": "红彤"}
    boss.post("/dealers", group)
    opened = boss.post("/stores", {"code": code("S"), "name": "华南店", "dealer_code": group["code"], "brand": "别克"})
    return str(opened.body["code"])


def told(gateway: Gateway, subject: str) -> list[dict[str, Any]]:
    """What was told of it, by version."""
    select = "SELECT envelope->'payload' FROM outbox WHERE subject_id = %s ORDER BY subject_version"
    return [payload for (payload,) in gateway.rows(select, subject)]


def week(*hours: dict[str, str], **other: Any) -> dict[str, Any]:
    return {**{day: list(hours) for day in WEEK}, **other}


# -- changed and closed ------------------------------------------------------------------------------------------------


def test_a_store_gets_what_was_said_keeps_the_rest_and_is_told_of_whole(
    gateway: Gateway, boss: Person, store: str
) -> None:
    changed = boss.patch(f"/stores/{store}", {"name": "福田店", "region": "华南", "grade": "A", "headquarters": True})
    assert changed.status == 200, changed.body
    shown = {key: changed.body[key] for key in ("name", "brand", "region", "grade", "headquarters", "closes_on")}
    assert shown == {
        "name": "福田店", "brand": "别克", "region": "华南", "grade": "A", "headquarters": True, "closes_on": None,
    }  # fmt: skip
    assert (changed.body["version"], changed.headers["ETag"]) == (2, '"2"')
    _, last = told(gateway, store)
    assert {key: last[key] for key in shown} == shown
    assert last["hours"]["sunday"] == [{"opens": "08:30", "closes": "20:00"}]


def test_a_store_is_closed_from_a_day_on_and_may_stay_after_all(gateway: Gateway, boss: Person, store: str) -> None:
    assert boss.patch(f"/stores/{store}", {"closes_on": "2027-01-01"}).body["closes_on"] == "2027-01-01"
    days = boss.get(f"/stores/{store}/calendar?since=2026-12-31&until=2027-01-02").body["days"]
    assert [(day["kind"], bool(day["hours"])) for day in days] == [("weekday", True), ("closed", False)]
    assert boss.patch(f"/stores/{store}", {"name": "华南店"}).body["closes_on"] == "2027-01-01", "nothing said of it"
    assert boss.patch(f"/stores/{store}", {"closes_on": None}).body["closes_on"] is None
    assert [payload["closes_on"] for payload in told(gateway, store)] == [None, "2027-01-01", "2027-01-01", None]


def test_who_works_in_a_store_that_goes_to_another_dealer_is_told_of_with_it(
    gateway: Gateway, boss: Person, store: str
) -> None:
    here, elsewhere = gateway.person("consultant", stores=(store,)), gateway.person("consultant", stores=("OTHER",))
    group = code("D")
    boss.post("/dealers", {"code": group, "name": "新东家"})
    assert boss.patch(f"/stores/{store}", {"dealer_code": group}).body["dealer_code"] == group
    assert [payload["dealers"] for payload in told(gateway, here.code)][1:] == [[group]]
    assert len(told(gateway, elsewhere.code)) == 1


@pytest.mark.parametrize(
    ("path", "body", "status", "refused"),
    [
        ("/stores/NIX", {"name": "x"}, 404, "STORE_NOT_FOUND"),
        ("/stores/NIX/calendar", {"own_days": []}, 404, "STORE_NOT_FOUND"),
        ("/stores/{store}", {"dealer_code": "NIX"}, 404, "DEALER_NOT_FOUND"),
        ("/stores/{store}", {"name": ""}, 422, "INVALID_REQUEST"),
        ("/stores/{store}", {"closes_on": "soon"}, 422, "INVALID_REQUEST"),
        ("/stores/{store}", {"code": "OTHER"}, 422, "INVALID_REQUEST"),
        ("/stores/{store}/calendar", {"hours": {"monday": []}}, 422, "INVALID_REQUEST"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    gateway: Gateway, boss: Person, store: str, path: str, body: dict[str, Any], status: int, refused: str
) -> None:
    answer = boss.patch(path.format(store=store), body)
    assert (answer.status, answer.code) == (status, refused)
    assert len(told(gateway, store)) == 1


@pytest.mark.parametrize("path", ["/stores/{store}", "/stores/{store}/calendar"])
def test_a_change_meant_for_an_older_state_is_refused(boss: Person, store: str, path: str) -> None:
    body: dict[str, Any] = {"own_days": []} if path.endswith("calendar") else {"region": "华南"}
    assert boss.patch(path.format(store=store), body, If_Match='"1"').status == 200
    stale = boss.patch(path.format(store=store), body, If_Match='"1"')
    assert (stale.status, stale.code) == (412, "STALE_VERSION")


# -- the calendar ------------------------------------------------------------------------------------------------------


def test_a_store_shows_the_next_weeks_and_why_each_day_is_as_it_is(boss: Person, store: str) -> None:
    shown = boss.get(f"/stores/{store}/calendar").body
    today = clock.now().date()
    assert [day["day"] for day in shown["days"]] == [(today + timedelta(days=n)).isoformat() for n in range(35)]
    spring = boss.get(f"/stores/{store}/calendar?{SPRING}").body["days"]
    assert [(day["day"][5:], day["kind"], day["holiday"]) for day in spring] == [
        ("02-13", "weekday", None),
        ("02-14", "makeup", None),
        *((f"02-{number}", "holiday", "春节") for number in range(15, 24)),
        ("02-24", "weekday", None),
    ]
    assert {tuple(hours.values()) for day in spring for hours in day["hours"]} == {("08:30", "20:00")}
    assert not any(day["provisional"] for day in spring)
    far = boss.get(f"/stores/{store}/calendar?since=2090-09-30&until=2090-10-02").body["days"]
    assert [(day["holiday"], day["provisional"]) for day in far] == [(None, True), ("国庆节", True)]


def test_hours_of_the_week_of_the_laws_days_and_of_its_own_are_told_and_shown(
    gateway: Gateway, boss: Person, store: str
) -> None:
    hours = week(*SHORT, saturday=[], sunday=[], holidays=[], makeup_days=SHORT)
    own = [{"day": "2026-02-17", "hours": [{"opens": "00:00", "closes": "24:00"}], "why": "值班"}]
    changed = boss.patch(f"/stores/{store}/calendar", {"hours": hours, "own_days": own})
    assert (changed.status, changed.body["version"], changed.body["hours"]) == (200, 2, hours)
    days = {day["day"][5:]: day for day in boss.get(f"/stores/{store}/calendar?{SPRING}").body["days"]}
    assert [days[f"02-{day}"]["hours"] for day in (13, 14, 15, 16, 24)] == [SHORT, SHORT, [], [], SHORT]
    assert (days["02-17"]["kind"], days["02-17"]["hours"], days["02-17"]["why"]) == ("own", own[0]["hours"], "值班")
    assert days["02-17"]["holiday"] == "春节", "the law's day is still named"
    _, last = told(gateway, store)
    assert (last["hours"], last["own_days"]) == (hours, own)
    boss.patch(f"/stores/{store}/calendar", {"own_days": []})
    assert told(gateway, store)[-1]["hours"] == hours, "what was not said stays"


@pytest.mark.parametrize(
    ("body", "refused", "field"),
    [
        ({"hours": week({"opens": "8.30", "closes": "12:00"[:5]})}, "INVALID_REQUEST", None),
        ({"hours": week({"opens": "12:00", "closes": "12:00"})}, "HOURS_INVALID", "hours.monday"),
        ({"hours": week({"opens": "22:00", "closes": "02:00"})}, "HOURS_INVALID", "hours.monday"),
        ({"hours": week(holidays=SHORT[::-1])}, "HOURS_INVALID", "hours.holidays"),
        ({"hours": week(makeup_days=[{"opens": "24:01", "closes": "24:02"}])}, "HOURS_INVALID", "hours.makeup_days"),
        (
            {"own_days": [{"day": "2026-12-01", "hours": []}, {"day": "2026-12-02", "hours": SHORT[::-1]}]},
            "HOURS_INVALID", "own_days.1.hours",
        ),
        ({"own_days": [{"day": "2026-12-01", "hours": []}] * 2}, "OWN_DAY_TWICE", "own_days.1.day"),
    ],
)  # fmt: skip
def test_hours_that_are_none_are_refused_with_the_field(
    gateway: Gateway, boss: Person, store: str, body: dict[str, Any], refused: str, field: str | None
) -> None:
    answer = boss.patch(f"/stores/{store}/calendar", body)
    assert (answer.status, answer.code) == (422, refused)
    assert answer.body.get("details", {}).get("field") == field
    assert len(told(gateway, store)) == 1


@pytest.mark.parametrize(
    "days",
    ["since=2026-11-03&until=2026-11-03", "since=2026-11-03&until=2026-11-02", "since=2026-01-01&until=2027-02-06"],
)
def test_a_calendar_is_shown_for_a_day_to_four_hundred(boss: Person, store: str, days: str) -> None:
    answer = boss.get(f"/stores/{store}/calendar?{days}")
    assert (answer.status, answer.code) == (422, "DAYS_INVALID")
    assert len(boss.get(f"/stores/{store}/calendar?since=2026-01-01&until=2027-02-05").body["days"]) == 400


def test_everybody_sees_a_calendar_and_a_manager_changes_that_of_his_own_store(
    gateway: Gateway, boss: Person, store: str
) -> None:
    manager = gateway.person("service_manager", stores=(store,))
    desk = gateway.person("receptionist", stores=("OTHER",))
    closed = {"own_days": [{"day": "2026-12-31", "hours": [], "why": "盘点"}]}
    assert manager.patch(f"/stores/{store}/calendar", closed).status == 200
    assert desk.get(f"/stores/{store}/calendar?since=2026-12-31&until=2027-01-01").body["days"][0]["why"] == "盘点"
    foreign = manager.patch("/stores/OTHER/calendar", closed)
    assert (foreign.status, foreign.code) == (403, "STORE_NOT_ALLOWED")
    assert desk.patch("/stores/OTHER/calendar", closed).code == "OPERATION_NOT_ALLOWED"
    assert manager.patch(f"/stores/{store}", {"name": "x"}).code == "OPERATION_NOT_ALLOWED"


# -- teams -------------------------------------------------------------------------------------------------------------


def team(boss: Person, store: str) -> str:
    formed = boss.post("/teams", {"code": code("T"), "name": "销售一组", "store_id": store})
    assert formed.status == 201, formed.body
    return str(formed.body["code"])


def test_a_team_belongs_to_a_store_and_is_renamed(boss: Person, store: str) -> None:
    formed = team(boss, store)
    renamed = boss.patch(f"/teams/{formed}", {"name": "展厅组"}, If_Match='"1"')
    assert (renamed.body["name"], renamed.body["store_id"], renamed.body["version"]) == ("展厅组", store, 2)
    assert boss.get(f"/teams?store_id={store}").body["items"] == [renamed.body]
    assert renamed.body in boss.get("/teams").body["items"]
    assert boss.patch(f"/teams/{formed}", {"name": "x"}, If_Match='"1"').code == "STALE_VERSION"
    assert boss.patch("/teams/NIX", {"name": "x"}).code == "TEAM_NOT_FOUND"
    assert boss.post("/teams", {"code": formed, "name": "x", "store_id": store}).code == "CODE_TAKEN"
    assert boss.post("/teams", {"code": code("T"), "name": "x", "store_id": "NIX"}).code == "STORE_NOT_FOUND"


def test_staff_join_a_team_of_their_store_and_leave_it_with_the_store(
    gateway: Gateway, boss: Person, store: str
) -> None:
    formed, somebody = team(boss, store), gateway.person("consultant", stores=(store, "OTHER"))
    path = f"/staff/{somebody.code}"
    assert boss.patch(path, {"team": formed}).body["team"] == formed
    assert somebody.get("/me").body["team"] == formed
    assert boss.patch(path, {"roles": ["consultant", "receptionist"]}).body["team"] == formed, "nothing said of it"
    assert boss.patch(path, {"team": None}).body["team"] is None
    boss.patch(path, {"team": formed})
    assert boss.patch(path, {"stores": ["OTHER"]}).body["team"] is None
    assert [payload["team"] for payload in told(gateway, somebody.code)] == [None, formed, formed, None, formed, None]
    for wanted in ("NIX", formed):
        answer = boss.patch(path, {"team": wanted})
        assert (answer.status, answer.code, answer.body["details"]["field"]) == (422, "TEAM_UNKNOWN", "team")
    hired = {
        "code": code("E"),
        "name": "新",
        "roles": ["advisor"],
        "stores": ["OTHER"],
        "initial_password": "for the start",
    }
    assert boss.post("/staff", {**hired, "team": formed}).code == "TEAM_UNKNOWN"
    assert boss.post("/staff", {**hired, "stores": [store], "team": formed}).body["team"] == formed

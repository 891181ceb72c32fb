"""The policies of all services under one address; here runs the customer service, and the follow-up service is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.policies import POLICIES
from tests.integration.gateway.running import Answer, Gateway, Person
from tests.support.databases import Databases
from tests.support.randoms import code

pytestmark = pytest.mark.usefixtures("customer_service")

HERE, THERE = "PA", "PB"
AWAY = ["followup", "sales", "workshop"]
"""Of the services that keep policies those that do not run here."""
ANSWERED = sorted(kind.code for kind in POLICIES.values() if kind.service not in AWAY)
LONG_AGO, SOON = "2020-01-01T00:00:00+08:00", "2097-01-01T00:00:00+08:00"


@pytest.fixture(scope="module")
def leader(gateway: Gateway) -> Person:
    """Publishes."""
    return gateway.person("leader", stores=(HERE, THERE))


@pytest.fixture(scope="module")
def manager(gateway: Gateway) -> Person:
    """Sees what holds in his store."""
    return gateway.person("service_manager", stores=(HERE,))


@pytest.fixture(autouse=True)
def nothing_published(gateway: Gateway, databases: Databases) -> Iterator[None]:
    yield
    gateway.rows("DELETE FROM policy")
    with databases.admin("customer") as admin:
        admin.execute("DELETE FROM policy")


def listed(person: Person, query: str = "") -> dict[str, dict[str, Any]]:
    answer = person.get(f"/policies{query}")
    assert answer.status == 200, answer.body
    return {one["code"]: one for one in answer.body["items"]}


def publish(person: Person, code: str, value: Any, **more: Any) -> Answer:
    return person.post("/policies", {"code": code, "value": value, **more})


def test_the_list_is_of_those_who_answer_in_time_and_says_who_does_not(leader: Person) -> None:
    started = time.monotonic()
    answer = leader.get("/policies")
    assert time.monotonic() - started < 4
    assert (answer.status, answer.body["unanswered"]) == (200, AWAY)
    assert sorted(one["code"] for one in answer.body["items"]) == ANSWERED


def test_what_a_service_that_is_away_keeps_is_neither_shown_nor_published(leader: Person) -> None:
    for answer in (leader.get("/policies/SERVICE_D3"), publish(leader, "SERVICE_D3", {"hours": 24})):
        assert answer.status in (503, 504), answer.body


def test_a_policy_is_shown_with_all_that_a_form_needs(leader: Person) -> None:
    ration = listed(leader)["SEARCH_RATION"]
    assert (ration["service"], ration["per_store"], ration["may_publish"]) == ("gateway", False, "group")
    assert ration["zh"] == "按号码查询的每人限量"
    field = ration["schema"]["properties"]["given_a_day"]
    assert (field["minimum"], field["maximum"]) == (0, 1_000_000)
    assert (field["title"], field["x-title-zh"]) == ("People found by numbers in a day", "每日按号码查得人数")
    assert ration["default"]["given_a_day"] == ration["value"]["given_a_day"] == 300
    assert ration["presets"] == [{"name": "BUSY_COUNTER", "value": {**ration["default"], "given_a_day": 600}}]
    merge = listed(leader)["AUTO_MERGE"]
    assert merge["schema"]["properties"]["by"]["enum"] == ["evidence", "id", "nothing"]


def test_who_published_what_since_when_for_which_store(leader: Person) -> None:
    for store_id, by in ((None, "nothing"), (HERE, "id")):
        done = publish(leader, "AUTO_MERGE", {"by": by}, store_id=store_id)
        assert (done.status, done.body["published"], done.body["total"]) == (200, True, 0), done.body
    publish(leader, "AUTO_MERGE", None, store_id=HERE, effective_from=SOON)
    (back, his, group) = leader.get("/policies/AUTO_MERGE").body["items"]
    assert (back["value"], back["effective_from"], back["store_id"]) == (None, SOON, HERE)
    assert (his["value"], his["store_name"], his["published_by"]) == ({"by": "id"}, f"{HERE}店", leader.code)
    assert (group["value"], group["store_id"], group["published_by_name"]) == (
        {"by": "nothing"},
        None,
        f"员工{leader.code}",
    )
    here, there = listed(leader, f"?store_id={HERE}"), listed(leader, f"?store_id={THERE}")
    assert (here["AUTO_MERGE"]["value"], there["AUTO_MERGE"]["value"]) == ({"by": "id"}, {"by": "nothing"})
    assert [one["value"] for one in here["AUTO_MERGE"]["coming"]] == [None]
    assert there["AUTO_MERGE"]["coming"] == []
    assert listed(leader)["AUTO_MERGE"]["in_force"]["store_id"] is None


def test_a_manager_sees_the_group_s_values_and_his_store_s_and_publishes_nothing(
    leader: Person, manager: Person
) -> None:
    for store_id in (None, HERE, THERE):
        publish(leader, "AUTO_MERGE", {"by": "id"}, store_id=store_id)
    shown = manager.get("/policies/AUTO_MERGE").body
    assert {one["store_id"] for one in shown["items"]} == {None, HERE}
    assert shown["total"] == 2
    assert shown["policy"]["may_publish"] is None
    for path in (f"/policies?store_id={THERE}", f"/policies/AUTO_MERGE?store_id={THERE}"):
        assert (manager.get(path).status, manager.get(path).code) == (403, "STORE_NOT_ALLOWED")
    refused = publish(manager, "AUTO_MERGE", {"by": "id"}, store_id=HERE)
    assert (refused.status, refused.code) == (403, "OPERATION_NOT_ALLOWED")


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("asked", "status", "code", "field"),
    [
        ({"code": "NO_SUCH"}, 422, "POLICY_UNKNOWN", "code"),
        ({"store_id": "NOWHERE"}, 422, "STORE_UNKNOWN", "store_id"),
        ({"code": "RETENTION", "value": {}, "store_id": HERE}, 422, "POLICY_OF_GROUP", "store_id"),
        ({"code": "SEARCH_RATION", "value": {}, "store_id": HERE}, 422, "POLICY_OF_GROUP", "store_id"),
        ({"effective_from": LONG_AGO}, 422, "POLICY_IN_PAST", "effective_from"),
        ({"code": "SEARCH_RATION", "value": {}, "effective_from": LONG_AGO}, 422, "POLICY_IN_PAST", "effective_from"),
        ({"effective_from": SOON}, 409, "POLICY_EXISTS", "effective_from"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(
    leader: Person, asked: dict[str, Any], status: int, code: str, field: str, dry_run: bool
) -> None:
    publish(leader, "AUTO_MERGE", {"by": "id"}, effective_from=SOON)
    refused = publish(leader, **{"code": "AUTO_MERGE", "value": {"by": "id"}, "dry_run": dry_run, **asked})
    assert (refused.status, refused.code, refused.body["details"]["field"]) == (status, code, field), refused.body


@pytest.mark.parametrize(
    ("of", "value", "place"),
    [
        ("AUTO_MERGE", {"by": "luck"}, ["value", "by"]),
        ("RETENTION", {"proof_years": 2}, ["value", "proof_years"]),
        ("RETENTION", {"proof_year": 3}, ["value", "proof_year"]),
        ("SEARCH_RATION", {"given_a_day": -1}, ["value", "given_a_day"]),
        ("SEARCH_RATION", None, ["value"]),
    ],
)
def test_a_value_of_another_shape_or_out_of_bounds_is_refused_with_its_place(
    leader: Person, of: str, value: Any, place: list[str]
) -> None:
    refused = publish(leader, of, value)
    assert (refused.status, refused.code) == (422, "INVALID_REQUEST")
    told = refused.body["errors"]
    for name in place:
        told = told[name]
    assert told


def test_a_policy_that_nobody_has_is_not_found(leader: Person) -> None:
    answer = leader.get("/policies/NO_SUCH")
    assert (answer.status, answer.code) == (404, "POLICY_NOT_FOUND")


def test_the_same_command_twice_is_one_and_a_dry_run_before_it_leaves_nothing(gateway: Gateway, leader: Person) -> None:
    key, asked = code("K"), {"code": "SEARCH_RATION", "value": {"given_a_day": 600}}
    tried = leader.post("/policies", {**asked, "dry_run": True})
    assert (tried.status, tried.body["published"]) == (200, False)
    assert gateway.rows("SELECT 1 FROM policy") == []
    one, other = (leader.post("/policies", asked, Idempotency_Key=key) for _ in range(2))
    assert one.body == other.body
    assert len(gateway.rows("SELECT 1 FROM policy")) == 1


def test_the_store_acted_for_is_the_store_that_is_shown_and_set_unless_the_group_is_named(leader: Person) -> None:
    publish(leader, "AUTO_MERGE", {"by": "id"}, store_id=HERE)
    shown = leader.get("/policies", X_Store_Id=HERE).body["items"]
    assert next(one for one in shown if one["code"] == "AUTO_MERGE")["value"] == {"by": "id"}
    body = {"code": "RETENTION", "value": {}}
    assert leader.post("/policies", body, X_Store_Id=HERE).code == "POLICY_OF_GROUP"
    assert leader.post("/policies", {**body, "store_id": None}, X_Store_Id=HERE).status == 200

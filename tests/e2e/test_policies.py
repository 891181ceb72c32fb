"""What dealers may set, of every service, over the API: listed, tried, published, in force, remembered."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from chassis.process import clock
from contracts import shapes
from contracts.declared import fields_of
from contracts.policies import POLICIES, PolicyKind
from contracts.shapes import Between
from gateway.policies import DECLARED
from simulator.client import ApiProblem, Client
from tests.support.polling import eventually
from tests.support.system import System

KINDS = [kind for kind in POLICIES.values() if kind.service in {module.__name__.split(".")[1] for module in DECLARED}]
RENAMED = "UPDATE policy SET code = %s WHERE code = %s RETURNING id"
FAR = "2097-01-01T00:00:00+08:00"


def other(kind: PolicyKind[Any]) -> dict[str, Any]:
    """A value that differs from the default and hinders nobody: numbers as high as may be, other words."""
    value: dict[str, Any] = shapes.plain(kind.default)
    shape: type = kind.shape
    for name, one in fields_of(shape).items():
        if one.type is int:
            value[name] = one.mark(Between, Between(0, 0)).high
        elif one.type is bool:
            value[name] = not value[name]
        elif isinstance(one.type, type) and issubclass(one.type, StrEnum):
            value[name] = next(word.value for word in one.type if word.value != value[name])
    return value


@pytest.fixture
def leader(system: System) -> Iterator[Client]:
    """The leader of the group, who acts for no single store."""
    client = Client(system.base_url, token=system.as_("leader").token)
    yield client
    client.close()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.code)
def kind(request: pytest.FixtureRequest, system: System) -> Iterator[PolicyKind[Any]]:
    """Each policy, as if nothing was published of it; what was before is in force again afterwards."""
    service, aside = request.param.service, f"{request.param.code} aside"
    system.rows(service, RENAMED, aside, request.param.code)
    yield request.param
    system.rows(service, "DELETE FROM policy WHERE code = %s RETURNING id", request.param.code)
    system.rows(service, RENAMED, request.param.code, aside)


@pytest.fixture
def store_id(system: System, kind: PolicyKind[Any]) -> str | None:
    """A store of this test's own; none for a policy of the group."""
    if not kind.per_store:
        return None
    code = f"X{secrets.token_hex(3).upper()}"
    system.boss.post("/stores", {"code": code, "name": "试店", "dealer_code": "HT"})
    return code


def test_every_policy_is_listed_tried_published_in_force_and_remembered(
    system: System, leader: Client, kind: PolicyKind[Any], store_id: str | None
) -> None:
    asked = {} if store_id is None else {"store_id": store_id}

    def standing() -> dict[str, Any]:
        found = leader.get("/policies", **asked)
        assert found["unanswered"] == []
        return next(one for one in found["items"] if one["code"] == kind.code)

    def history() -> dict[str, Any]:
        return leader.get(f"/policies/{kind.code}", **asked)

    before, value = standing(), other(kind)
    assert (before["value"], before["in_force"], before["coming"]) == (before["default"], None, [])
    assert set(value) == set(before["schema"]["properties"])
    body = {"code": kind.code, "value": value, "store_id": store_id}

    tried = leader.post("/policies", {**body, "dry_run": True})
    assert (tried["published"], tried["changes"]) == (False, [])
    assert tried["zh"]
    assert tried["en"]
    assert standing() == before
    assert history()["total"] == 0

    done = leader.post("/policies", body)
    assert (done["published"], done["total"]) == (True, tried["total"])
    leader.post("/policies", {**body, "value": before["default"], "effective_from": FAR})
    after = standing()
    assert after["value"] == after["in_force"]["value"] == value != before["value"]
    assert [(one["value"], one["effective_from"]) for one in after["coming"]] == [(before["default"], FAR)]
    told = history()
    assert told["policy"] == after
    assert [one["effective_from"] for one in told["items"]] == [FAR, done["effective_from"]]
    assert {(one["store_id"], one["published_by"]) for one in told["items"]} == {(store_id, system.staff_id("leader"))}

    with pytest.raises(ApiProblem) as refused:
        leader.post("/policies", {**body, "value": {**value, "nonsense": 1}})
    assert (refused.value.status, refused.value.code) == (422, "INVALID_REQUEST")
    assert refused.value.problem["errors"] == {"value": {"nonsense": ["没有这一项"]}}


def test_a_dry_run_tells_which_visits_would_move_and_publishing_moves_them(system: System, leader: Client) -> None:
    """What happened in the same moment follows the policy; a clock that stands still lets it."""
    moment = (clock.now() + timedelta(days=800)).astimezone(clock.LOCAL).replace(hour=16, minute=0)
    system.boss.post("/admin/clock", {"now": moment.isoformat()})
    try:
        car = system.deliver_a_car(at=moment)
        visit = eventually(lambda: system.visit(car.customer_id, "DELIVERY_D7"), within=20)
        body = {"code": "DELIVERY_D7", "value": {"days": 9}, "store_id": "HN"}
        tried, due = leader.post("/policies", {**body, "dry_run": True}), visit["due_at"]
        assert system.visit(car.customer_id, "DELIVERY_D7") == visit
        done = leader.post("/policies", body)
    finally:
        system.boss.post("/admin/clock", {"now": None})
        system.rows("followup", "DELETE FROM policy WHERE code = 'DELIVERY_D7' RETURNING id")
    (change,) = [one for one in tried["changes"] if one["subject_id"] == visit["visit_id"]]
    assert (change["subject_type"], change["due_at"]) == ("visit", due)
    assert datetime.fromisoformat(change["new_due_at"]) - datetime.fromisoformat(due) == timedelta(days=2)
    assert (tried["published"], done["published"]) == (False, True)
    assert (tried["total"], tried["changes"], tried["zh"]) == (done["total"], done["changes"], done["zh"])
    assert f"{tried['total']}个回访改期" in tried["zh"]
    moved = system.visit(car.customer_id, "DELIVERY_D7")
    assert moved is not None
    assert moved["due_at"] == change["new_due_at"]

"""Every route for every role, as `contracts/access.toml` says, and the same again past the gateway."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from chassis.process.actors import new_key
from contracts.access import Actor, Reach, matrix
from contracts.operation import OPERATIONS
from contracts.sales import operations as sales
from gateway.routes import TABLE
from gateway.routing import Route
from simulator.client import ApiProblem, Client
from tests.support.plain_caller import call
from tests.support.system import System

BEHIND_A_ROLE = [route for route in TABLE.routes if not route.public and route.operation.name != "gateway.log_out"]
LEAVES_ALONE = {"gateway.create_dealer", "gateway.create_store", "gateway.create_staff", "gateway.set_clock"}
"""Operations that even a senseless request could change something with; tried only by those who may not."""


def knock(client: Client, route: Route) -> tuple[int, str | None]:
    """Send a request that names nothing real; returns (status, code)."""
    path = route.path
    for name in route.parameters:
        path = path.replace("{" + name + "}", "nobody" if name == "code" else str(uuid.uuid4()))
    try:
        status, _ = client.send(route.method, path, None if route.method == "GET" else {}, key=str(uuid.uuid4()))
    except ApiProblem as problem:
        return problem.status, problem.code
    return status, None


@pytest.mark.parametrize("role", matrix().roles)
def test_each_role_passes_where_the_matrix_says_so_and_nowhere_else(system: System, role: str) -> None:
    client = system.boss if role == "admin" else system.as_(role)

    wrong = []
    for route in BEHIND_A_ROLE:
        allowed = role in matrix().operations[route.operation.name]
        if allowed and route.operation.name in LEAVES_ALONE:
            continue
        status, code = knock(client, route)
        refused = (status, code) == (403, "OPERATION_NOT_ALLOWED")
        if refused == allowed or status == 401 or status >= 500:
            wrong.append((route.method, route.path, status, code, "allowed" if allowed else "not allowed"))

    assert wrong == []


def test_nobody_passes_without_a_session(system: System) -> None:
    stranger = Client(system.base_url)
    forger = Client(system.base_url, token="a" * 43)

    answers = {knock(client, route)[0] for client in (stranger, forger) for route in BEHIND_A_ROLE}
    stranger.close()
    forger.close()

    assert answers == {401}


def test_a_thing_of_another_store_looks_like_one_that_does_not_exist(system: System) -> None:
    car = system.deliver_a_car()
    order = system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=100)
    things = {
        f"/orders/{car.order['order_id']}": ("/orders/{}", "sales_manager"),
        f"/repair-orders/{order['ro_id']}": ("/repair-orders/{}", "advisor"),
    }

    for path, (pattern, role) in things.items():
        abroad = system.as_(role, store="FT")
        foreign = _problem(abroad, path)
        missing = _problem(abroad, pattern.format(uuid.uuid4()))
        assert foreign["status"] == 404
        assert {**foreign, "request_id": ""} == {**missing, "request_id": ""}


def test_a_foreign_store_in_a_filter_or_header_is_refused(system: System) -> None:
    manager = system.as_("sales_manager", store="FT")

    with pytest.raises(ApiProblem) as by_filter:
        manager.get("/orders", store_id="HN")
    here = Client(system.base_url, token=manager.token, store="HN")
    with pytest.raises(ApiProblem) as by_header:
        here.get("/orders")
    here.close()

    for refused in (by_filter, by_header):
        assert (refused.value.status, refused.value.code) == (403, "STORE_NOT_ALLOWED")


def test_a_consultant_sees_his_own_orders_only(system: System) -> None:
    car = system.deliver_a_car()
    order_id = car.order["order_id"]

    mine = system.as_("consultant").get("/orders", size=100)["items"]
    assert order_id in {order["order_id"] for order in mine}
    assert {order["consultant_id"] for order in mine} == {system.staff_id("consultant")}
    with pytest.raises(ApiProblem) as refused:
        system.as_("consultant", store="FT").get(f"/orders/{order_id}")
    assert refused.value.status == 404


class TestPastTheGateway:
    """The owning service asks again, from the signed actor."""

    def answer(self, system: System, actor: Actor | None, *, key: str | None = None) -> tuple[str, dict[str, Any]]:
        environment = system.stack.env_for("gateway")
        order_id = system.deliver_a_car().order["order_id"]
        signing_key = key or environment["CRM_GATEWAY_SIGNING_KEY"]
        uri = environment["CRM_GATEWAY_AMQP_URI"]
        return call(uri, sales.get_order, {"order_id": order_id}, actor=actor, signing_key=signing_key)

    def test_a_signed_actor_of_the_store_is_answered(self, system: System) -> None:
        outcome, _ = self.answer(system, Actor("M", ("sales_manager",), ("HN",)))
        assert outcome == "ok"

    def test_another_store_finds_nothing(self, system: System) -> None:
        outcome, answer = self.answer(system, Actor("M", ("sales_manager",), ("FT",)))
        assert (outcome, answer["code"]) == ("refused", "ORDER_NOT_FOUND")

    def test_another_role_may_not_ask(self, system: System) -> None:
        outcome, answer = self.answer(system, Actor("T", ("technician",), ("HN",)))
        assert (outcome, answer["code"]) == ("refused", "OPERATION_NOT_ALLOWED")

    def test_nobody_and_a_forged_signature_are_rejected(self, system: System) -> None:
        forged_key = new_key()
        for actor, key in ((None, None), (Actor("M", ("leader",), ("HN",)), forged_key)):
            outcome, answer = self.answer(system, actor, key=key)
            assert (outcome, answer["code"]) == ("refused", "ACTOR_REJECTED")


def test_the_matrix_names_every_operation_and_gives_each_to_somebody() -> None:
    public = {route.operation.name for route in TABLE.routes if route.public}

    assert set(matrix().operations) == set(OPERATIONS) - public
    assert all(grants for grants in matrix().operations.values())
    assert all(isinstance(reach, Reach) for grants in matrix().operations.values() for reach in grants.values())


def _problem(client: Client, path: str) -> dict[str, Any]:
    with pytest.raises(ApiProblem) as refused:
        client.get(path)
    return refused.value.problem

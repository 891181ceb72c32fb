"""A list with a wrong member: refused at once with list and place, by the gateway itself and by a service behind it."""

from __future__ import annotations

import time
from typing import Any

import marshmallow
import pytest

from contracts.access import matrix
from contracts.shapes import schema_of
from gateway.routes import TABLE
from gateway.routing import Route
from tests.integration.gateway.running import Gateway, Person
from tests.support.polling import patience

pytestmark = pytest.mark.usefixtures("customer_service")

HERE = "HN"
ID = "0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a01"


def lists_of(route: Route) -> list[str]:
    found = schema_of(route.operation.request).fields.items()
    return [name for name, field in found if isinstance(field, marshmallow.fields.List)]


LISTS = [
    (route, name)
    for route in TABLE.routes
    if route.operation.service in ("gateway", "customer") and route.method != "GET" and not route.takes_bytes
    for name in lists_of(route)
]


@pytest.fixture(scope="module")
def everybody(gateway: Gateway) -> Person:
    return gateway.person(*matrix().roles, stores=(HERE,))


def test_there_are_lists_here_and_behind() -> None:
    assert {route.operation.service for route, _ in LISTS} == {"gateway", "customer"}


@pytest.mark.parametrize(("route", "name"), LISTS, ids=[f"{route.operation.name}-{name}" for route, name in LISTS])
@pytest.mark.parametrize("wrong", [7, None, {"no such field": 1}, [[]]], ids=["number", "null", "object", "list"])
def test_a_wrong_member_is_named_with_its_list_and_place(
    gateway: Gateway, everybody: Person, route: Route, name: str, wrong: Any
) -> None:
    path = route.path.format(**dict.fromkeys(route.parameters, ID))
    started = time.monotonic()
    answer = gateway.ask(route.method, path, {name: [wrong, wrong]}, token=everybody.token)
    assert time.monotonic() - started < patience(1)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert {"0", "1"} <= answer.body["errors"][name].keys()


def test_forty_wrong_members_leave_the_service_answering(everybody: Person) -> None:
    """More than it takes at once: not one place is lost by a refusal."""
    answers = [everybody.post("/customers/names", {"customer_ids": ["abc"]}) for _ in range(40)]
    assert {answer.status for answer in answers} == {422}
    assert everybody.get("/customers/lookup?q=13800000000").status == 200

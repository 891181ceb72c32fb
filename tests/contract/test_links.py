"""What a customer's link opens: no person, no number of one, no VIN, no plate, no money; and nobody keeps its token."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated
from uuid import UUID

import pytest

from chassis.process.settings import SERVICES
from contracts.declared import fields_of
from contracts.fields import PriceFen, StaffId, StoreId
from contracts.operation import OPERATIONS, Kind
from contracts.shapes import Names, Once, Sensitive, told_once
from gateway.routes import TABLE

for _service in SERVICES:
    for _module in iter_modules(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

BY_LINK = sorted(name for name, operation in OPERATIONS.items() if operation.by_link)
TELLING = {"customer_id", "vehicle_id", "vin", "plate", "name", "signer", "title", "mobile", "contract_no", "content"}
"""Fields that say who somebody is, or lead to it."""
ASKED = {"asks.amount_fen", "pays_fen"}
"""What a customer is asked to agree to, and what he would then pay in all: the only prices that a link opens (R51)."""


def telling(shape: type) -> list[str]:
    """Fields of an answer, however deep, that visitors may not see."""
    found: list[str] = []
    for name, declared in fields_of(shape).items():
        value, _ = declared.opened()
        staff = any(isinstance(mark, Names) and mark.what != "store" for mark in value.marks)
        sensitive = any(isinstance(mark, Sensitive) for mark in value.marks)
        if name in TELLING or name.endswith("_fen") or staff or sensitive or value.is_free:
            found.append(name)
        elif value.is_shape:
            found += [f"{name}.{one}" for one in telling(value.type)]
    return found


def test_there_is_something_to_open() -> None:
    assert "sales.order_progress" in BY_LINK


@pytest.mark.parametrize("name", BY_LINK)
def test_what_a_link_opens_names_nobody_and_tells_no_price_but_what_is_asked(name: str) -> None:
    assert set(telling(OPERATIONS[name].response)) <= ASKED


@pytest.mark.parametrize("name", [name for name in BY_LINK if OPERATIONS[name].kind is Kind.QUERY])
def test_it_is_read_by_its_token_alone_and_says_which_version_it_shows(name: str) -> None:
    operation = OPERATIONS[name]
    assert [field.name for field in fields(operation.request)] == ["token"]
    assert operation.refuses == ("LINK_NOT_FOUND",)
    assert "version" in fields_of(operation.response)
    (route,) = (route for route in TABLE.routes if route.operation is operation)
    assert (route.method, route.public, route.logs_access) == ("GET", True, False)


@pytest.mark.parametrize("name", [name for name in BY_LINK if OPERATIONS[name].kind is Kind.COMMAND])
def test_what_is_answered_by_a_link_binds_to_the_version_shown_and_shows_the_next(name: str) -> None:
    operation = OPERATIONS[name]
    assert {"token", "version"} <= {field.name for field in fields(operation.request)}
    assert "LINK_NOT_FOUND" in operation.refuses
    assert "version" in fields_of(operation.response)
    (route,) = (route for route in TABLE.routes if route.operation is operation)
    assert (route.method, route.public, route.logs_access) == ("POST", True, False)


def test_whatever_answers_a_token_of_a_link_is_not_kept_with_the_answers_of_commands() -> None:
    making = {name for name, one in OPERATIONS.items() if one.kind is Kind.COMMAND and told_once(one.response)}
    links = {name for name in making if "token" in fields_of(OPERATIONS[name].response)}
    assert links == {name for name in OPERATIONS if ".make_" in name and name.endswith("_link")}
    assert not told_once(OPERATIONS["sales.get_order"].response)


@dataclass(frozen=True)
class Deep:
    plate: str
    paid_fen: int


@dataclass(frozen=True)
class Planted:
    store_id: StoreId
    steps: list[Deep]
    advisor: StaffId
    price: PriceFen
    customer_id: UUID
    done_on: date
    token: Annotated[str, Once()]


def test_what_tells_too_much_is_found_however_deep() -> None:
    assert telling(Planted) == ["steps.plate", "steps.paid_fen", "advisor", "price", "customer_id"]
    assert told_once(Planted)

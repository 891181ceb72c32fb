"""What answers say of people: a full phone or card number only where the access is written down (R62; PIPL 51)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import pytest

from chassis.process.settings import SERVICES
from contracts.access import matrix
from contracts.declared import fields_of
from contracts.fields import Mobile
from contracts.operation import OPERATIONS, Kind
from contracts.shapes import Sensitive, told_once
from tests.support.inventory import inventory

for _service in SERVICES:
    for _module in iter_modules(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

NEVER = ("mobile", "id_number")
"""Kinds of data that no role sees in full without a reason."""
NUMBER_OF_A_PERSON = re.compile(r"mobile|phone|(^|_)tel(_|$)|id_n(umber|o)|id18|id_card|bank_card|licence_no")


def in_full(shape: type, *, inside: tuple[type, ...] = ()) -> list[str]:
    """Fields of an answer, however deep, that may hold a phone or card number which the gateway does not mask."""
    found: list[str] = []
    for field, declared in fields_of(shape).items():
        value, _ = declared.opened()
        if value.is_shape:
            if value.type not in inside:
                found += [f"{field}.{one}" for one in in_full(value.type, inside=(*inside, shape))]
        elif value.type is str:
            kinds = {mark.kind for mark in value.marks if isinstance(mark, Sensitive)}
            shown = any(matrix().fields.get(one) for one in kinds.intersection(NEVER))
            named = NUMBER_OF_A_PERSON.search(field) or (field == "number" and "phone" in shape.__name__.lower())
            if shown or (named and not kinds.intersection(NEVER)):
                found.append(field)
    return found


def test_no_role_sees_a_phone_or_card_number_without_asking_for_it() -> None:
    assert {kind: matrix().fields[kind] for kind in NEVER} == {kind: {} for kind in NEVER}


@pytest.mark.parametrize("route", inventory()["routes"], ids=lambda route: f"{route['method']} {route['path']}")
def test_a_number_in_full_comes_only_from_a_route_that_writes_it_down(route: dict[str, Any]) -> None:
    found = in_full(OPERATIONS[route["operation"]].response)
    assert not found or route["logs_access"], f"{route['operation']} gives {found} and is not in the access log"


def test_the_phone_number_is_given_by_one_operation_to_people_and_rationed_there_and_by_one_to_services() -> None:
    routes = {route["operation"]: route for route in inventory()["routes"]}
    to_people, to_services = "customer.reveal_contact", "customer.reveal_to_sender"
    assert sorted(name for name in OPERATIONS if in_full(OPERATIONS[name].response)) == [to_people, to_services]
    assert routes[to_people]["rationed"]
    assert to_services not in routes
    assert told_once(OPERATIONS[to_services].response), "and no copy of the answer stays behind"
    assert set(matrix().operations[to_services]) <= set(matrix().services)
    assert [name for name, route in routes.items() if route["rationed"] and not route["logs_access"]] == []


def test_who_asks_by_a_phone_or_card_number_reads_it_and_is_rationed() -> None:
    """A search by what answers mask gives it away, guess by guess."""
    asked_by_number = {
        name
        for name, operation in OPERATIONS.items()
        if operation.kind is Kind.QUERY
        for declared in fields_of(operation.request).values()
        if any(isinstance(mark, Sensitive) and mark.kind in NEVER for mark in declared.opened()[0].marks)
    }
    searching = {route["operation"] for route in inventory()["routes"] if route["searches"]}
    assert asked_by_number == {"customer.prefill"}
    assert searching == asked_by_number | {"customer.look_up"}


def test_what_gives_the_reason_or_a_file_is_written_down() -> None:
    for route in inventory()["routes"]:
        if route["gives_file"]:
            assert route["logs_access"], route["operation"]


@dataclass(frozen=True)
class Phone:
    number: str


@dataclass(frozen=True)
class Deep:
    phones: list[Phone]
    old_mobile: str | None
    masked_mobile: Mobile
    mobile_hint: Annotated[str, Sensitive("price")]


@dataclass(frozen=True)
class Planted:
    items: list[Deep]
    id_number: str
    name: str


def test_a_planted_number_is_found_however_deep() -> None:
    assert in_full(Planted) == ["items.phones.number", "items.old_mobile", "items.mobile_hint", "id_number"]

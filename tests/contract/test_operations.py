"""Operations ↔ implementations ↔ access matrix ↔ routes ↔ refusals: nothing is missing and nothing is there twice."""

from __future__ import annotations

import ast
import string
from collections import Counter
from importlib import import_module
from pkgutil import walk_packages
from typing import get_type_hints

import pytest

from chassis.bus.topology import CALLS, HEARS
from chassis.process.settings import SERVICES
from contracts import refusals
from contracts.access import SERVICE, Reach, matrix
from contracts.operation import OPERATIONS, Kind, Operation
from contracts.refusals import ALWAYS_POSSIBLE, Refusal
from tests.support.inventory import inventory
from tests.support.source import ROOT, Source, dotted, plant, sources

for _service in SERVICES:
    for _module in walk_packages(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

NAMES = sorted(OPERATIONS)
SIGNED_OUT = {"gateway.log_in", *(name for name in NAMES if OPERATIONS[name].by_link)}
"""Operations for people who have no session: the matrix has nothing to say."""


def implementations() -> Counter[str]:
    return Counter(name for service in SERVICES for name, _ in inventory()[service]["operations"])


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_has_exactly_one_implementation(name):
    assert implementations()[name] == 1


def test_nothing_is_implemented_that_is_not_declared():
    assert set(implementations()) - set(OPERATIONS) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_implements_its_own_operations_only(service):
    assert {name.partition(".")[0] for name, _ in inventory()[service]["operations"]} <= {service}


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_has_a_line_in_the_access_matrix(name):
    if name not in SIGNED_OUT:
        assert matrix().operations.get(name), f"contracts/access.toml says nothing of {name}"


def test_the_access_matrix_names_only_operations_that_exist():
    assert set(matrix().operations) - set(OPERATIONS) == set()


@pytest.mark.parametrize("service", [one for one in SERVICES if one != "gateway"])
def test_the_gateway_may_call_every_service_that_implements_something(service):
    if inventory()[service]["operations"]:
        assert service in CALLS["gateway"]


@pytest.mark.parametrize("service", SERVICES)
def test_only_a_service_whose_rows_ask_may_call_others(service):
    if service != "gateway":
        assert bool(CALLS[service]) == bool(inventory()[service]["asking"])


def only_for_services(name: str) -> bool:
    """True if no person's role may use it."""
    return name not in SIGNED_OUT and not set(matrix().operations[name]) & set(matrix().roles)


@pytest.mark.parametrize("name", matrix().services)
def test_a_service_with_a_role_is_one_of_ours_and_may_call_those_it_may_ask(name):
    service = name.removeprefix(SERVICE)
    asked = {operation.partition(".")[0] for operation, grants in matrix().operations.items() if name in grants}
    assert service in SERVICES
    assert asked, f"{name} is declared and may do nothing"
    assert asked - {"gateway"} <= set(CALLS[service])


# -- routes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_that_people_may_use_has_a_route(name):
    routed = name in {route["operation"] for route in inventory()["routes"]}
    of_another = any(name in (part.name for part in one.made_of) for one in OPERATIONS.values())
    if not of_another:
        assert routed != only_for_services(name), "one that services alone may use is on no route, every other on some"


@pytest.mark.parametrize("name", [name for name in NAMES if OPERATIONS[name].made_of])
def test_whoever_may_use_an_operation_made_of_others_may_use_each_of_them_as_far(name):
    width = list(Reach).index
    for role, reach in matrix().operations[name].items():
        for part in OPERATIONS[name].made_of:
            granted = matrix().operations[part.name]
            assert role in granted, (role, part.name)
            assert width(granted[role]) >= width(reach), (role, part.name)


@pytest.mark.parametrize("route", inventory()["routes"], ids=lambda route: f"{route['method']} {route['path']}")
def test_a_route_fits_its_operation(route):
    operation = OPERATIONS[route["operation"]]
    fields = set(get_type_hints(operation.request))
    assert set(route["parameters"]) <= fields, "a parameter of the path is a field of the request"
    assert (route["method"] == "GET") <= (operation.kind is Kind.QUERY), "what changes something is no GET"
    assert route["public"] == (operation.name in SIGNED_OUT)
    assert route["zh"].strip()


def test_no_address_stands_for_two_operations():
    addresses = Counter((route["method"], route["path"]) for route in inventory()["routes"])
    assert [address for address, count in addresses.items() if count > 1] == []


# -- subscriptions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_the_topology_says_who_hears_what(service):
    subscribed = Counter(inventory()[service]["subscriptions"])
    assert subscribed == Counter(event.declaration.topic for event in HEARS[service])


# -- refusals -----------------------------------------------------------------------------------------------------


def subclasses(cls: type[Refusal]) -> set[type[Refusal]]:
    found = {cls} if "code" in vars(cls) else set()
    return found.union(*(subclasses(one) for one in cls.__subclasses__()))


def package_of(service: str) -> str:
    return "gateway" if service == "gateway" else f"services.{service}"


OF_THE_CHASSIS = ("chassis.store.policies", "chassis.organisation.stores")
"""Where the chassis says no for whatever service."""


def all_refusals() -> list[type[Refusal]]:
    """Every refusal of contracts, chassis, services and gateway that stands in a file of ours."""
    for module in OF_THE_CHASSIS:
        import_module(module)
    for service in SERVICES:
        package = import_module(package_of(service))
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith(".errors"):
                import_module(found.name)
    ours = ("contracts.", "chassis.", "services.", "gateway.")
    return sorted(
        (one for one in subclasses(Refusal) if one.__module__.startswith(ours)),
        key=lambda one: (one.__qualname__, one.__module__),
    )


ALWAYS = {refusal.code for refusal in ALWAYS_POSSIBLE}
BEFORE_ANY_OPERATION = {"SESSION_REQUIRED", "PASSWORD_CHANGE_REQUIRED"}
"""Given by the gateway before it knows which operation is meant."""
OF_A_ROUTE = {
    "REVEAL_LIMIT": "rationed",
    "SEARCH_LIMIT": "searches",
    **dict.fromkeys(("SHEET_NOT_WHOLE", "SHEET_LACKS_CHARACTERS", "SHEET_TOO_LARGE"), "sheet"),
}
"""Given by the gateway for what a route says, whoever owns the operation."""


def may_raise(service: str) -> set[str]:
    """Codes of the refusals that can come out of a service: its own, the chassis' and the contracts'."""
    modules = ("contracts.refusals", *OF_THE_CHASSIS, f"{package_of(service)}.")
    return {one.code for one in all_refusals() if one.__module__.startswith(modules)}


@pytest.mark.parametrize("name", NAMES)
def test_every_code_an_operation_lists_has_a_class_in_its_service(name):
    operation = OPERATIONS[name]
    handed_on = {code for part in operation.made_of for code in part.refuses}
    assert set(operation.refuses) - may_raise(operation.service) - handed_on == set()
    assert len(set(operation.refuses)) == len(operation.refuses)
    assert set(operation.refuses).isdisjoint(ALWAYS), "what any operation may say is not listed"


@pytest.mark.parametrize("refusal", all_refusals(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_refusal_is_listed_by_an_operation_of_its_service(refusal):
    if refusal.code in ALWAYS | BEFORE_ANY_OPERATION:
        return
    if refusal.code in OF_A_ROUTE:
        assert any(route[OF_A_ROUTE[refusal.code]] for route in inventory()["routes"])
        return
    where = refusal.__module__.removeprefix("services.").partition(".")[0]
    listing = [one.name for one in OPERATIONS.values() if refusal.code in one.refuses]
    if where in SERVICES:
        listing = [one for one in listing if one.startswith(where + ".")]
    assert listing, f"no operation of {where} lists {refusal.code}"


@pytest.mark.parametrize("refusal", all_refusals(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_every_refusal_speaks_chinese_and_english(refusal):
    assert any("\u4e00" <= sign <= "\u9fff" for sign in refusal.zh)
    assert refusal.en.isascii()
    assert refusal.en.strip()
    assert refusal.code == refusal.code.upper()
    assert refusal.kind in refusals.Kind


CODES = {"status", "stage", "wanted", "channel", "pay_type", "kind", "type"}
"""Facts that are codes: in Chinese they would be English words within the sentence."""


@pytest.mark.parametrize("refusal", all_refusals(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_no_refusal_tells_codes_in_chinese_or_amounts_in_fen(refusal):
    assert placeholders(refusal.zh) & CODES == set()
    assert "_fen}分" not in refusal.zh
    assert "_fen} fen" not in refusal.en


def test_an_amount_is_told_in_yuan_and_stays_in_fen_for_programs():
    class Owed(refusals.RuleRefused):
        code, zh, en = "OWED", "尚有{balance_fen}未付", "{balance_fen} are owed"

    wire = Owed(balance_fen=123450).wire()
    assert (wire["zh"], wire["en"]) == ("尚有¥1,234.50未付", "1,234.50 yuan are owed")
    assert wire["details"] == {"balance_fen": 123450}


def test_one_code_means_one_thing():
    meanings: dict[str, set[tuple[str, str]]] = {}
    for one in all_refusals():
        meanings.setdefault(one.code, set()).add((one.kind, one.__name__))
    assert {code: found for code, found in meanings.items() if len(found) > 1} == {}


def placeholders(sentence: str) -> set[str]:
    """`{"vin"}` of "Vehicle {vin} is in stock"."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def raised_without(source: Source, sentences: dict[str, set[str]]) -> list[str]:
    """`raise X(...)` whose keywords do not fill the sentence of X: it would fail when the user should read it."""
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Raise) or node.exc is None:
            continue
        call = node.exc if isinstance(node.exc, ast.Call) else None
        name = dotted(call.func if call else node.exc).rpartition(".")[2]
        given = {one.arg for one in call.keywords} if call else set()
        if None not in given and (missing := sentences.get(name, set()) - given):
            found.append(f"{source.name}:{node.lineno} {name} without {sorted(missing)}")
    return found


def sentences() -> dict[str, set[str]]:
    return {one.__name__: placeholders(one.zh + one.en) for one in all_refusals()}


def test_every_refusal_is_raised_with_what_its_sentence_names():
    found = [
        one for source in sources(ROOT, "services", "gateway", "chassis") for one in raised_without(source, sentences())
    ]
    assert found == []


@pytest.mark.parametrize("line", ["raise Late", "raise Late()", "raise errors.Late(other=1)"])
def test_a_refusal_raised_without_its_detail_is_found(tmp_path, line):
    plant(tmp_path, "services/sales/orders/usecases.py", f"def f():\n    {line}\n")
    (source,) = sources(tmp_path, "services")
    assert raised_without(source, {"Late": {"due"}}) != []


def test_every_operation_says_what_it_does():
    assert [one.name for one in OPERATIONS.values() if not one.summary.strip()] == []


def test_an_operation_is_named_by_its_service_and_a_verb():
    def wrong(operation: Operation) -> bool:
        return operation.service not in SERVICES or operation.name != operation.name.lower()

    assert [one.name for one in OPERATIONS.values() if wrong(one)] == []

"""Routes: words before parameters, what is not there, and the whole table against operations and access matrix."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.access import matrix
from contracts.declared import fields_of
from contracts.operation import OPERATIONS
from contracts.sales import operations as sales
from gateway.faults import HttpFault
from gateway.routes import TABLE
from gateway.routing import BASE, Route, Table

SMALL = Table(
    [
        Route("GET", "/orders", sales.list_orders, "列"),
        Route("POST", "/orders", sales.create_order, "写"),
        Route("GET", "/orders/{order_id}", sales.get_order, "看"),
        Route("GET", "/orders/board", sales.list_orders, "板"),
        Route("POST", "/orders/{order_id}/sign", sales.sign_order, "签"),
    ]
)


def refused(method: str, path: str) -> HttpFault:
    with pytest.raises(HttpFault) as caught:
        SMALL.find(method, BASE + path)
    return caught.value


def test_a_path_gives_its_route_and_its_values() -> None:
    route, values = SMALL.find("POST", f"{BASE}/orders/42/sign")
    assert (route.operation.name, values) == ("sales.sign_order", {"order_id": "42"})


def test_a_word_goes_before_a_parameter() -> None:
    assert SMALL.find("GET", f"{BASE}/orders/board")[0].path == "/orders/board"
    assert SMALL.find("GET", f"{BASE}/orders/boards")[1] == {"order_id": "boards"}


def test_head_is_a_get_without_its_body() -> None:
    assert SMALL.find("HEAD", f"{BASE}/orders")[0].method == "GET"


def test_values_are_decoded_as_text() -> None:
    assert SMALL.find("GET", f"{BASE}/orders/%E5%BC%A0%2F%20a")[1] == {"order_id": "张/ a"}


@pytest.mark.parametrize(
    "path",
    ["", "/", "/nix", "/orders/", "/orders//sign", "/orders/1/2", "/orders/%ff", "/orders/%00", "/orders/%0d%0a"],
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    assert refused("GET", path).fault.status == 404


def test_another_method_is_told_which_ones_there_are() -> None:
    fault = refused("PUT", "/orders")
    assert (fault.fault.status, fault.headers) == (405, (("Allow", "GET, HEAD, POST"),))
    assert refused("GET", "/orders/1/sign").headers == (("Allow", "POST"),)


def test_the_same_address_twice_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="twice"):
        Table([SMALL.routes[0], SMALL.routes[0]])


def test_a_request_says_in_which_form_it_is_answered() -> None:
    route = TABLE.find("GET", f"{BASE}/customers/1/dossier")[0]
    forms = {asked: route.form({"format": asked} if asked else {}) for asked in ("", "page", "xlsx", "json")}
    assert {asked: form and form.name for asked, form in forms.items()} == {
        "": "page", "page": "page", "xlsx": "xlsx", "json": None,
    }  # fmt: skip
    assert SMALL.routes[0].form({"format": "page"}) is None


def test_a_page_of_a_link_has_an_address_of_its_own_and_no_other_form() -> None:
    token = "t" * 27
    route, values = TABLE.find("GET", f"/p/{token}")
    assert (route.operation.name, values) == ("sales.order_progress", {"token": token})
    page = route.page(f"/p/{token}")
    assert page is not None
    assert page.at == "/p/{token}"
    assert route.page(f"{BASE}/progress/{token}") is None
    assert route.form({"token": token}) is None
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with pytest.raises(HttpFault) as fault:
            TABLE.find(method, f"/p/{token}")
        assert fault.value.headers == (("Allow", "GET, HEAD"),)


FOR_SERVICES = {name for name, grants in matrix().operations.items() if not grants.keys() & set(matrix().roles)}
"""Operations that services alone may use: they are on no route."""
PARTS_ALONE = {"workshop.check_repair_order"}
"""Operations that the gateway asks for people as a part of another (`made_of`), and nobody by itself."""


def test_every_operation_has_a_route() -> None:
    assert {route.operation.name for route in TABLE.routes} == set(OPERATIONS) - FOR_SERVICES - PARTS_ALONE


def test_every_route_but_logging_in_and_links_stands_in_the_access_matrix() -> None:
    public = [route.operation.name for route in TABLE.routes if route.public and not route.operation.by_link]
    assert public == ["gateway.log_in"]
    with_session = {route.operation.name for route in TABLE.routes if not route.public}
    assert with_session == set(matrix().operations) - FOR_SERVICES - PARTS_ALONE


def test_only_the_board_and_the_list_of_repair_orders_share_an_operation() -> None:
    shared = Counter(route.operation.name for route in TABLE.routes)
    assert [name for name, times in shared.items() if times > 1] == ["workshop.list_repair_orders"]


@pytest.mark.parametrize("route", TABLE.routes, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_says_what_its_status_means(route: Route) -> None:
    assert set(route.parameters) <= fields_of(route.operation.request).keys()
    if route.found is not None:
        assert "created" in fields_of(route.operation.response)
    if route.logs_access:
        assert route.parameters
        assert "reason" in fields_of(route.operation.response if route.gives_file else route.operation.request)

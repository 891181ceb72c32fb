"""What people save a view of is a list that the gateway shows."""

from __future__ import annotations

import pytest

from contracts.declared import fields_of
from contracts.gateway.views import ListWithViews
from contracts.operation import OPERATIONS, Kind
from gateway.routes import TABLE
from gateway.views import NO_PART, complaints


@pytest.mark.parametrize("of", list(ListWithViews))
def test_a_list_with_views_is_one_that_can_be_asked_and_takes_a_view_that_says_nothing(of: ListWithViews) -> None:
    operation = OPERATIONS[of]
    assert operation.kind is Kind.QUERY
    assert operation in {route.operation for route in TABLE.routes if route.method == "GET"}
    assert "items" in fields_of(operation.response)
    assert complaints(of, {}) == {}


@pytest.mark.parametrize("of", list(ListWithViews))
def test_what_names_one_customer_or_vehicle_is_no_part_of_a_view(of: ListWithViews) -> None:
    """Else views would have to follow merges and erasures."""
    about_one = {name for name in fields_of(OPERATIONS[of].request) if name in ("customer_id", "vehicle_id", "q")}
    assert about_one <= NO_PART

"""Figures are told by their codes, and the gateway masks what its name calls a price or a number of a person."""

from __future__ import annotations

import pytest

from contracts import shapes
from contracts.access import matrix
from contracts.reporting import operations
from gateway.masking import Found, Reader, apply, plan_of
from services.reporting.kpis import FIGURES

READERS = sorted(matrix().operations[operations.month_figures.name])


def hidden(codes: list[str], *, role: str) -> list[str]:
    """The figures of these codes that the gateway would not show this role."""
    store = operations.StoreMonth(store_id="*", figures=dict.fromkeys(codes, 1))
    answer = shapes.plain(operations.MonthFigures(month="2026-11", as_of=None, definitions=[], stores=[], total=store))
    apply(plan_of(operations.MonthFigures, (role,)), answer, found=Found([], []), reader=Reader((role,)))
    return [code for code, value in answer["total"]["figures"].items() if value != 1]


@pytest.mark.parametrize("role", READERS)
def test_whoever_may_ask_for_figures_sees_all_of_them(role: str) -> None:
    assert hidden([figure.code for figure in FIGURES], role=role) == []


def test_a_planted_figure_with_the_name_of_a_price_is_found() -> None:
    assert hidden(["worth", "worth_fen"], role="service_manager") == ["worth_fen"]

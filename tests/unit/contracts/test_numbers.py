"""Numbers with a point: what a database or a person cannot read is refused with the shape."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import pytest

from contracts import shapes
from contracts.shapes import Between, InvalidShape


@dataclass(frozen=True)
class Work:
    hours: Annotated[Decimal, Between(0, 1000)]


@dataclass(frozen=True)
class Weight:
    grams: Decimal


@pytest.mark.parametrize("number", ["1e-999999", "0." + "0" * 400 + "1", "1e-16"])
def test_a_number_finer_than_anything_is_refused_and_named(number: str) -> None:
    with pytest.raises(InvalidShape) as refused:
        shapes.load(Work, {"hours": number})
    assert list(refused.value.errors) == ["hours"]


def test_one_without_bounds_of_its_own_is_not_endless_either() -> None:
    with pytest.raises(InvalidShape):
        shapes.load(Weight, {"grams": "1e999999"})


@pytest.mark.parametrize("number", ["1.5", "0", "-0", "0.10", "1E+2", 0.1, "0.000000000000001", "0e999999"])
def test_what_people_write_is_taken(number: str | float) -> None:
    assert shapes.load(Work, {"hours": number}).hours == Decimal(str(number))

"""JSON nested as deep as it can be read: in any place it is a wrong shape, and never a failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import pytest

from contracts import shapes
from contracts.shapes import InvalidShape

LISTS = "[" * 1000 + "]" * 1000
OBJECTS = '{"a":' * 1000 + "1" + "}" * 1000


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    name: str


@pytest.mark.parametrize("deep", [LISTS, OBJECTS], ids=["lists", "objects"])
@pytest.mark.parametrize(
    "hint", [str, int, bool, Decimal, UUID, date, datetime, Colour, Inner, list[Colour], list[Inner], dict[str, Any]]
)
def test_a_field_of_any_kind_refuses_it(hint: Any, deep: str) -> None:
    shape: type[Any] = dataclass(frozen=True)(type("Deep", (), {"__annotations__": {"field": hint}}))
    with pytest.raises(InvalidShape):
        shapes.load(shape, orjson.loads(f'{{"field":{deep}}}'))

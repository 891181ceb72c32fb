"""What a statement gave becomes the shape that is declared, in its types, and nothing is left out unnoticed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any
from uuid import UUID

import pytest

from chassis.process.settings import SERVICES
from contracts.operation import OPERATIONS
from contracts.picked import shaped
from contracts.shapes import Text, load, plain
from tests.support.kinds import good_request

for _service in SERVICES:
    for _module in iter_modules(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Part:
    part_id: UUID
    name: str = "unnamed"


@dataclass(frozen=True, slots=True)
class Whole:
    whole_id: UUID
    at: datetime
    on: date
    hours: Decimal
    colour: Annotated[Colour, Text()] | None
    parts: list[Part]
    ids: list[UUID]
    first: Part | None
    free: dict[str, Any]
    words: list[str] = field(default_factory=list)


WHOLE = Whole(UUID(int=1), AT, AT.date(), Decimal("1.5"), Colour.RED, [Part(UUID(int=2))], [UUID(int=3)], None, {}, [])


def test_identifiers_moments_numbers_enumerations_and_shapes_are_made_of_json() -> None:
    made = shaped(Whole, plain(WHOLE))
    assert made == WHOLE
    assert (type(made.colour), type(made.hours), type(made.parts[0].part_id)) == (Colour, Decimal, UUID)


def test_columns_of_these_types_stay_what_they_are() -> None:
    row = {name: getattr(WHOLE, name) for name in Whole.__slots__} | {"parts": [{"part_id": str(UUID(int=2))}]}
    assert shaped(Whole, row) == WHOLE


def test_what_json_of_an_earlier_day_lacks_has_its_default() -> None:
    assert shaped(Whole, plain(WHOLE) | {"first": {"part_id": str(UUID(int=4))}}).first == Part(UUID(int=4), "unnamed")


def test_a_row_names_every_field_also_one_with_a_default() -> None:
    with pytest.raises(KeyError, match="words"):
        shaped(Whole, {name: value for name, value in plain(WHOLE).items() if name != "words"})


def test_what_is_said_beside_the_row_goes_before_it_and_is_not_looked_for_in_it() -> None:
    row = {name: value for name, value in plain(WHOLE).items() if name != "first"}
    first = Part(UUID(int=5), "x")
    assert shaped(Whole, row, first=first, words=["y"]) == replace(WHOLE, first=first, words=["y"])


def test_what_else_a_row_holds_is_left_where_it_is() -> None:
    assert shaped(Part, {"part_id": UUID(int=2), "name": "x", "sealed_key": "k"}) == Part(UUID(int=2), "x")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_of_every_answer_it_makes_what_its_caller_reads(name: str) -> None:
    shape = OPERATIONS[name].response
    answer: object = load(shape, good_request(shape, lambda _: None))
    assert shaped(shape, plain(answer)) == answer

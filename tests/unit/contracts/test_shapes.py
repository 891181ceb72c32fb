"""Shapes: what a message may look like, and that nothing else gets in."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import marshmallow
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.customer import operations as customer
from contracts.followup import operations as followup
from contracts.gateway import operations as gateway
from contracts.operation import OPERATIONS
from contracts.refusals import InvalidRequest
from contracts.reporting import operations as reporting
from contracts.sales import operations as sales
from contracts.shapes import Between, InvalidShape, Many, Text, dump, load, plain, schema_of
from contracts.workshop import operations as workshop
from tests.support.examples import examples

ALL = (customer, followup, gateway, reporting, sales, workshop)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Wheel:
    size: Annotated[int, Between(10, 22)]


@dataclass(frozen=True, slots=True)
class Car:
    name: Annotated[str, Text(2, 5)]
    doors: Annotated[int, Between(2, 5)] = 4
    colour: Colour = Colour.RED
    wheels: list[Wheel] = field(default_factory=list)
    spare: Wheel | None = None
    nick: Annotated[str, Text(1, 3)] | None = None
    price: Decimal = Decimal(0)
    built: date | None = None
    sold: datetime | None = None
    owner: UUID | None = None
    electric: bool = False
    extras: dict[str, Any] = field(default_factory=dict)


def refused(raw: object, **how: bool) -> dict[str, Any]:
    with pytest.raises(InvalidShape) as caught:
        load(Car, raw, **how)
    return caught.value.errors


@pytest.mark.parametrize("name", ["ab", "abcde", "汽车", "汽车汽车汽"])
def test_a_text_at_its_bounds_is_taken(name):
    assert load(Car, {"name": name}).name == name


@pytest.mark.parametrize("name", ["a", "abcdef", "", "汽车汽车汽车"])
def test_a_text_beyond_its_bounds_is_refused(name):
    assert "name" in refused({"name": name})


def test_bounds_count_characters_and_not_bytes():
    assert len(load(Car, {"name": "汽车汽车汽"}).name.encode()) == 15


@pytest.mark.parametrize("doors", [2, 5])
def test_a_number_at_its_bounds_is_taken(doors):
    assert load(Car, {"name": "abc", "doors": doors}).doors == doors


@pytest.mark.parametrize("doors", [1, 6, -1, 2**70, 2.5, 4.0, "4", None, [], {}])
def test_a_number_beyond_its_bounds_or_of_another_type_is_refused(doors):
    assert "doors" in refused({"name": "abc", "doors": doors})


@pytest.mark.parametrize("doors", [True, False])
def test_a_boolean_is_no_number(doors):
    with pytest.raises(InvalidShape):
        load(Wheel, {"size": True})
    assert "doors" in refused({"name": "abc", "doors": doors})


def test_an_optional_text_keeps_its_bounds():
    assert load(Car, {"name": "abc", "nick": "abc"}).nick == "abc"
    assert load(Car, {"name": "abc", "nick": None}).nick is None
    assert "nick" in refused({"name": "abc", "nick": "abcd"})


def test_a_text_without_bounds_takes_five_hundred_characters():
    @dataclass(frozen=True, slots=True)
    class Note:
        text: str

    assert load(Note, {"text": "x" * 500}).text
    with pytest.raises(InvalidShape):
        load(Note, {"text": "x" * 501})


@pytest.mark.parametrize("raw", [{"name": "ab\x00"}, {"name": "abc", "nick": "\x00"}])
def test_the_nul_character_that_postgresql_cannot_keep_is_refused(raw):
    assert "NUL" in str(refused(raw))


@pytest.mark.parametrize("extras", [{"a": "\x00"}, {"\x00": 1}, {"a": [{"b": "x\x00y"}]}])
def test_the_nul_character_is_refused_inside_free_data_too(extras):
    refused({"name": "abc", "extras": extras})


def test_an_unknown_field_is_refused_in_a_request_and_named():
    assert refused({"name": "abc", "wings": 2}) == {"wings": ["Unknown field."]}


def test_an_unknown_field_is_ignored_by_the_tolerant_at_every_depth():
    car = load(Car, {"name": "abc", "wings": 2, "wheels": [{"size": 15, "tyre": "new"}]}, tolerant=True)
    assert car.wheels == [Wheel(15)]


def test_every_complaint_comes_at_once():
    assert set(refused({"doors": 9, "colour": "green", "wheels": [{"size": 1}], "wings": 1})) == {
        "name",
        "doors",
        "colour",
        "wheels",
        "wings",
    }


def test_loose_takes_numbers_written_as_text():
    assert load(Car, {"name": "abc", "doors": "3", "electric": "true"}, loose=True) == Car("abc", 3, electric=True)
    assert "doors" in refused({"name": "abc", "doors": "many"}, loose=True)
    assert "doors" in refused({"name": "abc", "doors": "9"}, loose=True)


@pytest.mark.parametrize("said", ["no", "false", "true", "0", "off", "", 2, [], {}])
def test_yes_and_no_are_no_words_in_json(said):
    """A dry run that was asked for by a word would else be the deed."""
    assert "electric" in refused({"name": "abc", "electric": said})


@pytest.mark.parametrize("said", ["no", "0", "off", "True", "yes", ""])
def test_in_an_address_yes_and_no_are_true_and_false_and_no_other_word(said):
    assert "electric" in refused({"name": "abc", "electric": said}, loose=True)
    assert load(Car, {"name": "abc", "electric": "false"}, loose=True) == Car("abc", electric=False)


@pytest.mark.parametrize("raw", [None, 1, "x", [], [1], True])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(InvalidShape):
        load(Car, raw)


@pytest.mark.parametrize("moment", ["2026-11-02T09:00:00", "2026-11-02", "yesterday", 1700000000, ""])
def test_a_moment_without_a_zone_is_refused(moment):
    assert "sold" in refused({"name": "abc", "sold": moment})


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-Infinity", "x", [], {}])
def test_an_amount_that_is_no_number_is_refused(price):
    assert "price" in refused({"name": "abc", "price": price})


def test_a_list_takes_a_thousand_members():
    assert len(load(Car, {"name": "abc", "wheels": [{"size": 15}] * 1000}).wheels) == 1000
    assert "wheels" in refused({"name": "abc", "wheels": [{"size": 15}] * 1001})


@dataclass(frozen=True, slots=True)
class Fleet:
    doors: Annotated[list[int], Many(1002)]


def test_a_list_that_says_so_takes_more():
    assert len(load(Fleet, {"doors": [4] * 1002}).doors) == 1002
    with pytest.raises(InvalidShape):
        load(Fleet, {"doors": [4] * 1003})


def test_a_default_list_is_not_shared():
    assert load(Car, {"name": "abc"}).wheels is not load(Car, {"name": "abc"}).wheels


def test_a_type_that_no_shape_can_hold_is_a_defect_of_the_declaration():
    @dataclass(frozen=True, slots=True)
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="complex"):
        schema_of(Odd)


def test_a_value_without_json_form_is_a_defect_of_the_producer():
    with pytest.raises(TypeError):
        dump({"value": object()})


cars = st.builds(
    Car,
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=2, max_size=5).filter(str.strip),
    doors=st.integers(2, 5),
    colour=st.sampled_from(Colour),
    wheels=st.lists(st.builds(Wheel, st.integers(10, 22)), max_size=4),
    spare=st.none() | st.builds(Wheel, st.integers(10, 22)),
    nick=st.none() | st.text("abc汽", min_size=1, max_size=3),
    price=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9),
    built=st.none() | st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    sold=st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    owner=st.none() | st.uuids(),
    electric=st.booleans(),
    extras=st.dictionaries(st.text("abc", max_size=3), st.integers(-9, 9) | st.none() | st.text("x", max_size=2)),
)


@given(cars)
def test_what_is_dumped_is_loaded_as_it_was(car):
    assert load(Car, orjson.loads(dump(car))) == car
    assert load(Car, plain(car), tolerant=True) == car


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
REQUESTS = sorted({operation.request for operation in OPERATIONS.values()}, key=lambda shape: shape.__name__)


@st.composite
def nearly(draw: st.DrawFn) -> tuple[type, object]:
    """A request shape with an object that has its field names and any JSON in them."""
    shape = draw(st.sampled_from(REQUESTS))
    names = [one.name for one in dataclasses.fields(shape)]
    return shape, draw(st.dictionaries(st.sampled_from(names) if names else st.text(), json_values))


@settings(max_examples=examples(60))
@given(nearly(), st.booleans(), st.booleans())
def test_whatever_json_comes_a_request_is_built_or_refused(asked, tolerant, loose):
    shape, raw = asked
    complaints: dict[str, Any] = {}
    try:
        assert isinstance(load(shape, raw, tolerant=tolerant, loose=loose), shape)
    except InvalidShape as refusal:
        complaints = refusal.errors
    assert len(orjson.dumps(InvalidRequest(errors=complaints).wire())) < 32 * 1024


LISTS = [
    (shape, each.name)
    for shape in REQUESTS
    for each in dataclasses.fields(shape)
    if isinstance(schema_of(shape).fields[each.name], marshmallow.fields.List)
]


@pytest.mark.parametrize(("shape", "name"), LISTS, ids=[f"{shape.__name__}.{name}" for shape, name in LISTS])
@pytest.mark.parametrize("wrong", [None, {}, [], "\x00", -1, {"a": 1}, [[]]], ids=str)
def test_every_list_of_a_request_tells_which_member_is_wrong(shape: type, name: str, wrong: object) -> None:
    with pytest.raises(InvalidShape) as caught:
        load(shape, {name: [wrong]})
    wire = orjson.loads(orjson.dumps(InvalidRequest(errors=caught.value.errors).wire()))
    assert list(wire["details"]["errors"][name]) == ["0"]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_has_a_request_and_a_response_that_can_be_checked(name):
    shape: Any
    operation = OPERATIONS[name]
    for shape in (operation.request, operation.response):
        schema_of(shape)
        schema_of(shape, True)
        assert dataclasses.is_dataclass(shape)


def unbounded(shape: Any, seen: set[Any], path: str = "") -> list[str]:
    """The fields of a request that nobody bounded."""
    if shape in seen:
        return []
    seen.add(shape)
    found = []
    for name, schema_field in schema_of(shape).fields.items():
        inner = getattr(schema_field, "inner", schema_field)
        if isinstance(schema_field, marshmallow.fields.Decimal) and not schema_field.validators:
            found.append(f"{path}{shape.__name__}.{name}")
        nested = getattr(inner, "schema", None)
        if nested is not None:
            hint = typing.get_type_hints(shape)[name]
            args = [arg for arg in (hint, *typing.get_args(hint)) if dataclasses.is_dataclass(arg)]
            found += [one for arg in args for one in unbounded(arg, seen, path)]
    return found


def test_every_decimal_of_a_request_is_bounded():
    seen: set[Any] = set()
    assert [one for shape in REQUESTS for one in unbounded(shape, seen)] == []

"""What a refusal tells: whatever it complains of, JSON can hold it, and it is short."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.complaints import LONGEST, LONGEST_NAME, MORE, MOST, complaints, lines, said, writable
from contracts.refusals import InvalidRequest, RuleRefused
from contracts.shapes import Between, InvalidShape, load

SHORT = 32 * 1024


@dataclass(frozen=True, slots=True)
class Wheel:
    size: Annotated[int, Between(10, 22)]


@dataclass(frozen=True, slots=True)
class Car:
    name: str = ""
    wheels: list[Wheel] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    spare: Wheel | None = None


class Odd:
    def __str__(self) -> str:
        raise ValueError("it cannot say what it is")


class OddRefused(RuleRefused):
    code = "ODD"
    zh = "不行{what}"
    en = "No {what}"


def refused(raw: object) -> dict[str, Any]:
    with pytest.raises(InvalidShape) as caught:
        load(Car, raw)
    orjson.dumps(caught.value.errors)
    return caught.value.errors


def test_a_wrong_member_of_a_list_is_named_with_its_list_and_place() -> None:
    assert refused({"marks": ["a", 7]}) == {"marks": {"1": ["Not a valid string."]}}
    assert refused({"wheels": [{"size": 15}, {"size": 9}, 3]}) == {
        "wheels": {
            "1": {"size": ["Must be greater than or equal to 10 and less than or equal to 22."]},
            "2": ["Invalid input type."],
        }
    }


@pytest.mark.parametrize("raw", [None, [], 7, "x"])
def test_what_concerns_the_whole_stands_under_the_underscore(raw: object) -> None:
    assert refused(raw) == {"_": ["Invalid input type."]}


def test_a_complaint_beside_those_of_its_parts_is_not_lost() -> None:
    assert complaints({"a": {"_": ["whole"], "b": ["part"]}}) == {"a": {"_": ["whole"], "b": ["part"]}}
    assert complaints([{"a": ["whole"]}, {"a": {"b": ["part"]}}]) == {"a": {"_": ["whole"], "b": ["part"]}}
    assert complaints("no") == {"_": ["no"]}


def test_complaints_are_told_a_line_each_with_the_way_to_them() -> None:
    told = complaints({"lines": {2: {"km": ["Odd.", "Bad."]}}})
    assert lines(told) == [("lines.2.km", "Odd."), ("lines.2.km", "Bad.")]
    assert said(told, str.upper) == {"lines": {"2": {"km": ["ODD.", "BAD."]}}}


def test_not_more_than_so_many_are_told_and_that_there_are_more() -> None:
    told = complaints({f"f{number}": ["Unknown field."] for number in range(100_000)})
    assert len(lines(told)) == MOST + 1
    assert told["_"] == [MORE]
    assert "_" not in complaints({f"f{number}": ["Unknown field."] for number in range(MOST)})


def test_neither_a_long_name_nor_a_long_complaint_comes_back_whole() -> None:
    ((name, (text,)),) = complaints({"n" * 10_000: ["t" * 10_000]}).items()
    assert (len(name), len(text)) == (LONGEST_NAME, LONGEST)


def test_a_request_refused_by_hand_is_bounded_like_one_refused_by_its_shape() -> None:
    wire = InvalidRequest(errors={"mapping": [f"There is no field {'x' * 1000}." for _ in range(1000)]}).wire()
    assert len(orjson.dumps(wire)) < SHORT


names = st.text(st.characters(), max_size=80) | st.integers() | st.booleans() | st.none() | st.binary(max_size=3)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=400)
    | st.binary(max_size=5)
    | st.decimals()
    | st.builds(Odd),
    lambda inner: (
        st.lists(inner, max_size=30) | st.dictionaries(names, inner, max_size=30) | st.tuples(inner) | st.just({Odd})
    ),
    max_leaves=60,
)


@given(values)
def test_whatever_is_complained_of_can_be_written_and_is_short(errors: object) -> None:
    assert len(orjson.dumps(complaints(errors))) < SHORT


@given(values)
def test_a_refusal_can_be_written_whatever_its_details_are(value: object) -> None:
    if not isinstance(value, Odd):
        orjson.loads(orjson.dumps(OddRefused(what=str(type(value)), detail=value).wire(), default=str))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({1: {None: "a"}}, {"1": {"None": "a"}}),
        ("\ud800x", "?x"),
        (2**64, "18446744073709551616"),
        (10**400, "…"),
        ([{"a": 1}, 2**70], [{"a": 1}, "1180591620717411303424"]),
        ((1, {"b"}), [1, ["b"]]),
        (Odd(), "Odd"),
    ],
    ids=range(7),
)
def test_what_json_cannot_hold_becomes_the_nearest_that_it_can(value: object, written: object) -> None:
    assert writable(value) == written


def test_what_json_can_hold_stays_as_it_is() -> None:
    value = {"a": [1, "b", None, Decimal("1.5")]}
    assert writable(value) is value


def test_a_thing_that_holds_itself_can_be_written() -> None:
    endless: list[Any] = []
    endless.append(endless)
    orjson.dumps(writable({"a": endless}))

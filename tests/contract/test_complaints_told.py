"""Whatever can be complained of in a request is said in Chinese, and of a field that has a Chinese name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import marshmallow
import orjson
import pytest
from marshmallow import fields, validate

from contracts.complaints import lines
from contracts.declared import fields_of
from contracts.operation import OPERATIONS, Operation
from contracts.policies import POLICIES
from contracts.sayings import Saying, told
from contracts.shapes import InvalidShape, load, schema_of
from gateway.field_words import FIELDS, called
from gateway.routes import TABLE
from tests.support.kinds import Example, good_request
from tests.support.misplacing import placed, written
from tests.support.wrong_values import attempts

ASKED: set[Any] = {route.operation.request for route in TABLE.routes}
"""What people send; of what services ask each other nobody reads a complaint."""
SHAPES: set[Any] = ASKED | {one.request for one in OPERATIONS.values()} | {kind.shape for kind in POLICIES.values()}


def sayable(schema: marshmallow.Schema) -> Iterator[str]:
    """Every sentence that a shape can complain with, itself and what is nested in it."""
    yield from schema.error_messages.values()
    for field in schema.fields.values():
        yield from _of_field(field)


def _of_field(field: fields.Field[Any]) -> Iterator[str]:
    facts = defaultdict(lambda: "x", obj_type=getattr(field, "OBJ_TYPE", "x"))
    for name, text in field.error_messages.items():
        if name != "invalid_awareness" or isinstance(field, fields.AwareDateTime):  # a day has no zone to lack
            yield str(text).format_map(facts)
    for each in field.validators:
        if isinstance(each, validate.Range | validate.Length):
            yield _of_bounds(each)
    if isinstance(field, fields.List):
        yield from _of_field(field.inner)
    elif isinstance(field, fields.Nested):
        yield from sayable(field.schema)


def _of_bounds(bounds: validate.Range | validate.Length) -> str:
    low, high = bounds.min is not None, bounds.max is not None
    text = bounds.error or (bounds.message_all if low and high else bounds.message_min if low else bounds.message_max)
    return text.format(min=bounds.min, max=bounds.max)


def names_in(shape: type) -> Iterator[str]:
    """The fields of a shape and of what is nested in it."""
    for name, declared in fields_of(shape).items():
        yield name
        inside, _ = declared.opened()
        if inside.is_shape:
            yield from names_in(inside.type)


def test_every_sentence_that_a_request_or_policy_can_be_refused_with_is_said_in_chinese() -> None:
    found = {text for shape in SHAPES for loose in (False, True) for text in sayable(schema_of(shape, loose))}
    assert Saying.NO_INTEGER() in found and Saying.MISSING() in found
    assert sorted(text for text in found if told(text, language="zh") == text) == []


def test_every_field_of_a_request_has_its_chinese_name() -> None:
    named = {name for shape in ASKED for name in names_in(shape)}
    assert {"km", "id_no", "lines"} <= named
    assert sorted(named - set(FIELDS)) == []


def test_every_field_of_a_policy_has_its_chinese_name() -> None:
    paths = {f"value.{name}" for kind in POLICIES.values() for name in names_in(kind.shape)}
    assert {"value.phone_misses_an_hour", "value.half_days"} <= paths
    words = {path: called(path, language="zh") for path in paths}
    assert {path: word for path, word in words.items() if any("a" <= sign <= "z" for sign in word)} == {}


def complaints_of(operation: Operation[Any, Any]) -> Iterator[str]:
    """What is said of its request with one thing wrong in it, whatever that is."""
    example: Example = lambda _: None  # noqa: E731
    good = good_request(operation.request, example)
    for attempt in attempts(operation.request, example):
        try:
            raw = orjson.loads(written(placed(good, attempt, operation.request, example)))
        except orjson.JSONDecodeError:
            continue
        try:
            load(operation.request, raw)
        except InvalidShape as error:
            yield from (text for _, text in lines(error.errors))


@pytest.mark.parametrize("operation", [route.operation for route in TABLE.routes], ids=lambda one: one.name)
def test_of_whatever_is_wrong_once_all_is_said_in_chinese(operation: Operation[Any, Any]) -> None:
    assert {text for text in complaints_of(operation) if told(text, language="zh") == text} == set()

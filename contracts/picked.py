"""A shape filled from whatever has its names, so that what is written down is what differs.

`picked` takes attributes, of a model or another shape; `shaped` takes what a statement gave, and makes its types.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from contracts.declared import Declared, fields_of

T = TypeVar("T")
Make = Callable[[Any], Any]


def picked(shape: type[T], source: object, **more: Any) -> T:
    """The shape with what `more` says, and every other field from the source's attribute of that name.

    Fields with a default are picked as well: what is told of a thing never depends on who forgot it.
    Raises AttributeError for a field that neither has; `tests/contract/test_picked.py` proves it of every use.
    """
    return shape(**{name: getattr(source, name) for name in _fields(shape, *more).names}, **more)


def attributes(asked: object, *, but: Collection[str] = ()) -> dict[str, Any]:
    """A shape's fields by name, as they are: what a creating method takes over from a request, save what it names."""
    return {name: getattr(asked, name) for name in _fields(type(asked), *but).names}


def shaped(shape: type[T], row: Mapping[Any, Any], **more: Any) -> T:
    """The shape with what `more` says, and every other field from the row's value of that name, with a default or not.

    For what we wrote ourselves: a row of a statement, or JSON that a statement made. Shapes within, identifiers,
    moments, days and enumerations are made of what JSON has for them; what JSON kept in a column lacks of a shape
    within has its default. Nothing is checked: `shapes.load` does that. Raises KeyError for a field that neither has.
    """
    fields = _fields(shape, *more)
    return shape(**_made({name: row[name] for name in fields.names}, fields), **more)


def _within(shape: type[T], kept: Mapping[str, Any]) -> T:
    fields = _fields(shape)
    return shape(**_made({name: kept[name] for name in fields.names if name in kept}, fields))


class _Fields(NamedTuple):
    """Of a shape, the names that are taken, and what is made of the values of some."""

    names: tuple[str, ...]
    makers: tuple[tuple[str, Make], ...]


def _taken_apart(shape: type, *but: str) -> _Fields:
    makers = {name: _maker(declared) for name, declared in fields_of(shape).items() if name not in but}
    return _Fields(tuple(makers), tuple((name, make) for name, make in makers.items() if make is not None))


_fields: Callable[..., _Fields] = cache(_taken_apart)


def _made(values: dict[str, Any], fields: _Fields) -> dict[str, Any]:
    for name, make in fields.makers:
        value = values.get(name)
        if value is not None:
            values[name] = make(value)
    return values


def _maker(declared: Declared) -> Make | None:
    """What makes a value of what JSON has for it; None where it is the value."""
    if declared.member is not None:
        make = _maker(declared.member)
        return None if make is None else partial(_each, make)
    if declared.is_shape:
        return partial(_within, declared.type)
    if isinstance(declared.type, type) and issubclass(declared.type, StrEnum):
        return declared.type
    return _OF_TEXT.get(declared.type)


def _each(make: Make, values: list[Any]) -> list[Any]:
    return [make(value) for value in values]


_OF_TEXT: dict[Any, Make] = {
    UUID: lambda value: UUID(value) if isinstance(value, str) else value,
    datetime: lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value,
    date: lambda value: date.fromisoformat(value) if isinstance(value, str) else value,
    Decimal: lambda value: value if isinstance(value, Decimal) else Decimal(str(value)),
}
"""A column has these types already; in JSON they are text, or a number for a Decimal."""

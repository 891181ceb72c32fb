"""Declarations taken apart: what a field is, whether null is a value of it, and a good value for it."""

from __future__ import annotations

import dataclasses
import types
import typing
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.shapes import Between, Text

Example = Callable[[str], Any]
"""A good value for a field of this name; None where its type says all."""


@dataclass(frozen=True)
class Kind:
    """A type hint taken apart: the type, its marks, and whether null is a value."""

    type: Any
    marks: tuple[Any, ...] = ()
    nullable: bool = False

    @classmethod
    def of(cls, hint: Any) -> Kind:
        marks: tuple[Any, ...] = ()
        nullable = False
        while True:
            if typing.get_origin(hint) is typing.Annotated:
                hint, *more = typing.get_args(hint)
                marks += tuple(more)
            elif typing.get_origin(hint) in (typing.Union, types.UnionType):
                parts = typing.get_args(hint)
                nullable = nullable or type(None) in parts
                (hint,) = (part for part in parts if part is not type(None))
            else:
                return cls(hint, marks, nullable)

    def mark(self, wanted: type, otherwise: Any) -> Any:
        """The mark of this class."""
        return next((mark for mark in self.marks if isinstance(mark, wanted)), otherwise)

    @property
    def member(self) -> Kind | None:
        """Of a list, what it holds."""
        if typing.get_origin(self.type) in (list, tuple):
            return Kind.of(typing.get_args(self.type)[0])
        return None

    @property
    def is_free(self) -> bool:
        """Data without a declaration."""
        return self.type is dict or typing.get_origin(self.type) is dict

    @property
    def is_shape(self) -> bool:
        """A declared object."""
        return dataclasses.is_dataclass(self.type)


def fields_of(shape: type) -> Iterator[tuple[str, Kind, bool]]:
    """Name, kind and whether it must be given."""
    hints = typing.get_type_hints(shape, include_extras=True)
    for field in dataclasses.fields(shape):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        yield field.name, Kind.of(hints[field.name]), required


def good_request(shape: type, example: Example) -> dict[str, Any]:
    """A request with what must be given."""
    return {name: good(kind, name, example) for name, kind, required in fields_of(shape) if required}


def good(kind: Kind, name: str, example: Example) -> Any:
    """A value of this kind."""
    known = example(name)
    if known is not None:
        return known[0] if isinstance(known, list) and kind.member is None else known
    if kind.member is not None:
        return [good(kind.member, name, example)]
    if kind.is_shape:
        return good_request(kind.type, example)
    if isinstance(kind.type, type) and issubclass(kind.type, StrEnum):
        return next(iter(kind.type)).value
    text, span = kind.mark(Text, Text()), kind.mark(Between, Between(0, 9))
    plain: dict[Any, Callable[[], Any]] = {
        str: lambda: "甲" * max(2, text.at_least),
        int: lambda: max(span.low, min(1, span.high)),
        bool: lambda: False,
        Decimal: lambda: "1.5",
        UUID: lambda: str(uuid.uuid4()),
        datetime: lambda: "2099-01-01T08:00:00+08:00",
        date: lambda: "2020-02-29",
    }
    return {} if kind.is_free else plain[kind.type]()

"""What a declaration says of its fields: the type past `Annotated` and `| None`, the marks, what a list holds."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Declared:
    """A type hint taken apart: the type, its marks, and whether null is a value."""

    type: Any
    marks: tuple[Any, ...] = ()
    nullable: bool = False

    @classmethod
    def of(cls, hint: Any) -> Declared:
        """Of a hint as it stands in the class. Raises ValueError for a choice of two types."""
        marks: tuple[Any, ...] = ()
        nullable = False
        while True:
            origin = typing.get_origin(hint)
            if origin is typing.Annotated:
                hint, *more = typing.get_args(hint)
                marks += tuple(more)
            elif origin in (typing.Union, types.UnionType):
                parts = typing.get_args(hint)
                nullable = nullable or type(None) in parts
                (hint,) = (part for part in parts if part is not type(None))
            else:
                return cls(hint, marks, nullable)

    def mark(self, wanted: type[M], otherwise: M) -> M:
        """The mark of this class."""
        return next((mark for mark in self.marks if isinstance(mark, wanted)), otherwise)

    @property
    def member(self) -> Declared | None:
        """Of a list, what it holds."""
        if typing.get_origin(self.type) in (list, tuple):
            return Declared.of(typing.get_args(self.type)[0])
        return None

    @property
    def is_free(self) -> bool:
        """Data without a declaration."""
        return self.type is dict or typing.get_origin(self.type) is dict

    @property
    def is_shape(self) -> bool:
        """A declared object."""
        return dataclasses.is_dataclass(self.type)

    def opened(self) -> tuple[Declared, bool]:
        """What stands inside of lists, with all marks met on the way; and whether there was a list."""
        member = self.member
        if member is None:
            return self, False
        inside, _ = member.opened()
        return dataclasses.replace(inside, marks=self.marks + inside.marks), True


@cache
def fields_of(shape: type) -> Mapping[str, Declared]:
    """The fields of a shape by name, in their order."""
    hints = typing.get_type_hints(shape, include_extras=True)
    return {field.name: Declared.of(hints[field.name]) for field in dataclasses.fields(shape)}


def is_required(field: dataclasses.Field[Any]) -> bool:
    """True if a message must say it."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING

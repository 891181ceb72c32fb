"""What a declaration says of its fields, past `Annotated`, `| None` and `list[…]`."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any


def opened(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type inside; the marks met on the way; whether there was a list."""
    marks: tuple[Any, ...] = ()
    many = False
    while True:
        origin = typing.get_origin(hint)
        if origin is typing.Annotated:
            hint, *more = typing.get_args(hint)
            marks += tuple(more)
        elif origin in (typing.Union, types.UnionType):
            hint = next(part for part in typing.get_args(hint) if part is not type(None))
        elif origin in (list, tuple):
            hint, many = typing.get_args(hint)[0], True
        else:
            return hint, marks, many


@cache
def fields_of(shape: type) -> frozenset[str]:
    """The names of the fields."""
    return frozenset(field.name for field in dataclasses.fields(shape))


@cache
def fields_of_type(shape: type, kind: type) -> frozenset[str]:
    """The names of the fields that hold one value of this type."""
    hints = typing.get_type_hints(shape, include_extras=True)
    return frozenset(name for name, hint in hints.items() if opened(hint)[::2] == (kind, False))

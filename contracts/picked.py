"""A shape filled from whatever has attributes of the same names, so that what is written down is what differs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any, TypeVar

T = TypeVar("T")


def picked(shape: type[T], source: object, **more: Any) -> T:
    """The shape with what `more` says, and every other field from the source's attribute of that name.

    Fields with a default are picked as well: what is told of a thing never depends on who forgot it.
    Raises AttributeError for a field that neither has; `tests/contract/test_picked.py` proves it of every use.
    """
    return shape(**{name: getattr(source, name) for name in _names(shape) if name not in more}, **more)


def attributes(asked: object, *, but: Collection[str] = ()) -> dict[str, Any]:
    """A shape's fields by name, as they are: what a creating method takes over from a request, save what it names."""
    return {name: getattr(asked, name) for name in _names(type(asked)) if name not in but}


def _names(shape: Any) -> tuple[str, ...]:
    names = _KNOWN.get(shape)
    if names is None:
        names = _KNOWN[shape] = tuple(field.name for field in dataclasses.fields(shape))
    return names


_KNOWN: dict[Any, tuple[str, ...]] = {}

"""Good values: for a field by what is declared of it, and for a request as a whole."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.declared import Declared, fields_of, is_required
from contracts.shapes import Between, Text

Example = Callable[[str], Any]
"""A good value for a field of this name; None where its type says all."""


def parts_of(shape: type) -> Iterator[tuple[str, Declared, bool]]:
    """The fields of a request: name, what is declared, and whether it must be given."""
    declared = fields_of(shape)
    return ((field.name, declared[field.name], is_required(field)) for field in dataclasses.fields(shape))


def good_request(shape: type, example: Example) -> dict[str, Any]:
    """A request with what must be given."""
    return {name: good(kind, name, example) for name, kind, required in parts_of(shape) if required}


def good(kind: Declared, name: str, example: Example) -> Any:
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

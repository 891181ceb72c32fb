"""JSON Schema of shapes, for the API's documents: the declaration is the dataclass, nothing is written twice."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.gateway.operations import Secret
from contracts.shapes import LONGEST_LIST, Between, Many, Names, Sensitive, Text
from gateway.masking import CUSTOMER_ID

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    Decimal: {"type": "string", "format": "decimal"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Any: {},
}
_MASKED = {
    "mobile": "Masked (`138****5678`) unless your role sees it in full.",
    "price": "Null unless your role sees prices.",
}


class Schemas:
    """Collects the schemas that a document refers to.

    `shown` schemas are answers: masked fields may be null, identifiers have names beside them.
    """

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def reference(self, shape: type, *, shown: bool) -> Schema:
        """A reference to the schema of a dataclass."""
        name, made = name_of(shape), self.of(shape, shown=shown)
        if self.components.setdefault(name, made) != made:
            name += ".shown" if shown else ".given"
            self.components[name] = made
        return {"$ref": f"#/components/schemas/{name}"}

    def of(self, shape: type, *, shown: bool, without: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> Schema:
        """The schema itself; `without` these fields, and some not required that the shape requires."""
        hints = typing.get_type_hints(shape, include_extras=True)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for field in dataclasses.fields(shape):
            if field.name in without:
                continue
            properties |= self.field(field.name, hints[field.name], shown=shown)
            missing = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            if shown or (missing and field.name not in optional):
                required.append(field.name)
            elif not missing and isinstance(field.default, str | int):
                properties[field.name] = {**properties[field.name], "default": field.default}
        if shown and CUSTOMER_ID in hints and "name" not in hints:
            properties["customer_name"] = {"type": ["string", "null"], "description": "With `expand=customer`."}
        made: Schema = {"type": "object", "description": _first_paragraph(shape), "properties": properties}
        if required:
            made["required"] = required
        if not shown:
            made["additionalProperties"] = False
        return made

    def field(self, name: str, hint: Any, *, shown: bool) -> dict[str, Schema]:
        """The schema of a field, and of the name that stands beside it in answers."""
        schema, marks = self._value(hint, shown=shown)
        found = {name: schema}
        for mark in marks:
            if isinstance(mark, Sensitive) and shown:
                found[name] = {**schema, "description": _MASKED.get(mark.kind, "")}
                if mark.kind != "mobile":
                    found[name]["type"] = (
                        [schema["type"], "null"] if isinstance(schema["type"], str) else schema["type"]
                    )
            if isinstance(mark, Names) and shown and schema.get("type") != "array":
                beside = f"{name.removesuffix('_id')}_name"
                found[beside] = {"type": ["string", "null"], "description": f"Name of the {mark.what} in `{name}`."}
        return found

    def _value(self, hint: Any, *, shown: bool) -> tuple[Schema, tuple[Any, ...]]:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            inner, more = self._value(arguments[0], shown=shown)
            marks = (*more, *arguments[1:])
            return _bounded(inner, marks), marks
        if origin in (typing.Union, types.UnionType):
            inner, marks = self._value(next(part for part in arguments if part is not type(None)), shown=shown)
            return _nullable(inner), marks
        if origin in (list, tuple):
            inner, marks = self._value(arguments[0], shown=shown)
            return {"type": "array", "items": inner} | ({} if shown else {"maxItems": LONGEST_LIST}), marks
        if origin is dict or hint is dict:
            return {"type": "object", "additionalProperties": True}, ()
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return {"type": "string", "enum": [member.value for member in hint]}, ()
        if dataclasses.is_dataclass(hint):
            return self.reference(typing.cast("type", hint), shown=shown), ()
        return dict(_PLAIN[hint]), ()


def name_of(shape: type) -> str:
    """`sales.Order`; what several services share is `shared.…`."""
    parts = shape.__module__.split(".")
    return f"{parts[1] if len(parts) > 2 else 'shared'}.{shape.__name__}"


def _first_paragraph(shape: type) -> str:
    return (shape.__doc__ or "").partition("\n\n")[0].replace("\n    ", " ")


def _bounded(schema: Schema, marks: tuple[Any, ...]) -> Schema:
    bounded = dict(schema)
    for mark in marks:
        if isinstance(mark, Text):
            bounded["maxLength"] = mark.at_most
            if mark.at_least:
                bounded["minLength"] = mark.at_least
        elif isinstance(mark, Between):
            bounded |= {"minimum": mark.low, "maximum": mark.high}
        elif isinstance(mark, Many):
            bounded["maxItems"] = mark.at_most
        elif isinstance(mark, Secret):
            bounded |= {"format": "password", "writeOnly": True}
    return bounded


def _nullable(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    nullable = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable

"""JSON Schema of shapes, for the API's documents: the declaration is the dataclass, nothing is written twice."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.declared import Declared, fields_of, is_required
from contracts.gateway.operations import Secret
from contracts.shapes import LONGEST_LIST, Between, Called, Many, Names, Sensitive, Text
from gateway.expanding import EXPANSIONS

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
        declared = fields_of(shape)
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for field in dataclasses.fields(shape):
            if field.name in without:
                continue
            properties |= self.field(field.name, declared[field.name], shown=shown)
            missing = is_required(field)
            if shown or (missing and field.name not in optional):
                required.append(field.name)
            elif not missing and isinstance(field.default, str | int):
                properties[field.name] = {**properties[field.name], "default": field.default}
        for each in (each for each in EXPANSIONS if shown and each.is_of(shape)):
            added = {"type": ["string", "null"], "description": f"With `expand={each.name}`."}
            properties |= {beside: added for beside, _ in each.gives}
        made: Schema = {"type": "object", "description": _first_paragraph(shape), "properties": properties}
        if required:
            made["required"] = required
        if not shown:
            made["additionalProperties"] = False
        return made

    def field(self, name: str, declared: Declared, *, shown: bool) -> dict[str, Schema]:
        """The schema of a field, and of the name that stands beside it in answers."""
        schema, marks = self._value(declared, shown=shown)
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

    def _value(self, declared: Declared, *, shown: bool) -> tuple[Schema, tuple[Any, ...]]:
        """The schema of a value, and its marks; a list's are also its members'."""
        schema, marks = self._of_type(declared, shown=shown)
        schema = _bounded(schema, declared.marks)
        return _nullable(schema) if declared.nullable else schema, (*marks, *declared.marks)

    def _of_type(self, declared: Declared, *, shown: bool) -> tuple[Schema, tuple[Any, ...]]:
        hint = declared.type
        if declared.member is not None:
            inner, marks = self._value(declared.member, shown=shown)
            return {"type": "array", "items": inner} | ({} if shown else {"maxItems": LONGEST_LIST}), marks
        if declared.is_free:
            return {"type": "object", "additionalProperties": True}, ()
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return {"type": "string", "enum": [member.value for member in hint]}, ()
        if declared.is_shape:
            return self.reference(hint, shown=shown), ()
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
        elif isinstance(mark, Called):
            bounded |= {"title": mark.en, "x-title-zh": mark.zh}
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

"""Shapes: a frozen dataclass is the one declaration of a message; its marshmallow schema is derived from it.

Requests, responses, event payloads and the envelope are all declared this way,
so that a field is written down once and checked, documented and typed from there.
Why not a library: `docs/decisions/0003-contracts.md`.
"""

from __future__ import annotations

import dataclasses
import typing
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from typing import Any
from uuid import UUID

import marshmallow
import orjson
from marshmallow import fields, validate

from contracts import complaints
from contracts.declared import Declared, fields_of
from contracts.sayings import Saying

T = typing.TypeVar("T")

LONGEST_TEXT = 500
"""Characters a text field takes unless it says otherwise."""

LONGEST_LIST = 1000
"""Members a list takes unless it says otherwise."""

MOST_MEMBERS = 200
"""Members an object takes: no shape declares half as many, and what it does not declare costs a complaint each."""

DEEPEST, DEEPEST_TOLD = 20, 64
"""Levels of free data: of what is asked, and of what is told (events), which may hold the former whole."""

LARGEST_INTEGER = 2**53
"""Beyond this a JSON number is no longer exact in every client."""


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No day or moment of our business lies before the one, or at or after the other: another is a slip of the keyboard."""

FINEST = 15
"""Decimal places, or zeros at the end, of a number."""


@dataclass(frozen=True, slots=True)
class Text:
    """Bounds of a text field, in characters; one that must hold something holds more than blanks.

    `one_width` is for what is compared or looked for as it was typed, such as a model or a contract's number: signs of
    full width become those of half width, and blanks at its ends are gone, wherever a request comes in.
    """

    at_least: int = 0
    at_most: int = LONGEST_TEXT
    one_width: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """Bounds of a number, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Many:
    """The bound of a list that has another than `LONGEST_LIST`."""

    at_most: int


@dataclass(frozen=True, slots=True)
class Sensitive:
    """The field is shown in full only to the roles that `access.toml` lists for this kind of datum."""

    kind: str


@dataclass(frozen=True, slots=True)
class Names:
    """The field is an identifier (`"store"` or `"staff"`) that the gateway answers with a name beside it."""

    what: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The field names who is responsible for the object: whose it is for the reaches `own` and `team`."""


@dataclass(frozen=True, slots=True)
class Called:
    """What the field is called on a form, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Once:
    """The field of an answer opens something to whoever has it: it is told once and not kept with the answer."""


class _Unsaid:
    """A field that was left out of a request, where an empty one says something else."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSAID"


UNSAID: Any = _Unsaid()
"""The default of a field that `null` empties: left out, it stays as it is."""


class InvalidShape(ValueError):
    """A message does not have the shape it was declared with. `errors` are the first complaints, by field."""

    def __init__(self, shape: type, errors: object) -> None:
        self.errors = complaints.complaints(errors)
        super().__init__(f"{shape.__name__}: {self.errors}")


def load(shape: type[T], raw: object, *, tolerant: bool = False, loose: bool = False) -> T:
    """Check `raw` (decoded JSON) against `shape` and build it.

    `tolerant` ignores unknown fields (consumers of events do), else they are refused;
    `loose` takes numbers, and true and false, written as text (query strings).
    Raises InvalidShape with the first complaints at once.
    """
    try:
        _require_few(raw, tolerant=tolerant)
        return typing.cast("T", schema_of(shape, loose, tolerant).load(raw))  # type: ignore[arg-type]  # it checks
    except marshmallow.ValidationError as error:
        raise InvalidShape(shape, error.messages) from None
    except RecursionError:
        raise InvalidShape(shape, {"_": [Saying.TOO_DEEP()]}) from None


def dump(value: object) -> bytes:
    """JSON of a shape (or of plain data holding shapes): the wire form everywhere."""
    return orjson.dumps(value, default=_plain)


def plain(value: object) -> Any:
    """The same as decoded JSON: dicts, lists, numbers and text only."""
    return orjson.loads(dump(value))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Manner(typing.NamedTuple):
    """How strictly a shape is read, itself and what is nested in it."""

    loose: bool
    tolerant: bool


@cache
def told_once(shape: type) -> bool:
    """True if an answer of this shape holds what is told once."""
    return any(isinstance(mark, Once) for declared in fields_of(shape).values() for mark in declared.marks)


@cache
def schema_of(shape: type, loose: bool = False, tolerant: bool = False) -> marshmallow.Schema:
    """The marshmallow schema of a dataclass; loading through it gives an instance of the dataclass."""
    declared, manner = fields_of(shape), Manner(loose, tolerant)
    members: dict[str, Any] = {
        field.name: _field(declared[field.name], manner, default=_default(field)) for field in dataclasses.fields(shape)
    }
    unknown = marshmallow.EXCLUDE if tolerant else marshmallow.RAISE
    members["Meta"] = type("Meta", (), {"unknown": unknown})  # nested shapes do not inherit it, so each has its own
    members["_build"] = marshmallow.post_load(lambda self, data, **_: shape(**data))
    return typing.cast("marshmallow.Schema", type(f"{shape.__name__}Schema", (marshmallow.Schema,), members)())


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory
    return dataclasses.MISSING


def _not_blank(text: str) -> None:
    """Blanks say nothing, and whoever reads them finds nothing there."""
    if not text.strip():
        raise marshmallow.ValidationError(Saying.BLANK())


_MOMENTS = validate.Range(
    EARLIEST, LATEST, max_inclusive=False, error=Saying.OUT_OF_TIME(first=EARLIEST.year, last=LATEST.year - 1)
)
_DAYS = validate.Range(EARLIEST.date(), LATEST.date(), max_inclusive=False, error=_MOMENTS.error)


def _no_nul(text: str) -> None:
    """PostgreSQL keeps no NUL, neither in text nor inside free data."""
    if "\x00" in text:
        raise marshmallow.ValidationError(Saying.NUL())


def _not_too_fine(number: Decimal) -> None:
    """PostgreSQL takes no number of a hundred thousand places, and nobody reads one of a hundred."""
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or not -FINEST <= exponent <= FINEST:
        raise marshmallow.ValidationError(Saying.TOO_FINE(most=FINEST))


def _require_few(data: object, *, tolerant: bool) -> None:
    """An object's members are counted before each is looked at; who is tolerant looks at the declared ones only."""
    if isinstance(data, dict) and len(data) > MOST_MEMBERS and not tolerant:
        raise marshmallow.ValidationError(Saying.TOO_MANY_MEMBERS(most=MOST_MEMBERS))


def _free(data: object, manner: Manner, left: int) -> None:
    """Free data: of any form, but neither deep nor wide, and without what PostgreSQL cannot keep."""
    if isinstance(data, str):
        _no_nul(data)
    elif isinstance(data, dict | list):
        if not left:
            raise marshmallow.ValidationError(Saying.TOO_DEEP())
        _require_few(data, tolerant=manner.tolerant)
        for value in data:
            _free(value, manner, left - 1)
        for value in data.values() if isinstance(data, dict) else ():
            _free(value, manner, left - 1)


class _OneWidth(fields.String):
    """A text in signs of one width, without blanks at its ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return unicodedata.normalize("NFKC", super()._deserialize(value, attr, data, **kwargs)).strip()


class _Members(fields.List[Any]):
    """A list: its length is looked at before its members, and of these no more than complaints are told."""

    def __init__(self, member: fields.Field[Any], most: int, **settings: Any) -> None:
        super().__init__(member, **settings)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        del attr, data
        if not isinstance(value, list | tuple):
            raise self.make_error("invalid")
        if len(value) > self.most:
            raise marshmallow.ValidationError(Saying.LIST_TOO_LONG(most=self.most))
        members: list[Any] = []
        wrong: dict[int, Any] = {}
        for place, each in enumerate(value):
            try:
                members.append(self.inner.deserialize(each, **kwargs))
            except marshmallow.ValidationError as error:
                wrong[place] = error.messages
                if len(wrong) > complaints.MOST:
                    break
        if wrong:
            raise marshmallow.ValidationError(wrong)
        return members


class _Part(fields.Nested):
    """A shape within a shape."""

    def __init__(self, shape: type, manner: Manner, **settings: Any) -> None:
        super().__init__(schema_of(shape, *manner), **settings)
        self.manner = manner

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any) -> Any:
        _require_few(value, tolerant=self.manner.tolerant)
        return super()._deserialize(value, attr, data, partial, **kwargs)


def _field(declared: Declared, manner: Manner, *, default: object = dataclasses.MISSING) -> fields.Field[Any]:
    settings: dict[str, Any] = {"required": default is dataclasses.MISSING}
    if default is not dataclasses.MISSING:
        settings["load_default"] = default
    if declared.nullable:
        settings["allow_none"] = True
    return _of_type(declared, settings, manner)


_yes_or_no: Callable[..., fields.Field[Any]] = partial(fields.Boolean, truthy={True}, falsy={False})
_loose_yes_or_no: Callable[..., fields.Field[Any]] = partial(
    fields.Boolean, truthy={True, "true"}, falsy={False, "false"}
)


def _of_type(declared: Declared, settings: dict[str, Any], manner: Manner) -> fields.Field[Any]:
    hint, member = declared.type, declared.member
    if hint is str:
        text = declared.mark(Text, Text())
        bounds = validate.Length(min=text.at_least or None, max=text.at_most)
        filled = [_not_blank] if text.at_least and not manner.tolerant else []
        text_field = _OneWidth if text.one_width and not manner.tolerant else fields.String
        return text_field(validate=[bounds, *filled, _no_nul], **settings)
    if hint is int:
        span = declared.mark(Between, Between(-LARGEST_INTEGER, LARGEST_INTEGER))
        return fields.Integer(strict=not manner.loose, validate=validate.Range(span.low, span.high), **settings)
    if hint is Decimal:
        spans = [validate.Range(mark.low, mark.high) for mark in declared.marks if isinstance(mark, Between)]
        return fields.Decimal(allow_nan=False, validate=[*spans, _not_too_fine], **settings)
    if member is not None:
        return _Members(_field(member, manner), declared.mark(Many, Many(LONGEST_LIST)).at_most, **settings)
    if declared.is_free:
        deepest = DEEPEST_TOLD if manner.tolerant else DEEPEST
        return fields.Dict(validate=lambda data: _free(data, manner, deepest), **settings)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return fields.Enum(hint, by_value=True, **settings)
    if declared.is_shape:
        return _Part(hint, manner, **settings)
    if hint in (date, datetime) and not manner.tolerant:
        settings["validate"] = _MOMENTS if hint is datetime else _DAYS
    plain_field: Callable[..., fields.Field[Any]] | None = {
        bool: _loose_yes_or_no if manner.loose else _yes_or_no,
        UUID: fields.UUID,
        datetime: fields.AwareDateTime,
        date: fields.Date,
    }.get(hint)
    if plain_field is None:
        raise TypeError(f"a shape cannot hold {hint!r}")
    return plain_field(**settings)

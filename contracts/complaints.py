"""What a refusal may tell: always something that JSON can hold, and never as long as what it complains of.

A complaint stands under the names that lead to it; a member of a list under its place, as text, from `"0"` on:
`{"lines": {"2": {"km": ["Not a valid integer."]}}}`. Under `_` stands what concerns no single field.
Why text: JSON has no other names, and an answer that cannot be written is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import orjson

from contracts.sayings import Saying

MOST = 20
"""Complaints of one request that are told."""
LONGEST = 300
"""Characters of one."""
LONGEST_NAME = 64
"""Characters of a field's name: what is not declared has the name that the caller gave it."""
DEEPEST = 8
"""Names that lead to a complaint."""
WHOLE = "_"
"""The name of what concerns the whole, and no single field."""
MORE = Saying.MORE(most=MOST)

Complaints = dict[str, Any]
Line = tuple[tuple[str, ...], str]
_OF_MARSHMALLOW = "_schema"


def complaints(errors: object) -> Complaints:
    """The first complaints, by name; whatever form they come in (marshmallow counts a list's members by integers)."""
    lines = _lines(errors, ())
    told: Complaints = {}
    for count, (path, text) in enumerate(lines):
        if count == MOST:
            _put(told, (WHOLE,), MORE)
            break
        _put(told, path, text)
    return told


def lines(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Complaints, one after the other, each with the way to its field: `vehicle.vin`, `lines.2.km`."""
    return [(".".join(path), text) for path, text in _lines(told, ())]


def said(told: Mapping[str, Any], say: Callable[[str], str]) -> Complaints:
    """The same complaints in other words."""
    return {
        name: said(inner, say) if isinstance(inner, Mapping) else [say(text) for text in inner]
        for name, inner in told.items()
    }


def _lines(errors: object, path: tuple[str, ...]) -> Iterator[Line]:
    if isinstance(errors, Mapping) and len(path) < DEEPEST:
        for name, inner in errors.items():
            whole = name == _OF_MARSHMALLOW or (name == WHOLE and path)
            yield from _lines(inner, path if whole else (*path, _cut(_text(name), LONGEST_NAME)))
    elif isinstance(errors, list | tuple):
        for inner in errors:
            yield from _lines(inner, path)
    else:
        yield path or (WHOLE,), _cut(_text(errors), LONGEST)


def _put(told: Complaints, path: tuple[str, ...], text: str) -> None:
    """Add a complaint; where a field has one and its parts have others, its own stands under `_` beside them."""
    *way, last = path
    for name in way:
        inner = told.get(name)
        if not isinstance(inner, dict):
            inner = told[name] = {} if inner is None else {WHOLE: inner}
        told = inner
    known = told.get(last)
    if isinstance(known, dict):
        told, last = known, WHOLE
    told.setdefault(last, []).append(text)


def writable(value: Any) -> Any:
    """The value as it is if JSON can hold it, else the nearest that it can: odd names and things as text."""
    try:
        orjson.dumps(value, default=_decimal)
    except (TypeError, RecursionError):
        return _nearest(value, DEEPEST)
    return value


def _nearest(value: object, left: int) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value) if value.bit_length() < 2**10 else "…"
    if isinstance(value, Mapping) and left:
        return {_text(name): _nearest(inner, left - 1) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and left:
        return [_nearest(inner, left - 1) for inner in value]
    return _cut(_text(value), LONGEST)


def _decimal(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def _text(value: object) -> str:
    """Text that UTF-8 can hold."""
    try:
        text = value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001  # a thing that cannot say what it is
        text = type(value).__name__
    return text.encode("utf-8", "replace").decode("utf-8")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

"""Requests with one thing wrong in them, made from the declarations of the operations.

Of every field, every member of a list and every field of what is nested: what its type does not take (`wrong`),
and what its type takes but nobody had in mind (`odd`). Nothing here knows how requests are checked.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zlib import crc32

from contracts.declared import Declared
from contracts.shapes import LARGEST_INTEGER, LONGEST_LIST, LONGEST_TEXT, Between, Many, Text
from tests.support.kinds import Example, good, parts_of

Place = tuple[str | int, ...]
Values = tuple[Any, ...]

NUL = "a\x00b"
LONE_SURROGATE = "a\ud800b"


class Raw:
    """JSON that Python does not write."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Raw({self.text[:20]}…)"


class Left:
    """In place of a value: the field is left out."""

    def __repr__(self) -> str:
        return "left out"


LEFT_OUT = Left()
DEEP = Raw("[" * 1000 + "]" * 1000)
DEEP_OBJECT = Raw('{"a":' * 1000 + "1" + "}" * 1000)


@dataclass(frozen=True)
class Attempt:
    """One value in one place. `legal` says that its type takes it; `rare` that few places take such a thing."""

    place: Place
    what: str
    value: Any
    legal: bool = False
    rare: bool = False

    def within(self, place: Place) -> Attempt:
        """The same further inside."""
        return dataclasses.replace(self, place=(*place, *self.place))


def attempts(shape: type, example: Example) -> Iterator[Attempt]:
    """Every field of a request wrong once, and odd once; then the request as a whole."""
    yield from _in_shape(shape, example)
    for what, whole in (("a list", []), ("text", "x"), ("a number", 5), ("null", None), ("true", True)):
        yield Attempt((), f"all of it {what}", whole)
    yield Attempt((), "all of it 1000 deep", DEEP)
    for what, text in (("no JSON", "{"), ("a number out of reach", "1e999"), ("not UTF-8", '{"a":"\udcff"}')):
        yield Attempt((), f"all of it {what}", Raw(text))


ALWAYS = frozenset(
    (
        "left out", "null", "NUL", "empty", "one too long", "one too short", "one too low", "one too high", "blank",
        "lowest", "highest", "as long as may be", "one twice", "a list within", "100 000 nulls", "control characters",
        "unknown", *map(repr, (5, True, [], {}, "x", "abc", "nonsense", 1.5)),
    )
)  # fmt: skip
"""What is tried in every place. The rest takes turns: each in some place of its kind, in each place some of it."""


def in_turns(found: Iterable[Attempt], *, of: str, one_in: int) -> Iterator[Attempt]:
    """What is always tried, and one in so many of the rest: others for another `of`, the same in every run."""
    for attempt in found:
        turn = crc32(f"{of} {attempt.place} {attempt.what}".encode("utf-8", "surrogatepass"))
        if attempt.what in ALWAYS or attempt.rare or turn % one_in == 0:
            yield attempt


def _in_shape(shape: type, example: Example) -> Iterator[Attempt]:
    for name, kind, required in parts_of(shape):
        yield Attempt((name,), "left out", LEFT_OUT, legal=not required)
        for attempt in of_kind(kind, name, example):
            yield attempt.within((name,))
    for name in ("nonsense", "", "__class__", NUL, "\u3000", "n" * 3000):
        yield Attempt((name,), "unknown", 1)


def of_kind(kind: Declared, name: str, example: Example) -> Iterator[Attempt]:
    """What is wrong or odd for a kind, and inside of it."""
    yield Attempt((), "null", None, legal=kind.nullable)
    yield Attempt((), "1000 lists deep", DEEP)
    yield Attempt((), "1000 objects deep", DEEP_OBJECT)
    member = kind.member
    if member is not None:
        yield from _of_list(kind, member, name, example)
    elif kind.is_free:
        yield from _free(good(kind, name, example))
    elif kind.is_shape:
        yield from (Attempt((), what, value) for what, value in _scalars("x", 5, True, [], [{}]))
        yield from _in_shape(kind.type, example)
    elif isinstance(kind.type, type) and issubclass(kind.type, StrEnum):
        yield from (Attempt((), what, v) for what, v in _scalars("nonsense", "", " ", 5, True, [], {}, NUL, ["x"]))
        yield from (Attempt((), f"{each.value}", each.value, legal=True) for each in kind.type)
    else:
        yield from _PLAIN[kind.type](kind)


def _of_list(kind: Declared, member: Declared, name: str, example: Example) -> Iterator[Attempt]:
    yield from (Attempt((), what, value) for what, value in _scalars("x", 5, True, {}))
    most = kind.mark(Many, Many(LONGEST_LIST)).at_most
    one = good(member, name, example)
    yield Attempt((), "empty", [], legal=True)
    yield Attempt((), "one twice", [one, one], legal=True)
    yield Attempt((), "as long as may be", [good(member, name, example) for _ in range(most)], legal=True)
    yield Attempt((), "one too long", [one] * (most + 1))
    yield Attempt((), "100 000 nulls", [None] * 100_000)
    yield Attempt((), "a list within", [[one]])
    for attempt in of_kind(member, name, example):
        yield attempt.within((0,))
        if attempt.what in ("null", "unknown", "left out"):  # beside good ones
            yield attempt.within((1,))


def _scalars(*values: Any) -> Iterator[tuple[str, Any]]:
    return ((f"{value!r:.30}", value) for value in values)


def _text(kind: Declared) -> Iterator[Attempt]:
    bounds = kind.mark(Text, Text(0, LONGEST_TEXT))
    yield from (Attempt((), what, v) for what, v in _scalars(5, 1.5, True, [], {}, ["x"], 10**400, LONE_SURROGATE))
    yield Attempt((), "NUL", NUL * max(1, bounds.at_least // 3 + 1))
    yield Attempt((), "one too long", "长" * (bounds.at_most + 1))
    yield Attempt((), "far too long", "x" * (bounds.at_most + 100_000))
    yield Attempt((), "empty", "", legal=bounds.at_least == 0)
    if bounds.at_least > 1:
        yield Attempt((), "one too short", "x" * (bounds.at_least - 1))
    yield Attempt((), "as long as may be", "长" * bounds.at_most, legal=True)
    for what, text in ODD_TEXTS.items():
        fitting = (text * (bounds.at_least // len(text) + 1))[: bounds.at_most]
        yield Attempt((), what, fitting, legal=True)


ODD_TEXTS = {
    "blank": " ",
    "an ideographic blank": "\u3000",
    "a tab and line breaks": "\t\r\n",
    "control characters": "\x01\x1b\x7f\x9f",
    "full-width digits": "１３８００１３８０００",
    "Arabic digits": "١٣٨٠٠١٣٨٠٠٠",
    "superscript digits": "²³¹²³¹²³¹²³",
    "wildcards": "%_\\*?",
    "quotes": "'\"`;--",
    "braces": "{name}{0}{",
    "outside the first plane": "𠮷😀",
    "no character": "\uffff\ufdd0",
    "unseen": "\u200b\u202e\ufeff",
    "combining": "e\u0301\u0301\u0301",
    "a line separator": "\u2028\x85",
    "dots": "../..",
    "a minus": "-",
    "one letter": "A",
    "digits": "0123456789",
    "nan": "nan",
}


def _whole_number(kind: Declared) -> Iterator[Attempt]:
    span = kind.mark(Between, Between(-LARGEST_INTEGER, LARGEST_INTEGER))
    wrong: Values = ("x", "", " ", "5.5", "NaN", True, [], {}, 1.5, float("nan"), float("inf"), [1], 1e300)
    yield from (Attempt((), what, value) for what, value in _scalars(*wrong))
    for what, value in (("one too low", span.low - 1), ("one too high", span.high + 1)):
        yield Attempt((), what, value)
    for what, value in (("2^63", 2**63), ("2^64", 2**64), ("10^400", 10**400), ("-10^400", -(10**400))):
        yield Attempt((), what, value)
    for what, value in (("lowest", span.low), ("highest", span.high)):
        yield Attempt((), what, value, legal=True)


def _number(kind: Declared) -> Iterator[Attempt]:
    span = kind.mark(Between, Between(-LARGEST_INTEGER, LARGEST_INTEGER))
    wrong: Values = (
        "x",
        "",
        " ",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        True,
        [],
        {},
        [1],
        10**400,
        "1e999999",
        1e300,
    )
    yield from (Attempt((), what, value) for what, value in _scalars(*wrong))
    for value in (span.low - 1, span.high + 1):
        yield Attempt((), f"beyond {value}", value)
    odd = ("0", "-0", "1e-999999", "0e999999", "1E+1", "0." + "0" * 400 + "1", "１", "1_0", 0.1, 5e-324, " 1 ")
    yield from (Attempt((), what, value, legal=True, rare=True) for what, value in _scalars(span.low, span.high, *odd))


def _truth(kind: Declared) -> Iterator[Attempt]:
    del kind
    yield from (Attempt((), what, value) for what, value in _scalars("maybe", "", " ", 5, [], {}, 1.5, 10**400, NUL))
    yield from (Attempt((), what, value, legal=True) for what, value in _scalars(True, False, "yes", 1, 0, "０"))


def _identifier(kind: Declared) -> Iterator[Attempt]:
    del kind
    one = str(uuid.uuid4())
    wrong: Values = (
        "abc",
        "",
        " ",
        5,
        True,
        [],
        {},
        [one],
        one + "0",
        one[:-1],
        "g" * 32,
        NUL,
        10**400,
        LONE_SURROGATE,
    )
    yield from (Attempt((), what, value) for what, value in _scalars(*wrong))
    odd = (one, one.upper(), "{" + one + "}", "urn:uuid:" + one, str(UUID(int=0)), "f" * 32, "１" * 32)
    yield from (Attempt((), what, value, legal=True) for what, value in _scalars(*odd))


def _moment(kind: Declared) -> Iterator[Attempt]:
    del kind
    wrong: Values = (
        "abc", "", " ", 5, True, [], {}, 1.5, 10**400, NUL,
        "2026-01-01T00:00:00", "2026-01-01", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
        "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+99:99",
    )  # fmt: skip
    yield from (Attempt((), what, value) for what, value in _scalars(*wrong))
    odd = (
        "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00",
        "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59+14:00",
        "1900-01-01T00:00:00+08:00", "1970-01-01T00:00:00Z", "1582-10-10T00:00:00Z", "2035-05-05T00:00:00+08:00",
        "2026-01-01T00:00:00.123456789Z", "2026-01-01T24:00:00Z", "2026-06-30T23:59:60Z", "2026-01-01 00:00:00+08",
        "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00+24:00",
    )  # fmt: skip
    yield from (Attempt((), what, value, legal=True, rare=True) for what, value in _scalars(*odd))


def _day(kind: Declared) -> Iterator[Attempt]:
    del kind
    wrong: Values = (
        "abc",
        "",
        " ",
        5,
        True,
        [],
        {},
        1.5,
        10**400,
        NUL,
        "0000-01-01",
        "10000-01-01",
        "2026-02-30",
        "2026-13-01",
    )
    yield from (Attempt((), what, value) for what, value in _scalars(*wrong))
    odd = (
        "0001-01-01",
        "9999-12-31",
        "1900-01-01",
        "1970-01-01",
        "1582-10-10",
        "2035-05-05",
        "2062-01-01",
        "２０２０-01-01",
    )
    yield from (Attempt((), what, value, legal=True, rare=True) for what, value in _scalars(*odd))


_PLAIN: Mapping[Any, Callable[[Declared], Iterator[Attempt]]] = {
    str: _text,
    int: _whole_number,
    Decimal: _number,
    bool: _truth,
    UUID: _identifier,
    datetime: _moment,
    date: _day,
}


def _free(example: Any) -> Iterator[Attempt]:
    """Data that only the use case knows: no object, then every node of a good one exchanged for something else."""
    yield from (Attempt((), what, value) for what, value in _scalars("x", 5, True, []))
    yield Attempt((), "empty", {}, legal=True)
    yield Attempt((), "a NUL in a name", {NUL: 1})
    yield Attempt((), "a NUL inside", {"a": [{"b": NUL}]})
    for what, text in ODD_TEXTS.items():
        yield Attempt((), f"a name of {what}", {text: text}, legal=True)
    for place, node in _nodes(example):
        for what, value in _scalars(*_EXCHANGED):
            yield Attempt(place, what, value, legal=True, rare=len(place) < 3)
        if isinstance(node, dict):
            for what, name in _scalars("nonsense", "", "__class__"):
                yield Attempt((*place, name), f"{what} beside", 1, legal=True)
    yield Attempt((), "1000 deep inside", {"a": DEEP}, legal=True)
    yield Attempt((), "10 000 names", {f"n{count}": count for count in range(10_000)}, legal=True)


_EXCHANGED: Values = (
    None, True, False, 0, -1, 1.5, 10**15, 2**62, 1e300, "", "x", "-1", "x" * 5000, [], {}, [None], [[]], [{}],
    {"": None}, "2026-01-01", "0001-01-01T00:00:00+14:00", LEFT_OUT, list(range(2000)), ["x"] * 2000,
)  # fmt: skip


def _nodes(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*place, name), inner
            yield from _nodes(inner, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*place, index), inner
            yield from _nodes(inner, (*place, index))

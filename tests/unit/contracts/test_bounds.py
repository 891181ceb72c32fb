"""How much of a request is looked at: counted before it is looked at, and no further than complaints are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from contracts.complaints import MORE, MOST, lines
from contracts.shapes import DEEPEST, DEEPEST_TOLD, LONGEST_LIST, MOST_MEMBERS, InvalidShape, load


@dataclass(frozen=True, slots=True)
class Part:
    km: int = 0


class Seen(list[Any]):
    """A list that knows how many of its members were looked at."""

    looked_at = 0

    def __iter__(self) -> Any:
        for each in super().__iter__():
            self.looked_at += 1
            yield each


@dataclass(frozen=True, slots=True)
class Order:
    parts: list[Part] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    part: Part | None = None
    free: dict[str, Any] = field(default_factory=dict)


def refused(raw: object) -> dict[str, Any]:
    with pytest.raises(InvalidShape) as caught:
        load(Order, raw)
    assert len(orjson.dumps(caught.value.errors)) < 4096
    return caught.value.errors


def wide(members: int) -> dict[str, Any]:
    return {f"m{number}": 0 for number in range(members)}


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(levels - 1):
        made = {"a": made}
    return made


def test_a_list_that_is_too_long_is_refused_before_its_members_are_looked_at() -> None:
    names = Seen([0] * (LONGEST_LIST + 1))
    assert refused({"names": names}) == {"names": [f"Longer than {LONGEST_LIST} members."]}
    assert names.looked_at == 0


def test_after_as_many_wrong_members_as_are_told_no_more_are_looked_at() -> None:
    names = Seen([0] * LONGEST_LIST)
    told = refused({"names": names})
    assert (len(lines(told)), told["_"], names.looked_at) == (MOST + 1, [MORE], MOST + 1)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (wide(MOST_MEMBERS + 1), "_"),
        ({"part": wide(MOST_MEMBERS + 1)}, "part"),
        ({"free": wide(MOST_MEMBERS + 1)}, "free"),
        ({"free": {"inside": [wide(MOST_MEMBERS + 1)]}}, "free"),
    ],
)
def test_an_object_of_too_many_members_is_refused_by_their_number(raw: dict[str, Any], place: str) -> None:
    assert refused(raw) == {place: [f"More than {MOST_MEMBERS} members."]}


def test_in_a_list_too_it_is_the_member_that_is_named() -> None:
    told = refused({"parts": [{}, wide(MOST_MEMBERS + 1)]})
    assert told == {"parts": {"1": [f"More than {MOST_MEMBERS} members."]}}


def test_free_data_may_be_so_deep_and_no_deeper() -> None:
    assert load(Order, {"free": deep(DEEPEST)}).free == deep(DEEPEST)
    for levels in (DEEPEST + 1, 1000, 100_000):
        assert refused({"free": deep(levels)}) == {"free": ["Nested too deep."]}


def test_what_is_told_may_hold_what_was_asked_and_more_of_it_than_is_declared() -> None:
    assert load(Order, {"free": deep(DEEPEST + 1), **wide(1000)}, tolerant=True).free == deep(DEEPEST + 1)
    with pytest.raises(InvalidShape):
        load(Order, {"free": deep(DEEPEST_TOLD + 1)}, tolerant=True)


@pytest.mark.parametrize("value", ["text", {"0": "a"}, 7, None])
def test_only_a_list_is_a_list(value: object) -> None:
    assert list(refused({"names": value})) == ["names"]

"""One declaration, taken apart once: every reader of a type hint finds the same type and the same marks."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any
from uuid import UUID

import pytest

from contracts.declared import Declared, fields_of, is_required
from contracts.fields import Mobile
from contracts.gateway.operations import Password, Secret
from contracts.shapes import Between, Many, Sensitive, Text
from gateway.local import _open_part

WORD = Text(1, 20)
Word = Annotated[str, WORD]


@dataclasses.dataclass(frozen=True, slots=True)
class Inner:
    number: Mobile


@dataclasses.dataclass(frozen=True, slots=True)
class Outer:
    plain: UUID
    free: dict[str, Any]
    words: Annotated[list[Word], Many(3)] | None = None
    inside: list[Inner] = dataclasses.field(default_factory=list)


@pytest.mark.parametrize(
    "hint",
    [Word | None, Annotated[str | None, WORD], Annotated[Word | None, Secret()], Annotated[Word, Secret()] | None],
)
def test_marks_and_null_are_found_on_whatever_side_of_each_other_they_stand(hint: Any) -> None:
    found = Declared.of(hint)
    assert (found.type, found.mark(Text, Text()), found.nullable) == (str, WORD, True)


def test_a_list_has_its_own_marks_and_its_members_theirs() -> None:
    words = fields_of(Outer)["words"]
    assert (words.type, words.marks, words.nullable) == (list[Word], (Many(3),), True)
    assert words.member == Declared(str, (WORD,))
    assert words.opened() == (Declared(str, (Many(3), WORD)), True)


def test_what_stands_inside_of_lists_is_found_with_all_marks() -> None:
    inside, many = fields_of(Outer)["inside"].opened()
    assert (inside.type, inside.is_shape, many) == (Inner, True, True)
    assert any(isinstance(mark, Sensitive) for mark in fields_of(Inner)["number"].opened()[0].marks)
    assert Declared.of(list[list[Word]]).opened() == (Declared(str, (WORD,)), True)
    assert Declared.of(Word).opened() == (Declared(str, (WORD,)), False)


def test_a_mark_that_is_not_there_is_what_was_said_otherwise() -> None:
    assert fields_of(Outer)["plain"].mark(Between, Between(0, 9)) == Between(0, 9)


def test_free_data_and_shapes_are_told_from_plain_types() -> None:
    assert [name for name, one in fields_of(Outer).items() if one.is_free] == ["free"]
    assert Declared.of(dict).is_free
    assert not fields_of(Outer)["plain"].is_shape


def test_a_choice_of_two_types_is_no_declaration() -> None:
    with pytest.raises(ValueError, match="too many"):
        Declared.of(str | int)


def test_what_has_a_default_of_either_kind_need_not_be_said() -> None:
    assert [field.name for field in dataclasses.fields(Outer) if is_required(field)] == ["plain", "free"]


def test_a_secret_is_left_out_of_the_fingerprint_also_where_it_may_be_missing() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Asked:
        account: str
        password: Password
        old: Password | None = None

    assert _open_part(Asked("HN05", "secret", "older")) == {"account": "HN05"}

"""Answers that are printed: they say which version of what they are, and every code on them has its Chinese word."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from enum import StrEnum

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet  # noqa: F401  # its retirement notice comes with the first import

from contracts.declared import fields_of
from gateway.dossier_words import CODES, WORDS
from gateway.routes import TABLE
from gateway.routing import Route

SHEETS = [route for route in TABLE.routes if any(form.whole for form in route.forms)]


def codes(shape: type) -> Iterator[tuple[str, StrEnum]]:
    """Every code that may stand in an answer, with its field."""
    for name, declared in fields_of(shape).items():
        inside, _ = declared.opened()
        if inside.is_shape:
            yield from codes(inside.type)
        elif isinstance(inside.type, type) and issubclass(inside.type, StrEnum):
            yield from ((name, code) for code in inside.type)


@pytest.mark.parametrize("route", SHEETS, ids=lambda route: route.path)
def test_a_sheet_says_which_version_of_which_document_it_is(route: Route) -> None:
    assert {"number", "version", "changed_at"} <= set(fields_of(route.operation.response))


@pytest.mark.parametrize("route", SHEETS, ids=lambda route: route.path)
def test_every_code_on_a_sheet_is_said_in_chinese(route: Route) -> None:
    said = list(codes(route.operation.response))
    assert [(name, code) for name, code in said if name not in CODES or code not in WORDS] == []
    assert said

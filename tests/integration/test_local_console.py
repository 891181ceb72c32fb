"""The console is built beside a start: with which Node, once for given sources, and never at the API's expense."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.local import console, node
from deploy.local.errors import LocalStackError, OutOfReach
from tests.support.polling import eventually

BASE_URL = "http://127.0.0.1:1"


def said_by_a_build(folder: Path) -> str:
    """What whoever started the system reads of it."""
    said: list[str] = []
    console.Building(folder / "console.log", say=said.append).tell(BASE_URL)
    eventually(lambda: said, within=60, what="a word about the console")
    (line,) = said
    return line


@pytest.fixture
def nothing_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and neither PyPI nor npm."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("CRM_CACHE_DIR", str(cache))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    return tmp_path


def test_where_nothing_can_be_fetched_one_line_says_why_there_is_no_console(nothing_to_be_had: Path) -> None:
    line = said_by_a_build(nothing_to_be_had)
    assert line.startswith("No console: ")
    assert line.endswith("; the API works without it")
    assert "\n" not in line
    assert not list((nothing_to_be_had / "cache").glob("console-*")), "nothing half made is left"


def test_a_build_that_is_there_is_taken_as_it_is(nothing_to_be_had: Path) -> None:
    console.place().mkdir()
    assert said_by_a_build(nothing_to_be_had) == f"The console is at {BASE_URL}/console/"
    assert console.build(nothing_to_be_had / "console.log") == console.place()


@pytest.mark.parametrize(("answers", "out_of_reach"), [(False, True), (True, False)], ids=["no registry", "a registry"])
def test_packages_that_cannot_be_had_are_nobody_s_fault_only_where_the_registry_does_not_answer(
    answers: bool, out_of_reach: bool, nothing_to_be_had: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = {"node": "echo v24.19.0", "npm": f'[ "$1" = ping ] && exit {0 if answers else 1}; exit 1'}
    for name, line in programs.items():
        program = nothing_to_be_had / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{nothing_to_be_had}:/usr/bin:/bin")
    with pytest.raises(LocalStackError, match="npm ci") as refused:
        console.build(nothing_to_be_had / "console.log")
    assert isinstance(refused.value, OutOfReach) is out_of_reach


@pytest.mark.parametrize(
    ("version", "taken"),
    [("v18.20.4", False), ("v22.11.0", False), ("v22.12.0", True), ("v24.19.0", True), ("what?", False)],
)
def test_a_node_that_is_too_old_is_left_alone(
    version: str, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = node._installed()
    assert (found is not None) is taken
    assert found is None or found.npm == (str(tmp_path / "npm"),)


def test_every_source_counts_and_what_is_made_of_them_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "console"
    shutil.copytree(console.SOURCES, copy, ignore=shutil.ignore_patterns(*console.NOT_SOURCES))
    before = console.place()
    monkeypatch.setattr(console, "SOURCES", copy)
    assert console.place() == before
    (copy / "node_modules").mkdir()
    (copy / "node_modules" / "made.js").write_text("")
    assert console.place() == before
    (copy / "src" / "theme" / "tokens.css").write_text(":root {}\n")
    assert console.place() != before

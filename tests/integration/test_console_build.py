"""The console as it is delivered: types, linters and tests of its own pass, and it builds (`make console`)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy.local import console
from deploy.local.errors import LocalStackError, OutOfReach

BROKEN = "export const size = ;\n"


def built(folder: Path) -> list[str]:
    """What is said of a build that was checked; skipped, with the reason, where its packages cannot be fetched."""
    said: list[str] = []
    try:
        made = console.build(folder / "build.log", checked=True, say=said.append)
    except OutOfReach as problem:
        pytest.skip(f"the console is not judged: {str(problem).partition(chr(10))[0]}")
    assert (made / "index.html").is_file()
    return said


def test_the_console_passes_its_checks_and_builds(tmp_path: Path) -> None:
    try:
        said = built(tmp_path)
    except LocalStackError as problem:
        pytest.fail(str(problem), pytrace=False)
    assert said == [f"console: {called} passed" for _, called in console.CHECKS]


def test_a_console_that_is_broken_is_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "sources"
    shutil.copytree(console.SOURCES, copy, ignore=shutil.ignore_patterns(*console.NOT_SOURCES))
    (copy / "src" / "broken.ts").write_text(BROKEN)
    monkeypatch.setattr(console, "SOURCES", copy)
    with pytest.raises(LocalStackError, match=r"(?s)^biome and eslint failed.*broken.ts"):
        built(tmp_path)

"""A service's migrations are one chain in the order of their numbers: two changes made beside each other meet here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.source import ROOT

FOLDERS = [*sorted(ROOT.glob("services/*/migrations/versions")), ROOT / "gateway" / "migrations" / "versions"]


def faults(folder: Path) -> list[str]:
    """What does not follow from the file's number: its revision, and the one it comes after."""
    found, before = [], None
    for place, path in enumerate(sorted(folder.glob("[0-9]*.py")), 1):
        said = dict(re.findall(r'^(revision|down_revision) = "?(\w+)"?$', path.read_text("utf-8"), re.MULTILINE))
        number = f"{place:04}"
        if path.name[:4] != number or said.get("revision") != number or said.get("down_revision") != str(before):
            found.append(f"{path.name}: revision {said.get('revision')} after {said.get('down_revision')}")
        before = number
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).parts[-3])
def test_revisions_are_one_chain(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("name", "revision", "after"),
    [("0002_other.py", "0002", "0001"), ("0003_third.py", "0002", "0001"), ("0003_third.py", "0003", "0001")],
    ids=["two of one number", "a number of another's", "after the one before"],
)
def test_a_planted_one_beside_the_chain_is_found(tmp_path: Path, name: str, revision: str, after: str) -> None:
    for file, own, before in (("0001_first.py", "0001", None), ("0002_second.py", "0002", "0001")):
        said = f'revision = "{own}"\ndown_revision = {before and chr(34) + before + chr(34)}\n'
        (tmp_path / file).write_text(said, "utf-8")
    assert faults(tmp_path) == []
    (tmp_path / name).write_text(f'revision = "{revision}"\ndown_revision = "{after}"\n', "utf-8")
    assert faults(tmp_path)

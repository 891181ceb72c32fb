"""`deploy/env.example` lists exactly the variables that the code reads, each with a line that explains it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from chassis.process.settings import SERVICES
from tests.conftest import OURS
from tests.support.source import ROOT, plant, sources

VARIABLE = re.compile(r"^CRM_[A-Z0-9_]+$")
LINE = re.compile(r"^#? ?(CRM_[A-Z0-9_]+)=(.*)$")
SUFFIX = re.compile(r"^(?!CRM_)[A-Z]+(_[A-Z]+)*_(URL|URI|PORT|HOST|KEY)$")
READERS = ("chassis", "services", "gateway", "deploy", "simulator")


def read_by_code(root: Path) -> set[str]:
    """Every `CRM_…` literal (of scripts too), and every `named(service, "…")` for each service it is asked for."""
    found: set[str] = set()
    for source in sources(root, *READERS):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.match(node.value):
                found.add(node.value)
        for name, call in source.calls():
            if name.rpartition(".")[2] == "named" and len(call.args) == 2:
                found |= _named(source.tree, call)
    for script in sorted((root / "deploy").rglob("*.sh")):
        found |= set(re.findall(r"CRM_[A-Z0-9_]+", script.read_text("utf-8")))
    return found


def _named(tree: ast.Module, call: ast.Call) -> set[str]:
    """The variables of one `named(service, what)`; a `what` from a list stands for every suffix in the file."""
    service, what = call.args
    services = [service.value] if isinstance(service, ast.Constant) else list(SERVICES)
    if isinstance(what, ast.Constant):
        endings = {str(what.value)}
    else:
        endings = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SUFFIX.match(node.value)
        }
    return {f"CRM_{str(one).upper()}_{ending}" for one in services for ending in endings}


def listed(text: str) -> dict[str, bool]:
    """Variable → whether a comment stands above it (or above the group it belongs to)."""
    found: dict[str, bool] = {}
    explained = False
    for line in text.splitlines():
        if match := LINE.match(line):
            found[match[1]] = explained
        else:
            explained = line.startswith("# ") and len(line) > 10
    return found


def test_the_example_lists_what_the_code_reads_and_nothing_else():
    written = set(listed((ROOT / "deploy" / "env.example").read_text("utf-8")))
    needed = read_by_code(ROOT)
    assert {"read but not listed": sorted(needed - written), "listed but not read": sorted(written - needed)} == {
        "read but not listed": [],
        "listed but not read": [],
    }


def test_every_variable_is_explained():
    unexplained = [
        name for name, told in listed((ROOT / "deploy" / "env.example").read_text("utf-8")).items() if not told
    ]
    assert unexplained == []


def test_the_example_holds_no_secret_of_anybody():
    for line in (ROOT / "deploy" / "env.example").read_text("utf-8").splitlines():
        if (match := LINE.match(line)) and re.search("PASSWORD|KEY", match[1]):
            assert match[2] in ("", "change-me"), line


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ('import os\nX = os.environ["CRM_PLANTED"]\n', "CRM_PLANTED"),
        ('from chassis.process.settings import named\nX = named(service, "PLANTED_URL")\n', "CRM_SALES_PLANTED_URL"),
        ('from chassis.process.settings import named\nX = named("sales", "PLANTED")\n', "CRM_SALES_PLANTED"),
        ('KINDS = ("PLANTED_URI",)\nX = [named("gateway", kind) for kind in KINDS]\n', "CRM_GATEWAY_PLANTED_URI"),
    ],
)
def test_a_planted_variable_is_found(tmp_path, text, variable):
    plant(tmp_path, "chassis/planted.py", text)
    assert variable in read_by_code(tmp_path)


def test_a_planted_line_without_explanation_is_found():
    assert listed("# what this is for and why\nCRM_A=1\n\nCRM_B=2\n") == {"CRM_A": True, "CRM_B": False}


def test_what_a_command_of_the_makefile_gives_the_tests_reaches_them() -> None:
    """They forget the settings of whatever system the shell is set up for; once also how often to repeat a fault."""
    given = set(re.findall(r"\b(CRM_[A-Z_]+)=", (ROOT / "Makefile").read_text("utf-8")))
    read = {
        name
        for path in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r'os\.environ\.get\("(CRM_[A-Z_]+)"', path.read_text("utf-8"))
    }
    assert given and given <= read <= set(OURS)

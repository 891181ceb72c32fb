"""The source as data: for tests that read it, and for planting violations in a copy of it."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("contracts", "chassis", "services", "gateway", "deploy", "simulator")


@dataclass(frozen=True)
class Source:
    """One Python file: `name` is its path below the root."""

    root: Path
    name: str

    @cached_property
    def text(self) -> str:
        """What is written in it."""
        return (self.root / self.name).read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The same, parsed."""
        return ast.parse(self.text, self.name)

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the dotted name of what is called: `datetime.now`, `.commit` for a method of a value."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield dotted(node.func), node

    def imported(self) -> dict[str, str]:
        """Local name → what it stands for: `{"now": "datetime.datetime.now", "time": "time"}`."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.partition(".")[0]] = alias.name
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    def resolved_calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the imported name spelled out: `from time import time as t; t()` is `time.time`."""
        imported = self.imported()
        for name, call in self.calls():
            head, dot, rest = name.partition(".")
            yield (imported[head] + dot + rest if head in imported else name), call


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; what is not a name becomes empty, so `x().commit` is `.commit`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def sources(root: Path = ROOT, *under: str) -> list[Source]:
    """Every Python file of our packages (or of these folders) below a root."""
    found: list[Source] = []
    for folder in under or PACKAGES:
        start = root / folder
        files = sorted(start.rglob("*.py")) if start.is_dir() else [start] if start.exists() else []
        found += [Source(root, str(path.relative_to(root))) for path in files if "console" not in path.parts]
    return found


def copy_of(root: Path, to: Path, *folders: str) -> Path:
    """A copy of the source below `to`, to plant a violation in."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "console", "*.pyc")
    for folder in folders or PACKAGES:
        if (root / folder).exists():
            shutil.copytree(root / folder, to / folder, ignore=ignored, dirs_exist_ok=True)
    shutil.copy(root / "pyproject.toml", to / "pyproject.toml")
    return to


def plant(root: Path, name: str, text: str) -> Path:
    """Write a file below a root, with its folders; appends if it exists."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(before + text, "utf-8")
    return path

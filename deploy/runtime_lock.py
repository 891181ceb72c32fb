"""`python -m deploy.runtime_lock`: of `requirements.lock` what the running system needs, for the image: no test tools.

A package is needed when the project itself asks for it, or one that is needed does; the lock file says who asks.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ROOT / "requirements.lock"
RUNTIME = ROOT / "deploy" / "requirements.lock"
PROJECT = "dealer-crm (pyproject.toml)"
HEADER = "# Made by `make runtime-lock` from requirements.lock: what the running system needs.\n"

_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==")
_ASKED = re.compile(r"^ +# (?:via)? *(\S.*)$")


def entries(lock: str) -> dict[str, tuple[str, set[str]]]:
    """Package → its lines, and who asks for it."""
    found: dict[str, tuple[str, set[str]]] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if match := _PACKAGE.match(line):
            name = match[1]
            found[name] = ("", set())
        if not name:
            continue
        text, asking = found[name]
        if match := _ASKED.match(line):
            asking.add(match[1].strip())
        found[name] = (text + line, asking)
    return found


def runtime(lock: str) -> str:
    """The part of a lock file that is needed without the development group."""
    packages = entries(lock)
    needed: set[str] = set()
    while True:
        more = {name for name, (_, asking) in packages.items() if asking & (needed | {PROJECT})} - needed
        if not more:
            break
        needed |= more
    return HEADER + "".join(text for name, (text, _) in packages.items() if name in needed)


if __name__ == "__main__":
    RUNTIME.write_text(runtime(WHOLE.read_text("utf-8")), "utf-8")

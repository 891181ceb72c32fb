"""Debian's packages without installing them: fetched with lists of our own, unpacked into a folder of our own.

Nothing on the machine changes and no rights are needed. Works on Debian and Ubuntu, with the sources it already has.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local.errors import OutOfReach

TOOLS = ("apt-get", "apt-cache", "dpkg-deb")


class Packages:
    """The package sources of this machine, with lists of our own in `work`. `hint` says what to do without them."""

    def __init__(self, work: Path, *, hint: str) -> None:
        """Read the lists. Raises OutOfReach where there are none to be had."""
        self._work, self._hint = work, hint
        if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
            raise OutOfReach(f"no {missing[0]} to fetch Debian's packages with; {hint}")
        lists, self._cache = work / "lists", work / "cache"
        (lists / "partial").mkdir(parents=True)
        (self._cache / "archives" / "partial").mkdir(parents=True)
        options = {
            "Dir::State::Lists": lists,
            "Dir::Cache": self._cache,
            "Debug::NoLocking": "1",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "30",
            "Acquire::https::Timeout": "30",
        }
        self._apt = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        self.run("apt-get", *self._apt, "update")

    def version(self, package: str) -> str:
        """The version that would be fetched, as a name for a folder."""
        found = re.search(r"Candidate: (\d\S*)", self.run("apt-cache", *self._apt, "policy", package))
        if not found:
            raise OutOfReach(f"the package sources of this machine have no {package} or do not answer; {self._hint}")
        return re.sub(r"[^A-Za-z0-9.+-]", "_", found.group(1))

    def depends(self, package: str, *, besides: tuple[str, ...]) -> str:
        """What `apt-cache depends` tells of everything below a package, kinds of dependence left out."""
        narrow = [f"--no-{kind}" for kind in besides]
        return self.run("apt-cache", *self._apt, "depends", "--recurse", *narrow, package)

    def unpack(self, *packages: str) -> Path:
        """These packages alone, unpacked."""
        archives = self._work / "archives"
        archives.mkdir()
        self.run("apt-get", *self._apt, "download", *packages, cwd=archives)
        return self._unpacked(archives)

    def unpack_with_what_is_missing(self, *packages: str) -> Path:
        """These packages, and those they need that this machine has not installed, unpacked."""
        words = ("--no-install-recommends", "--download-only", "--yes", "--quiet", "install")
        self.run("apt-get", *self._apt, *words, *packages)
        return self._unpacked(self._cache / "archives")

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """What a package tool says. Raises OutOfReach."""
        answer = subprocess.run(  # noqa: S603  # the package tools, by name
            command, cwd=cwd or self._work, capture_output=True, text=True, umask=0o022, check=False
        )
        if answer.returncode != 0:
            reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise OutOfReach(f"Debian's packages cannot be fetched ({command[0]}: {reason}); {self._hint}")
        return answer.stdout

    def _unpacked(self, archives: Path) -> Path:
        tree = self._work / "tree"
        for archive in sorted(archives.glob("*.deb")):
            self.run("dpkg-deb", "--extract", str(archive), str(tree))
        return tree


@contextlib.contextmanager
def working_folder(cache: Path, name: str) -> Iterator[Path]:
    """In the cache itself, so that the finished tree can be renamed into place."""
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=cache, prefix=f"{name}-", suffix=".new"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def newest(cache: Path, name: str) -> Path | None:
    """The newest tree of this name in the cache. A tree is there whole or not at all."""
    trees = [path for path in cache.glob(f"{name}-*") if path.is_dir() and not path.name.endswith(".new")]
    return max(trees, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)], default=None)

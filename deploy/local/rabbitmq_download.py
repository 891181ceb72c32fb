"""A RabbitMQ without installing one: Debian's packages, fetched and unpacked into a cache of our own."""

import contextlib
import re
import shutil
import sys
from pathlib import Path

from deploy.local import debian

PACKAGE = "rabbitmq-server"
INSTALL_HINT = (
    "install RabbitMQ 3.10 or newer (Debian: apt-get install rabbitmq-server)"
    " or set CRM_AMQP_URI and CRM_MANAGEMENT_URL"
)
PLUGINS = ("rabbit", "rabbitmq_prelaunch", "rabbitmq_management")
NOT_FOLLOWED = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")


def downloaded(cache: Path) -> Path | None:
    """The newest tree in the cache."""
    return debian.newest(cache, "rabbitmq")


def download(cache: Path) -> Path:
    """Fetch and unpack; returns the root of the unpacked tree."""
    print("No RabbitMQ installed: fetching Debian's packages (35 MB)", file=sys.stderr, flush=True)
    with debian.working_folder(cache, "rabbitmq") as work:
        packages = debian.Packages(work, hint=INSTALL_HINT)
        version = packages.version(PACKAGE)
        told = packages.depends(PACKAGE, besides=NOT_FOLLOWED)
        tree = packages.unpack(PACKAGE, *sorted({line for line in told.splitlines() if line.startswith("erlang-")}))
        final = cache / f"rabbitmq-{version}"
        _point_erlang_at(final / "usr/lib/erlang", tree=tree)
        _drop_other_plugins(tree)
        with contextlib.suppress(OSError):  # somebody else was quicker; theirs is as good
            tree.rename(final)
    return final


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

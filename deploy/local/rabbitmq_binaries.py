"""Where a RabbitMQ server can be had on this machine: installed, or downloaded into a cache."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import rabbitmq_download
from deploy.local.errors import LocalStackError


@dataclass(frozen=True)
class RabbitMQBinaries:
    """The two programs a node needs, and what they must be told to find their parts."""

    server: Path
    epmd: Path
    erl_call: Path | None  # asks a running node to do something
    env: Mapping[str, str]


def find() -> RabbitMQBinaries:
    """An installed one if there is one; otherwise the newest in the cache, which is filled if it is empty."""
    if installed := _installed():
        return installed
    cache = cache_dir()
    return _unpacked(rabbitmq_download.downloaded(cache) or rabbitmq_download.download(cache))


def cache_dir() -> Path:
    """Outside every run directory: a reset does not download again."""
    given = os.environ.get("CRM_CACHE_DIR")
    return Path(given).absolute() if given else Path.home() / ".cache" / "dealer-crm"


def _installed() -> RabbitMQBinaries | None:
    # Debian's command of this name insists on its own user and folders; the script behind it does not
    script = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    on_path = shutil.which("rabbitmq-server")
    server = script if script.exists() else Path(on_path) if on_path else None
    erl = shutil.which("erl")
    if server is None or erl is None:
        return None
    erlang = Path(erl).resolve().parent.parent
    return RabbitMQBinaries(
        server=server,
        epmd=_epmd(erlang),
        erl_call=_erl_call(erlang),
        env={"PATH": os.environ.get("PATH", os.defpath)},
    )


def _unpacked(tree: Path) -> RabbitMQBinaries:
    erlang = tree / "usr/lib/erlang"
    home = next(iter(tree.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*")), None)
    if home is None:
        raise LocalStackError(f"{tree} is damaged; remove it and start again")
    epmd = _epmd(erlang)
    return RabbitMQBinaries(
        server=home / "sbin/rabbitmq-server",
        epmd=epmd,
        erl_call=_erl_call(erlang),
        env={
            "PATH": f"{erlang / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "ERL_ROOTDIR": str(erlang),
            "BINDIR": str(epmd.parent),
            "RABBITMQ_HOME": str(home),
        },
    )


def _epmd(erlang: Path) -> Path:
    """Erlang's port mapper, which every node needs."""
    inside = next(iter(sorted(erlang.glob("erts-*/bin/epmd"), reverse=True)), None)
    on_path = shutil.which("epmd")
    if inside is None and on_path is None:
        raise LocalStackError(f"no epmd below {erlang}; {rabbitmq_download.INSTALL_HINT}")
    return inside or Path(str(on_path))


def _erl_call(erlang: Path) -> Path | None:
    return next(
        (path for path in (erlang / "bin/erl_call", *erlang.glob("lib/erl_interface-*/bin/erl_call")) if path.exists()),
        None,
    )

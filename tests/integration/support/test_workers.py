"""Workers share servers that stand outside of them, and whatever ends a worker or the run, no server is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.polling import eventually, patience
from tests.support.source import ROOT
from tests.support.workers import TOGETHER, group_of

CONFTEST = """
import json, psycopg, pytest
from pathlib import Path
from urllib.parse import urlsplit

pytest_plugins = [f"tests.support.{name}" for name in ("databases", "broker", "workers")]


@pytest.fixture
def tell(postgres_url, broker):
    def write(name):
        with psycopg.connect(postgres_url) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone()
        found = {"data": data, "ports": [urlsplit(url).port for url in (postgres_url, broker.admin_uri)]}
        Path(f"{name}.draft").write_text(json.dumps({**found, "vhost": broker.management.vhost}))
        Path(f"{name}.draft").rename(name)
    return write
"""
DIES = """
import os
from pathlib import Path
from tests.support.polling import eventually

def test_ends_its_worker(tell):
    tell("dead")
    eventually(Path("waiting").exists, within=90)
    os.kill(os.getpid(), 9)
"""
WAITS = """
from pathlib import Path
from tests.support.polling import eventually

def test_waits_for_ever(tell):
    tell("waiting")
    eventually(Path("never").exists, within=170)
"""


@pytest.mark.long  # a run with servers of its own inside of a run: `make integration` tries it
def test_servers_outlive_a_worker_that_is_killed_and_end_with_the_run_that_is_interrupted(tmp_path: Path) -> None:
    for name, text in {"conftest": CONFTEST, "test_dies": DIES, "test_waits": WAITS}.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    options = ("-p", "no:pytest_nameko", "-p", "no:cacheprovider", "--import-mode=importlib", "--rootdir=.")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "PYTEST_"))}
    with (tmp_path / "printed").open("w") as printed:
        run = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "pytest", *options, "-n", "2", "--max-worker-restart", "0", "."],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdout=printed,
            stderr=printed,
            start_new_session=True,  # Ctrl-C reaches all of a terminal's processes
        )
    try:
        eventually(lambda: "restarting disabled" in (tmp_path / "printed").read_text("utf-8"), within=150)
        dead, waiting = told(tmp_path / "dead"), told(tmp_path / "waiting")
        assert (dead["data"], dead["ports"]) == (waiting["data"], waiting["ports"])
        assert {dead["vhost"], waiting["vhost"]} == {"crm-gw0", "crm-gw1"}
        assert [listens(port) for port in waiting["ports"]] == [True, True]

        os.killpg(run.pid, signal.SIGINT)

        assert run.wait(patience(60)) == pytest.ExitCode.INTERRUPTED
    finally:
        run.kill()
        run.wait()
    assert [listens(port) for port in waiting["ports"]] == [False, False]
    assert not Path(waiting["data"]).exists()


def told(place: Path) -> dict[str, Any]:
    """What a planted test left."""
    return dict(json.loads(place.read_text("utf-8")))


def listens(port: int) -> bool:
    """Whether a server is there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_shares_something_dear_goes_together_and_every_other_file_alone() -> None:
    assert group_of("tests/faults/test_poison.py::test_x[a/b.py::c]") == "tests/faults/"
    assert group_of("tests/e2e/test_wrong_once.py::test_x") == "tests/e2e/test_wrong_once.py"
    assert group_of("tests/e2e/test_merge.py::test_x") == "tests/e2e/"
    assert group_of("tests/unit/sales/test_payments.py::test_x[1::2]") == "tests/unit/sales/test_payments.py"
    assert [place for place in TOGETHER if not (ROOT / place).exists()] == []

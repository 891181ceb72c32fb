"""The echo that the benches call is a service like others, though it is in none of our tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.broker import Broker
from tests.support.databases import Databases
from tests.support.source import ROOT

ASK = """
import sys
from pathlib import Path
from tests.bench import echo

amqp_url, management_url, database_url, log = sys.argv[1:]
where = {"amqp_url": amqp_url, "management_url": management_url, "database_url": database_url}
with echo.serving(**where, log=Path(log)) as running:
    print(running.measure(in_flight=2, seconds=0.5, warmup=0.1).calls)
"""
"""In a process of its own: the echo declares an operation, which no other test is to meet."""


def test_a_service_that_no_table_knows_answers(broker: Broker, databases: Databases, tmp_path: Path) -> None:
    where = [broker.admin_uri, broker.management_url, databases.admin_url, str(tmp_path / "echo.log")]
    command = [sys.executable, "-W", "ignore", "-c", ASK, *where]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert asked.returncode == 0, asked.stderr[-2000:]
    assert int(asked.stdout) > 0

"""Programs are kept running, and nothing of them stays behind, whatever happens to who started them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.ports import any_free
from deploy.local.postgres import Postgres
from deploy.local.processes import Process, process
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.supervisor import Program, Supervisor
from tests.support.polling import eventually, steadily

ROOT = Path(__file__).parents[2]
ENV = {"PATH": os.environ["PATH"]}
SERVE = """
import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler
HTTPServer(("127.0.0.1", int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()"


def python(name: str, code: str, *arguments: str, health_url: str | None = None) -> Program:
    return Program(name=name, argv=[sys.executable, "-I", "-c", code, *arguments], env=ENV, health_url=health_url)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "run", directory=tmp_path)
    yield made
    for name in made.names():
        made.halt(name, seconds=0.5)
    made.stop()


def test_a_program_that_is_killed_runs_again(supervisor: Supervisor) -> None:
    supervisor.start(python("sales", "import signal; signal.pause()"))
    before = supervisor.pid("sales")

    supervisor.kill("sales")

    eventually(lambda: supervisor.pid("sales") not in (None, before))
    assert supervisor.restarts("sales") == 1


def test_a_program_that_dies_at_once_is_tried_less_and_less_often(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(python("sales", "raise SystemExit('no database')"))
    log = tmp_path / "run" / "logs" / "sales.log"

    eventually(lambda: "again in 0.8 s" in log.read_text())

    pauses = [line.rpartition("again in ")[2] for line in log.read_text().splitlines() if "again in" in line]
    assert pauses[:3] == ["0.2 s", "0.4 s", "0.8 s"]


def test_a_halted_program_stays_down_until_it_is_resumed(supervisor: Supervisor) -> None:
    supervisor.start(python("sales", "import signal; signal.pause()"))

    supervisor.halt("sales")
    steadily(lambda: supervisor.pid("sales") is None, during=0.6)
    supervisor.resume("sales")

    eventually(lambda: supervisor.pid("sales") is not None)
    assert supervisor.restarts("sales") == 0


def test_a_program_that_ignores_the_request_is_ended_by_force(supervisor: Supervisor) -> None:
    supervisor.start(python("stubborn", "print('here', flush=True)\n" + STUBBORN))
    pid = supervisor.pid("stubborn")
    assert pid is not None

    supervisor.halt("stubborn", seconds=0.3)

    assert process(pid) is None


def test_a_log_that_cannot_be_written_does_not_end_the_watching(supervisor: Supervisor, tmp_path: Path) -> None:
    for name in ("sales", "customer"):
        supervisor.start(python(name, "import signal; signal.pause()"))
    log, pid = tmp_path / "run" / "logs" / "sales.log", supervisor.pid("customer")
    log.unlink()
    log.mkdir()

    supervisor.kill("sales")
    eventually(lambda: supervisor.restarts("sales") > 1)
    supervisor.kill("customer")
    eventually(lambda: supervisor.pid("customer") not in (None, pid))
    log.rmdir()

    eventually(lambda: supervisor.pid("sales"), within=15)


def test_ready_is_when_every_health_address_says_so(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "readyz").write_text("yes")
    port = any_free()
    supervisor.start(python("sales", SERVE, str(port), health_url=f"http://127.0.0.1:{port}/readyz"))

    supervisor.wait_ready(20)


def test_who_is_not_ready_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    code = "import signal; print('waiting for the broker', flush=True); signal.pause()"
    supervisor.start(python("customer", code))
    supervisor.start(python("sales", code, health_url="http://127.0.0.1:9/readyz"))

    with pytest.raises(LocalStackError) as told:
        supervisor.wait_ready(1.0)

    assert "sales is not ready" in str(told.value)
    assert "waiting for the broker" in str(told.value)
    assert "customer" not in str(told.value)


def test_a_child_outlives_the_thread_that_started_it(supervisor: Supervisor) -> None:
    starter = threading.Thread(target=lambda: supervisor.start(python("sales", "import signal; signal.pause()")))
    starter.start()
    starter.join()
    before = supervisor.pid("sales")

    steadily(lambda: supervisor.pid("sales") == before, during=0.5)


STACK = f"""
import json, sys
from pathlib import Path
from deploy.local.infrastructure import Infrastructure
from deploy.local.supervisor import Program, Supervisor
run = Path(sys.argv[1])
servers = Infrastructure(run)
servers.start()
supervisor = Supervisor(run, directory=run)
supervisor.start(Program(name="stubborn", argv=[sys.executable, "-I", "-c", {STUBBORN!r}], env={{}}))
print(json.dumps([servers.postgres.pid, servers.rabbitmq.pid, supervisor.pid("stubborn")]), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("guardian_too", [False, True], ids=["alone", "with its guardian"])
def test_nothing_stays_behind_when_the_supervisor_is_killed(guardian_too: bool) -> None:
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")} | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, "-c", STACK, str(folder)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None and parent.stdin is not None
    try:
        pids = json.loads(parent.stdout.readline())
        below = [seen for pid in children(parent.pid) if (seen := process(pid))]
        assert {*pids} <= {one.pid for one in below}
        if guardian_too:
            os.kill(guardian_of(parent.pid), signal.SIGKILL)

        parent.kill()
        parent.wait()

        eventually(lambda: living(below) == [], within=15, what="nothing of it runs")
        assert Postgres(folder).pid is None
        assert RabbitMQ(folder).pid is None
    finally:
        parent.kill()
        parent.wait()
        parent.stdin.close()
        parent.stdout.close()
        Postgres(folder).reset()
        RabbitMQ(folder).reset()
        shutil.rmtree(folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Everything below a process, with what its servers started."""
    from deploy.local.processes import descendants

    return [one.pid for one in descendants(pid)]


def guardian_of(pid: int) -> int:
    commands = {child: Path(f"/proc/{child}/cmdline").read_text() for child in children(pid)}
    return next(child for child, command in commands.items() if "guardian.sh" in command)


def living(processes: list[Process]) -> list[int]:
    return [one.pid for one in processes if one.is_alive()]

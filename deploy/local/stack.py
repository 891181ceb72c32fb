"""The whole system on one machine: database, broker, services, gateway and relay."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

from deploy.local import environment, processes
from deploy.local.environment import ALL, GATEWAY, OWNERS, PREPARE, RELAY, Ports
from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure, Progress, silent
from deploy.local.postgres import Postgres
from deploy.local.processes import Launch
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.run_dir import RunDir, last_lines
from deploy.local.supervisor import Program, Supervisor

PROJECT = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = 180.0
READY_SECONDS = 90.0

Processes = Literal["each", "one"]


class Stack:
    """One running system. `start` returns when it answers; `stop` leaves nothing running.

    A stack that was not started here describes one that another process runs on the same directory.
    `postgres` and `rabbitmq` are None when the environment names servers to use instead.
    """

    def __init__(
        self, run_dir: Path, *, processes: Processes = "each", test_mode: bool = False, progress: Progress = silent
    ) -> None:
        self.run_dir = RunDir(run_dir)
        self.infrastructure = Infrastructure(run_dir, progress=progress)
        self.supervisor = Supervisor(run_dir, directory=PROJECT)
        self._processes = processes
        self._test_mode = test_mode
        self._progress = progress
        self._ports: Ports | None = None
        self._lock: IO[str] | None = None

    # --- what others need to know ---

    @property
    def postgres(self) -> Postgres | None:
        """The private database."""
        return self.infrastructure.postgres

    @property
    def rabbitmq(self) -> RabbitMQ | None:
        """The private broker."""
        return self.infrastructure.rabbitmq

    @property
    def base_url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self._known_ports().http}"

    def env_for(self, name: str) -> dict[str, str]:
        """The environment of one program: a service, `gateway`, `all`, `relay`, or `prepare` for admin commands."""
        return environment.env_for(
            name,
            run_dir=self.run_dir,
            servers=self.infrastructure,
            ports=self._known_ports(),
            test_mode=self._test_mode,
        )

    def program(self, name: str) -> Program:
        """How a program of this stack is run, for `supervisor.start`."""
        words = [RELAY] if name == RELAY else ["run", name]
        health = self._known_ports().health[GATEWAY if name == ALL else name]
        return Program(
            name=name,
            argv=[sys.executable, "-m", "chassis.cli", *words],
            env=self.env_for(name),
            health_url=f"http://127.0.0.1:{health}/readyz",
        )

    # --- life ---

    def start(self) -> None:
        """Start everything; when something fails, stop what was started."""
        self._lock = self.run_dir.lock()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Programs first, so that they can still write and acknowledge; then the servers."""
        self.supervisor.stop()
        self.infrastructure.stop()
        if self._lock is not None:
            self.run_dir.forget_environment()
            self._lock.close()
            self._lock = None

    def run_once(self, name: str, words: Sequence[str], *, env: Mapping[str, str]) -> None:
        """Run a command of the system (`python -m …`) to its end; what it says goes to the log called `name`."""
        log = self.run_dir.log(name)
        argv = [sys.executable, "-m", *words]
        child = processes.spawn(Launch(argv=argv, env=env, log=log, directory=PROJECT))
        ended = processes.wait_until(lambda: child.poll() is not None, seconds=COMMAND_SECONDS)
        if not ended:
            child.kill()
        if not ended or child.returncode != 0:
            raise LocalStackError(f"`{' '.join(words)}` failed; the end of {log}:\n{last_lines(log)}")

    # --- inside ---

    def _known_ports(self) -> Ports:
        return self._ports or environment.known_ports(self.run_dir)

    def _start(self) -> None:
        environment.hold_http_port(self.run_dir)  # first: the servers are not to take it, nor to start for nothing
        self.infrastructure.start()
        self.infrastructure.keep_running()
        self._ports = environment.choose_ports(self.run_dir)
        began = time.monotonic()
        # one process for databases, roles, migrations, broker users and topology: five would take seconds longer
        self.run_once(PREPARE, ["chassis.cli", PREPARE], env=self.env_for(PREPARE))
        self._progress(f"databases and queues are prepared ({time.monotonic() - began:.1f} s)")
        began = time.monotonic()
        names = [ALL, RELAY] if self._processes == "one" else [*OWNERS, RELAY]
        for name in names:
            self.supervisor.start(self.program(name))
        self.supervisor.wait_ready(READY_SECONDS)
        self.run_dir.tell_environment(self.env_for(PREPARE) | self.env_for(ALL) | self.env_for(RELAY))
        self._progress(f"{', '.join(names)} are ready ({time.monotonic() - began:.1f} s)")

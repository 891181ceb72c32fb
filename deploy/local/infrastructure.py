"""The database and the broker of a stack: given by the environment, or private ones."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ

LOOK_SECONDS = 0.2
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0

Progress = Callable[[str], None]


def silent(line: str) -> None:
    """Progress nobody wants to see."""


class Infrastructure:
    """`CRM_DATABASE_URL`, and `CRM_AMQP_URI` with `CRM_MANAGEMENT_URL`, name servers to use instead of our own."""

    def __init__(self, run_dir: Path, *, progress: Progress = silent) -> None:
        self._progress = progress
        self._given_database = os.environ.get("CRM_DATABASE_URL")
        self._given_amqp = os.environ.get("CRM_AMQP_URI")
        self._given_management = os.environ.get("CRM_MANAGEMENT_URL")
        if bool(self._given_amqp) != bool(self._given_management):
            raise LocalStackError("CRM_AMQP_URI and CRM_MANAGEMENT_URL belong together: set both or neither")
        self._starting: list[Future[None]] = []
        self.postgres = None if self._given_database else Postgres(run_dir)
        self.rabbitmq = None if self._given_amqp else RabbitMQ(run_dir)
        self._keepers: list[threading.Thread] = []
        self._stopping = threading.Event()

    @property
    def database_url(self) -> str:
        return self.postgres.admin_url if self.postgres else str(self._given_database)

    @property
    def amqp_uri(self) -> str:
        return self.rabbitmq.admin_uri if self.rabbitmq else str(self._given_amqp)

    @property
    def management_url(self) -> str:
        return self.rabbitmq.management_url if self.rabbitmq else str(self._given_management)

    def start(self) -> None:
        """Start both at the same time; the slower one decides how long it takes."""
        pool = ThreadPoolExecutor(max_workers=2)
        if self.postgres:
            self._starting.append(pool.submit(self._timed, "PostgreSQL", self.postgres.start))
        if self.rabbitmq:
            self._starting.append(pool.submit(self._timed, "RabbitMQ", self.rabbitmq.start))
        pool.shutdown(wait=False)
        wait(self._starting)
        while self._starting:
            self._starting.pop().result()

    def keep_running(self) -> None:
        """From now on a server of ours that dies is started again, until `stop`. One that was stopped stays so."""
        if self._keepers:
            return
        self._stopping.clear()
        for name, server in (("PostgreSQL", self.postgres), ("RabbitMQ", self.rabbitmq)):
            if server:
                self._keepers.append(threading.Thread(target=self._keep, args=(name, server), name=name, daemon=True))
                self._keepers[-1].start()

    def stop(self) -> None:
        """Stop both, also when `start` was interrupted."""
        wait(self._starting)
        self._starting.clear()
        self._stopping.set()
        while self._keepers:
            self._keepers.pop().join()
        if self.rabbitmq:
            self.rabbitmq.stop()
        if self.postgres:
            self.postgres.stop()

    def reset(self) -> None:
        """Forget what our own servers hold. Given servers are not ours to empty."""
        if self.rabbitmq:
            self.rabbitmq.reset()
        if self.postgres:
            self.postgres.reset()

    def _keep(self, name: str, server: Postgres | RabbitMQ) -> None:
        """Look after one server. Whatever hinders a start, the next try comes: nobody else would make one."""
        pause = FIRST_PAUSE
        while not self._stopping.wait(LOOK_SECONDS):
            if not server.has_died():
                pause = FIRST_PAUSE
                continue
            self._progress(f"{name} died, it is started again")
            try:
                self._timed(name, server.revive)
            except Exception as problem:  # noqa: BLE001  # a full disk, a taken port, a program that is gone
                self._progress(f"{name} does not start, again in {pause:.1f} s: {problem}")
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _timed(self, name: str, start: Callable[[], None]) -> None:
        began = time.monotonic()
        start()
        self._progress(f"{name} is up ({time.monotonic() - began:.1f} s)")

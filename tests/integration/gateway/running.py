"""A gateway running as in production, in a process of its own, and people who use it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from chassis.process import clock
from contracts.gateway.operations import CreateDealer, CreateStore
from deploy.local import processes
from deploy.local.processes import Launch
from gateway import organisation, sessions
from gateway.passwords import make_hash
from tests.support.databases import Databases
from tests.support.polling import eventually
from tests.support.randoms import code
from tests.support.source import ROOT

BASE = "/api/v1"
PASSWORD = "a password of one's own"
HASH = make_hash(PASSWORD)
CONNECTIONS = 260
"""The gateway's cap here."""

_addresses = count(1)


@dataclass(frozen=True)
class Answer:
    """An answer: `body` decoded if it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        """A problem's code."""
        found: str = self.body["code"]
        return found


class Process:
    """One of our programs; it ends with whoever started it, however that ends."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path, module: str = "chassis.cli") -> None:
        self.log = log
        argv = [sys.executable, "-W", "ignore", "-m", module, *command]
        env = {"PATH": os.environ["PATH"], **environment}
        self._process = processes.spawn(Launch(argv=argv, env=env, log=log, directory=ROOT))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def ended(self, *, within: float = 35.0) -> int:
        """Wait for its end; returns its exit code."""
        return self._process.wait(within)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it."""
        if self.is_alive():
            self._process.terminate()
            self._process.wait(35)

    def memory(self) -> int:
        """Bytes of it in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Gateway:
    """Where it listens, its database, and its process."""

    port: int
    databases: Databases
    process: Process

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        address: str | None = None,
        raw: bytes | None = None,
        **headers: Any,
    ) -> Answer:
        """One request. `address` is where it seems to come from; header names have `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None or raw is not None:
            sent.setdefault("Content-Type", "application/json")
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if address is not None:
            sent["X-Forwarded-For"] = f"10.9.9.9, {address}"
        payload = raw if raw is not None else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path if path.startswith(("/api", "//")) else BASE + path, payload, sent)
            return answer_of(connection.getresponse())
        finally:
            connection.close()

    def page(self, path: str, method: str = "GET") -> Answer:
        """A page beside the API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            return answer_of(connection.getresponse())
        finally:
            connection.close()

    def log_in(self, account: str, password: str, *, address: str | None = None) -> Answer:
        """Try to begin a session, from an address of its own unless one is given."""
        return self.ask(
            "POST", "/sessions", {"account": account, "password": password}, address=address or an_address()
        )

    def person(self, *roles: str, stores: tuple[str, ...] = ()) -> Person:
        """Somebody new with an account, a password of his own and a session."""
        staff_code, now = code("P"), clock.now()

        def employ(session: Any) -> str:
            for store in stores:
                open_store(session, store)
            organisation.employ(
                session,
                code=staff_code,
                name=f"员工{staff_code}",
                roles=list(roles),
                stores=list(stores),
                password_hash=HASH,
                initial_until=None,
                now=now,
            )
            return sessions.begin(session, staff_code=staff_code, address="", now=now)[0]

        return Person(self, staff_code, self.databases("gateway").run(employ))

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement in the gateway's database as the administrator."""
        with self.databases.admin("gateway") as admin:
            cursor = admin.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def connect(self) -> socket.socket:
        """A plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=25)

    def logged(self, request_id: str) -> list[dict[str, Any]]:
        """What its log says about a request, once it does."""

        def lines() -> list[dict[str, Any]]:
            found = (line for line in self.process.log.read_text("utf-8").splitlines() if request_id in line)
            return [json.loads(line) for line in found]

        return eventually(lines, what=f"a line about {request_id}")


@dataclass(frozen=True)
class Person:
    """A member of staff with a session."""

    gateway: Gateway
    code: str
    token: str

    def get(self, path: str, **headers: Any) -> Answer:
        """Read."""
        return self.gateway.ask("GET", path, token=self.token, **headers)

    def post(self, path: str, body: object = None, **headers: Any) -> Answer:
        """Write."""
        return self.gateway.ask("POST", path, {} if body is None else body, token=self.token, **headers)

    def put(self, path: str, body: object, **headers: Any) -> Answer:
        """Put in its place."""
        return self.gateway.ask("PUT", path, body, token=self.token, **headers)

    def delete(self, path: str, **headers: Any) -> Answer:
        """Take away."""
        return self.gateway.ask("DELETE", path, token=self.token, **headers)

    def patch(self, path: str, body: object, **headers: Any) -> Answer:
        """Change."""
        return self.gateway.ask("PATCH", path, body, token=self.token, **headers)


def an_address() -> str:
    """An address that no other test comes from."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def open_store(session: Any, store: str) -> None:
    """A store that need not be there yet."""
    from gateway.models import Dealer, Store

    if session.get(Store, store) is None:
        if session.get(Dealer, "TESTS") is None:
            session.add(Dealer.found(CreateDealer("TESTS", "试"), now=clock.now()))
            session.flush()
        session.add(Store.open(CreateStore(store, f"{store}店", "TESTS"), now=clock.now()))
        session.flush()


def answer_of(response: http.client.HTTPResponse) -> Answer:
    """Read an answer to its end."""
    body = response.read()
    kind = response.headers.get("Content-Type", "")
    return Answer(response.status, dict(response.headers), json.loads(body) if "json" in kind and body else body)

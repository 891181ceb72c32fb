"""The load of the fault tests: cars delivered and repair orders closed at a steady rate, by clients that never give up.

Everything up to the closing step is prepared beforehand; the closing step is sent with an idempotency key
and again after every timeout, lost connection or 5xx, until it is answered with 2xx.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from chassis.process import clock
from contracts.vin import with_check_digit
from simulator.client import ApiProblem, Client
from tests.support import randoms

STORE = "HN"
PATIENCE = 60.0
"""Seconds a client goes on asking for one closing."""


@dataclass(frozen=True)
class Closing:
    """One business fact waiting to happen: the request that makes it, and the document it is about."""

    role: str
    path: str
    body: dict[str, Any]
    document: str
    key: str


@dataclass
class Desk:
    """A logged-in client per role, one set per thread."""

    accounts: dict[str, tuple[str, str]]
    base_url: str
    _local: threading.local = field(default_factory=threading.local)
    _clients: list[Client] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _log_in: threading.Lock = field(default_factory=threading.Lock)

    def client(self, role: str) -> Client:
        """This thread's session for a role."""
        sessions = self._local.__dict__.setdefault("sessions", {})
        if role not in sessions:
            sessions[role] = Client(self.base_url, token=self._token(role), store=STORE)
            self._clients.append(sessions[role])
        client: Client = sessions[role]
        return client

    def _token(self, role: str) -> str:
        with self._log_in:
            if role not in self._tokens:
                client = Client.log_in(self.base_url, *self.accounts[role])
                self._clients.append(client)
                self._tokens[role] = str(client.token)
            return self._tokens[role]

    def close(self) -> None:
        """Close every connection of every thread, and forget them: whoever goes on has others, which are closed too."""
        clients, self._clients, self._local = self._clients, [], threading.local()
        for client in clients:
            client.close()


_vins = itertools.count(secrets.randbelow(500_000))


def prepare(desk: Desk, *, count: int) -> list[Closing]:
    """`count` closings, repair orders and deliveries in turns, each for a customer of its own."""
    with ThreadPoolExecutor(6) as pool:
        closings = list(pool.map(lambda n: _delivery(desk) if n % 2 else _repair(desk), range(count)))
    desk.close()
    return closings


def _customer(desk: Desk) -> tuple[str, str]:
    vin = with_check_digit(f"LSGSJ52U02Y{next(_vins) % 10**6:06d}")
    body = {
        "name": "测试" + secrets.token_hex(3),
        "mobile": randoms.mobile(),
        "store_id": STORE,
        "vehicle": {"vin": vin, "model": "GL8"},
    }
    answer = desk.client("receptionist").post("/customers", body)
    return answer["customer_id"], answer["vehicle_id"]


def _delivery(desk: Desk) -> Closing:
    customer, _ = _customer(desk)
    vin = with_check_digit(f"LSGDC82C02S{next(_vins) % 10**6:06d}")
    desk.client("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": STORE})
    order = desk.client("consultant").post(
        "/orders", {"customer_id": customer, "store_id": STORE, "model": "GL8", "total_fen": 100}
    )["order_id"]
    promised = (clock.now() + timedelta(days=3)).date().isoformat()
    desk.client("consultant").post(
        f"/orders/{order}/sign", {"contract_no": "C1", "signer": "测试", "promised_date": promised}
    )
    desk.client("finance").post(f"/orders/{order}/payments", {"amount_fen": 100, "external_ref": secrets.token_hex(8)})
    desk.client("consultant").post(f"/orders/{order}/allocate", {"vin": vin})
    return Closing("consultant", f"/orders/{order}/deliver", {"km": 9}, order, secrets.token_hex(8))


def _repair(desk: Desk) -> Closing:
    customer, vehicle = _customer(desk)
    ro = desk.client("advisor").post(
        "/repair-orders",
        {
            "vehicle_id": vehicle,
            "customer_id": customer,
            "store_id": STORE,
            "km": 1000,
            "complaint": "保养",
            "lines": [{"description": "保养", "amount_fen": 10_000}],
        },
    )["ro_id"]
    path = f"/repair-orders/{ro}"
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    desk.client("advisor").post(f"{path}/authorize", {"promised_at": promised, "consent_by": "测试"})
    technician = desk.client("technician").get("/me")["staff_id"]
    desk.client("advisor").post(f"{path}/dispatch", {"technician_id": technician})
    desk.client("technician").post(f"{path}/start")
    desk.client("technician").post(f"{path}/finish")
    desk.client("inspector").post(f"{path}/inspect", {"verdict": "passed"})
    desk.client("finance").post(f"{path}/settle")
    desk.client("finance").post(f"{path}/payments", {"amount_fen": 10_000, "external_ref": secrets.token_hex(8)})
    return Closing("advisor", f"{path}/return", {"km_out": 1003}, ro, secrets.token_hex(8))


def close(desk: Desk, closing: Closing) -> int:
    """Send a closing until it is answered with 2xx; returns how often it was sent. Raises TimeoutError."""
    until, sent, last = time.monotonic() + PATIENCE, 0, ""
    while time.monotonic() < until:
        sent += 1
        try:
            desk.client(closing.role).post(closing.path, closing.body, key=closing.key)
        except ApiProblem as problem:
            if problem.status < 500 and problem.code != "REQUEST_IN_PROGRESS":
                raise
            last = str(problem)
        except OSError as error:
            last = repr(error)
        except Exception as error:  # http.client's own errors: the connection broke in mid-answer
            if type(error).__module__ != "http.client":
                raise
            last = repr(error)
        else:
            return sent
        threading.Event().wait(0.1)
    raise TimeoutError(f"{closing.path}: not answered with 2xx in {PATIENCE:.0f} s, last: {last}")


class Load:
    """Closings at a steady rate in the background: `with Load(…): strike()`; after the block everything is closed."""

    def __init__(self, desk: Desk, closings: list[Closing], *, rate: float) -> None:
        self._desk, self._closings, self._rate = desk, closings, rate
        self._pool = ThreadPoolExecutor(24)
        self.sent = 0

    def __enter__(self) -> Self:
        self._begun = threading.Event()
        self._feeder = threading.Thread(target=self._feed)
        self._feeder.start()
        self._begun.wait()
        return self

    def _feed(self) -> None:
        self._futures = []
        started = time.monotonic()
        for number, closing in enumerate(self._closings):
            due = started + number / self._rate
            threading.Event().wait(max(0.0, due - time.monotonic()))
            self._futures.append(self._pool.submit(close, self._desk, closing))
            if number >= len(self._closings) // 4:
                self._begun.set()
        self._begun.set()

    def __exit__(self, *_: object) -> None:
        self._feeder.join()
        self.sent = sum(future.result() for future in self._futures)
        self._pool.shutdown()
        self._desk.close()

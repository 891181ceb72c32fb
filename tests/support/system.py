"""The whole system as the end-to-end and fault tests see it: its public API, its databases, and the means to hurt it.

Every broker connection goes through our own TCP proxy, so that links can be made half dead.
Started once per session, with short retry tiers and a short heartbeat.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chassis.bus import dead
from chassis.bus.management import Management, vhost_of
from chassis.bus.topology import HEARS
from chassis.process import clock
from deploy.local.environment import HTTP
from deploy.local.rabbitmq import MEMORY
from deploy.local.stack import Stack
from simulator.client import Client
from tests.support import randoms
from tests.support.business import Desk
from tests.support.layers import MEASURED
from tests.support.ledger import Databases
from tests.support.polling import eventually
from tests.support.processes import children, health
from tests.support.short_steps import take_short_steps
from tests.support.through_proxy import ThroughProxy

STORES = (("HN", "华南店"), ("FT", "福田店"), ("BA", "宝安店"))
ADMIN, PASSWORD = "admin", "a-test-systems-admin"
HEARTBEAT = 4
"""Seconds; ten in production."""
RECORDED = """
    SELECT event_type || '.v' || version, event_id FROM outbox
     WHERE NOT (published_at IS NOT NULL AND parked_at IS NOT NULL)
"""
TIERS = "0.2,0.5,1"
"""Seconds; a second to an hour in production."""


@dataclass(frozen=True)
class Car:
    """A delivered car."""

    customer_id: str
    vehicle_id: str
    mobile: str
    vin: str
    order: dict[str, Any]


class System:
    """A running system. Roles are people of store HN unless another store is named."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self._crashes = run_dir / "crashes"
        self._crashes.mkdir(parents=True)
        self.partner_password = secrets.token_hex(8)
        self.stack = Stack(run_dir, test_mode=True)
        self.servers = self.stack.infrastructure = ThroughProxy(run_dir)
        self.stack.run_dir.port(HTTP)  # any but the usual one, which is a person's
        self._people: dict[tuple[str, str], tuple[str, str]] = {}
        self._sessions: dict[tuple[str, str], Client] = {}

    def start(self) -> None:
        """Start everything and open three stores."""
        os.environ.update(
            CRM_RETRY_DELAYS=TIERS,
            CRM_HEARTBEAT_SECONDS=str(HEARTBEAT),
            CRM_CRASH_DIR=str(self._crashes),
            CRM_PARTNER_PASSWORD=self.partner_password,
        )
        self.stack.start()
        self.databases = Databases(self.servers.database_url)
        with self.databases.connection("sales") as sales:
            take_short_steps(sales)
        environment = {**self.stack.env_for("gateway"), "CRM_BOOTSTRAP_PASSWORD": PASSWORD}
        command = [sys.executable, "-m", "gateway.bootstrap", "--account", ADMIN, "--keep"]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        self.boss = Client.log_in(self.base_url, ADMIN, PASSWORD)
        self.boss.post("/dealers", {"code": "HT", "name": "红彤"})
        for code, name in STORES:
            self.boss.post("/stores", {"code": code, "name": name, "dealer_code": "HT"})
        roles = ("receptionist", "consultant", "sales_manager", "finance", "advisor", "technician", "inspector")
        self.desk = Desk({role: self.account(role) for role in roles}, self.base_url)

    def stop(self) -> None:
        """End everything at once: how programs stop in peace is tested while others run."""
        for client in (self.boss, *self._sessions.values()):
            client.close()
        self.desk.close()
        self.databases.close()
        for name in self.stack.supervisor.names():
            self.stack.supervisor.halt(name, seconds=0)
        for server in (self.stack.rabbitmq, self.stack.postgres):
            if server is not None:
                server.kill()
        self.stack.stop()
        self.servers.reset()

    # -- using it ----------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        """Where the gateway listens."""
        return self.stack.base_url

    @property
    def admin_amqp_uri(self) -> str:
        """The broker as its administrator sees it, past the proxy."""
        assert self.stack.rabbitmq is not None
        return self.stack.rabbitmq.admin_uri

    def account(self, role: str, *, store: str = "HN") -> tuple[str, str]:
        """Account and password of somebody with this role in this store; hired when first asked for."""
        known = self._people.get((role, store))
        if known is None:
            stores = [code_ for code_, _ in STORES] if role == "leader" else [store]
            known = self._people[role, store] = self._employ(f"{role}-{store}", (role,), stores=stores)
        return known

    def as_(self, role: str, *, store: str = "HN") -> Client:
        """A session of somebody with this role in this store."""
        if (role, store) not in self._sessions:
            account, password = self.account(role, store=store)
            self._sessions[role, store] = Client.log_in(self.base_url, account, password, store=store)
        return self._sessions[role, store]

    def employ(self, role: str, *, code: str, name: str, stores: tuple[str, ...]) -> None:
        """Hire somebody by name; it is he who has this role in the first of his stores from now on."""
        self._people[role, stores[0]] = self._employ(code, (role,), stores=list(stores), name=name)
        if before := self._sessions.pop((role, stores[0]), None):
            before.close()

    def _employ(self, code: str, roles: tuple[str, ...], *, stores: list[str], name: str = "") -> tuple[str, str]:
        """Account and password of somebody new, who has chosen a password of his own; without a name his code is it."""
        initial, chosen = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        person = {"code": code, "name": name or code, "roles": list(roles), "stores": stores}
        person["initial_password"] = initial
        self.boss.post("/staff", person)
        first = Client.log_in(self.base_url, code, initial)
        first.post("/me/password", {"old_password": initial, "new_password": chosen})
        first.close()
        return code, chosen

    def hired(self, *roles: str, store: str = "HN") -> Client:
        """A session of somebody new with these roles, who is nobody else's in the other tests."""
        account, password = self._employ(f"T{secrets.token_hex(4)}", roles, stores=[store])
        client = self._sessions[account, store] = Client.log_in(self.base_url, account, password, store=store)
        return client

    @contextmanager
    def living_at(self, moment: datetime) -> Iterator[None]:
        """The time of business is this moment, until the end of the block."""
        self.boss.post("/admin/clock", {"now": moment.isoformat()})
        try:
            yield
        finally:
            self.boss.post("/admin/clock", {"now": None})

    def staff_id(self, role: str, *, store: str = "HN") -> str:
        """The staff code of that person."""
        return self.account(role, store=store)[0]

    def deliver_a_car(self, *, name: str = "陈晓明", key: str | None = None, at: datetime | None = None) -> Car:
        """A customer buys a car in store HN, from registration to keys; `at` is what the test's clock shows."""
        number = secrets.randbelow(10**8)
        mobile, vin = f"138{number:08d}", randoms.vin()
        customer = self.as_("receptionist").post("/customers", {"name": name, "mobile": mobile, "store_id": "HN"})
        stock = self.as_("sales_manager").post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "HN"})
        order = {"customer_id": customer["customer_id"], "store_id": "HN", "model": "GL8", "total_fen": 100}
        consultant = self.as_("consultant")
        path = f"/orders/{consultant.post('/orders', order)['order_id']}"
        promised = ((at or clock.now()) + timedelta(days=3)).date().isoformat()
        consultant.post(f"{path}/sign", {"contract_no": "C", "signer": name, "promised_date": promised})
        self.as_("finance").post(f"{path}/payments", {"amount_fen": 100, "external_ref": secrets.token_hex(8)})
        consultant.post(f"{path}/allocate", {"vin": vin})
        delivered = consultant.post(f"{path}/deliver", {"km": 12}, key=key)
        return Car(customer["customer_id"], stock["vehicle_id"], mobile, vin, delivered)

    def close_a_repair_order(self, *, customer_id: str, vehicle_id: str, fen: int) -> dict[str, Any]:
        """A repair order from reception to return, in store HN."""
        advisor = self.as_("advisor")
        opened = advisor.post(
            "/repair-orders",
            {
                "vehicle_id": vehicle_id,
                "customer_id": customer_id,
                "store_id": "HN",
                "km": 5000,
                "complaint": "首保",
                "lines": [{"description": "保养", "amount_fen": fen, "hours": "1.5"}],
            },
        )
        path = f"/repair-orders/{opened['ro_id']}"
        promised = (clock.now() + timedelta(hours=2)).isoformat()
        advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
        advisor.post(f"{path}/dispatch", {"technician_id": self.staff_id("technician")})
        work = (("technician", "start"), ("technician", "finish"), ("inspector", "inspect"), ("finance", "settle"))
        for role, step in work:
            self.as_(role).post(f"{path}/{step}")
        self.as_("finance").post(f"{path}/payments", {"amount_fen": fen, "external_ref": secrets.token_hex(8)})
        returned: dict[str, Any] = advisor.post(f"{path}/return", {"km_out": 5003})
        return returned

    def view_with(self, customer_id: str, event: str) -> dict[str, Any] | None:
        """The customer view, once its timeline tells of this kind of event."""
        view: dict[str, Any] = self.as_("advisor").get(f"/customers/{customer_id}/360")
        return view if any(entry["type"] == event for entry in view["timeline"]) else None

    def visits(self, customer_id: str, *, count: int) -> list[dict[str, Any]] | None:
        """The customer's visits, once there are so many."""
        found: list[dict[str, Any]] = self.as_("cr_agent").get("/visits", customer_id=customer_id)["items"]
        return found if len(found) >= count else None

    def visit(self, customer_id: str, purpose: str) -> dict[str, Any] | None:
        """The customer's visit with this purpose, once it is planned."""
        found = self.as_("cr_agent").get("/visits", customer_id=customer_id)["items"]
        return next((visit for visit in found if visit["purpose"] == purpose), None)

    # -- looking inside ----------------------------------------------------------------------

    def rows(self, service: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows out of a service's database."""
        return self.databases.rows(service, query, *values)

    def caught_up(self) -> bool:
        """Everything recorded, but what an operator dropped, was handled by everybody who hears it.

        Asked of the logs and inboxes, event by event: the broker's count of a queue is up to ten seconds old.
        """
        recorded = {
            (topic, event_id)
            for producer in sorted({event.declaration.producer for heard in HEARS.values() for event in heard})
            for topic, event_id in self.rows(producer, RECORDED)
        }
        for consumer, heard in HEARS.items():
            topics = {event.declaration.topic for event in heard}
            wanted = {one for one in recorded if one[0] in topics}
            if wanted and not wanted <= set(self.rows(consumer, "SELECT handler, event_id FROM inbox")):
                return False
        return True

    def management(self) -> Management:
        """The broker's management API."""
        return Management(self.servers.management_url, vhost=vhost_of(self.servers.amqp_uri))

    def bound(self, exchange: str, key: str, queue_prefix: str) -> bool:
        """Whether a queue with this prefix is bound there."""
        management = self.management()
        bindings = management.call("GET", f"/exchanges/{management.vhost}/{exchange}/bindings/source")
        return any(item["routing_key"] == key and item["destination"].startswith(queue_prefix) for item in bindings)

    def dead_messages(self) -> dict[str, list[dead.DeadMessage]]:
        """Dead messages by consumer; consumers without any are left out."""
        found = {consumer: dead.look(self.admin_amqp_uri, consumer) for consumer, heard in HEARS.items() if heard}
        return {consumer: messages for consumer, messages in found.items() if messages}

    def crm(self, *words: str, where: str = "prepare") -> str:
        """Run a command where the administrator does, or beside a program; returns what it printed."""
        command = [sys.executable, "-m", "chassis.cli", *words]
        ran = subprocess.run(command, env=self.stack.env_for(where), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran.stdout

    def note(self, line: str) -> None:
        """Tell a measured value at the end of the run, whoever's worker it was measured in."""
        print(f"{MEASURED}{line}")  # noqa: T201  # the report of a test carries what it printed

    # -- hurting it --------------------------------------------------------------------------

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill a process; the supervisor starts it again."""
        os.kill(self._pid(program), number)

    def die_at(self, point: str, *programs: str) -> None:
        """Let processes die at a point of their work, and wait until each has."""
        for program in programs:
            (self._crashes / f"{program}.{point}").touch()
        eventually(lambda: not any(self._crashes.iterdir()), within=20, what=f"{programs} to die at {point}")

    def kill_servers(self, *names: str) -> None:
        """`kill -9` of `broker` and `database`; whoever looks after the stack brings them back."""
        before = {name: self._pids(name)[0] for name in names}
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: all(self._pids(name)[:1] not in ([], [pid]) for name, pid in before.items()),
            within=15,
            what=f"{', '.join(names)} to be started again",
        )

    def restart_broker(self) -> None:
        """`kill -9` of the broker, and start it again."""
        assert self.stack.rabbitmq is not None
        self.stack.rabbitmq.kill()
        self.stack.rabbitmq.start()

    @contextmanager
    def broker_away(self) -> Iterator[None]:
        """The broker is gone meanwhile."""
        assert self.stack.rabbitmq is not None
        self.stack.rabbitmq.stop()
        try:
            yield
        finally:
            self.stack.rabbitmq.start()

    @contextmanager
    def broker_alarmed(self) -> Iterator[None]:
        """The broker's memory is used up, it says, and it reads nothing of who publishes."""
        rabbitmq = self.stack.rabbitmq
        assert rabbitmq is not None
        rabbitmq.control("set_vm_memory_high_watermark", "absolute", "1000")
        try:
            yield
        finally:
            rabbitmq.control("set_vm_memory_high_watermark", "absolute", MEMORY)

    def close_connections(self) -> None:
        """The broker closes every connection."""
        rabbitmq = self.stack.rabbitmq
        assert rabbitmq is not None
        # its list of connections may be some seconds behind
        closed = eventually(rabbitmq.close_all_connections, within=20, what="connections to close")
        assert closed > 0

    def freeze_links(self) -> None:
        """Every broker connection stays open and falls silent; all must be given up and replaced in time."""
        assert self.servers.proxy is not None
        assert self.servers.proxy.freeze() > 0
        eventually(
            lambda: self.servers.proxy is not None and self.servers.proxy.frozen == 0,
            within=2 * HEARTBEAT + 5,
            what="all half-dead links given up",
        )

    def restart_database(self) -> None:
        """The database stops without ceremony and starts again."""
        assert self.stack.postgres is not None
        self.stack.postgres.restart(immediate=True)

    @contextmanager
    def frozen(self, *programs: str, by: signal.Signals = signal.SIGSTOP) -> Iterator[None]:
        """The processes stand still meanwhile: services, `gateway`, `relay`, and the servers by their names."""
        pids = [pid for program in programs for pid in self._pids(program)]
        try:
            for pid in pids:
                os.kill(pid, by)
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def stop_gracefully(self, program: str, *, with_signal: signal.Signals) -> float:
        """Ask a process to end; returns how many seconds it took. The supervisor starts another."""
        pid, started = self._pid(program), time.monotonic()
        os.kill(pid, with_signal)
        eventually(lambda: self.stack.supervisor.pid(program) != pid, within=35, what=f"{program} to end")
        return time.monotonic() - started

    def ready_again(self, *, within: float) -> float:
        """Wait until every process is ready; returns the seconds it took."""
        started = time.monotonic()
        eventually(self._everybody_ready, within=within, what="every process ready")
        return time.monotonic() - started

    def _everybody_ready(self) -> bool:
        unready = {name: problems for name in self.programs() if (problems := self.problems(name))}
        assert not unready, unready
        return True

    def programs(self) -> list[str]:
        """The processes whose health can be asked."""
        return [name for name in self.stack.supervisor.names() if self.stack.program(name).health_url]

    def problems(self, program: str) -> list[str]:
        """Why a process says that it is not ready; empty when it is."""
        try:
            health(self.stack.program(program).health_url or "")
        except urllib.error.HTTPError as refused:
            told: list[str] = json.loads(refused.read() or b"{}").get("problems") or [str(refused)]
            return told
        except OSError as error:
            return [f"no answer: {error}"]
        return []

    def metric(self, program: str, name: str, **labels: str) -> float:
        """A gauge or counter of a process: the sum over everything that has these labels."""
        url = (self.stack.program(program).health_url or "").replace("/readyz", "/metrics")
        families = text_string_to_metric_families(health(url).decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def _pids(self, program: str) -> list[int]:
        server = {"broker": self.stack.rabbitmq, "database": self.stack.postgres}.get(program)
        if server is None:
            return [self._pid(program)]
        return [server.pid, *children(server.pid)] if server.pid else []

    def _pid(self, program: str) -> int:
        pid = eventually(lambda: self.stack.supervisor.pid(program), within=10, what=f"{program} to run")
        assert isinstance(pid, int)
        return pid


@contextmanager
def running(run_dir: Path) -> Iterator[System]:
    """A system of its own, gone afterwards with all it set; one that did not start leaves nothing either."""
    made = System(run_dir)
    before = dict(os.environ)
    try:
        try:
            made.start()
        except BaseException:
            made.stack.stop()
            made.servers.reset()
            raise
        try:
            yield made
        finally:
            made.stop()
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, started once per session."""
    with running(tmp_path_factory.mktemp("system")) as made:
        yield made

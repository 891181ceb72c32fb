"""Something behind the gateway is broken, away or silent."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from chassis.bus.rpc import AT_ONCE_PER_SERVICE
from tests.integration.gateway.running import Gateway, Person, Process
from tests.support.databases import Databases
from tests.support.polling import eventually
from tests.support.refusing import FULL
from tests.support.tcp_proxy import TcpProxy

LOOKUP = "/customers/lookup?q=13800000000"
ANSWERED_WITHIN = 10.0
"""Seconds: the deadline of eight and some air."""
INNER = ("Traceback", "psycopg", "sqlalchemy", "SELECT", "permission", "/work", ".py", "gateway_app", "127.0.0.1")


@contextmanager
def away(databases: Databases, service: str) -> Iterator[None]:
    """The service's database lets nobody in meanwhile."""
    name = sql.Identifier(databases.name(service))
    with psycopg.connect(databases.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (databases.name(service),)
        )
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


@contextmanager
def forbidden(databases: Databases, service: str, table: str) -> Iterator[None]:
    """The service may not read one of its tables meanwhile: an error that nobody expects."""
    with databases.admin(service) as admin:
        admin.execute(f'REVOKE SELECT ON {table} FROM "{service}_app"')
        try:
            yield
        finally:
            admin.execute(f'GRANT SELECT ON {table} TO "{service}_app"')


@contextmanager
def held(databases: Databases, *tables: str) -> Iterator[None]:
    """Somebody else has the gateway's tables meanwhile, each in its mode, as `VACUUM FULL` and `ALTER TABLE` have."""
    with databases.admin("gateway") as admin, admin.transaction():
        for table in tables:
            admin.execute(f"LOCK TABLE {table} MODE")
        yield


def answered(asked: Mapping[str, Person]) -> dict[str, tuple[int, str, float]]:
    """What is said to requests that are made at once, and after how many seconds."""

    def ask(path: str) -> tuple[int, str, float]:
        started = time.monotonic()
        answer = asked[path].get(path, X_Request_Id=f"asked-for{path.replace('/', '-')}")
        return answer.status, answer.code, time.monotonic() - started

    with ThreadPoolExecutor(len(asked)) as pool:
        return dict(zip(asked, pool.map(ask, asked), strict=True))


@pytest.fixture
def desk(gateway: Gateway) -> Person:
    return gateway.person("receptionist", stores=("HN",))


def test_an_error_nobody_expects_is_a_500_that_tells_only_its_number(gateway: Gateway, desk: Person) -> None:
    with forbidden(gateway.databases, "gateway", "store"):
        answer = desk.get("/stores", X_Request_Id="broken-request-1")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert answer.body["request_id"] == "broken-request-1"
    assert [word for word in INNER if word in str(answer.body)] == []
    traces = [line for line in gateway.logged("broken-request-1") if line["event"] == "request failed"]
    assert traces[0]["error"].startswith("InsufficientPrivilege")
    assert traces[0]["where"]
    assert desk.get("/stores").status == 200


def test_a_service_that_fails_is_a_502(gateway: Gateway, desk: Person, customer_service: Process) -> None:
    with forbidden(gateway.databases, "customer", "customer"):
        answer = desk.get(LOOKUP)
    assert (answer.status, answer.code) == (502, "SERVICE_FAILED")
    assert [word for word in INNER if word in str(answer.body)] == []
    assert desk.get(LOOKUP).status == 200


def test_without_its_database_the_gateway_is_unavailable_and_says_when_to_come_back(
    gateway: Gateway, desk: Person
) -> None:
    with away(gateway.databases, "gateway"):
        answer = gateway.log_in("nobody", "whatever it is")
        assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "UNAVAILABLE", "2")
        assert [word for word in INNER if word in str(answer.body)] == []
        ready = gateway.page("/readyz")
        assert ready.status == 503
        assert "database" in str(ready.body["problems"])
        assert gateway.page("/healthz").status == 200
    eventually(lambda: gateway.page("/readyz").status == 200)
    assert desk.get("/me").status == 200


def test_while_its_tables_are_held_the_gateway_is_unavailable_within_the_deadline_and_its_log_says_why(
    gateway: Gateway, desk: Person
) -> None:
    unseen = gateway.person("receptionist", stores=("HN",))
    with gateway.databases.admin("gateway") as admin:
        long_ago = "UPDATE staff_session SET seen_at = seen_at - interval '5 minutes' WHERE staff_code = %s"
        admin.execute(long_ago, [unseen.code])
    with held(gateway.databases, "saved_views IN ACCESS EXCLUSIVE", "staff_session IN SHARE ROW EXCLUSIVE"):
        said = answered({"/me/views": desk, "/me": unseen})
    assert said["/me/views"][:2] == (503, "UNAVAILABLE")
    assert said["/me"][:2] == (504, "TIMED_OUT"), "that he is there cannot be noted: four tries of three seconds"
    assert max(seconds for _, _, seconds in said.values()) < ANSWERED_WITHIN
    (line,) = [line for line in gateway.logged("asked-for-me-views") if line["event"] == "unavailable"]
    assert line["error"] == "LockNotAvailable 55P03"
    assert unseen.get("/me").status == 200


def test_who_only_reads_is_answered_while_it_cannot_be_noted_that_he_is_there(gateway: Gateway, desk: Person) -> None:
    """A full or read-only database still says everything; the desk need not stand still a minute later."""
    with gateway.databases.admin("gateway") as admin:
        admin.execute(
            "UPDATE staff_session SET seen_at = seen_at - interval '5 minutes' WHERE staff_code = %s", [desk.code]
        )
        admin.execute(FULL)
        admin.execute(
            "CREATE TRIGGER planted_full BEFORE UPDATE ON staff_session"
            " FOR EACH STATEMENT EXECUTE FUNCTION planted_full()"
        )
        try:
            answer = desk.get("/stores")
        finally:
            admin.execute("DROP FUNCTION planted_full CASCADE")
    assert answer.status == 200
    assert gateway.logged("not noted that a session is in use")[-1]["error"] == "DiskFull 53100"
    assert desk.get("/me").status == 200


def test_a_database_that_says_nothing_holds_nobody_beyond_the_deadline(
    start_gateway: Callable[..., Gateway], settings: dict[str, str]
) -> None:
    address = urlsplit(settings["CRM_GATEWAY_DATABASE_URL"])
    with TcpProxy(address.hostname or "", address.port or 5432) as proxy:
        login = address.netloc.rpartition("@")[0]
        url = urlunsplit(address._replace(netloc=f"{login}@127.0.0.1:{proxy.port}"))
        slow = start_gateway(CRM_GATEWAY_DATABASE_URL=url)
        person = slow.person("leader")
        proxy.set("hold")
        said = answered({"/me": person, "/orders": person})  # who he is it has not asked yet
        proxy.set("pass")
        assert {status for status, _, _ in said.values()} <= {503, 504}
        assert max(seconds for _, _, seconds in said.values()) < ANSWERED_WITHIN
        eventually(lambda: person.get("/me").status == 200, within=15)
        slow.process.signal(signal.SIGTERM)
        assert slow.process.ended(within=15) == 0


def test_a_service_without_its_database_is_unavailable(
    gateway: Gateway, desk: Person, customer_service: Process
) -> None:
    with away(gateway.databases, "customer"):
        answer = desk.get(LOOKUP)
    assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    eventually(lambda: desk.get(LOOKUP).status == 200)


def test_a_silent_service_takes_no_other_requests_with_it(
    gateway: Gateway, desk: Person, customer_service: Process
) -> None:
    """Beyond 64 waiting requests it is turned away at once; the others get their answer when it speaks again."""
    wanted = AT_ONCE_PER_SERVICE + 6
    customer_service.signal(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(wanted) as pool:
            waiting = [pool.submit(desk.get, LOOKUP) for _ in range(wanted)]
            eventually(lambda: sum(each.done() for each in waiting) == 6, within=5)
            assert desk.get("/me").status == 200
            customer_service.signal(signal.SIGCONT)
            answers = [each.result() for each in waiting]
    finally:
        customer_service.signal(signal.SIGCONT)
    assert sorted(answer.status for answer in answers) == [200] * AT_ONCE_PER_SERVICE + [503] * 6
    assert {answer.code for answer in answers if answer.status == 503} == {"OVERLOADED"}


def test_a_service_that_never_answers_is_given_up_after_eight_seconds(gateway: Gateway) -> None:
    """Sales does not run here: its request waits in the queue and dies there."""
    leader = gateway.person("leader")
    answer = leader.get("/orders")
    assert (answer.status, answer.code) == (504, "TIMED_OUT")


def test_a_gateway_that_is_told_to_stop_finishes_what_it_has_in_hand(
    start_gateway: Callable[..., Gateway], customer_service: Process
) -> None:
    stopping = start_gateway()
    desk = stopping.person("receptionist", stores=("HN",))
    idle = stopping.connect()
    customer_service.signal(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(4) as pool:
            waiting = [pool.submit(desk.get, LOOKUP) for _ in range(4)]
            eventually(lambda: stopping.page("/metrics").body.count(b"crm_http_connections 6.0") == 1, within=5)
            stopping.process.signal(signal.SIGTERM)
            assert idle.recv(1) == b"", "an idle connection is closed at once"
            with pytest.raises(ConnectionRefusedError):
                stopping.connect()
            customer_service.signal(signal.SIGCONT)
            answers = [each.result() for each in waiting]
    finally:
        customer_service.signal(signal.SIGCONT)
        idle.close()
    assert [answer.status for answer in answers] == [200] * 4
    assert {answer.headers["Connection"] for answer in answers} == {"close"}
    assert stopping.process.ended(within=10) == 0


def test_without_a_broker_requests_that_need_none_are_answered(start_gateway: Callable[..., Gateway]) -> None:
    lonely = start_gateway(CRM_GATEWAY_AMQP_URI="amqp://gateway:of-the-tests@127.0.0.1:1/crm", until="/healthz")
    assert sorted(lonely.page("/readyz").body["problems"]) == [
        "calls: no broker connection",
        "events: no broker connection",
    ]
    leader = lonely.person("leader")
    assert leader.get("/stores").status == 200
    answer = leader.get(LOOKUP)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "UNAVAILABLE", "2")
    lonely.process.signal(signal.SIGTERM)
    assert lonely.process.ended(within=15) == 0

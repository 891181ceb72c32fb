"""No log holds a person's data, whatever goes wrong: PostgreSQL's messages quote whole rows (S24, PIPL 51)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import pytest

from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import System

NAME = "聂霖懿"


@contextmanager
def refusing(system: System, service: str, table: str, condition: str) -> Iterator[None]:
    """A table that takes no row like this one, as after a mistake in a migration."""
    with system.databases.connection(service) as connection:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT planted CHECK ({condition}) NOT VALID")
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT planted")


def logs_with(system: System, *texts: str) -> list[str]:
    """The lines of every process's log, the servers' too, in which one of these stands."""
    files = [path for path in system.run_dir.rglob("*") if path.is_file() and ".log" in path.name]
    assert {"customer.log", "gateway.log", "relay.log"} <= {path.name for path in files}
    lines = chain.from_iterable(path.read_text("utf-8", "replace").splitlines() for path in files)
    return [line for line in lines if any(text in line for text in texts)]


def test_a_row_the_database_refuses_stands_in_no_log(system: System) -> None:
    mobile = randoms.mobile()
    with refusing(system, "customer", "customer", f"name <> '{NAME}'"), pytest.raises(ApiProblem) as caught:
        system.as_("receptionist").post("/customers", {"store_id": "HN", "name": NAME, "mobile": mobile})
    assert caught.value.status == 502
    assert NAME not in str(caught.value.problem)
    eventually(lambda: logs_with(system, "CheckViolation"), what="the service says what went wrong")
    assert logs_with(system, NAME, mobile) == []


def test_a_row_the_gateways_database_refuses_stands_in_no_log(system: System) -> None:
    someone = {
        "code": "HN88",
        "name": NAME,
        "roles": ["consultant"],
        "stores": ["HN"],
        "initial_password": "a-password-nobody-guesses",
    }
    with refusing(system, "gateway", "staff", f"name <> '{NAME}'"), pytest.raises(ApiProblem) as caught:
        system.boss.post("/staff", someone)
    assert caught.value.status == 500
    assert logs_with(system, NAME, "a-password-nobody-guesses") == []


def test_an_event_the_database_refuses_stands_in_no_log(system: System) -> None:
    car = system.deliver_a_car()
    with refusing(system, "customer", "timeline_entry", "event_type <> 'vehicle_returned'"):
        system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=100)
        eventually(lambda: logs_with(system, "event failed, will be tried again"))
        assert [line for line in logs_with(system, "will be tried again") if car.customer_id in line] == []
    eventually(system.caught_up, within=30)
    assert logs_with(system, car.mobile) == []

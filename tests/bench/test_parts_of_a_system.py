"""Whose a process is, and what each part of the system used between two looks."""

import pytest

from deploy.local.processes import Process
from tests.bench.parts.visible import Closed, parts_table
from tests.bench.processor import TICKS, Counted, Spent, spent_by_part
from tests.bench.programs import named, worked_for


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/v/python -m chassis.cli run customer", "customer"),
        ("/v/python -m chassis.cli relay", "relay"),
        ("/usr/lib/postgresql/15/bin/postgres -D /x/postgres", "PostgreSQL"),
        ("/usr/lib/erlang/erts/bin/beam.smp -W w -- -pa /usr/lib/rabbitmq/x", "RabbitMQ"),
        ("/v/python -m gunicorn tests.bench.monolith.app:create_app()", "monolith"),
        ("/usr/bin/something else", "something"),
    ],
)
def test_a_program_is_known_by_its_command(command: str, name: str) -> None:
    assert named(command.split(" ")) == name


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("postgres: sales_relay crm_sales 127.0.0.1(40222) idle", "PostgreSQL for sales_relay"),
        ("postgres: postgres bench_monolith 127.0.0.1(40223) idle", "PostgreSQL"),
        ("postgres: walwriter ", "PostgreSQL"),
        ("/usr/lib/postgresql/15/bin/postgres", "PostgreSQL"),
    ],
)
def test_a_connection_of_the_database_works_for_the_role_that_opened_it(title: str, part: str) -> None:
    assert worked_for("PostgreSQL", [title]) == part


def test_a_program_that_is_no_database_works_for_itself() -> None:
    assert worked_for("relay", ["postgres: sales_relay crm_sales"]) == "relay"


def at(pid: int) -> Process:
    return Process(pid=pid, started=pid)


def test_only_what_was_used_between_two_looks_counts_and_the_most_comes_first() -> None:
    before = {at(1): Counted("gateway", "gateway", 100, 0), at(2): Counted("relay", "relay", 50, 0)}
    after = {
        at(1): Counted("gateway", "gateway", 130, 0),
        at(2): Counted("relay", "relay", 50, 0),
        at(3): Counted("sales", "sales", 70, 0),
    }
    assert list(spent_by_part(before, after).items()) == [("sales", 70), ("gateway", 30)]


def test_a_process_that_ends_leaves_with_its_program_only_what_it_used_since_the_first_look() -> None:
    server, connection = "PostgreSQL", "PostgreSQL for sales_app"
    before = {at(1): Counted(server, server, 10, 500), at(2): Counted(server, connection, 200, 0)}
    after = {at(1): Counted(server, server, 12, 730)}
    assert spent_by_part(before, after) == {server: 32}


def closed(ticks: dict[str, int]) -> Closed:
    return Closed([0.01] * 10, Spent(1.0, 1.0, 0.0), ticks)


def test_processor_time_of_a_closing_is_told_by_part_and_rate_the_dearest_first() -> None:
    by_rate = {20: closed({"relay": TICKS // 10}), 50: closed({"gateway": TICKS // 5, "relay": TICKS // 20})}
    assert parts_table(by_rate).splitlines() == [
        "| cpu ms of a closing | at 20/s | at 50/s |",
        "|---|---:|---:|",
        "| gateway | 0.00 | 20.0 |",
        "| relay | 10.0 | 5.00 |",
        "| **sum** | **10.0** | **25.0** |",
    ]

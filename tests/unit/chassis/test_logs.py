"""What a process says of itself: whatever becomes of its lines its work goes on, and of a failure the cause is told."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import psycopg
import pytest

from chassis.process import logs
from tests.support.source import ROOT

MORE_THAN_ANY_BUFFER_HOLDS = 2_000
"""Lines."""


def ran(program: str, *, stdout: str) -> str:
    """What a program that logs into this file says to standard error."""
    with open(stdout, "wb") as lines:  # noqa: PTH123  # a device
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)],
            stdout=lines, stderr=subprocess.PIPE, cwd=ROOT, check=False, text=True, timeout=60,
        )  # fmt: skip
    return done.stderr


def test_a_line_that_the_disk_has_no_room_for_stops_no_work() -> None:
    """A relay whose thread ended over its own log line relays nothing any more, also when there is room again."""
    told = ran(
        f"""
        import logging, sys, threading
        from chassis.process import logs, metrics

        def work():
            for number in range({MORE_THAN_ANY_BUFFER_HOLDS}):
                logs.get("relay").warning("relay interrupted", number=number)
                logging.getLogger("library").warning("said by a library")
            print("went on", file=sys.stderr)

        logs.configure("relay")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        lost = metrics.LOG_FAILURES._value.get()
        print("told" if lost > 0 else "not told", file=sys.stderr)
        """,
        stdout="/dev/full",
    )
    assert "went on" in told
    assert "told" in told.splitlines()


def test_nothing_that_waits_is_there_before_eventlet_s_patch() -> None:
    """`crm run` patches first. What was taken before it waits for all: each look at our health stopped a service."""
    told = ran("import sys, chassis.cli; print(*sys.modules, file=sys.stderr)", stdout="/dev/null")
    waiting = {"socketserver", "http.server", "prometheus_client", "psycopg", "sqlalchemy", "amqp", "kombu"}
    assert waiting & set(told.split()) == set()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (
            'connection to server at "10.1.2.3", port 5432 failed: FATAL:  sorry, too many clients already',
            "FATAL:  sorry, too many clients already",
        ),
        (
            'connection failed: connection to server at "::1", port 1 failed: Connection refused\n\tIs it running?',
            "Connection refused",
        ),
        (
            'connection to server at "db" failed: FATAL:  password authentication failed for user "sales_app"',
            "FATAL:  password authentication failed for user …",
        ),
        ("connection timeout expired", "connection timeout expired"),
        ("", ""),
    ],
)
def test_why_there_is_no_connection_is_told_without_addresses_and_names(told: str, why: str) -> None:
    assert logs.describe(psycopg.OperationalError(told)) == f"OperationalError: {why}"


def test_what_a_statement_failed_on_is_told_by_its_state_and_never_in_the_server_s_words() -> None:
    told = "Key (mobile)=(13800138000) already exists"
    assert logs.describe(psycopg.errors.UniqueViolation(told)) == "UniqueViolation 23505"
    assert logs.describe(psycopg.DataError(told)) == "DataError"

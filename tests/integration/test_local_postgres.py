"""The private PostgreSQL: data survive, the port stays, nobody else is touched."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest

from deploy.local.errors import LocalStackError
from deploy.local.postgres import Postgres
from deploy.local.processes import process
from deploy.local.run_dir import RunDir
from tests.support.polling import eventually


@pytest.fixture
def place() -> Iterator[Path]:
    """A run directory that every user may reach."""
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    yield folder
    Postgres(folder).reset()
    shutil.rmtree(folder, ignore_errors=True)


def write(server: Postgres) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('a sale')")


def read(server: Postgres) -> list[tuple[str]]:
    with psycopg.connect(server.admin_url) as connection:
        return connection.execute("SELECT what FROM kept").fetchall()


def test_what_was_committed_survives_a_kill(place: Path) -> None:
    server = Postgres(place)
    server.start()
    write(server)
    before = server.admin_url

    server.kill()
    assert not server.is_running()
    server.start()

    assert server.admin_url == before
    assert read(server) == [("a sale",)]


def test_an_immediate_restart_cuts_sessions_and_keeps_data_and_address(place: Path) -> None:
    server = Postgres(place)
    server.start()
    write(server)
    before, pid = server.admin_url, server.pid

    with contextlib.closing(psycopg.connect(before)) as session:
        server.restart()
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")

    assert server.admin_url == before
    assert server.pid != pid
    assert read(server) == [("a sale",)]


def test_writes_are_forced_to_disk_and_chinese_is_text(place: Path) -> None:
    server = Postgres(place)
    server.start()

    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
            " current_setting('full_page_writes'), similarity('张伟强', '张伟') > 0"
        ).fetchone()

    assert row == ("on", "on", "on", True)


def test_a_wrong_password_is_refused(place: Path) -> None:
    server = Postgres(place)
    server.start()

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.admin_url, password="guess")


def test_what_a_killed_run_left_behind_is_ended_and_its_data_taken_over(place: Path) -> None:
    left = Postgres(place)
    left.start()
    write(left)
    pid = left.pid
    assert pid is not None

    server = Postgres(place)
    assert server.pid == pid
    server.start()

    assert server.pid != pid
    assert process(pid) is None
    assert read(server) == [("a sale",)]


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(place: Path) -> None:
    server = Postgres(place)
    server.start()
    write(server)
    server.kill()
    pid_file = place / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    server.start()

    assert read(server) == [("a sale",)]


def test_orphaned_backends_do_not_stop_the_start(place: Path) -> None:
    server = Postgres(place)
    server.start()
    write(server)
    pid = server.pid
    assert pid is not None
    with contextlib.closing(psycopg.connect(server.admin_url)):
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not server.is_running())

        server.start()

    assert read(server) == [("a sale",)]


def test_a_port_taken_meanwhile_is_left_to_its_new_owner(place: Path) -> None:
    server = Postgres(place)
    server.start()
    write(server)
    before = server.port
    server.stop()

    with socket.create_server(("127.0.0.1", before)):
        server.start()
        assert server.port != before
        assert read(server) == [("a sale",)]
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_directory_the_servers_user_cannot_enter_still_works_and_is_cleaned_up(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "run")
    server.start()
    home = Path(str(RunDir(closed / "run").recall("postgres_home")))
    try:
        write(server)
        assert not home.is_relative_to(tmp_path)
        assert home.stat().st_mode & 0o777 == 0o711
        assert read(server) == [("a sale",)]
    finally:
        server.reset()

    assert not home.exists()


def test_data_of_another_version_is_told(place: Path) -> None:
    server = Postgres(place)
    server.start()
    server.stop()
    (place / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(LocalStackError, match="is of PostgreSQL 9"):
        server.start()

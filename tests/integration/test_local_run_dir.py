"""What one run directory remembers, and who may use it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.run_dir import RunDir, last_lines
from tests.support.source import ROOT


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    made = RunDir(tmp_path).secret("broker.sales")

    assert len(made) >= 32
    assert RunDir(tmp_path).secret("broker.sales") == made
    assert RunDir(tmp_path).secret("broker.customer") != made
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_port_is_kept_while_it_is_free_and_given_up_when_it_is_not(tmp_path: Path) -> None:
    port = RunDir(tmp_path).port("postgres")
    assert RunDir(tmp_path).port("postgres") == port

    with socket.create_server(("127.0.0.1", port)):
        other = RunDir(tmp_path).port("postgres")

    assert other != port
    assert RunDir(tmp_path).known_port("postgres") == other


CHOOSES = """
import sys
from pathlib import Path
from deploy.local.run_dir import RunDir
print(RunDir(Path(sys.argv[1])).port("gateway.http", preferred=int(sys.argv[2])))
"""


def test_who_chooses_while_another_is_about_to_listen_gets_another_port(tmp_path: Path) -> None:
    ours = RunDir(tmp_path / "ours").port("gateway.http")

    command = [sys.executable, "-c", CHOOSES, str(tmp_path / "theirs"), str(ours)]
    theirs = int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)

    assert theirs != ours
    assert RunDir(tmp_path / "later").port("gateway.http", preferred=theirs) == theirs, "whose process has ended"


def test_two_names_never_share_a_port(tmp_path: Path) -> None:
    ports = [RunDir(tmp_path).port(f"program{number}", preferred=18000) for number in range(20)]

    assert len(set(ports)) == 20


def test_a_second_stack_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with RunDir(tmp_path).lock(), pytest.raises(LocalStackError, match="in use by another stack"):
        RunDir(tmp_path).lock()

    RunDir(tmp_path).lock().close()


def test_a_damaged_file_is_told_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")

    with pytest.raises(LocalStackError, match="make reset"):
        RunDir(tmp_path).secret("broker.sales")

    assert (tmp_path / "secrets.json").read_text() == "{"


def test_forgetting_leaves_what_others_put_there(tmp_path: Path) -> None:
    state = RunDir(tmp_path / "run")
    state.secret("broker.sales")
    (state.path / "mine.txt").write_text("keep")

    state.forget()

    assert [path.name for path in state.path.iterdir()] == ["mine.txt"]


def test_the_end_of_a_long_log_is_told(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n" for number in range(10_000)))

    assert last_lines(log, count=2) == "    line 9998\n    line 9999"

"""What docker-compose.yml tells each program is enough to run it: the same commands, environment and secret files,
with servers of this machine instead of the engine's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from chassis.process import secret_files
from chassis.process.settings import SERVICES
from deploy.local.infrastructure import Infrastructure
from deploy.local.run_dir import RunDir
from tests.support.polling import eventually

ROOT = Path(__file__).parents[2]
CRM = Path(sys.prefix) / "bin" / "crm"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
ELSEWHERE = "127.0.0.2"
"""An address of this machine that is not the one where nothing is told to listen."""


@dataclass(frozen=True)
class Installation:
    """Servers with the administrator's secrets, and everybody's secret files."""

    folder: Path
    secrets: Path

    def environment(self, program: str) -> dict[str, str]:
        """What compose gives a program, on this machine's addresses and ports."""
        given = {name: str(value) for name, value in COMPOSE["services"][program]["environment"].items()}
        given = {name: value.replace("/run/secrets/", f"{self.secrets}/") for name, value in given.items()}
        given = {name: re.sub(r"\$\{[^:}]+:-([^}]*)\}", r"\1", value) for name, value in given.items()}
        ports = RunDir(self.folder)
        here = {name: str(ports.port(f"{program}.{name}")) for name in given if name.endswith("_PORT")}
        hosts = {name: ELSEWHERE for name, value in given.items() if name.endswith("_HOST")}
        return {"PATH": os.environ["PATH"], **given, **here, **hosts}

    def crm(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A command in the environment of a program; it is found on the path, and the folder does not matter."""
        return subprocess.run(
            [CRM, *words], env=self.environment(program), cwd="/", capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(mkdtemp(prefix="crm-test-"))
    folder.chmod(0o755)
    servers = Infrastructure(folder)
    try:
        servers.start()
        places = [urlsplit(url) for url in (servers.database_url, servers.amqp_uri, servers.management_url)]
        secrets = folder / "secrets"
        secrets.mkdir()
        for name, place in zip(secret_files.OF_THE_SERVERS, places, strict=False):
            (secrets / name).write_text(place.password or "")  # these servers have theirs already
        database, broker, management = (f"{place.hostname}:{place.port}" for place in places)
        secret_files.make_files(secrets, owner=None, database=database, broker=broker, management=management)
        yield Installation(folder, secrets)
    finally:
        servers.stop()
        servers.reset()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def prepared(installation: Installation) -> Installation:
    done = installation.crm("prepare", *COMPOSE["services"]["prepare"]["command"])
    assert done.returncode == 0, done.stderr
    return installation


def is_ready(installation: Installation, program: str) -> bool:
    return installation.crm(program, "ready").returncode == 0


def test_every_program_becomes_ready_with_what_it_is_given_and_tells_it_outside(prepared: Installation) -> None:
    programs = [*SERVICES, "relay"]
    with ExitStack() as running:
        for program in programs:
            log = running.enter_context((prepared.folder / f"{program}.out").open("wb"))
            argv = [CRM, *COMPOSE["services"][program]["command"]]
            process = subprocess.Popen(argv, env=prepared.environment(program), cwd="/", stdout=log, stderr=log)
            running.callback(process.wait, 40)
            running.callback(process.terminate)
        for program in programs:
            check = COMPOSE["services"][program]["healthcheck"]["test"]
            assert check == ["CMD", "crm", "ready"]
            eventually(partial(is_ready, prepared, program), within=60, what=f"{program} to be ready")
        made = prepared.crm("gateway", "bootstrap", "--account", "admin")
        assert made.returncode == 0, made.stderr
    assert "does not answer" in prepared.crm("sales", "ready").stdout
    assert prepared.crm("sales", "ready").returncode == 1


def test_a_services_secret_opens_its_own_database_and_no_other(prepared: Installation) -> None:
    for service in SERVICES:
        url = (prepared.secrets / f"{service}_database_url").read_text().strip()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"{service}_app",)
        for other in SERVICES:
            if other == service:
                continue
            password = urlsplit(url).password or ""
            foreign = urlsplit((prepared.secrets / f"{other}_database_url").read_text().strip())
            tried = foreign._replace(netloc=foreign.netloc.replace(foreign.password or "?", password))
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(tried.geturl())


@pytest.mark.parametrize("placeholder", ["change-me", "short", ""])
def test_a_secret_that_others_know_stops_a_program_with_one_line(installation: Installation, placeholder: str) -> None:
    file = installation.folder / "planted"
    file.write_text(f"postgresql://sales_app:{placeholder}@127.0.0.1:1/crm_sales")
    environment = installation.environment("sales") | {"CRM_SALES_DATABASE_URL_FILE": str(file)}

    for argv in ([str(CRM), "run", "sales"], [sys.executable, "-m", "chassis.cli", "run", "sales"]):
        ended = subprocess.run(argv, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode != 0
        assert ended.stderr.startswith("crm: CRM_SALES_DATABASE_URL is no secret: ")
        assert len(ended.stderr.splitlines()) == 1


# -- the files themselves --------------------------------------------------------------------------

HOSTS = {"database": "postgres:5432", "broker": "rabbitmq:5672", "management": "rabbitmq:15672"}


def test_secret_files_are_their_owners_alone_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = subprocess.run([CRM, "secrets", "make", folder], env={}, capture_output=True, text=True, check=True)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    again = subprocess.run([CRM, "secrets", "make", folder], env={}, capture_output=True, text=True, check=True)

    assert first.stdout.startswith(f"{folder}: {len(before)} made")
    assert again.stdout == f"{folder}: 0 made\n"
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o077 == 0
    assert not [path for path in folder.iterdir() if path.stat().st_mode & 0o377]
    assert not [secret for secret in before.values() if secret.strip() in first.stdout]


def test_a_file_that_is_taken_away_is_made_anew_with_those_that_hold_the_same(tmp_path: Path) -> None:
    secret_files.make_files(tmp_path, owner=None, **HOSTS)
    for name in ("sales_signing_key", "postgres_password", "sales_relay_url"):
        (tmp_path / name).unlink()

    new = secret_files.make_files(tmp_path, owner=None, **HOSTS)

    assert sorted(new) == [
        "actor_public_keys",
        "database_url",
        "postgres_password",
        "sales_relay_url",
        "sales_signing_key",
    ]
    assert (tmp_path / "postgres_password").read_text().strip() in (tmp_path / "database_url").read_text()


def test_the_files_belong_to_the_user_they_are_made_for(tmp_path: Path) -> None:
    owner = 10001 if os.geteuid() == 0 else os.geteuid()  # only root gives a file to another

    secret_files.make_files(tmp_path, owner=owner, **HOSTS)

    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {owner}

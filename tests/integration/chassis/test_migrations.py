"""Databases and roles: made once, made again without harm, and each role with its own rights only."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import errors
from sqlalchemy import create_engine, pool

from chassis.process.settings import SERVICES
from chassis.store import migrations, tables
from chassis.store.database import driver_url
from tests.support.databases import Databases

SERVICE = "sales"


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_s_database_is_made_and_making_it_again_changes_nothing(databases: Databases, service):
    databases(service)
    environment = databases.environment(service)
    migrations.prepare(service, environment)
    assert migrations.migrate(service, environment) is False


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_s_tables_are_what_its_models_say(databases: Databases, service):
    databases(service)
    engine = create_engine(driver_url(databases.url(service, "owner")), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        wanted: Any = [tables.metadata, migrations.models_of(service)]  # alembic takes several
        found = compare_metadata(context, wanted)
    assert found == []


def test_a_new_migration_has_the_next_number_and_our_form(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    databases(SERVICE)
    copied = tmp_path / "services" / SERVICE / "migrations"
    shutil.copytree(migrations.folder(SERVICE), copied, ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted(one.stem for one in (copied / "versions").glob("*.py"))
    monkeypatch.setattr(migrations, "ROOT", tmp_path)
    migrations.revision(SERVICE, "Orders have a colour", databases.environment(SERVICE))
    *earlier, new = sorted((copied / "versions").glob("*.py"))
    number = f"{len(before) + 1:04d}"
    assert ([one.stem for one in earlier], new.stem) == (before, f"{number}_orders_have_a_colour")
    wanted = (
        f'"""Orders have a colour."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{number}"\n'
    )
    assert new.read_text("utf-8").startswith(f'{wanted}down_revision = "{len(before):04d}"\n')


def test_installations_on_one_server_may_be_prepared_at_the_same_time(postgres_url: str):
    """They share the roles, which belong to the server."""
    installations = [Databases(postgres_url) for _ in range(6)]
    try:
        with ThreadPoolExecutor(len(installations)) as workers:
            for done in [workers.submit(prepared, one) for one in installations]:
                done.result()
    finally:
        for one in installations:
            one.close()


def prepared(installation: Databases) -> None:
    installation._created.append(installation.name(SERVICE))
    for _ in range(3):
        migrations.prepare(SERVICE, installation.environment(SERVICE))


def connect(databases: Databases, role: str, service: str = SERVICE) -> psycopg.Connection:
    databases(service)
    return psycopg.connect(databases.url(service, role), autocommit=True)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE planted (x int)",
        "ALTER TABLE outbox ADD COLUMN planted int",
        "DROP TABLE inbox",
        "TRUNCATE outbox",
        "CREATE INDEX planted ON inbox (event_id)",
        "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE outbox DISABLE TRIGGER ALL",
        "CREATE SCHEMA planted",
        "CREATE ROLE planted",
        "CREATE DATABASE planted",
        "ALTER ROLE sales_owner PASSWORD 'planted'",
        "SET ROLE sales_owner",
        "COPY outbox TO '/tmp/planted'",
    ],
)
@pytest.mark.parametrize("role", ["app", "relay"])
def test_neither_the_service_nor_the_relay_may_change_the_schema_or_a_role(databases: Databases, role, statement):
    with connect(databases, role) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("table", ["inbox", "command_log", "policy", "sales_order", "payment", "alembic_version"])
def test_the_relay_sees_nothing_but_the_outbox(databases: Databases, table):
    with connect(databases, "relay") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO outbox (event_id) VALUES (gen_random_uuid())",
        "DELETE FROM outbox",
        "UPDATE outbox SET envelope = '{}'",
        "UPDATE outbox SET store_id = 'XX', published_at = now()",
    ],
)
def test_the_relay_may_mark_and_nothing_more(databases: Databases, statement):
    with connect(databases, "relay") as connection:
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.execute("UPDATE outbox SET published_at = published_at WHERE false")
        connection.execute("LISTEN outbox")


@pytest.mark.parametrize("statement", ["DELETE FROM outbox", "UPDATE outbox SET published_at = NULL"])
def test_the_service_may_not_change_what_it_recorded(databases: Databases, statement):
    with connect(databases, "app") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("role", ["app", "relay", "owner"])
@pytest.mark.parametrize("other", [service for service in SERVICES if service != SERVICE])
def test_no_role_of_a_service_reaches_another_s_database(databases: Databases, role, other):
    databases(other)
    url = databases.url(SERVICE, role).replace(databases.name(SERVICE), databases.name(other))
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(url)


def test_the_application_reads_and_writes_its_rows(databases: Databases):
    with connect(databases, "app") as connection:
        for table in ("inbox", "command_log", "policy", "sales_order"):
            connection.execute(f"SELECT 1 FROM {table} WHERE false")
            connection.execute(f"DELETE FROM {table} WHERE false")
        connection.execute("SELECT 1 FROM outbox WHERE false")


def test_text_is_utf8_and_sorts_by_code_so_that_prefixes_use_an_index(databases: Databases):
    with connect(databases, "app") as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert row == ("UTF8", "C")

"""The migrated tables are those the models declare, and what stood in them stands in them still."""

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool

from chassis.store import migrations, tables
from chassis.store.database import driver_url
from chassis.store.migrations import models_of
from tests.support.databases import Databases


def test_the_migrations_make_what_the_models_declare(databases: Databases) -> None:
    databases("followup")
    owner = create_engine(driver_url(databases.url("followup", "owner")), poolclass=pool.NullPool)
    with owner.connect() as connection:
        migrated = MigrationContext.configure(connection)
        declared = [tables.metadata, models_of("followup")]
        assert compare_metadata(migrated, declared) == []  # type: ignore[arg-type]  # alembic takes several


def test_what_customers_wished_before_channels_and_hours_is_kept_and_can_be_heard_again(databases: Databases) -> None:
    url = databases.empty()
    config = migrations._config("followup", url)
    command.upgrade(config, "0003")
    with psycopg.connect(url) as database:
        database.execute(
            "INSERT INTO wish VALUES (gen_random_uuid(), 'do_not_call', 'call', false, now(), 7),"
            " (gen_random_uuid(), 'survey', 'any', false, now(), 0)"
        )
        for handler in ("customer_preferences_changed.v1", "customer_consent_changed.v1"):
            database.execute("INSERT INTO inbox (handler, event_id) VALUES (%s, gen_random_uuid())", (handler,))
    command.upgrade(config, "0004")
    with psycopg.connect(url) as database:
        wishes = database.execute("SELECT about, allowed, version, preferred FROM wish ORDER BY about").fetchall()
        heard = database.execute("SELECT handler FROM inbox").fetchall()
    assert wishes == [("do_not_call", False, 0, None), ("survey", False, 0, None)]
    assert heard == [("customer_consent_changed.v1",)]

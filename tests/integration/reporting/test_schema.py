"""The migrated tables are those the models declare."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool

from chassis.store import tables
from chassis.store.database import driver_url
from chassis.store.migrations import models_of
from tests.support.databases import Databases


def test_the_migrations_make_what_the_models_declare(databases: Databases) -> None:
    databases("reporting")
    owner = create_engine(driver_url(databases.url("reporting", "owner")), poolclass=pool.NullPool)
    with owner.connect() as connection:
        migrated = MigrationContext.configure(connection)
        declared = [tables.metadata, models_of("reporting")]
        assert compare_metadata(migrated, declared) == []  # type: ignore[arg-type]  # alembic takes several

"""Migrations: each service's database, roles and tables; run by an operator's command, never by a service.

Three roles per service: `<service>_owner` changes the schema, `<service>_app` reads and writes rows,
`<service>_relay` sees the outbox and nothing else.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    LargeBinary,
    MetaData,
    String,
    Text,
    Uuid,
    create_engine,
    pool,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import DateTime

from chassis.process import logs
from chassis.process.settings import Environment, named
from chassis.store import tables
from chassis.store.database import driver_url

log = logs.get("migrations")

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("OWNER_URL", "DATABASE_URL", "RELAY_URL")
ALONE = "SELECT pg_advisory_lock(hashtext('crm.prepare'))"
"""Taken in the administrator's database by whoever makes roles; it ends with his connection."""


def folder(service: str) -> Path:
    """Where a service keeps its migrations."""
    return (ROOT / "gateway" if service == "gateway" else ROOT / "services" / service) / "migrations"


def prepare(service: str, environment: Environment) -> None:
    """Create the service's roles and database if they are not there, and set the roles' passwords.

    `CRM_DATABASE_URL` is the administrator's URL; the others say which names and passwords are wanted.
    Two at once on one server take turns: its roles are everybody's.
    """
    urls = [urlsplit(environment.text(named(service, role))) for role in ROLES]
    database = urls[0].path.lstrip("/")
    admin = environment.text("CRM_DATABASE_URL", wanted="the administrator's postgresql:// URL")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(ALONE)
        for url in urls:
            name, password = unquote(url.username or ""), unquote(url.password or "")
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    verb, sql.Identifier(name), sql.Literal(password)
                )
            )
        owner, app, relay = (sql.Identifier(unquote(url.username or "")) for url in urls)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                ).format(sql.Identifier(database), owner)
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
        _quote_no_rows(connection, database)
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}, {}").format(sql.Identifier(database), owner, app, relay)
        )
    defaults = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    with psycopg.connect(_in_database(admin, database), autocommit=True) as connection:
        for statement in (
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}, {relay}",
            f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{app}}",
            f"{defaults} GRANT USAGE ON SEQUENCES TO {{app}}",
        ):
            connection.execute(sql.SQL(statement).format(owner=owner, app=app, relay=relay))
        if service == "customer":
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def _quote_no_rows(connection: psycopg.Connection[Any], database: str) -> None:
    """Let the server's own log tell errors without their detail, in which whole rows stand (S24)."""
    wanted = sql.SQL("ALTER DATABASE {} SET log_error_verbosity = 'terse'").format(sql.Identifier(database))
    try:
        connection.execute(wanted)
    except psycopg.errors.InsufficientPrivilege:
        log.warning("the server's log may quote rows: set log_error_verbosity = terse there", database=database)


def _in_database(admin: str, database: str) -> str:
    parts = urlsplit(admin)
    return urlunsplit(parts._replace(path=f"/{database}"))


def migrate(service: str, environment: Environment) -> bool:
    """Bring the service's schema to the newest revision; returns whether there was anything to do."""
    url = environment.text(named(service, "OWNER_URL"))
    script = ScriptDirectory(str(folder(service)))
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        known = connection.scalar(text("SELECT to_regclass('public.alembic_version')"))
        at = connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    if at == script.get_current_head():
        return False
    command.upgrade(_config(service, url), "head")
    return True


def revision(service: str, message: str, environment: Environment) -> None:
    """Write a new migration from the difference between models and database, for an engineer to read and correct."""
    url = environment.text(named(service, "OWNER_URL"))
    config = _config(service, url)
    newest = int(ScriptDirectory.from_config(config).get_current_head() or 0)
    command.revision(config, message=message, autogenerate=True, rev_id=f"{newest + 1:04d}")


def _config(service: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder(service)))
    config.attributes.update(service=service, url=url)
    return config


def models_of(service: str) -> MetaData:
    """The tables a service declares, in the `models.py` of whatever idea."""
    package = import_module(service if service == "gateway" else f"services.{service}")
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.endswith(".models"):
            import_module(found.name)
    declares = import_module(f"{package.__name__}.{'models' if service == 'gateway' else 'declared'}")
    metadata: MetaData = declares.Base.metadata
    return metadata


def run_environment() -> None:
    """What every service's `migrations/env.py` calls."""
    attributes = context.config.attributes
    engine = create_engine(driver_url(attributes["url"]), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=[tables.metadata, models_of(attributes["service"])])
        with context.begin_transaction():
            context.run_migrations()


def create_chassis_tables(op: Any, *, service: str) -> None:
    """Called by the first migration of each service: outbox, inbox, command log, policies, and who may do what to them.

    What was recorded can be neither changed nor taken back by the service: the outbox is the log of its events.
    """
    tables.metadata.create_all(op.get_bind())
    relay = f'"{service}_relay"'
    op.execute(f'REVOKE UPDATE, DELETE ON outbox FROM "{service}_app"')
    op.execute(f"GRANT SELECT ON outbox TO {relay}")
    op.execute(f"GRANT UPDATE (published_at) ON outbox TO {relay}")
    op.execute(
        """
        CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$
        """
    )
    op.execute(
        "CREATE TRIGGER outbox_recorded AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()"
    )


def let_events_be_parked(op: Any, *, service: str) -> None:
    """Called by a migration of each service: an event that cannot be sent steps aside, and a row to feel the pulse by.

    A database that was made after it has both from its first migration on.
    """
    op.execute(
        "ALTER TABLE outbox ADD COLUMN IF NOT EXISTS parked_at timestamptz, ADD COLUMN IF NOT EXISTS problem text"
    )
    op.execute(f'GRANT UPDATE (parked_at, problem) ON outbox TO "{service}_relay"')
    tables.pulse.create(op.get_bind(), checkfirst=True)


def create_test_clock(op: Any) -> None:
    """Called by a migration of each service; a database that was made after it has it from its first one on."""
    tables.test_clock.create(op.get_bind(), checkfirst=True)


def create_staff_table(op: Any) -> None:
    """Called by a migration of each service that must know who works where (`chassis.organisation.staff`)."""
    op.create_table(
        "staff_member",
        Column("staff_id", String, primary_key=True),
        Column("roles", ARRAY(Text), nullable=False),
        Column("stores", ARRAY(Text), nullable=False),
        Column("active", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
    )


def create_store_table(op: Any) -> None:
    """Called by a migration of each service that must know when stores are open (`chassis.organisation.stores`)."""
    op.create_table(
        "store",
        Column("store_id", String, primary_key=True),
        Column("hours", JSONB, nullable=False),
        Column("own_days", JSONB, nullable=False),
        Column("closes_on", Date),
        Column("version", BigInteger, nullable=False),
    )


def create_customer_links(op: Any) -> None:
    """Called by a migration of each service that gives customers links (`chassis.customers.links`)."""
    op.create_table(
        "customer_link",
        Column("id", Uuid, primary_key=True),
        Column("purpose", String, nullable=False),
        Column("document_id", String, nullable=False, index=True),
        Column("customer_id", Uuid, nullable=False, index=True),
        Column("token_hash", LargeBinary, nullable=False, unique=True),
        Column("made_by", String, nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False),
        Column("ends_at", DateTime(timezone=True), nullable=False),
        Column("revoked_at", DateTime(timezone=True)),
        Column("revoked_by", String),
    )


def create_rekeying_tables(op: Any) -> None:
    """Called by a migration of each service that keeps something of customers (`chassis.customers.rekeying`)."""
    op.create_table(
        "customer_alias",
        Column("customer_id", Uuid, primary_key=True),
        Column("survivor_id", Uuid, nullable=False, index=True),
        Column("version", BigInteger, nullable=False),
    )
    op.create_table(
        "document_owner",
        Column("document_type", String, primary_key=True),
        Column("document_id", String, primary_key=True),
        Column("customer_id", Uuid, nullable=False, index=True),
        Column("version", BigInteger, nullable=False),
    )

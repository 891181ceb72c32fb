"""Databases that answer and refuse: read-only, full, locked. Each holds as long as its block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from tests.support.ledger import Databases

TABLES = ("inbox", "inbox_suspect", "outbox", "command_log", "pulse")
"""What a service writes for every event and every command."""
LOCK_TRIES = 10
SERVICES = ("customer", "sales", "workshop", "followup", "reporting")

FULL = """
    CREATE FUNCTION planted_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$
"""


@contextmanager
def read_only(databases: Databases) -> Iterator[None]:
    """The whole server refuses writes (25006), as a standby or a disk that went read-only does."""
    _set(databases, "ALTER SYSTEM SET default_transaction_read_only = on")
    try:
        yield
    finally:
        _set(databases, "ALTER SYSTEM RESET default_transaction_read_only")


def _set(databases: Databases, statement: str) -> None:
    with psycopg.connect(databases.admin_url, autocommit=True) as admin:
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(statement)  # one of the two above
        admin.execute("SELECT pg_reload_conf()")


@contextmanager
def disk_full(databases: Databases, *services: str) -> Iterator[None]:
    """No row can be written any more (53100). Raised by triggers: a disk of its own would want an administrator."""
    with ExitStack() as undo:
        for service in services:
            admin = undo.enter_context(databases.connection(service))
            admin.execute(FULL)
            undo.callback(admin.execute, "DROP FUNCTION planted_full CASCADE")
            for table in TABLES:
                admin.execute(
                    f"CREATE TRIGGER planted_full BEFORE INSERT OR UPDATE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION planted_full()"
                )
        yield


@contextmanager
def tables_locked(databases: Databases, *services: str) -> Iterator[None]:
    """Somebody holds the tables for himself, as a careless `ALTER TABLE` behind a long query does (55P03)."""
    with ExitStack() as held:
        for service in services:
            _lock(held.enter_context(databases.connection(service, autocommit=False)))
        yield


def _lock(holder: psycopg.Connection[Any]) -> None:
    for _ in range(LOCK_TRIES):
        try:
            holder.execute("LOCK TABLE inbox, inbox_suspect, outbox IN ACCESS EXCLUSIVE MODE")
        except psycopg.errors.DeadlockDetected:  # the service took them in another order
            holder.rollback()
        else:
            return
    raise AssertionError("the tables could not be locked")

"""A table for effects, beside the chassis' own tables: what tests do inside of transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.database import Database
from tests.support.databases import Databases

SERVICE = "sales"


@pytest.fixture(scope="session")
def effects_table(databases: Databases) -> None:
    """`planted.effect` and `planted.account` in sales' database, out of the way of what migrations make."""
    with databases.admin(SERVICE) as connection:
        connection.execute("CREATE SCHEMA planted")
        connection.execute("CREATE TABLE planted.effect (name text, at timestamptz DEFAULT clock_timestamp())")
        connection.execute("CREATE TABLE planted.account (name text PRIMARY KEY, balance bigint NOT NULL)")
        connection.execute("GRANT USAGE ON SCHEMA planted TO sales_app")
        connection.execute("GRANT ALL ON planted.effect, planted.account TO sales_app")


@pytest.fixture
def db(databases: Databases, effects_table: None) -> Iterator[Database]:
    """Sales' database with the tables empty."""
    database = databases(SERVICE)
    with database.transaction() as session:
        session.execute(text("DELETE FROM planted.effect"))
        session.execute(text("DELETE FROM planted.account"))
    yield database
    assert database.in_use() == 0, "a connection was not given back"
    database.close()  # tests cut connections; the next one begins with fresh ones


def effect(session: Session, name: str) -> None:
    """Do something that can be counted."""
    session.execute(text("INSERT INTO planted.effect (name) VALUES (:name)"), {"name": name})


def count(database: Database, name: str | None = None) -> int:
    """How often it was done."""
    counted = text("SELECT count(*) FROM planted.effect WHERE name = coalesce(CAST(:name AS text), name)")
    return int(database.read(lambda connection: connection.scalar(counted, {"name": name})) or 0)

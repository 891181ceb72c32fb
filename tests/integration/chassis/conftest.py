"""A table for effects, beside the chassis' own tables: what tests do inside of transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.database import Database
from tests.support.databases import Databases

SERVICE = "sales"


@pytest.fixture(scope="session")
def effects_table(databases: Databases) -> None:
    """`effect(name, count)` in sales' database."""
    with databases.admin(SERVICE) as connection:
        connection.execute("CREATE TABLE effect (name text, at timestamptz DEFAULT clock_timestamp())")
        connection.execute("CREATE TABLE account (name text PRIMARY KEY, balance bigint NOT NULL)")
        connection.execute("GRANT ALL ON effect, account TO sales_app")


@pytest.fixture
def db(databases: Databases, effects_table: None) -> Iterator[Database]:
    """Sales' database with the tables empty."""
    database = databases(SERVICE)
    with database.transaction() as session:
        session.execute(text("DELETE FROM effect"))
        session.execute(text("DELETE FROM account"))
    yield database
    assert database.in_use() == 0, "a connection was not given back"


def effect(session: Session, name: str) -> None:
    """Do something that can be counted."""
    session.execute(text("INSERT INTO effect (name) VALUES (:name)"), {"name": name})


def count(database: Database, name: str | None = None) -> int:
    """How often it was done."""
    counted = text("SELECT count(*) FROM effect WHERE name = coalesce(CAST(:name AS text), name)")
    return int(database.read(lambda connection: connection.scalar(counted, {"name": name})) or 0)

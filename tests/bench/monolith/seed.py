"""Loads the monolith's database with the customers of `tests/bench/people.py`, by COPY."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.bench.monolith.app import engine_for
from tests.bench.monolith.models import Base
from tests.bench.people import STORES, Person, person

ADVISOR_TOKEN = "bench-advisor"
STAFF_COUNT = 20
BEGAN = datetime(2002, 1, 1, tzinfo=UTC)


def fresh_database(server_url: str, *, name: str) -> str:
    """Drop and create a database on this server; returns its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        quoted = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def seed(database_url: str, *, customers: int = 10_000, visits: int = 2) -> None:
    """Create the tables and load people with a vehicle and `visits` timeline rows each."""
    engine = engine_for(database_url, pool_size=1)
    Base.metadata.create_all(engine)
    engine.dispose()
    people = [person(number) for number in range(customers)]
    with psycopg.connect(database_url) as connection:
        copy(connection, "staff", ("id", "name", "roles", "stores", "active"), staff_rows())
        copy(
            connection,
            "staff_session",
            ("token_hash", "staff_id", "expires_at"),
            [
                (
                    hashlib.sha256(ADVISOR_TOKEN.encode()).digest(),
                    stable_id("staff", number=0),
                    datetime.now(UTC) + timedelta(days=7),
                )
            ],
        )
        copy(
            connection,
            "customer",
            ("id", "kind", "name", "mobile", "last_service_at", "created_at"),
            (
                (
                    customer_id(who),
                    "person",
                    who.name,
                    who.mobile,
                    served_at(who, visit=visits),
                    BEGAN,
                )
                for who in people
            ),
        )
        copy(
            connection,
            "vehicle",
            ("id", "vin", "plate", "model", "sold_by_us", "sold_at", "sold_store", "consultant_id"),
            (
                (
                    vehicle_id(who),
                    who.vin,
                    who.plate,
                    who.model,
                    True,
                    BEGAN,
                    who.store,
                    stable_id("staff", number=who.number % STAFF_COUNT),
                )
                for who in people
            ),
        )
        copy(
            connection,
            "party",
            ("id", "customer_id", "vehicle_id", "role", "since"),
            (
                (
                    stable_id("party", number=who.number),
                    customer_id(who),
                    vehicle_id(who),
                    "owner",
                    BEGAN,
                )
                for who in people
            ),
        )
        copy(
            connection,
            "timeline_row",
            ("id", "customer_id", "occurred_at", "kind", "store", "source_id", "summary"),
            (
                (
                    uuid.uuid4(),
                    customer_id(who),
                    served_at(who, visit=visit),
                    "repair_order_closed",
                    who.store,
                    uuid.uuid4(),
                    json.dumps({"plate": who.plate, "amount_fen": 38000}),
                )
                for who in people
                for visit in range(1, visits + 1)
            ),
        )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def staff_rows() -> Iterable[tuple[object, ...]]:
    for number in range(STAFF_COUNT):
        yield stable_id("staff", number=number), f"员工{number}", ["advisor"], list(STORES), True


def stable_id(kind: str, *, number: int) -> uuid.UUID:
    """The same id for the same row in every run."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{number}")


def customer_id(who: Person) -> uuid.UUID:
    return stable_id("customer", number=who.number)


def vehicle_id(who: Person) -> uuid.UUID:
    return stable_id("vehicle", number=who.number)


def served_at(who: Person, *, visit: int) -> datetime | None:
    return BEGAN + timedelta(days=90 * visit, minutes=who.number) if visit else None


def copy(
    connection: psycopg.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for row in rows:
            into.write_row(row)

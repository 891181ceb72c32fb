"""Waiting until what was recorded has had its effects, by looking into the databases.

`database` gives the administrator's URL of a service's database.
"""

import time
from collections.abc import Callable

import psycopg

from tests.bench.figures import BenchFailed

SETTLE_SECONDS = 1.5
"""Longer than anything the system itself puts off."""
SEEN_SECONDS = 10.0

UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
SEEN = """
    SELECT source_id FROM timeline_entry
     WHERE event_type IN ('vehicle_delivered', 'vehicle_returned') AND source_id = ANY(%s)
"""

Database = Callable[[str], str]


def settle(database: Database) -> None:
    """Wait until everything recorded is published, and a moment more for who hears it."""
    until = time.monotonic() + SEEN_SECONDS
    while any(rows(database(name), UNPUBLISHED) != [(0,)] for name in ("customer", "sales", "workshop", "followup")):
        if time.monotonic() > until:
            raise BenchFailed("events stay unpublished")
        time.sleep(0.1)
    time.sleep(SETTLE_SECONDS)


def until_all_seen(database: Database, documents: list[str]) -> None:
    """Wait until each of these documents has its line in the timeline."""
    until = time.monotonic() + SEEN_SECONDS
    while missing := set(documents) - {source for (source,) in rows(database("customer"), SEEN, documents)}:
        if time.monotonic() > until:
            raise BenchFailed(f"{len(missing)} closings are not in the timeline")
        time.sleep(0.1)


def rows(database_url: str, query: str, *values: object) -> list[tuple]:
    """All rows of a query."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        return connection.execute(query, values or None).fetchall()

"""The customer service without its bus: use cases and queries with its real database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.clock import LOCAL
from chassis.database import Database
from contracts.access import Reach, Scope
from contracts.customer.operations import CustomerKind, Registered, VehicleGiven
from services.customer import queries, usecases
from tests.support import randoms
from tests.support.databases import Databases

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
DESK = Scope(Reach.STORE, ("HN", "FT"), "s-1", "receptionist")


@dataclass(frozen=True)
class Desk:
    """A receptionist's desk in store HN."""

    database: Database

    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction that commits."""
        return self.database.transaction()

    def register(self, **given: Any) -> Registered:
        """Register somebody; what is not given is made up. In a transaction of its own, as the entrypoint does."""
        vehicle = given.pop("vehicle", None)
        if isinstance(vehicle, str):
            vehicle = VehicleGiven(vehicle)
        wanted = {
            "kind": CustomerKind.PERSON,
            "name": randoms.name(),
            "mobile": randoms.mobile(),
            "source": "desk",
            "store_id": "HN",
            "force_new": False,
            "reason": None,
            "scope": DESK,
            "now": NOW,
            **given,
        }
        return self.database.run(lambda session: usecases.register_customer(session, vehicle=vehicle, **wanted))

    def look_up(self, typed: str, *, limit: int = 20) -> list[dict[str, Any]]:
        """What the look-up box shows."""
        return self.read(lambda connection: queries.look_up(connection, typed=typed, limit=limit))["items"]

    def found(self, typed: str, *, limit: int = 20) -> list[UUID]:
        """Who the look-up box shows."""
        return [hit["customer_id"] for hit in self.look_up(typed, limit=limit)]

    def view(self, customer_id: UUID) -> dict[str, Any]:
        """The customer view."""
        return self.read(lambda connection: queries.customer_view(connection, customer_id=customer_id))

    def read(self, query: Any) -> Any:
        """Run a query in autocommit."""
        return self.database.read(query)

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the service's database."""

        def run(connection: Connection) -> list[dict[str, Any]]:
            return [dict(row._mapping) for row in connection.execute(text(query), values)]

        return self.database.read(run)

    def events(self, subject: object) -> list[str]:
        """Types of the events recorded about something, in order."""
        found = self.rows("SELECT event_type FROM outbox WHERE subject_id = :id ORDER BY position", id=str(subject))
        return [row["event_type"] for row in found]


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return Desk(databases("customer"))

"""The customer service without its bus: use cases and queries with its real database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts.access import Reach, Scope
from contracts.customer.operations import RegisterCustomer, Registered, UpdateCustomer, Updated, VehicleGiven
from contracts.customer.views import CustomerView, Hit, LookUp, ViewAsked
from services.customer.record.usecases import editing
from services.customer.registering import usecases
from services.customer.view.queries import look_up, overview
from tests.support import randoms
from tests.support.databases import Databases

T = TypeVar("T")

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=LOCAL)
DESK = Scope(Reach.STORE, ("HN", "FT"), "s-1", "receptionist")


@dataclass(frozen=True)
class Desk:
    """A receptionist's desk in store HN."""

    databases: Databases

    @property
    def database(self) -> Database:
        """The customer service's database."""
        return self.databases("customer")

    def forget_suspicions(self) -> None:
        """As if nobody had ever been thought to be somebody else."""
        with self.transaction() as session:
            session.execute(text("DELETE FROM pair"))
        self.databases.as_owner("customer", "DELETE FROM outbox WHERE subject_type = 'customer_pair'")

    def transaction(self) -> AbstractContextManager[Session]:
        """A transaction that commits."""
        return self.database.transaction()

    def register(self, **given: Any) -> Registered:
        """Register somebody; what is not given is made up. In a transaction of its own, as the entrypoint does."""
        vehicle = given.pop("vehicle", None)
        if isinstance(vehicle, str):
            vehicle = VehicleGiven(vehicle)
        scope, now = given.pop("scope", DESK), given.pop("now", NOW)
        request = RegisterCustomer(
            **{"name": randoms.name(), "mobile": randoms.mobile(), "store_id": "HN", "vehicle": vehicle, **given}
        )
        return self.database.run(lambda session: usecases.register_customer(session, request, scope=scope, now=now))

    def update(self, customer_id: UUID, *, scope: Scope = DESK, now: datetime = NOW, **given: Any) -> Updated:
        """Change a record."""
        request = UpdateCustomer(customer_id=customer_id, **given)
        return self.database.run(lambda session: editing.update_customer(session, request, scope=scope, now=now))

    def look_up(self, typed: str, *, limit: int = 20) -> list[Hit]:
        """What the look-up box shows."""
        asked = LookUp(typed, limit)
        return self.read(lambda connection: look_up.look_up(connection, asked, now=NOW)).items

    def found(self, typed: str, *, limit: int = 20) -> list[UUID]:
        """Who the look-up box shows."""
        return [hit.customer_id for hit in self.look_up(typed, limit=limit)]

    def view(self, customer_id: UUID, *, now: datetime = NOW, **narrowed: Any) -> CustomerView:
        """The customer view; `narrowed` is its timeline."""
        asked = ViewAsked(customer_id, **narrowed)
        return self.read(lambda connection: overview.customer_view(connection, asked, now=now))

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query in autocommit."""
        return self.database.read(query)

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the service's database."""

        def run(connection: Connection) -> list[dict[str, Any]]:
            return [dict(row._mapping) for row in connection.execute(text(query), values)]

        return self.database.read(run)

    def events(self, subject: object) -> list[str]:
        """Types of the events recorded about something, in order; what is derived of it has tests of its own."""
        query = "SELECT event_type FROM outbox WHERE subject_id = :id AND subject_type <> 'profile' ORDER BY position"
        return [row["event_type"] for row in self.rows(query, id=str(subject))]


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return Desk(databases)

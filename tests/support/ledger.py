"""What must hold after every fault, counted in the services' own databases (I1, I3, I4, I5, I10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup.visits.occasions import occasions_of
from tests.support.business import Closing
from tests.support.events import made, received

EVENT = {"orders": "vehicle_delivered", "repair-orders": "vehicle_returned"}
HEARD = {"orders": VehicleDelivered, "repair-orders": VehicleReturned}


def purposes(kind: str, document: str) -> list[str]:
    """What visits the closing of this document gives rise to by the policies of the house."""
    event = received(made(HEARD[kind]), subject_id=document)
    return sorted(
        occasion.purpose
        for occasion in occasions_of(HEARD[kind])
        for _ in occasion.triggers[HEARD[kind]](event, occasion.policy.default)
    )


@dataclass(frozen=True)
class Databases:
    """Administrator's connections: `url(service)` gives the database of a service."""

    admin_url: str
    _kept: dict[str, psycopg.Connection[Any]] = field(default_factory=dict, repr=False, compare=False)

    def rows(self, service: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query in a service's database, by a connection that is kept: to make one costs more than to ask."""
        kept = self._kept.get(service)
        if kept is not None:
            try:
                return kept.execute(query, values or None).fetchall()
            except psycopg.OperationalError:  # the server ended meanwhile, as in many a test
                kept.close()
        fresh = self._kept[service] = self.connection(service)
        return fresh.execute(query, values or None).fetchall()

    def close(self) -> None:
        """Give the connections back."""
        for kept in self._kept.values():
            kept.close()

    def connection(self, service: str, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """The administrator in a service's database."""
        url = self.admin_url.rpartition("/")[0] + f"/crm_{service}"
        return psycopg.connect(url, autocommit=autocommit)


def problems(databases: Databases, closings: list[Closing]) -> list[str]:
    """What is missing or there twice; empty when every closing had exactly its effects."""
    found: list[str] = []
    for kind in EVENT:
        documents = [closing.document for closing in closings if f"/{kind}/" in closing.path]
        found += _events(databases, kind, documents)
        found += _timeline(databases, kind, documents)
        found += _visits(databases, kind, documents)
        found += _visits_shown(databases, kind, documents)
    found += _deliveries_counted(databases, [one.document for one in closings if "/orders/" in one.path])
    for service in ("sales", "workshop", "customer", "followup", "gateway"):
        (waiting,) = databases.rows(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL")[0]
        if waiting:
            found.append(f"{service}: {waiting} events not published")
    return found


def _events(databases: Databases, kind: str, documents: list[str]) -> list[str]:
    service = "sales" if kind == "orders" else "workshop"
    counted = dict(
        databases.rows(
            service,
            "SELECT subject_id, count(*) FROM outbox WHERE event_type = %s AND subject_id = ANY(%s) GROUP BY 1",
            EVENT[kind],
            documents,
        )
    )
    return [f"{EVENT[kind]} of {one}: {counted.get(one, 0)} events" for one in documents if counted.get(one) != 1]


def _timeline(databases: Databases, kind: str, documents: list[str]) -> list[str]:
    counted = dict(
        databases.rows(
            "customer",
            "SELECT source_id, count(*) FROM timeline_entry WHERE event_type = %s AND source_id = ANY(%s) GROUP BY 1",
            EVENT[kind],
            documents,
        )
    )
    return [f"timeline of {one}: {counted.get(one, 0)} entries" for one in documents if counted.get(one) != 1]


def _visits(databases: Databases, kind: str, documents: list[str]) -> list[str]:
    query = "SELECT trigger_id::text, purpose FROM visit WHERE trigger_id::text = ANY(%s)"
    return _purposes(databases.rows("followup", query, documents), kind, documents, what="visits")


def _visits_shown(databases: Databases, kind: str, documents: list[str]) -> list[str]:
    query = """
        SELECT summary->>'trigger_id', summary->>'purpose' FROM timeline_entry
         WHERE event_type = 'visit_planned' AND summary->>'trigger_id' = ANY(%s)
    """
    return _purposes(databases.rows("customer", query, documents), kind, documents, what="visits in the view")


def _purposes(rows: list[tuple[Any, ...]], kind: str, documents: list[str], *, what: str) -> list[str]:
    planned: dict[str, list[str]] = {}
    for trigger, purpose in rows:
        planned.setdefault(trigger, []).append(purpose)
    return [
        f"{what} of {one}: {planned.get(one)}"
        for one in documents
        if sorted(planned.get(one, [])) != purposes(kind, one)
    ]


def _deliveries_counted(databases: Databases, orders: list[str]) -> list[str]:
    query = "SELECT order_id::text FROM delivery WHERE order_id::text = ANY(%s)"
    counted = [order for (order,) in databases.rows("reporting", query, orders)]
    return [f"delivery of {one}: counted {counted.count(one)} times" for one in orders if counted.count(one) != 1]


def duplicates_seen(databases: Databases) -> int:
    """Deliveries that came again and had no second effect, over all consumers."""
    return sum(
        int(databases.rows(service, "SELECT coalesce(sum(duplicates), 0) FROM inbox")[0][0])
        for service in ("customer", "followup", "reporting")
    )

"""Loads the customer service's database with the people of `people.py`, as the service itself would keep them.

Names, numbers, plates and VINs go through the service's own rules, identifiers are made as it makes them.
Everybody bought a car here and brought it once: two lines of the timeline, and the glance that folds from them.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
import uuid_utils.compat as uuids
from psycopg.types.json import Jsonb

from chassis.process.clock import LOCAL
from contracts import plate
from contracts import vin as vins
from contracts.vehicle_identity import vehicle_id
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Typed
from services.customer.record.rules.record import COLUMNS, Record, new_record
from tests.bench.monolith.seed import STAFF_COUNT, copy
from tests.bench.people import STORES, Person, person

BEGAN = datetime(2002, 1, 1, tzinfo=LOCAL)
KM_SOLD, KM_SERVED = 12, 5_000

KEY = ("kind", "key", "customer_id")
VEHICLE = ("id", "vin", "model", "registered_at")
PLATE = ("vehicle_id", "plate", "kind", "since")
PARTY = ("vehicle_id", "customer_id", "role", "since")
TIMELINE = (
    *("event_id", "customer_id", "event_type", "source", "source_type", "source_id", "source_version"),
    *("store_id", "occurred_at", "summary"),
)
GLANCE = (
    *("customer_id", "sold_at", "sold_store_id", "consultant_id", "last_service_at", "last_km"),
    *("service_visits", "open_visits"),
)
STAFF = ("code", "name", "roles", "stores", "active", "version", "created_at")


class Seeded(NamedTuple):
    """A person with his record and the identifier of his vehicle."""

    who: Person
    record: Record
    vehicle_id: uuid.UUID

    @property
    def customer_id(self) -> uuid.UUID:
        return self.record.id


def seed(admin_url: str, *, customers: int) -> list[Seeded]:
    """Load so many customers with a vehicle each; returns them with their identifiers."""
    people = [seeded(person(number)) for number in range(customers)]
    server = admin_url.rpartition("/")[0]
    with psycopg.connect(f"{server}/crm_gateway") as connection:
        copy(connection, "staff", STAFF, consultants())
    with psycopg.connect(f"{server}/crm_customer") as connection:
        copy(connection, "customer", COLUMNS, map(customer_row, people))
        copy(connection, "search_key", KEY, ((*key, one.customer_id) for one in people for key in keys_of(one)))
        copy(connection, "vehicle", VEHICLE, map(vehicle_row, people))
        copy(connection, "vehicle_plate", PLATE, map(plate_row, people))
        copy(connection, "vehicle_party", PARTY, map(party_row, people))
        copy(connection, "timeline_entry", TIMELINE, (row for one in people for row in timeline_rows(one)))
        copy(connection, "glance", GLANCE, map(glance_row, people))
    with psycopg.connect(f"{server}/crm_customer", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return people


def consultants() -> Iterator[tuple[object, ...]]:
    for number in range(STAFF_COUNT):
        yield f"s{number}", f"员工{number}", ["consultant"], list(STORES), True, 1, BEGAN


def consultant_of(who: Person) -> str:
    return f"s{who.number % STAFF_COUNT}"


def seeded(who: Person) -> Seeded:
    given = giving.read(Typed(name=who.name, phones=(who.mobile,)), today=BEGAN.date())
    record = new_record(
        given,
        customer_id=uuids.uuid7(),
        department="receptionist",
        source="desk",
        store_id=who.store,
        forced_reason=None,
        at=BEGAN,
    )
    return Seeded(who, record, vehicle_id(vins.normalise(who.vin)))


def customer_row(one: Seeded) -> tuple[object, ...]:
    return tuple(Jsonb(value) if isinstance(value, list | dict) else value for value in one.record.row().values())


def keys_of(one: Seeded) -> frozenset[tuple[str, str]]:
    return one.record.search_keys()


def vehicle_row(seeded: Seeded) -> tuple[object, ...]:
    who = seeded.who
    return seeded.vehicle_id, vins.normalise(who.vin), who.model, BEGAN


def plate_row(seeded: Seeded) -> tuple[object, ...]:
    number = plate.read(seeded.who.plate)
    return seeded.vehicle_id, number.number, number.kind, BEGAN


def party_row(seeded: Seeded) -> tuple[object, ...]:
    return seeded.vehicle_id, seeded.customer_id, "owner", BEGAN


def timeline_rows(seeded: Seeded) -> Iterator[tuple[object, ...]]:
    who = seeded.who
    told = {"vin": who.vin, "model": who.model, "consultant_id": consultant_of(who), "km": KM_SOLD}
    yield line(seeded, "vehicle_delivered", producer="sales", subject="order", at=BEGAN, told=told)
    told = {"number": f"RO-{who.number}", "vehicle_id": str(seeded.vehicle_id), "km": KM_SERVED}
    yield line(seeded, "vehicle_returned", producer="workshop", subject="repair_order", at=served_at(who), told=told)


def line(
    seeded: Seeded, event: str, *, producer: str, subject: str, at: datetime, told: dict[str, object]
) -> tuple[object, ...]:
    told_json = json.dumps(told)
    source = str(uuids.uuid7())
    return uuids.uuid7(), seeded.customer_id, event, producer, subject, source, 5, seeded.who.store, at, told_json


def glance_row(seeded: Seeded) -> tuple[object, ...]:
    who = seeded.who
    return seeded.customer_id, BEGAN, who.store, consultant_of(who), served_at(who), KM_SERVED, 1, 0


def served_at(who: Person) -> datetime:
    return BEGAN + timedelta(days=90, minutes=who.number)
